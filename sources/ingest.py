"""Ingest: a folder of canonical tables into the store, each row kept, set aside with a reason, or a duplicate."""

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb

from configs.refusals import BadData, BadSettings
from configs.settings import Settings
from sources.loads import Placed, place
from sources.reading import Found, find, read
from sources.receipt import Receipt, TableReceipt
from sources.store import Store, quoted, replace_whole
from sources.tables import TABLES, Table

BY_MONTH = ("attendance", "lessons")
NOT_TABLES = ("people",)
Say = Callable[[str], None]


def ingest(folder: Path, store: Store, seen_on: date, settings: Settings, say: Say = lambda _: None) -> Receipt:
    """Loads every canonical table found in the folder and returns the receipt.

    Refused, the store untouched: no such folder (BadSettings); a required table or column missing, a required
    table with no rows, a file that is not what it says, or more bad rows than the settings allow (BadData).
    """
    if not folder.is_dir():
        raise BadSettings(f"There is no folder {folder}. Give the folder that holds the exported tables.")
    load = store.manifest()["loads"] + 1
    work = store.root / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        with duckdb.connect(str(work / "load.duckdb")) as held:
            found = _found(folder, held)
            return _Load(store, settings, seen_on, load, work, held, say).run(folder, found)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _found(folder: Path, held: duckdb.DuckDBPyConnection) -> list[Found]:
    found = []
    for table in TABLES.values():
        file = find(folder, table, held)
        if file is None and table.required:
            raise BadData(f"{folder} lacks {table.name}.csv (or .parquet), which is required. Export it and try again.")
        if file is not None:
            found.append(file)
    return found


