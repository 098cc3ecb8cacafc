"""Taking records out of the store for good: one pupil's, or all from before a day.

The only place where files of the store are rewritten. The new files are written beside the old, the manifest is
replaced by one atomic rename, and only then are the old ones removed; killed at any point, the same command finishes
the work.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from sources.publishing import sweep
from sources.store import Store, named, on_disk, quoted, sha256_of
from sources.tables import TABLES, Table

Removed = Counter[str]


def forget_pupils(store: Store, pupil_ids: Collection[str]) -> Removed:
    """Removes every row of these pupils from the tables and from what is set aside; returns how many, by table."""
    ids = ", ".join(map(quoted, pupil_ids))
    removed = _remove(
        store, {name: f"pupil_id IN ({ids})" for name, table in TABLES.items() if table.has("pupil_id")}
    )
    removed["quarantine"] += _remove_aside(store, set(pupil_ids))
    return removed


def forget_before(store: Store, day: date) -> tuple[Removed, list[str]]:
    """Removes what happened before a day, and everything of pupils who had left by then; returns how many rows, by
    table, and the pupils' ids. Enrolments that still ran on that day are kept whole."""
    gone = leavers(store, day)
    ids = ", ".join(map(quoted, gone)) or "NULL"
    removed = _remove(store, {name: _before(table, day, ids) for name, table in TABLES.items()})
    removed["quarantine"] += _remove_aside(store, set(gone))
    return removed, gone


def leavers(store: Store, day: date) -> list[str]:
    """The pupils whose last enrolment had ended before a day, in order."""
    held = store.view(TABLES["enrolments"], store.files("enrolments"))
    with duckdb.connect() as base:
        rows = base.sql(
            f"SELECT pupil_id FROM ({held}) WHERE known_until IS NULL GROUP BY pupil_id"
            f" HAVING max(coalesce(end_date, DATE '9999-12-31')) < DATE {quoted(day.isoformat())} ORDER BY pupil_id"
        ).fetchall()
    return [str(row[0]) for row in rows]


def _before(table: Table, day: date, gone: str) -> str:
    parts = [f"pupil_id IN ({gone})"] if table.has("pupil_id") else []
    ends = "end_date" if table.has("end_date") else None
    last = (
        f"coalesce({ends}, DATE '9999-12-31')" if ends else named(table.happened) if table.happened else None
    )
    if last and table.name != "calendar":
        parts.append(f"{last} < DATE {quoted(day.isoformat())}")
    return " OR ".join(parts) or "false"


def _remove(store: Store, doomed: dict[str, str]) -> Removed:
    """Removes from each table the rows for which its SQL holds."""
    manifest, removed, kept = store.manifest(), Counter[str](), []
    with duckdb.connect() as base:
        for file in manifest["files"]:
            without = _without(store, file, doomed.get(file["table"], "false"), base)
            removed[file["table"]] += file["rows"] - (without["rows"] if without else 0)
            kept += [without] if without else []
    if removed.total():
        store.write_manifest({**manifest, "files": kept})
        sweep(store)
    return removed


def _without(
    store: Store, file: dict[str, Any], doomed: str, base: duckdb.DuckDBPyConnection
) -> dict[str, Any] | None:
    """The manifest's entry of a file without those rows: the same where it has none, None where it has no others."""
    path = store.tables_folder / file["path"]
    source = f"read_parquet({quoted(str(path))}, hive_partitioning = false)"
    lost = base.sql(f"SELECT count(*) FROM {source} WHERE coalesce({doomed}, false)").fetchall()[0][0]
    if lost in (0, file["rows"]):
        return None if lost else file
    target = path.with_name(f"{path.stem}-less{path.suffix}")
    base.execute(
        f"COPY (FROM {source} WHERE NOT coalesce({doomed}, false)) TO {quoted(str(target))} (FORMAT parquet)"
    )
    on_disk(target)
    fresh = f"read_parquet({quoted(str(target))}, hive_partitioning = false)"
    corrections = base.sql(f"SELECT count(*) FILTER (correction > 0) FROM {fresh}").fetchall()[0][0]
    return {**file, "path": str(target.relative_to(store.tables_folder)), "rows": file["rows"] - lost,
            "sha256": sha256_of(target), "corrections": corrections}  # fmt: skip


def _remove_aside(store: Store, pupils: set[str]) -> int:
    """Removes rows set aside that are of these pupils; returns how many."""
    removed = 0
    for path in files_aside(store):
        with duckdb.connect() as base:
            rows = base.sql(f"SELECT row FROM read_parquet({quoted(str(path))})").fetchall()
            doomed = [n for n, (row,) in enumerate(rows) if pupil_of(row) in pupils]
            if not doomed:
                continue
            places, part = ", ".join(map(str, doomed)), path.with_name(path.name + ".part")
            source = f"read_parquet({quoted(str(path))}, file_row_number = true)"
            base.execute(
                f"COPY (SELECT * EXCLUDE (file_row_number) FROM {source}"
                f" WHERE file_row_number NOT IN ({places})) TO {quoted(str(part))} (FORMAT parquet)"
            )
        on_disk(part)
        part.replace(path)
        removed += len(doomed)
    return removed


def files_aside(store: Store) -> Iterator[Path]:
    """The files of rows set aside, oldest load first."""
    yield from sorted((store.root / "quarantine").rglob("*.parquet"))


def pupil_of(row: str | None) -> str | None:
    """The pupil that a row set aside names, or None."""
    try:
        said = json.loads(row or "{}")
    except ValueError:
        return None
    return said.get("pupil_id") if isinstance(said, dict) else None
