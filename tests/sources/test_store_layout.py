"""Stores written before a column was: they are read as though nobody had filled it in."""

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from sources.store import Store
from tests.sources.a_folder import load, rows, write

SUPPORT = """
    pupil_id,school_id,kind,start_date,end_date
    ann,oak,mentoring,2025-09-01,"""
LATER = """
    pupil_id,school_id,kind,start_date,end_date,sessions_planned,sessions_held
    ben,oak,mentoring,2025-09-02,,10,8"""


def test_a_table_of_before_its_newest_columns_is_read_beside_one_of_after(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(write(tmp_path / "first", support=SUPPORT), store)
    for file in store.files("support"):
        path = store.tables_folder / file["path"]
        pq.write_table(pq.read_table(path).drop_columns(["sessions_planned", "sessions_held"]), path)
    assert [row["sessions_held"] for row in rows(Store(store.root), "support")] == [None]
    load(write(tmp_path / "second", support=LATER), store, date(2025, 10, 2))
    assert [row["sessions_held"] for row in rows(Store(store.root), "support")] == [None, 8]
