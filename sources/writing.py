"""Writing the fresh rows of one table as Parquet, beside the store: the same rows give the same bytes."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb

from sources.loads import BY_MONTH, content, home
from sources.store import listed, named, on_disk, quoted
from sources.tables import Table

LONGEST_NAME = 200
AT_ONCE = 4
File = dict[str, Any]


@dataclass(frozen=True)
class Written:
    """The files of one table, as the manifest names them, and the latest event of each school in them."""

    files: list[File]
    latest: dict[str, str]


@dataclass(frozen=True)
class _Part:
    """Neighbouring rows of `fresh` that go into one file: from row to row, their days, how many correct others."""

    school: str | None
    month: str | None
    start: int
    end: int
    first: str | None
    last: str | None
    corrections: int

    @property
    def folder(self) -> str:
        """Where the file lies, safe as a path whatever a school is called."""
        if self.school is None:
            return ""
        name = quote(self.school, safe="")
        if len(name) > LONGEST_NAME:
            name = hashlib.sha256(name.encode()).hexdigest()
        return f"school={name}/month={self.month}/"


def write(table: Table, work: Path, load: int, held: duckdb.DuckDBPyConnection) -> Written:
    """Writes `fresh`: marks by school and month, other tables as one file."""

    def written(numbered: tuple[int, _Part]) -> File:
        number, part = numbered
        with held.cursor() as own:
            return _write_part(table, work, load, number, part, own)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        files = list(pool.map(written, enumerate(_parts(table, held))))
    return Written(files, _latest(table, held))


def _latest(table: Table, held: duckdb.DuckDBPyConnection) -> dict[str, str]:
    if not table.happened:
        return {}
    latest = f"SELECT {home(table)} AS school, CAST(max({named(table.happened)}) AS VARCHAR) FROM fresh good"
    return dict(held.sql(f"{latest} GROUP BY 1 ORDER BY 1").fetchall())


def _parts(table: Table, held: duckdb.DuckDBPyConnection) -> Iterator[_Part]:
    """`fresh` is in the order of school and date, so that each school's month is one run of rows."""
    each = "school_id, strftime(date, '%Y-%m')" if table.name in BY_MONTH else "NULL, NULL"
    happened = named(table.happened) if table.happened else "NULL::DATE"
    for row in held.sql(
        f"SELECT {each}, min(rowid), max(rowid), CAST(min({happened}) AS VARCHAR),"
        f" CAST(max({happened}) AS VARCHAR), count(*) FILTER (correction > 0) FROM fresh GROUP BY 1, 2 ORDER BY 3"
    ).fetchall():
        yield _Part(*row)


def _write_part(
    table: Table, work: Path, load: int, number: int, part: _Part, held: duckdb.DuckDBPyConnection
) -> File:
    path = f"{table.name}/{part.folder}load-{load:06}-{number:04}.parquet"
    target = work / "tables" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    rows = f"FROM fresh WHERE rowid BETWEEN {part.start} AND {part.end} ORDER BY rowid"
    held.execute(
        f"COPY (SELECT {listed(content(table))}, known_on, correction {rows})"
        f" TO {quoted(str(target))} (FORMAT parquet)"
    )
    on_disk(target)
    return {
        "table": table.name, "path": path, "rows": part.end - part.start + 1, "load": load,
        "sha256": hashlib.sha256(target.read_bytes()).hexdigest(), "corrections": part.corrections,
        "first": part.first, "last": part.last, "school": part.school, "month": part.month,
    }  # fmt: skip
