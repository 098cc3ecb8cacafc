"""Writing the fresh rows of one table as Parquet, beside the store: the same rows give the same bytes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from sources.loads import BY_MONTH, home
from sources.store import facts, listed, named, on_disk, quoted, sha256_of
from sources.tables import Table

AT_ONCE = 2
File = dict[str, Any]


@dataclass(frozen=True)
class Written:
    """The files of one table, as the manifest names them, and the latest event of each school in them."""

    files: list[File]
    latest: dict[str, str]


@dataclass(frozen=True)
class _Part:
    """The rows of `fresh` that go into one file: their month where they are marks, how many there are, their first
    and last days, and how many correct or withdraw others."""

    month: str | None
    rows: int
    first: str | None
    last: str | None
    corrections: int


def write(table: Table, work: Path, load: int, held: duckdb.DuckDBPyConnection) -> Written:
    """Writes `fresh`: marks by month, all schools together so that a year of nights stays a few hundred files; other
    tables as one file."""

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
    month = "strftime(date_trunc('month', date), '%Y-%m')" if table.name in BY_MONTH else "NULL"
    happened = named(table.happened) if table.happened else "NULL::DATE"
    for row in held.sql(
        f"SELECT {month}, count(*), CAST(min({happened}) AS VARCHAR), CAST(max({happened}) AS VARCHAR),"
        " count(*) FILTER (correction <> 0) FROM fresh GROUP BY 1 HAVING count(*) > 0 ORDER BY 1"
    ).fetchall():
        yield _Part(*row)


def _write_part(
    table: Table, work: Path, load: int, number: int, part: _Part, held: duckdb.DuckDBPyConnection
) -> File:
    folder = f"month={part.month}/" if part.month else ""
    path = f"{table.name}/{folder}load-{load:06}-{number:04}.parquet"
    target = work / "tables" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    within = f"WHERE date BETWEEN DATE '{part.first}' AND DATE '{part.last}'" if part.month else ""
    held.execute(
        f"COPY (SELECT {_as_text(table)}, known_on, correction FROM (FROM fresh {within} ORDER BY {_order(table)}))"
        f" TO {quoted(str(target))} (FORMAT parquet)"
    )
    on_disk(target)
    return {
        "table": table.name, "path": path, "rows": part.rows, "load": load,
        "sha256": sha256_of(target), "corrections": part.corrections,
        "first": part.first, "last": part.last, "month": part.month,
    }  # fmt: skip


def _as_text(table: Table) -> str:
    """The columns, those in a dictionary as text again: which values DuckDB writes into the dictionary of a row group
    depends on its threads when it is handed one of ours."""
    return ", ".join(
        f"CAST({named(column.name)} AS VARCHAR) AS {named(column.name)}"
        if column.kind == "text"
        else named(column.name)
        for column in table.columns
    )


def _order(table: Table) -> str:
    """SQL for the order of rows in a file: by school and pupil. Within a month of marks the order is one number, made
    of the places in the dictionaries, for numbers sort several times faster than texts."""
    if table.name == "attendance":
        return (
            "(enum_code(school_id)::BIGINT << 40) + (enum_code(pupil_id)::BIGINT << 8)"
            " + day(date) * 2 + enum_code(session), known_on"
        )
    first = (name for name in ("school_id", "pupil_id", "date", *facts(table)) if table.has(name))
    return f"{listed(dict.fromkeys(first))}, known_on"
