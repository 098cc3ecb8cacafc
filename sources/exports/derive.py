"""What systems do not export and Handrail needs: schools, open days and, where no register is given, the roll itself.

Read off the exports' own rows, and said in the receipt; a table that is exported, or held already, is not made up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from configs.settings import attendance_codes
from sources.exports.files import LINE
from sources.exports.mapping import FILE, told_in
from sources.reading import REASON
from sources.store import Store, named, quoted
from sources.tables import TABLES

MADE = "(made from the exports)"
NO_NAME = "unknown"
NAMELESS = (
    "No export names the schools: each is called by its id, and its phase is not known. Put schools.csv beside the"
    " exports to name them."
)
NO_CALENDAR = (
    "No export gives the open days: every day with marks counts as one. Put calendar.csv beside the exports for days"
    " to come."
)
NO_PUPILS = "No export lists the pupils: everyone with a mark counts as one."
NO_ROLL = "No export says when pupils joined: each is on roll from their first mark, in no known year group."


@dataclass(frozen=True)
class Made:
    """A table made from what other exports say: SQL for its rows, and a note for people."""

    table: str
    sql: str
    note: str


def derive(
    parts: Mapping[str, Sequence[Path]],
    given: set[str],
    store: Store,
    work: Path,
    held: duckdb.DuckDBPyConnection,
) -> tuple[dict[str, list[Path]], list[str]]:
    """Staged files for tables that nobody gave (`given` names those that somebody did), and notes on each."""
    made: dict[str, list[Path]] = {}
    notes = []
    for one in _wanted(parts, given, store):
        target = work / f"made-{one.table}.parquet"
        table = TABLES[one.table]
        there = held.sql(one.sql).columns
        columns = ", ".join(f"CAST({named(name) if name in there else 'NULL'} AS VARCHAR) AS {named(name)}"
                            for name in told_in(table))  # fmt: skip
        rows = f"{quoted(MADE)} AS {FILE}, row_number() OVER () AS {LINE}, NULL::VARCHAR AS {REASON}"
        sql = f"SELECT {columns}, {rows} FROM (FROM ({one.sql}) ORDER BY ALL)"
        written = held.execute(f"COPY ({sql}) TO {quoted(str(target))} (FORMAT parquet)").fetchall()[0][0]
        if written:
            made[one.table] = [target]
            notes.append(one.note)
    return made, notes


def _wanted(parts: Mapping[str, Sequence[Path]], given: set[str], store: Store) -> list[Made]:
    held = {file["table"] for file in store.manifest()["files"]}
    marks = _rows_of(parts, "attendance")
    wanted = []
    if "schools" not in given:
        wanted.append(Made("schools", _schools(parts, store), NAMELESS))
    if marks and "calendar" not in given:
        wanted.append(Made("calendar", _open_days(marks), NO_CALENDAR))
    if marks and not ({"pupils", "enrolments"} & (given | held)):
        wanted.append(
            Made("pupils", f"SELECT DISTINCT pupil_id FROM {marks} WHERE pupil_id IS NOT NULL", NO_PUPILS)
        )
    if marks and "enrolments" not in given | held:
        wanted.append(Made("enrolments", _stays(marks), NO_ROLL))
    return wanted


def _rows_of(parts: Mapping[str, Sequence[Path]], table: str) -> str:
    paths = ", ".join(quoted(str(path)) for path in parts.get(table, ()))
    return f"read_parquet([{paths}])" if paths else ""


def _schools(parts: Mapping[str, Sequence[Path]], store: Store) -> str:
    met = " UNION ".join(
        f"SELECT school_id FROM {_rows_of(parts, name)}" for name in parts if TABLES[name].has("school_id")
    )
    known = store.view(TABLES["schools"], store.files("schools"))
    code = f"CASE WHEN regexp_full_match(school_id, '[0-9]{{7}}') THEN left(school_id, 3) ELSE {quoted(NO_NAME)} END"
    return (
        f"SELECT school_id, school_id AS name, {quoted(NO_NAME)} AS phase, {code} AS la_code"
        f" FROM ({met or 'SELECT NULL AS school_id'}) WHERE school_id IS NOT NULL"
        f" AND school_id NOT IN (SELECT school_id FROM ({known}))"
    )


def _open_days(marks: str) -> str:
    closed = [code for code, what in attendance_codes().items() if what == "administrative"]
    return (
        f"SELECT DISTINCT school_id, date FROM {marks} WHERE school_id IS NOT NULL"
        f" AND TRY_CAST(date AS DATE) IS NOT NULL AND code NOT IN ({', '.join(map(quoted, closed))})"
    )


def _stays(marks: str) -> str:
    return (
        f"SELECT pupil_id, school_id, min(date) AS start_date FROM {marks}"
        " WHERE pupil_id IS NOT NULL AND TRY_CAST(date AS DATE) IS NOT NULL GROUP BY ALL"
    )
