"""Reading JSON a record at a time: a list, a list within an object, or one object a line; UTF-8, with or without BOM.

Lists on the way are passed through: `students/id` leads to the id of every one. Numbers keep the text they are written
in.
"""

import codecs
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from configs.refusals import BadData
from sources.exports.growing import ASK, TooBig, too_big
from sources.exports.trees import DEEPEST, MOST_TEXT, Referred, Steps

CHUNK = 1 << 18
AGAIN = "Export it again, and copy it whole."
Outside = Callable[[Steps, str], None] | None


def _no_number(text: str) -> None:
    raise ValueError(text)


DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_no_number)


def trees(path: Path, within: str) -> Iterator[Any]:
    """Every object at the keys `within` (joined by "/"; "" is the document itself), in a list there or alone.

    Refused (BadData), with the line: what is no whole JSON, or not in UTF-8.
    """
    yield from _documents(path, _steps(within), None)


def around(path: Path, within: str, wanted: Mapping[str, tuple[Steps, ...]]) -> dict[str, str]:
    """The first text, outside `within`, at any of the keys wanted for each name. Reading stops once all are found."""
    told: dict[Steps, str] = {}

    def found() -> dict[str, str]:
        firsts = {
            name: next((told[way] for way in ways if told.get(way)), "") for name, ways in wanted.items()
        }
        return {name: text for name, text in firsts.items() if text}

    def outside(steps: Steps, text: str) -> None:
        told.setdefault(steps, text.strip())

    for _ in _documents(path, _steps(within), outside):
        if len(found()) == len(wanted):
            break
    return found()


def below(tree: Any, steps: Steps) -> Iterator[Any]:
    """Every value that the keys lead to, through lists, in the document's order; the tree itself for no keys."""
    for one in _flat(tree):
        if not steps:
            yield one
        elif isinstance(one, dict) and steps[0] in one:
            yield from below(one[steps[0]], steps[1:])


def texts(tree: Any, steps: Steps, _: Referred) -> Iterator[str]:
    """The texts that the keys lead to: true and false in words, nothing for null and for what holds other values."""
    for one in below(tree, steps):
        if isinstance(one, bool):
            yield "true" if one else "false"
        elif isinstance(one, str):  # half of a surrogate pair is no character of any file
            yield one if one.isascii() else one.encode("utf-8", "replace").decode()


def _flat(value: Any) -> Iterator[Any]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += reversed(one)
        elif one is not None:
            yield one


@dataclass
class _Window:
    """A document as it is read: `at` is the place in the text at hand, `line` the line that text starts on."""

    path: Path
    handle: TextIO
    text: str = ""
    at: int = 0
    line: int = 1

    def next(self) -> str:
        """The next character that is no space; "" at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in " \t\r\n":
                self.at += 1
            if self.at < len(self.text) or not self._more():
                return self.text[self.at : self.at + 1]

    def take(self, mark: str) -> None:
        """Passes a mark that must stand here."""
        if self.next() != mark:
            raise self.damaged()
        self.at += 1

    def value(self) -> Any:
        """The whole value that stands here."""
        self.next()
        while True:
            try:
                value, end = DECODER.raw_decode(self.text, self.at)
            except ValueError:
                if not self._more():
                    raise self.damaged() from None
                continue
            except RecursionError:
                raise self.too_deep() from None
            if end < len(self.text) or not self._more():  # a number may go on in the next piece
                self.at = end if end < len(self.text) else len(self.text)
                return value

    def damaged(self) -> BadData:
        """What to say where the document cannot go on."""
        return BadData(f"{self.path.name}, line {self._line()}: this is not whole JSON in UTF-8. {AGAIN}")

    def too_deep(self) -> TooBig:
        """What to say of nesting that no system writes."""
        return TooBig(
            too_big(self.path.name, self._line(), f"holds parts within parts more than {DEEPEST} deep")
        )

    def _more(self) -> bool:
        self.line, self.text, self.at = self._line(), self.text[self.at :], 0
        if len(self.text) > MOST_TEXT:
            raise TooBig(
                f"{self.path.name}, line {self.line}: one value in it is longer than {MOST_TEXT:,} characters. {ASK}"
            )
        try:
            piece = self.handle.read(max(CHUNK, len(self.text)))
        except UnicodeDecodeError:
            raise self.damaged() from None
        self.text += piece
        return bool(piece)

    def _line(self) -> int:
        return self.line + self.text.count("\n", 0, self.at)


def _documents(path: Path, within: Steps, outside: Outside) -> Iterator[Any]:
    """The trees at `within` of every document of the file; `outside` is told every text that stands elsewhere."""
    try:
        with path.open("rb") as file:
            if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
                raise BadData(
                    f"{path.name} is in UTF-16; JSON is read in UTF-8. Save it as UTF-8 and ingest again."
                )
        with path.open(encoding="utf-8-sig", newline="") as handle:
            window = _Window(path, handle)
            if not window.next():
                raise window.damaged()
            while window.next():
                yield from _reached(window, within, (), outside)
    except OSError as error:
        raise BadData(f"{path.name} cannot be read ({error.strerror}). Check the file.") from None


def _reached(window: _Window, left: Steps, so_far: Steps, outside: Outside) -> Iterator[Any]:
    """The trees of the value that stands here, with so many keys left to go."""
    mark = window.next()
    if mark == "[":
        for _ in _members(window, "[", "]"):
            yield from _reached(window, left, so_far, outside) if left else _flat(window.value())
    elif not left:
        yield from _flat(window.value())
    elif mark == "{":
        for _ in _members(window, "{", "}"):
            key = _key(window)
            if key == left[0]:
                yield from _reached(window, left[1:], (*so_far, key), outside)
            else:
                _pass(window, (*so_far, key), outside)
    else:
        window.value()


def _pass(window: _Window, steps: Steps, outside: Outside) -> None:
    """Reads past a value that stands elsewhere, however long, and tells its texts."""
    mark = window.next()
    if len(steps) > DEEPEST:
        raise window.too_deep()
    if mark in ("[", "{"):
        for _ in _members(window, mark, "]" if mark == "[" else "}"):
            _pass(window, (*steps, _key(window) if mark == "{" else ""), outside)
    else:
        for text in texts(window.value(), (), {}):
            if outside:
                outside(steps, text)


def _members(window: _Window, first: str, last: str) -> Iterator[None]:
    """Stops before each member of a list or object, and passes the marks between."""
    window.take(first)
    if window.next() != last:
        yield
        while window.next() == ",":
            window.take(",")
            yield
    window.take(last)


def _key(window: _Window) -> str:
    if window.next() != '"':
        raise window.damaged()
    key = str(window.value())
    window.take(":")
    return key


def _steps(within: str) -> Steps:
    return tuple(step for step in within.split("/") if step)
