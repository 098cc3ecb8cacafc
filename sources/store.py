"""The store: canonical tables as Parquet, read by manifest, where nothing is overwritten and nothing is lost.

A load writes its files to one side and then replaces the manifest by one atomic rename; a load that dies leaves
the store as it was. Every row keeps the day it was known; a correction is a new row that supersedes the old one
from the day it was known, and a withdrawal one that ends it. The column `correction` of a file is 0 for a first
telling, the load's number for a correction, and that number below zero for a withdrawal.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import yaml

from configs.refusals import BadData
from configs.settings import Settings, as_mapping, load_settings, read_yaml, settings_from
from sources.tables import TABLES, Table

SQL_TYPES = {"text": "VARCHAR", "date": "DATE", "whole": "BIGINT", "number": "DOUBLE"}
MANIFEST, SETTINGS, SPILL = "manifest.json", "settings.yaml", "spill"
LAYOUT, OLDEST = (
    2,
    1,
)  # of the whole store: this one, and the oldest that `pipelines.upgrading` brings up to it
File = Mapping[str, Any]


class Store:
    """One school's, trust's or authority's store, at a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def tables_folder(self) -> Path:
        """Where the canonical Parquet files and their manifest lie."""
        return self.root / "tables"

    def manifest(self) -> dict[str, Any]:
        """What the store holds: `layout`, its version; `loads`; `files`, each with table, path, rows, sha256, load,
        first and last day, how many of its rows are corrections, and its school and month where it has one of
        each; and `latest`, the latest event of each table and school."""
        path = self.tables_folder / MANIFEST
        if not path.exists():
            return {"layout": LAYOUT, "loads": 0, "files": [], "latest": {}}
        held: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        layout = held.get("layout", 0)
        if layout > LAYOUT:
            raise BadData(
                f"The store {self.root} was laid out by a newer version of Handrail (layout {layout}; this one knows "
                f"up to {LAYOUT}). Install that version again."
            )
        if layout < OLDEST:
            raise BadData(
                f"The store {self.root} was laid out by a version of Handrail too old to be brought up to date. "
                "Ingest into a new one."
            )
        return held

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Replaces the manifest by one atomic rename: from then on the store holds what it names."""
        replace_whole(self.tables_folder / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True))

    def files(self, table: str) -> list[File]:
        """The manifest's files of one table, in the order they were loaded."""
        return [file for file in self.manifest()["files"] if file["table"] == table]

    def tables(self, threads: int | None = None) -> dict[str, ir.Table]:
        """Every canonical table as an expression on one DuckDB: its columns, `known_on`, and `known_until` (the day
        a later version was known, or null). An optional table never loaded is empty. What does not fit in memory lies
        in the store as long as it is needed, and what a killed command left of it goes with the next."""
        held = ibis.duckdb.connect(**({"threads": threads} if threads else {}))
        held.raw_sql(f"SET temp_directory = {quoted(str(self.root.absolute() / SPILL))}")
        files = self.manifest()["files"]
        for table in TABLES.values():
            own = [file for file in files if file["table"] == table.name]
            held.raw_sql(f"CREATE VIEW {table.name} AS {self.view(table, own)}")
        return {name: held.table(name) for name in TABLES}

    def view(self, table: Table, files: Iterable[File]) -> str:
        """Those files of the table as SQL: its columns, known_on and known_until, withdrawals left out."""
        files = list(files)
        if not files:
            typed = [f"NULL::{SQL_TYPES[column.kind]} AS {named(column.name)}" for column in table.columns]
            return f"SELECT {', '.join(typed)}, NULL::DATE AS known_on, NULL::DATE AS known_until WHERE false"
        columns = ", ".join(f"told.{named(column.name)}" for column in table.columns)
        corrected = [file for file in files if file["corrections"]]
        if not corrected:
            return f"SELECT {columns}, known_on, NULL::DATE AS known_until FROM {self._parquet(files)} told"
        key, mine = listed(facts(table)), listed(facts(table), "told")
        return (
            f"WITH told AS (SELECT * FROM {self._parquet(files)}),"
            f" changed AS (SELECT DISTINCT {key} FROM {self._parquet(corrected)} WHERE correction <> 0),"
            f" versions AS (SELECT {mine}, known_on, correction, lead(known_on) OVER (PARTITION BY"
            f" {mine} ORDER BY known_on, abs(correction), correction DESC) AS known_until"
            f" FROM told SEMI JOIN changed ON {same(facts(table), 'told', 'changed')})"
            f" SELECT {columns}, told.known_on, versions.known_until FROM told LEFT JOIN versions"
            f" ON {same((*facts(table), 'known_on', 'correction'), 'told', 'versions')} WHERE told.correction >= 0"
        )

    def withdrawals(self, table: Table, files: Iterable[File]) -> str:
        """The facts withdrawn in those files, as SQL: the columns that make a row one fact, and known_on."""
        changed = [file for file in files if file["corrections"]]
        if not changed:
            return f"SELECT {listed(facts(table))}, known_on FROM ({self.view(table, [])})"
        return f"SELECT {listed(facts(table))}, known_on FROM {self._parquet(changed)} WHERE correction < 0"

    def days_touched(self, table: Table, new: Sequence[File], waiting: Sequence[File], since: date) -> str:
        """The pupil_id and day (`date`) of every row of the new files, and of rows of the waiting ones that had not
        happened or were not known by `since`, withdrawals among them; and of every version of the facts that they
        correct or withdraw. As SQL, for a table whose rows have a day and a pupil."""
        told = [f"FROM {self._parquet(new)}"] if new else []
        told += [f"FROM {self._parquet(waiting)} WHERE {self._later(table, since)}"] if waiting else []
        day = f"{named(str(table.happened))} AS date"
        rows = " UNION ALL ".join(f"(SELECT pupil_id, {day} {source})" for source in told)
        if any(file["corrections"] for file in (*new, *waiting)):
            fact = listed(facts(table))
            changed = " UNION ALL ".join(
                f"(SELECT {fact} FROM (SELECT * {one}) WHERE correction <> 0)" for one in told
            )
            rows += f" UNION ALL (SELECT every.pupil_id, every.{day} FROM {self._parquet(self.files(table.name))} every"
            rows += f" SEMI JOIN ({changed}) changed ON {same(facts(table), 'every', 'changed')})"
        return f"SELECT DISTINCT pupil_id, date FROM ({rows})"

    def waiting(self, table: Table, files: Sequence[File], as_of: date) -> str:
        """How many rows of these files, withdrawals among them, have not happened or are not known by a day, as SQL."""
        return f"SELECT count(*) FROM {self._parquet(files)} WHERE {self._later(table, as_of)}"

    def _later(self, table: Table, day: date) -> str:
        """SQL that a row had not happened or was not known by a day."""
        return f"({named(str(table.happened))} > DATE '{day}' OR known_on > DATE '{day}')"

    def data_hash(self) -> str:
        """sha256 over the content of every file held: the same records give the same hash."""
        return hash_of(self.manifest())

    def days_held(self) -> tuple[date, date]:
        """The first and the last day with attendance. Refused (BadData) where nothing has been ingested."""
        files = self.files("attendance")
        if not files:
            raise BadData(
                f"The store {self.root} holds no attendance. Run `handrail ingest DIR --store {self.root}`."
            )
        first, last = min(file["first"] for file in files), max(file["last"] for file in files)
        return date.fromisoformat(first), date.fromisoformat(last)

    def receipts(self) -> list[dict[str, Any]]:
        """The receipt of every load that the store holds, oldest first."""
        folder = self.root / "receipts"
        paths = [folder / f"load-{load:06}.json" for load in range(1, self.manifest()["loads"] + 1)]
        return [json.loads(path.read_text(encoding="utf-8")) for path in paths if path.exists()]

    @cached_property
    def settings(self) -> Settings:
        """The store's own settings, or Handrail's defaults where it has none."""
        path = self.root / SETTINGS
        if not path.exists():
            return load_settings()
        return settings_from(read_yaml(path), str(path))

    def keep_settings(self, settings: Settings) -> None:
        """Keeps settings in the store, so that every later command reads the same."""
        replace_whole(self.root / SETTINGS, yaml.safe_dump(as_mapping(settings), sort_keys=False))
        self.__dict__.pop("settings", None)

    def _parquet(self, files: Sequence[File]) -> str:
        """Those files of one table as SQL. A column that the table has had only since then is null."""
        paths = ", ".join(quoted(str(self.tables_folder / file["path"])) for file in files)
        told = f"read_parquet([{paths}], hive_partitioning = false, union_by_name = true)"
        later = [column for column in TABLES[files[0]["table"]].columns if not column.required]
        if not later:
            return told
        nulls = ", ".join(f"NULL::{SQL_TYPES[column.kind]} AS {named(column.name)}" for column in later)
        return f"(SELECT * FROM {told} UNION ALL BY NAME SELECT {nulls} WHERE false)"


