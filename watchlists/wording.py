"""The wording rules as a check: every sentence that can be shown passes it, or a test fails."""

import re
from functools import cache

from configs.settings import HERE, read_yaml


@cache
def rules() -> dict[str, list[str]]:
    """The banned words by the reason for each, from `configs/wording.yaml`."""
    return {name: list(words) for name, words in read_yaml(HERE / "wording.yaml")["banned"].items()}


@cache
def longest() -> int:
    """How many words a sentence may have."""
    return int(read_yaml(HERE / "wording.yaml")["most_words"])


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (f"banned word '{word}' ({reason})", re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE))
        for reason, banned in rules().items()
        for word in banned
    )


def lint(sentence: str) -> list[str]:
    """What is wrong with a sentence: banned words, length, punctuation, number. Empty when sound.

    >>> lint("Missed 6 of the last 30 sessions, up from 1 in the first 30.")
    []
    >>> lint("Flagged for 1 incidents.")
    ["banned word 'flagged' (scores)", '1 with a plural']
    """
    faults = banned_words(sentence)
    if len(sentence.split()) > longest():
        faults.append(f"{len(sentence.split())} words, at most {longest()}")
    if not sentence.endswith((".", ".”")):
        faults.append("no full stop at the end")
    if not sentence[:1].isupper() and not sentence[:1].isdigit():
        faults.append("no capital or number at the start")
    for pattern, fault in SHAPES:
        if re.search(pattern, sentence):
            faults.append(fault)
    return faults


def banned_words(words: str) -> list[str]:
    """The banned words found in a text, each with the list it is on."""
    return [fault for fault, pattern in _patterns() if pattern.search(words)]


SHAPES = (
    (r"\s\s|\s[.,;:]|[.,;:]{2}", "spacing or punctuation"),
    (
        r"\b1 (?:sessions|mornings|afternoons|lessons|incidents|days|recognitions|weeks|minutes)\b",
        "1 with a plural",
    ),
    (
        r"\b(?!1\b)\d+ (?:session|morning|lesson|incident|recognition|week|minute)\b",
        "a plural number, one noun",
    ),
    (r"\b0 (?!of)|\bnan\b|None|NaT|\{|\}", "an unfilled place"),
    (r"%|\d\.\d{3,}", "a percentage or false precision"),
)
