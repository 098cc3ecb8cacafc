"""All that the tables hold on one pupil: every row as it was told, corrections and withdrawals among them, and what was
set aside."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from sources.forgetting import files_aside, pupil_of
from sources.store import Store, quoted
from sources.tables import TABLES

Row = dict[str, Any]


def rows_on(store: Store, pupil_id: str) -> dict[str, list[Row]]:
    """The rows of each table that has any, in the order of loading; what was set aside as `quarantine`."""
    held = {
        table.name: _told(store, table.name, pupil_id) for table in TABLES.values() if table.has("pupil_id")
    }
    held["quarantine"] = list(_aside(files_aside(store), pupil_id))
    return {name: rows for name, rows in held.items() if rows}


def _told(store: Store, table: str, pupil_id: str) -> list[Row]:
    return [row for file in store.files(table) for row in _of(store.tables_folder / file["path"], pupil_id)]


def rows_in(parquet: Path, pupil_id: str) -> list[Row]:
    """The rows of a Parquet file that are of a pupil; none where the file is of no pupils."""
    with duckdb.connect() as base:
        columns = base.sql(f"SELECT * FROM read_parquet({quoted(str(parquet))}) LIMIT 0").columns
    return _of(parquet, pupil_id) if "pupil_id" in columns else []


def _of(parquet: Path, pupil_id: str) -> list[Row]:
    source = f"read_parquet({quoted(str(parquet))}, hive_partitioning = false)"
    with duckdb.connect() as base:
        found = base.execute(f"SELECT * FROM {source} WHERE pupil_id = ?", [pupil_id])
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _aside(files: Iterable[Path], pupil_id: str) -> Iterable[Row]:
    for path in files:
        with duckdb.connect() as base:
            found = base.execute(f"SELECT * FROM read_parquet({quoted(str(path))})")
            names = [column[0] for column in found.description or []]
            for values in found.fetchall():
                row = dict(zip(names, values, strict=True))
                if pupil_of(row["row"]) == pupil_id:
                    yield {**row, "row": json.loads(row["row"])}
