"""Reading JSON a tree at a time: a list, a list within an object, or one object a line; UTF-8, with or without BOM.

Lists are passed through: each object of a list stands under the list's own key, so that `students/id` leads to the id
of every one. The document itself goes by the name "".
"""

import codecs
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ijson

from configs.refusals import BadData
from sources.exports.growing import CHUNK, Growing, TooBig, Watched, too_big
from sources.exports.trees import DEEPEST, Steps, Tree

AGAIN = "Export it again, and copy it whole."


def trees(path: Path, within: str) -> Iterator[Tree]:
    """Every object at the keys `within` (joined by "/"; "" is the document itself), in a list there or alone.

    Refused (BadData): what is no whole JSON, or not in UTF-8.
    """
    there = _names(within)
    yield from _grown(path, Growing(path.name, lambda names, _: names == there))


def around(path: Path, within: str, wanted: Mapping[str, tuple[Steps, ...]]) -> dict[str, str]:
    """The first text, outside `within`, at any of the keys wanted for each name. Reading stops once all are found."""
    there = _names(within)
    asked = {steps for ways in wanted.values() for steps in ways}
    texts: dict[Steps, str] = {}

    def outside(names: list[str], text: str) -> None:
        steps = tuple(names[1:])
        if steps in asked and text.strip():
            texts.setdefault(steps, text.strip())

    def found() -> dict[str, str]:
        firsts = {
            name: next((texts[steps] for steps in ways if steps in texts), "")
            for name, ways in wanted.items()
        }
        return {name: text for name, text in firsts.items() if text}

    for _ in _grown(path, Growing(path.name, lambda names, _: names == there, outside)):
        if len(found()) == len(wanted):
            break
    return found()


@dataclass
class _Place:
    """Where in a document its events have come to: the key of each list that is open, and of each value to come."""

    growing: Growing
    keys: list[str] = field(default_factory=lambda: [""])
    lists: list[bool] = field(default_factory=list)

    def take(self, event: str, value: Any) -> None:
        """One event of the document."""
        if event == "map_key":
            self.keys[-1] = value
        elif event == "start_map":
            self.growing.start(self.keys[-1], {}, 0)
            self._open(is_list=False)
        elif event == "start_array":
            self._open(is_list=True)
        elif event in ("end_map", "end_array"):
            self._close()
        elif event != "null":
            self.growing.start(self.keys[-1], {}, 0)
            self.growing.text(str(value).lower() if event == "boolean" else str(value))
            self.growing.end()

    def _open(self, is_list: bool) -> None:
        if len(self.lists) >= 2 * DEEPEST:
            raise TooBig(too_big(self.growing.file, 0, f"holds parts within parts more than {DEEPEST} deep"))
        self.keys.append(self.keys[-1] if is_list else "")
        self.lists.append(is_list)

    def _close(self) -> None:
        self.keys.pop()
        if not self.lists.pop():
            self.growing.end()


def _grown(path: Path, growing: Growing) -> Iterator[Tree]:
    place, records = _Place(growing), 0
    try:
        with path.open("rb") as handle:
            handle.seek(_bom(path, handle.read(3)))
            for event, value in ijson.basic_parse(
                Watched(path, handle, growing), buf_size=CHUNK, multiple_values=True
            ):
                place.take(event, value)
                if growing.grown:
                    records += len(growing.grown)
                    yield from growing.taken()
    except (ijson.JSONError, ValueError, ArithmeticError):  # a number may be larger than Python takes
        raise BadData(
            f"{path.name}, after record {records}: this is not whole JSON in UTF-8. {AGAIN}"
        ) from None
    except OSError as error:
        raise BadData(f"{path.name} cannot be read ({error.strerror}). Check the file.") from None


def _bom(path: Path, start: bytes) -> int:
    """How many bytes of byte order mark come first."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadData(f"{path.name} is in UTF-16; JSON is read in UTF-8. Save it as UTF-8 and ingest again.")
    return len(codecs.BOM_UTF8) if start == codecs.BOM_UTF8 else 0


def _names(within: str) -> list[str]:
    return ["", *(step for step in within.split("/") if step)]
