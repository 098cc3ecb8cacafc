"""Exports already read through a profile: each row still goes by the file and the line it came from."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from configs.refusals import BadData
from configs.settings import load_settings
from sources.ingest import find_all, ingest_found, work_folder
from sources.reading import Found, staged
from sources.store import Store
from sources.tables import TABLES
from tests.sources.a_folder import SEEN, load, rows, set_aside, write

MARKS = [
    ("ann", "oak", "2025-09-03", "AM", "/", "marks A.csv", 4),
    ("ann", "oak", "?31/02/2025", "AM", "/", "marks A.csv", 5),
    ("ben", "oak", "2025-09-03", "AM", "£", "marks B.csv", 2),
    ("ben", "oak", "2025-09-03", "PM", "\\", "marks B.csv", 2),
]
GENEROUS = dataclasses.replace(load_settings(), quarantine_share=1.0)


def stage(folder: Path, table: str, lines: Sequence[tuple[str | int | None, ...]]) -> Found:
    """Rows of exports as reading them through a profile leaves them, file and line last."""
    asked = [column.name for column in TABLES[table].columns]
    names = [*asked[: len(lines[0]) - 2], "from_file", "from_line"]
    columns = {name: [None] * len(lines) for name in asked}
    columns |= dict(zip(names, map(list, zip(*lines, strict=True)), strict=True))
    path = folder / f"{table}.parquet"
    kinds = [pa.field(name, pa.int64() if name == "from_line" else pa.string()) for name in columns]
    pq.write_table(pa.table(columns, schema=pa.schema(kinds)), path)
    return staged(TABLES[table], path, tuple(columns), "DD/MM/YYYY")


def test_a_row_set_aside_names_the_export_and_its_line(tmp_path: Path) -> None:
    store, folder = Store(tmp_path / "store"), write(tmp_path / "export", attendance=None)
    with work_folder(store, "staged") as work:
        found = [stage(work, "attendance", MARKS), *find_all(folder)]
        receipt = ingest_found(found, ["Read by a profile."], store, SEEN, GENEROUS)
    marks = receipt.tables["attendance"]
    assert (marks.rows_in, marks.kept, marks.quarantined, marks.duplicates) == (4, 2, 2, 0)
    assert [(one["file"], one["line"], one["reason"]) for one in set_aside(store, "attendance")] == [
        ("marks B.csv", 2, "code is not an attendance code"),
        ("marks A.csv", 5, "date is not a date written DD/MM/YYYY"),
    ]
    assert receipt.notes == ("Read by a profile.",)
    assert {path.name for path in store.root.iterdir()} == {"tables", "receipts", "quarantine"}


def test_exports_may_lack_what_the_store_holds(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(write(tmp_path / "export"), store)
    receipt = ingest_found([stage(tmp_path, "attendance", MARKS[:1])], [], store, SEEN, load_settings())
    assert receipt.tables["attendance"].kept == 1
    assert len(rows(store, "attendance")) == 5


def test_exports_may_come_without_attendance_but_not_without_pupils(tmp_path: Path) -> None:
    lines = [("ann", None, None, None, "pupils.xml", 7), ("ben", None, "M", None, "pupils.xml", 19)]
    found = find_all(write(tmp_path / "export", attendance=None, pupils=None))
    pupils = stage(tmp_path, "pupils", lines)
    receipt = ingest_found([*found, pupils], [], Store(tmp_path / "store"), SEEN, load_settings())
    assert receipt.tables["enrolments"].kept == 2
    with pytest.raises(BadData, match="pupils is required"):
        ingest_found(found, [], Store(tmp_path / "other"), SEEN, load_settings())


def test_too_many_bad_rows_name_the_export(tmp_path: Path) -> None:
    found = [stage(tmp_path, "attendance", MARKS), *find_all(write(tmp_path / "export", attendance=None))]
    with pytest.raises(BadData, match=r"attendance: 2 of 4 rows .* first on line 2 of marks B\.csv"):
        ingest_found(found, [], Store(tmp_path / "store"), SEEN, load_settings())
