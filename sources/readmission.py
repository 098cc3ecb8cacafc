"""Rows set aside: what lies there and why, and how it comes back once the cause is mended.

A row that is tried again becomes part of a new load. What still cannot be used is set aside there, under that load;
the first place is kept, and no longer listed. Nothing is ever thrown away here.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from configs.refusals import BadData, BadSettings
from configs.settings import Settings
from sources.ingest import Say, ingest_found, work_folder
from sources.reading import META, REASON, Found, staged
from sources.receipt import Receipt
from sources.store import Store, quoted, replace_whole
from sources.tables import TABLES

TRIED = "tried-again.json"
PLACE = ("load", "table", "number")
REMEDIES = {
    "pupil_id_orphan": "No register read so far lists the pupil. Ingest the student report, then try again.",
    "school_id_orphan": "No table of schools names the school. Add it to schools.csv, ingest, then try again.",
    "code_unknown": "No table of attendance codes has it. Give its meaning in the profile (`is:`), or mend the row.",
    "told_twice": "Two rows of one fact differ. Find out which is right, mend it in the system and export again.",
    "export": "Mend the export as the reason says, and ingest it again.",
    "_blank": "Fill it in the system and export again, or mend the row and try again.",
    "_date": "Check which format the dates are written in, and that the profile declares it.",
    "_choice": "Say in the profile (`is:`) what the export's word means, or mend the row.",
    "_number": "Mend the number in the system and export again, or mend the row.",
    "": "Mend the row in the system and export again, or mend it here and try again.",
}


@dataclass(frozen=True)
class Aside:
    """One row set aside: its number among those of its load and table, where it stood, the rule and the reason, and
    what it said (a canonical table's columns as text; empty where it was no row at all)."""

    load: int
    table: str
    number: int
    file: str
    line: int
    rule: str
    reason: str
    row: Mapping[str, str | None]

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return next(words for ending, words in REMEDIES.items() if self.rule.endswith(ending))


def rows_aside(store: Store, table: str | None = None) -> list[Aside]:
    """Every row that is set aside and has not been tried again, in the order of loads, tables and lines."""
    return list(_rows_aside(store, table))


def write_to_mend(store: Store, target: Path, table: str) -> int:
    """Writes the rows of one table to a CSV file to be mended, each with where it stood; returns how many."""
    rows = rows_aside(store, _known(table))
    names = _content(table)
    columns = {
        place: [str(getattr(row, place)) for row in rows] for place in (*PLACE, "file", "line", "reason")
    }
    columns |= {name: [row.row.get(name) or "" for row in rows] for name in names}
    pa_csv.write_csv(
        pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()}), target
    )
    return len(rows)


def readmit(
    store: Store, settings: Settings, seen_on: date, mended: Path | None = None, progress: Say | None = None
) -> Receipt:
    """Tries every row again, as it is or as a mended file has it, as a load of its own, and returns its receipt.

    A row counts as known from `seen_on`: until then nobody could have used it. Refused (BadSettings) where nothing is
    set aside; (BadData) where the mended file has lost the columns that say where rows stood.
    """
    rows = _with_mended(rows_aside(store), mended)
    if not rows:
        raise BadSettings("No row is set aside: there is nothing to try again.")
    every = replace(settings, quarantine_share=1.0)  # what still cannot be used stays aside
    with work_folder(store, "again") as work:
        found = [
            _staged(name, own, work) for name in TABLES if (own := [row for row in rows if row.table == name])
        ]
        receipt = ingest_found(found, [], store, seen_on, every, progress)
    if receipt.load:
        _remember(store, {(row.load, row.table) for row in rows}, receipt.load)
    return receipt


def _rows_aside(store: Store, table: str | None) -> Iterator[Aside]:
    tried = _tried(store)
    for path in sorted((store.root / "quarantine").glob("load-*/*.parquet")):
        load, name = int(path.parent.name.removeprefix("load-")), path.stem
        if f"{load}/{name}" in tried or table not in (None, name):
            continue
        with duckdb.connect() as held:
            read = held.execute(
                f"SELECT file, line, rule, reason, row FROM read_parquet({quoted(str(path))}) ORDER BY ALL"
            )
            for number, (file, line, rule, reason, row) in enumerate(read.fetchall(), start=1):
                yield Aside(load, name, number, file, line, rule, reason, _said(row))


def _said(row: str | None) -> dict[str, str | None]:
    """What a row said; a line that was no row says nothing that could be read again."""
    if not row or not row.startswith("{"):
        return {}
    try:
        said: dict[str, str | None] = json.loads(row)
    except ValueError:
        return {}
    return said


def _with_mended(rows: Sequence[Aside], mended: Path | None) -> list[Aside]:
    if mended is None:
        return list(rows)
    try:
        with mended.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.DictReader(file)
            names, rows_told = list(lines.fieldnames or ()), list(lines)
    except (OSError, UnicodeDecodeError, csv.Error):
        raise BadData(
            f"{mended.name} cannot be read as CSV UTF-8. Write it again with `handrail quarantine write`."
        ) from None
    if not set(PLACE) <= set(names):
        raise BadData(f"{mended.name} has lost one of its columns {', '.join(PLACE)}, which say where each row stood. "
                      "Write it again with `handrail quarantine write`.")  # fmt: skip
    told = {tuple(line[place] for place in PLACE): line for line in rows_told}
    return [_mended(row, told.get(tuple(str(getattr(row, place)) for place in PLACE))) for row in rows]


def _mended(row: Aside, told: Mapping[str, Any] | None) -> Aside:
    if told is None:
        return row
    said = {name: told.get(name) or None for name in _content(row.table)}
    return replace(row, row=said)


def _staged(name: str, rows: Sequence[Aside], work: Path) -> Found:
    names = _content(name)
    columns: dict[str, list[Any]] = {column: [row.row.get(column) for row in rows] for column in names}
    columns |= {"from_file": [row.file for row in rows], "from_line": [row.line for row in rows]}
    columns[REASON] = [None if any(row.row.values()) else row.reason for row in rows]
    kinds = [pa.field(column, pa.int64() if column == "from_line" else pa.string()) for column in columns]
    path = work / f"{name}.parquet"
    pq.write_table(pa.table(columns, schema=pa.schema(kinds)), path)
    return staged(TABLES[name], path, tuple(columns))


def _content(table: str) -> tuple[str, ...]:
    return (*(column.name for column in TABLES[table].columns), *META)


def _known(table: str) -> str:
    if table not in TABLES:
        raise BadSettings(f"There is no table '{table}'. Tables are {', '.join(TABLES)}.")
    return table


def _tried(store: Store) -> dict[str, int]:
    path = store.root / "quarantine" / TRIED
    tried: dict[str, int] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return tried


def _remember(store: Store, units: set[tuple[int, str]], load: int) -> None:
    tried = {**_tried(store), **{f"{own}/{table}": load for own, table in units}}
    replace_whole(store.root / "quarantine" / TRIED, json.dumps(tried, indent=1, sort_keys=True))
