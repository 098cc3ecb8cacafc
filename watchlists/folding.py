"""Already supported: folded away for three school weeks, unless something new is recorded."""

from collections.abc import Mapping, Sequence
from typing import Any

from watchlists.answers import SUPPORTED, Answer

SCHOOL_WEEKS = 3
OPEN_DAYS = 5 * SCHOOL_WEEKS
REGISTERS = ("attendance", "lessons")  # one more mark of a pattern already seen is not new
FOLDED, FRESH_AGAIN = "folded", "fresh again"


def folds(
    answers: Mapping[str, Answer], cards: Mapping[str, Any], open_days: Sequence[str]
) -> dict[str, str]:
    """Of each pupil last answered "Already supported": FOLDED, or FRESH_AGAIN where something new is recorded since.

    `open_days` are the school's latest, as ISO dates; a pupil whose weeks have run out is left where they stand.
    """
    found = {}
    for pupil, answer in answers.items():
        if answer.answer != SUPPORTED or pupil not in cards:
            continue
        if sum(day > answer.at.date().isoformat() for day in open_days) >= OPEN_DAYS:
            continue
        found[pupil] = FRESH_AGAIN if something_new(cards[pupil], answer.seen_until) else FOLDED
    return found


def something_new(card: Mapping[str, Any], seen_until: str) -> bool:
    """Whether anything dated after `seen_until` is new: an event other than one more mark in a register, or a concern
    of which nothing was on record by then."""
    for concern in card["concerns"]:
        after = [row for row in concern["rows"] if row["date"] > seen_until]
        if any(row["source"] not in REGISTERS for row in after) or (
            after and len(after) == len(concern["rows"])
        ):
            return True
    return False
