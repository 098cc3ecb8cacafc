"""Which files of a folder are canonical tables, which are exports that a profile knows, and which are neither."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from configs.profile import Export
from configs.refusals import BadData, BadSettings
from sources.exports import records
from sources.exports.files import TABLE_ENDINGS, Recognised, nearest_export, recognise
from sources.exports.headings import Fit
from sources.reading import FORMATS, Found, find
from sources.tables import TABLES

DOCUMENT_ENDINGS = (".xml", ".json", ".jsonl")
NOT_RECORDS = ("people.csv", "manifest.json")  # names, which go elsewhere; the list of a pull's pages


@dataclass(frozen=True)
class Known:
    """A file and the export that it is."""

    path: Path
    export: Export
    table: Recognised | None = None  # how its rows are written; None for a document of records


@dataclass(frozen=True)
class Sorted:
    """The files of a folder: canonical tables, exports that a profile knows, and others with what each is most like."""

    canonical: tuple[Found, ...]
    known: tuple[Known, ...]
    unknown: Mapping[Path, Fit | None]

    def unread(self) -> list[str]:
        """A note on each file that nothing is read from, and what it is most like."""
        return [
            f"{path.name} was not read: {_why_unknown(path, near)}" for path, near in self.unknown.items()
        ]


def sort_folder(folder: Path, exports: Sequence[Export]) -> Sorted:
    """Which files are canonical tables, which are exports that a profile knows, and which are neither.

    Refused: no such folder (BadSettings); a canonical table with a column missing, unless a profile knows it; a file
    that is not what its name says (BadData).
    """
    if not folder.is_dir():
        raise BadSettings(f"There is no folder {folder}. Give the folder that holds the exported tables.")
    known: list[Known] = []
    unknown: dict[Path, Fit | None] = {}
    canonical: list[Found] = []
    with duckdb.connect() as held:
        for path in _files(folder):
            if found := _canonical(path, exports, held):
                canonical.append(found)
            elif there := _known(path, exports):
                known += there
            else:
                unknown[path] = _nearest(path, exports)
    return Sorted(tuple(canonical), tuple(known), unknown)


def _why_unknown(path: Path, near: Fit | None) -> str:
    if path.suffix.lower() not in (*TABLE_ENDINGS, *DOCUMENT_ENDINGS):
        return "it is no table of Handrail's, and no export that it could be."
    if near is None:
        return f"no profile knows it. `handrail profile {path.name}` drafts one."
    lacking = " and ".join(
        " or ".join(near.export.columns.get(name, (name,))[0] for name in need) for need in near.missing
    )
    return f"it is most like {near.export.title}, and lacks {lacking or 'sessions among its headings'}."


def _files(folder: Path) -> list[Path]:
    """The files that stand in the folder itself: what lies in folders inside it is somebody's archive."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and not path.name.startswith((".", "~$")) and path.name not in NOT_RECORDS
    )


def _canonical(path: Path, exports: Sequence[Export], held: duckdb.DuckDBPyConnection) -> Found | None:
    """The canonical table that a file is by its name, unless its headings are those of an export."""
    if path.suffix not in FORMATS or path.stem not in TABLES:
        return None
    try:
        return find(path.parent, TABLES[path.stem], held)
    except BadData:
        if _known(path, exports):
            return None
        raise


def _nearest(path: Path, exports: Sequence[Export]) -> Fit | None:
    return nearest_export(path, exports) if path.suffix.lower() in TABLE_ENDINGS else None


def _known(path: Path, exports: Sequence[Export]) -> list[Known]:
    ending = path.suffix.lower()
    if ending in TABLE_ENDINGS:
        found = recognise(path, exports)
        return [Known(path, found.fit.export, found)] if found else []
    if ending in DOCUMENT_ENDINGS:
        return [Known(path, export) for export in records.recognised(path, exports)]
    return []
