"""Templates stay plain English HTML: this marks each run of words in them for gettext as they are read.

A run ends at a block element or a Jinja statement. Emphasis, links and values within it belong to it, so that a
translation sees the whole sentence. What a template marks itself, such as the forms of a number, is left as it is.
"""

import re

from jinja2.ext import Extension

INLINE = "a|b|bdi|code|span|small|strong|em"
ITS_OWN = r"{%-?\s*trans\b.*?endtrans\s*[-+]?%}"
BLOCK_TAG = rf"</?(?!(?:{INLINE})\b)[a-zA-Z!][^>]*>"
TAG_WITH_A_STATEMENT = r"<[a-z][^<>]*{%[^<>]*>"
BOUNDARY = re.compile(
    rf"({ITS_OWN}|{BLOCK_TAG}|{TAG_WITH_A_STATEMENT}|{{%.*?%}}|{{#.*?#}}|(?<=</a>)\s*(?=<a\b))", re.S
)
SPOKEN = re.compile(r'(?<=aria-label=")[^"]*|(?<=data-label=")[^"]*|(?<=alt=")[^"]*')
LONE_END = re.compile(rf"(?P<within>.*)</(?P<tag>{INLINE})>\s*", re.S)
WRAPPED = re.compile(rf"\s*(<(?P<tag>{INLINE})\b[^>]*>)(?P<within>.*)(</(?P=tag)>)\s*", re.S)
VALUE = re.compile(r"{{\s*(.*?)\s*}}", re.S)
WORD = re.compile(r"[A-Za-z]{2}")
NAME = re.compile(r"[a-z_][a-z_0-9.]*")


class Marking(Extension):
    """Marks a template's words before Jinja reads it."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source with each run of words as a `trans` block."""
        del name, filename
        return marked(source)


def marked(source: str) -> str:
    """A template with its words marked.

    >>> marked('<p><a href="/x">Signed in as <b>{{ who.name }}</b></a></p>')
    '<p><a href="/x">{% trans name=who.name %}Signed in as <b>{{ name }}</b>{% endtrans +%}</a></p>'
    """
    parts = BOUNDARY.split(source)
    return "".join(_tag(part) if place % 2 else _run(part) for place, part in enumerate(parts))


def _tag(tag: str) -> str:
    """A tag with what is read aloud of it marked."""
    if tag.startswith("{"):
        return tag
    return SPOKEN.sub(lambda found: _message(found[0]) if _has_words(found[0]) else found[0], tag)


def _run(run: str) -> str:
    """The run with its words as one message; a tag around the whole of it stays outside, as do the end of a tag that
    began before it and spaces."""
    if not _has_words(run):
        return run
    held = WRAPPED.fullmatch(run)
    if held is None or not _is_one(held["within"], held["tag"]):
        held = LONE_END.fullmatch(run)
        held = held if held and _is_one(held["within"], held["tag"]) else None
    if held:
        start, end = held.span("within")
        return run[:start] + _run(held["within"]) + run[end:]
    words = run.strip()
    before, _, after = run.partition(words)
    return before + _message(words) + after


def _has_words(text: str) -> bool:
    return bool(WORD.search(re.sub(r"{{.*?}}|<[^>]*>", " ", text, flags=re.S)))


def _is_one(within: str, tag: str) -> bool:
    """Whether the tag around these words closes at their end and not before."""
    depth = 0
    for found in re.finditer(rf"<(/?){tag}\b", within):
        depth += -1 if found[1] else 1
        if depth < 0:
            return False
    return depth == 0


def _message(words: str) -> str:
    """The words as a `trans` block, each value by the last part of its name."""
    values: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        plain = NAME.match(found[1])
        name = plain[0].rpartition(".")[2] if plain else "value"
        while values.setdefault(name, found[1]) != found[1]:
            name += "_"
        return f"{{{{ {name} }}}}"

    text = VALUE.sub(named, words)
    places = ", ".join(f"{name}={value}" for name, value in values.items())
    return f"{{% trans {places}{' ' if places else ''}%}}{text}{{% endtrans +%}}"
