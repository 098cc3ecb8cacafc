"""The store: canonical tables as Parquet, read by manifest, where nothing is overwritten and nothing is lost.

A load writes its files to one side and then replaces the manifest by one atomic rename; a load that dies leaves
the store as it was. Every row keeps the day it was known; a correction is a new row that supersedes the old one
from the day it was known.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import yaml

from configs.refusals import BadData
from configs.settings import Settings, as_mapping, load_settings, settings_from
from sources.tables import TABLES, Table

TYPES = {"text": "string", "date": "date", "whole": "int64", "number": "float64"}
SQL_TYPES = {"text": "VARCHAR", "date": "DATE", "whole": "BIGINT", "number": "DOUBLE"}
MANIFEST = "manifest.json"
EMPTY: dict[str, Any] = {"loads": 0, "files": []}


class Store:
    """One school's, trust's or authority's store, at a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def tables_folder(self) -> Path:
        """Where the canonical Parquet files and their manifest lie."""
        return self.root / "tables"

    def manifest(self) -> dict[str, Any]:
        """What the store holds: `loads`, and `files`, each with table, path, rows, sha256 and load."""
        path = self.tables_folder / MANIFEST
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else dict(EMPTY)

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Replaces the manifest by one atomic rename: from then on the store holds what it names."""
        replace_whole(self.tables_folder / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True))

    def files(self, table: str) -> list[Path]:
        """The Parquet files of one table, in the order they were loaded."""
        return [self.tables_folder / file["path"] for file in self.manifest()["files"] if file["table"] == table]

    def tables(self, threads: int | None = None) -> dict[str, ir.Table]:
        """Every canonical table as an expression on one DuckDB: its columns, `known_on`, and `known_until` (the day
        a later version was known, or null). An optional table never loaded is empty."""
        held = ibis.duckdb.connect(**({"threads": threads} if threads else {}))
        for table in TABLES.values():
            held.raw_sql(f"CREATE VIEW {table.name} AS {self.view(table)}")
        return {name: held.table(name) for name in TABLES}

    def view(self, table: Table) -> str:
        """The table as SQL: its columns, known_on and known_until."""
        files = self.files(table.name)
        columns = [f'"{column.name}"' for column in table.columns]
        if not files:
            typed = [f'NULL::{SQL_TYPES[column.kind]} AS "{column.name}"' for column in table.columns]
            return f"SELECT {', '.join(typed)}, NULL::DATE AS known_on, NULL::DATE AS known_until WHERE false"
        listed = ", ".join(quoted(str(path)) for path in files)
        until = "NULL::DATE"
        if table.key and len({file["load"] for file in self.manifest()["files"] if file["table"] == table.name}) > 1:
            key = ", ".join(f'"{name}"' for name in table.key)
            until = f"lead(known_on) OVER (PARTITION BY {key} ORDER BY known_on, load)"
        return f"SELECT {', '.join(columns)}, known_on, {until} AS known_until FROM read_parquet([{listed}])"

    def data_hash(self) -> str:
        """sha256 over the content of every file held: the same records give the same hash."""
        lines = sorted(f"{file['table']} {file['sha256']}" for file in self.manifest()["files"])
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    @cached_property
    def settings(self) -> Settings:
        """The store's own settings, or Handrail's defaults where it has none."""
        path = self.root / "settings.yaml"
        if not path.exists():
            return load_settings()
        return settings_from(yaml.safe_load(path.read_text(encoding="utf-8")), str(path))

    def keep_settings(self, settings: Settings) -> None:
        """Keeps settings in the store, so that every later command reads the same."""
        replace_whole(self.root / "settings.yaml", yaml.safe_dump(as_mapping(settings), sort_keys=False))
        self.__dict__.pop("settings", None)

    def days_held(self) -> tuple[date, date]:
        """The first and the last day with attendance. Refused (BadData) where nothing has been ingested."""
        if not self.files("attendance"):
            raise BadData(f"The store {self.root} holds no attendance. Run `handrail ingest DIR --store {self.root}`.")
        marks = self.tables()["attendance"]
        first, last = marks.aggregate(first=marks.date.min(), last=marks.date.max()).to_pandas().iloc[0]
        return date.fromisoformat(str(first)[:10]), date.fromisoformat(str(last)[:10])


def replace_whole(path: Path, text: str) -> None:
    """Writes a small file so that a reader sees the old one or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".part")
    with aside.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(aside, path)


def quoted(value: str) -> str:
    """A value as an SQL string."""
    return "'" + value.replace("'", "''") + "'"
