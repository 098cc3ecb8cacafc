"""One export as rows of text: what each record says under the profile's own names, and the line it stands on."""

import csv
import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from configs.profile import Export
from sources.exports.files import LINE, Recognised, names_by_place, rewrite
from sources.reading import Found, check_unchanged, rows, staged, take_ragged, unreadable
from sources.sifting import count
from sources.store import listed, named, quoted
from sources.tables import Column, Table

Record = tuple[int, Mapping[str, str | None]]


@dataclass(frozen=True)
class Raw:
    """An export at hand: its file's name, how many rows it has, and how many lines that are no rows.

    Its rows are the load's table `raw` (from_line, and every name of the export as text), the broken lines its table
    `ragged` (line, rule, reason).
    """

    file: str
    export: Export
    rows: int
    ragged: int


def raw_of_table(found: Recognised, work: Path, held: duckdb.DuckDBPyConnection) -> Raw:
    """Makes `raw` and `ragged` from a file of rows. Only the columns that the profile wants are read; the others are
    never kept, not for a moment."""
    export, wanted = found.fit.export, names_by_place(found.fit)
    original = staged(_table(export, wanted.values()), found.path, ())
    if found.layout.plain:
        names = tuple(wanted.get(n, f"unread {n}") for n in range(len(found.fit.headings)))
        file = dataclasses.replace(original, columns=names, staged=False)
    else:
        names = (LINE, *wanted.values())
        target = rewrite(found, work / "rewritten.csv")
        file = dataclasses.replace(staged(_table(export, names), target, names), staged=False)
    ragged = _read(file, held)
    check_unchanged(original)
    _finish(export, found.fit.sessions, held)
    return Raw(found.path.name, export, count(held, "raw"), ragged)


def raw_of_records(
    path: Path, export: Export, records: Iterable[Record], work: Path, held: duckdb.DuckDBPyConnection
) -> Raw:
    """Makes `raw` from the records of an XML or JSON document; `ragged` is empty."""
    target, names = work / "rewritten.csv", (LINE, *export.names)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(
            [line, *(record.get(name) or "" for name in export.names)] for line, record in records
        )
    _read(dataclasses.replace(staged(_table(export, names), target, names), staged=False), held)
    _finish(export, {}, held)
    return Raw(path.name, export, count(held, "raw"), 0)


def _table(export: Export, names: Iterable[str]) -> Table:
    """The export's own contract: every column a text that may be blank."""
    return Table(export.title, tuple(Column(name, required=False, blank=True) for name in names), ())


def _read(file: Found, held: duckdb.DuckDBPyConnection) -> int:
    """`told`: the file's rows as text, blank as null, with from_line; returns how many lines are no rows."""
    try:
        held.execute(f"CREATE OR REPLACE TABLE told_rows AS {rows(file)}")
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise unreadable(file, error) from None
    ragged = take_ragged(file, held, count(held, "told_rows"))
    if LINE in file.columns:
        held.execute("UPDATE ragged SET line = TRY_CAST(split_part(text, ',', 1) AS BIGINT)")
        line, told = f"TRY_CAST({LINE} AS BIGINT)", "told_rows"
    else:
        line, told = '"row place" + 2 + coalesce("lines before", 0)', _with_gaps()
    held.execute("ALTER TABLE ragged DROP COLUMN text")
    names = listed(column.name for column in file.table.columns if column.name != LINE)
    blank = " AND ".join(f"{named(c.name)} IS NULL" for c in file.table.columns if c.name != LINE)
    held.execute(
        f"CREATE OR REPLACE TABLE told AS SELECT {line} AS {LINE}, {names} FROM {told} WHERE NOT ({blank})"
    )
    held.execute("DROP TABLE told_rows")
    return ragged


def _with_gaps() -> str:
    """The rows with their place, and how many broken lines stand before each."""
    return """(SELECT rowid AS "row place", * FROM told_rows) ASOF LEFT JOIN (
        SELECT line - 1 - n AS "from place", max(n) AS "lines before"
        FROM (SELECT line, row_number() OVER (ORDER BY line) AS n FROM ragged) GROUP BY ALL
    ) gaps ON "row place" >= "from place" """


def _finish(
    export: Export, sessions: Mapping[int, tuple[date, str]], held: duckdb.DuckDBPyConnection
) -> None:
    """`raw`: every name of the export, those the file lacks null; a wide register turned into a row a mark."""
    there = {row[0] for row in held.sql("DESCRIBE told").fetchall()}
    columns = [
        named(name) if name in there else f"NULL::VARCHAR AS {named(name)}"
        for name in (*export.columns, *export.around)
    ]
    if export.across is None:
        held.execute(f"CREATE OR REPLACE TABLE raw AS SELECT {LINE}, {', '.join(columns)} FROM told")
    else:
        said = ", ".join(f"({quoted(f'session {n}')}, {quoted(day.isoformat())}, {quoted(half)})"
                         for n, (day, half) in sessions.items())  # fmt: skip
        wide = listed(f"session {n}" for n in sessions)
        day, half, mark = (
            named(name) for name in (export.across.date, export.across.session, export.across.value)
        )
        held.execute(
            f"CREATE OR REPLACE TABLE raw AS SELECT {LINE}, {', '.join(columns)},"
            f" said.day AS {day}, said.half AS {half}, mark AS {mark}"
            f" FROM (UNPIVOT told ON {wide} INTO NAME stands VALUE mark)"
            f" JOIN (VALUES {said}) said (stands, day, half) USING (stands) ORDER BY {LINE}, said.day, said.half"
        )
    held.execute("DROP TABLE told")