def facts(table: Table) -> tuple[str, ...]:
    """The columns that make a row one fact: the whole row where the table names none."""
    return table.key or tuple(column.name for column in table.columns)


def hash_of(manifest: Mapping[str, Any]) -> str:
    """sha256 over what the manifest's files hold, whatever they are called and whenever they were loaded."""
    lines = sorted(f"{file['table']} {file['sha256']}" for file in manifest["files"])
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def replace_whole(path: Path, text: str) -> None:
    """Writes a small file so that a reader sees the old one or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".part")
    with aside.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(aside, path)
    on_disk(path.parent)


def on_disk(path: Path) -> None:
    """Waits until a file or folder is truly written."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_of(path: Path) -> str:
    """The sha256 of a file's content, read a piece at a time, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def quoted(value: str) -> str:
    """A value as an SQL string."""
    return "'" + value.replace("'", "''") + "'"


def named(column: str) -> str:
    """A column's name as an SQL identifier."""
    return '"' + column.replace('"', '""') + '"'


def listed(columns: Iterable[str], of: str = "") -> str:
    """Columns as an SQL list, each `of` a table where one is given."""
    return ", ".join(f"{of}.{named(name)}" if of else named(name) for name in columns)


def same(columns: Iterable[str], one: str, other: str) -> str:
    """SQL that two rows agree in every one of the columns; two blanks agree."""
    return " AND ".join(f"{one}.{named(name)} IS NOT DISTINCT FROM {other}.{named(name)}" for name in columns)
