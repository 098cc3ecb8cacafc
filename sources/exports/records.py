"""The records of an XML or JSON export, one at a time, in memory that does not grow with the file.

A document that turns out damaged is refused when that shows, which may be at its end: what was given before is then to
be thrown away.
"""

import mmap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Any

from configs.profile import Export
from sources.exports import json_trees, xml_trees
from sources.exports.growing import TooBig
from sources.exports.trees import Referred, Tree, Way, said, way_of

READERS = {"xml": xml_trees, "json": json_trees}
HEAD = 1 << 12
Ways = Mapping[str, tuple[Way, ...]]


def records(path: Path, export: Export) -> Iterator[tuple[int, dict[str, str | None]]]:
    """Each record's line (XML: where its element starts; JSON: which record it is, from 1) and its text by every name
    of the export's columns and of what stands around them; None where there is none.

    Refused (BadData), in one line that names file and place: a document that is damaged, cut short, in another encoding
    than it declares or larger in one record than any system writes; an XML document type.
    """
    reader = READERS[export.format]
    ways = _ways(export.columns)
    outer = {name: tuple(way_of(text).steps for text in texts) for name, texts in export.around.items()}
    there = reader.around(path, export.within, outer) if outer else {}
    known = _referred(path, ways, export.format)
    around: dict[str, str | None] = {name: there.get(name) for name in outer}
    steps, n = way_of(export.record).steps, 0
    for top in reader.trees(path, export.within):
        for record in reader.below(top, steps):
            n += 1
            line = record.line if isinstance(record, Tree) else n
            yield line, _row(reader, record, top, ways, known) | around


def recognised(path: Path, exports: Sequence[Export]) -> list[Export]:
    """The exports that a document fits: `within` and `record` are there, and each of `needs` is said in some record.

    The names are first looked for in the file's bytes, so that only documents that can fit are parsed, and only until
    all is decided. Refused (BadData): a document with an export's names in it that is damaged before that.
    """
    form, encoding = _form(path)
    likely = [one for one in exports if one.format == form]
    if likely:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
            there = _Names(held, form, encoding)
            likely = [one for one in likely if there.all_of(one)]
    fitting: set[str] = set()
    for within, group in groupby(sorted(likely, key=lambda one: one.within), lambda one: one.within):
        fitting |= _fitting(path, within, list(group))
    return [one for one in likely if one.title in fitting]


def _row(reader: ModuleType, record: Any, top: Any, ways: Ways, known: Referred) -> dict[str, str | None]:
    row: dict[str, str | None] = dict.fromkeys(ways)
    for name, paths in ways.items():
        for way in paths:
            found = reader.texts(top if way.from_top else record, way.steps, known)
            if text := said(found, way.after_hash):
                row[name] = text
                break
    return row


def _ways(columns: Mapping[str, tuple[str, ...]]) -> Ways:
    return {name: tuple(way_of(text) for text in texts) for name, texts in columns.items()}


def _referred(path: Path, ways: Ways, form: str) -> Referred:
    """What paths that cross to another element ask of it."""
    asked = frozenset(way.wanted for paths in ways.values() for way in paths if way.wanted)
    return xml_trees.referred(path, asked) if asked and form == "xml" else {}


def _fitting(path: Path, within: str, exports: Sequence[Export]) -> set[str]:
    """The titles of those exports of one `within` that the document fits."""
    wanted = {
        one.title: [_ways({name: one.columns.get(name, ()) for name in need}) for need in one.needs]
        for one in exports
    }
    missing = {one.title: set(range(len(one.needs))) for one in exports}
    seen: set[str] = set()
    reader = READERS[exports[0].format]
    with suppress(TooBig):
        for top in reader.trees(path, within):
            for one in exports:
                for record in reader.below(top, way_of(one.record).steps):
                    seen.add(one.title)
                    missing[one.title] -= {
                        n
                        for n in missing[one.title]
                        if any(_row(reader, record, top, wanted[one.title][n], {}).values())
                    }
            if len(seen) == len(exports) and not any(missing.values()):
                break
    return {title for title in seen if not missing[title]}


def _form(path: Path) -> tuple[str | None, str]:
    """What a file looks like from its start, xml, json or None for neither, and the encoding to look for names in."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError:
        return None, "utf-8"
    encoding = "utf-16-le" if head[1::2].count(0) > len(head) // 4 else "utf-8"
    encoding = "utf-16-be" if head[0::2].count(0) > len(head) // 4 else encoding
    start = head.decode(encoding, errors="replace").lstrip("\ufeff").lstrip()[:1]
    return {"<": "xml", "{": "json", "[": "json"}.get(start), encoding


class _Names:
    """Which names of elements or keys occur anywhere in a file; each is looked for once."""

    def __init__(self, held: mmap.mmap, form: str | None, encoding: str) -> None:
        self.held, self.encoding = held, encoding
        self.marks = ("<{}", ":{}", "{}=") if form == "xml" else ('"{}"',)
        self.found: dict[str, bool] = {}

    def all_of(self, export: Export) -> bool:
        """Whether an export's `within`, `record` and one name for each of its `needs` are there."""
        around = [*export.within.split("/"), *way_of(export.record).steps]
        return all(map(self._there, around)) and all(
            any(self._path(text) for name in need for text in export.columns.get(name, ()))
            for need in export.needs
        )

    def _path(self, text: str) -> bool:
        return all(map(self._there, way_of(text).steps))

    def _there(self, name: str) -> bool:
        bare = name.lstrip("@>")
        if bare not in self.found:
            patterns = (mark.format(bare).encode(self.encoding) for mark in self.marks)
            self.found[bare] = bare == "" or any(self.held.find(pattern) >= 0 for pattern in patterns)
        return self.found[bare]