class _Load:
    """One load at work: everything it writes lies to one side until the manifest is replaced."""

    def __init__(
        self, store: Store, settings: Settings, seen_on: date, load: int, work: Path,
        held: duckdb.DuckDBPyConnection, say: Say,
    ) -> None:  # fmt: skip
        self.store, self.settings, self.seen_on, self.load = store, settings, seen_on, load
        self.work, self.held, self.say = work, held, say
        self.files: list[dict[str, Any]] = []

    def run(self, folder: Path, found: list[Found]) -> Receipt:
        self.held.execute("SET preserve_insertion_order = true")
        for home, name in (("pupils", "pupil_id"), ("schools", "school_id")):
            self.held.execute(
                f"CREATE TABLE known_{home} AS SELECT DISTINCT {name} FROM ({self.store.view(TABLES[home])})"
            )
        tables = {file.table.name: self._table(file) for file in found}
        data_hash = self._publish()
        receipt = Receipt(self.load if self.files else 0, tables, tuple(_notes(folder, found)), data_hash)
        if self.files:
            text = json.dumps(receipt.as_json(), indent=1)
            replace_whole(self.store.root / "receipts" / f"load-{self.load:06}.json", text)
        return receipt

    def _table(self, file: Found) -> TableReceipt:
        table = file.table
        self.say(f"reading {file.path.name}")
        rows_in = read(file, self.held)
        if table.required and rows_in == 0:
            raise BadData(f"{file.path.name} has no rows, and {table.name} is required. Export it again.")
        placed = place(table, self.store, self.held, self.seen_on)
        reasons = dict(self.held.sql("SELECT reason, count(*) FROM aside GROUP BY ALL ORDER BY 2 DESC, 1").fetchall())
        self._set_aside(file, placed)
        if placed.quarantined > self.settings.quarantine_share * rows_in:
            raise BadData(self._too_many(file, placed, rows_in))
        if table.name in ("pupils", "schools"):
            name = table.key[0]
            self.held.execute(f"INSERT INTO known_{table.name} SELECT {name} FROM fresh")
        self._write(table)
        latest = self.held.sql(f"SELECT max({table.happened}) FROM good").fetchall()[0][0] if table.happened else None
        return TableReceipt(rows_in, placed.kept, placed.quarantined, placed.duplicates,
                            str(latest) if latest else None, reasons)  # fmt: skip

    def _too_many(self, file: Found, placed: Placed, rows_in: int) -> str:
        reason, line = self.held.sql("SELECT mode(reason) AS r, min(line) FROM aside WHERE reason = "
                                     "(SELECT mode(reason) FROM aside)").fetchall()[0]  # fmt: skip
        return (
            f"{file.path.name}: {placed.quarantined:,} of {rows_in:,} rows cannot be used; at most "
            f"{self.settings.quarantine_share:.1%} may be set aside. Most often: {reason} (first on line {line}). "
            "Mend the export and ingest again; the store is as it was."
        )

    def _set_aside(self, file: Found, placed: Placed) -> None:
        """Bad rows are kept, with file, line and reason, and the row as it was read."""
        if not placed.quarantined:
            return
        columns = ", ".join(f'raw."{column.name}"' for column in file.table.columns)
        target = self.store.root / "quarantine" / f"load-{self.load:06}"
        target.mkdir(parents=True, exist_ok=True)
        self.held.execute(
            f"COPY (SELECT {quoted(file.path.name)} AS file, aside.line, aside.reason, {columns} FROM aside"
            f" LEFT JOIN raw ON raw.line = aside.line ORDER BY aside.line)"
            f" TO {quoted(str(target / (file.table.name + '.parquet')))} (FORMAT parquet)"
        )

    def _write(self, table: Table) -> None:
        """The fresh rows as Parquet, in the order of their key: by school and month for marks, else one file."""
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        order = ", ".join(f'"{name}"' for name in ("school_id", "date", *table.key) if _has(table, name))
        parts = [("", "true")]
        if table.name in BY_MONTH:
            rows = self.held.sql("SELECT DISTINCT school_id, strftime(date, '%Y-%m') FROM fresh ORDER BY ALL").fetchall()
            self.held.execute(f"CREATE OR REPLACE TABLE fresh AS SELECT * FROM fresh ORDER BY {order}")
            parts = [
                (f"school={quote(school, safe='')}/month={month}/",
                 f"school_id = {quoted(school)} AND date >= '{month}-01' AND date < DATE '{month}-01' + INTERVAL 1 MONTH")
                for school, month in rows
            ]  # fmt: skip
        for folder, chosen in parts:
            self._write_file(
                table, f"{table.name}/{folder}load-{self.load:06}.parquet",
                f"SELECT {columns}, known_on, {self.load} AS load FROM fresh WHERE {chosen}"
                f" ORDER BY {order or columns}{', ' + columns if order else ''}",
            )  # fmt: skip

    def _write_file(self, table: Table, path: str, rows: str) -> None:
        target = self.store.tables_folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        written = self.held.execute(f"COPY ({rows}) TO {quoted(str(target))} (FORMAT parquet)").fetchall()[0][0]
        if not written:
            target.unlink()
            return
        digest = hashlib.sha256(target.read_bytes()).hexdigest()
        self.files.append(
            {"table": table.name, "path": path, "rows": written, "sha256": digest, "load": self.load}
        )

    def _publish(self) -> str:
        """One atomic rename of the manifest; until then the store is as it was. Stray files of a dead load go."""
        if self.files:
            manifest = self.store.manifest()
            self.store.write_manifest({"loads": self.load, "files": manifest["files"] + self.files})
        named = {self.store.tables_folder / file["path"] for file in self.store.manifest()["files"]}
        for stray in set(self.store.tables_folder.rglob("*.parquet")) - named:
            stray.unlink()
        return self.store.data_hash()


def _has(table: Table, name: str) -> bool:
    return any(column.name == name for column in table.columns)


def _notes(folder: Path, found: list[Found]) -> list[str]:
    """What people should know once: ignored columns and files, optional tables that were not there."""
    held = {file.table.name for file in found}
    notes = [f"{file.path.name}: column {name} is not one of ours and was ignored."
             for file in found for name in file.unknown]  # fmt: skip
    absent = [name for name in TABLES if name not in held]
    if absent:
        notes.append(f"Not in the folder, and not needed: {', '.join(absent)}.")
    known = {file.path.name for file in found} | {f"{name}.csv" for name in NOT_TABLES}
    ignored = sorted(path.name for path in folder.iterdir() if path.is_file() and path.name not in known)
    return [*notes, *([f"Files that are none of ours, ignored: {', '.join(ignored)}."] if ignored else [])]
