"""Placing the rows of one table beside what the store holds: set aside, repeated, held already, corrected or new,
and when each was known.

Everything is set-based SQL on the load's own DuckDB. In order: `sifted` (every row, typed, with the first rule it
breaks), `verdicts` (rows of one fact told more than once), `good` (the rest), `held_rows` (what the store holds),
`fresh` (the rows to keep) and `aside` (the rows set aside, and why).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

from sources.reading import Found, check_unchanged, origins, rows, take_ragged, unreadable
from sources.rules import Rule, first_broken, rules, typed
from sources.store import Store, listed, named, quoted, same
from sources.tables import Table

CONFLICT = Rule("told_twice", "false", "two rows say different things of the same fact")
ALWAYS = "DATE '1900-01-01'"
BY_MONTH = ("attendance", "lessons")
NO_ORIGINS = (
    "SELECT NULL::BIGINT AS place, NULL::VARCHAR AS from_file, NULL::BIGINT AS from_line,"
    " NULL::VARCHAR AS from_reason WHERE false"
)


@dataclass(frozen=True)
class Placed:
    """How the rows of one table fell: rows_in = kept + quarantined + duplicates."""

    rows_in: int
    kept: int
    quarantined: int
    duplicates: int


@dataclass(frozen=True)
class Moment:
    """A load: its number, and the day on which it was seen."""

    load: int
    seen_on: date


def place(
    found: Found, store: Store, latest: Mapping[str, str], moment: Moment, held: duckdb.DuckDBPyConnection
) -> Placed:
    """Makes `fresh` (columns, known_on, correction) and `aside` (place, file, line, rule, reason): all is counted.

    `latest` is the latest event held of this table for each school.
    """
    table = found.table
    whole_rows = _sift(found, held)
    ragged = take_ragged(found, held, whole_rows)
    check_unchanged(found)
    _settle_repeats(table, held)
    _hold(table, store, held)
    _reach(latest, held)
    _keep(table, moment, held)
    _name_the_broken_rules(found, held)
    kept, aside = count(held, "fresh"), count(held, "aside")
    return Placed(whole_rows + ragged, kept, aside, whole_rows + ragged - kept - aside)


def count(held: duckdb.DuckDBPyConnection, name: str) -> int:
    """How many rows a table of the load has."""
    return int(held.sql(f"SELECT count(*) FROM {name}").fetchall()[0][0])


def home(table: Table) -> str:
    """SQL for the school whose events a row stands among: its own, else its pupil's, else none."""
    if table.has("school_id"):
        return "good.school_id"
    if table.has("pupil_id"):
        return "coalesce((SELECT school_id FROM homes WHERE homes.pupil_id = good.pupil_id), '')"
    return "''"


def content(table: Table) -> tuple[str, ...]:
    """The names of the table's columns: what a row says."""
    return tuple(column.name for column in table.columns)


def key(table: Table) -> tuple[str, ...]:
    """The columns that make a row one fact: the whole row where the table names none."""
    return table.key or content(table)


def _sift(found: Found, held: duckdb.DuckDBPyConnection) -> int:
    tried = rules(found)
    values = ", ".join(f"{typed(column)} AS {named(column.name)}" for column in found.table.columns)
    try:
        held.execute(
            f"CREATE OR REPLACE TABLE sifted AS SELECT {values}, TRY_CAST(known_on AS DATE) AS given,"
            f" CAST({first_broken(tried)} AS UTINYINT) AS broken FROM ({rows(found)})"
        )
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise unreadable(found, error) from None
    return count(held, "sifted")


def _settle_repeats(table: Table, held: duckdb.DuckDBPyConnection) -> None:
    """`verdicts`: of rows of one fact, which repeat another, which contradict another, and which are later versions.

    Later versions only come with the source's own known_on. Contradictions are set aside whole: neither row is
    guessed to be right, and none is summed.
    """
    facts, says = listed(key(table)), listed(content(table))
    held.execute("CREATE OR REPLACE TABLE verdicts (place BIGINT, verdict VARCHAR)")
    told, distinct = held.sql(
        f"SELECT count(*), count(DISTINCT hash({facts})) FROM sifted WHERE broken IS NULL"
    ).fetchall()[0]
    if told > distinct:
        held.execute(f"""
            INSERT INTO verdicts
            WITH again AS (
                SELECT rowid AS place, {says}, given FROM sifted WHERE broken IS NULL AND hash({facts}) IN
                (SELECT hash({facts}) FROM sifted WHERE broken IS NULL GROUP BY ALL HAVING count(*) > 1)
            ), folded AS (
                SELECT *, row_number() OVER (PARTITION BY {says}, given ORDER BY place) AS nth FROM again
            ), told AS (
                SELECT *, count(*) OVER (PARTITION BY {facts}, given) > 1
                    OR count(given) OVER fact NOT IN (0, count(*) OVER fact) AS differ
                FROM folded WHERE nth = 1 WINDOW fact AS (PARTITION BY {facts})
            ), versions AS (
                SELECT place, row_number() OVER version AS nth,
                    hash({says}) = lag(hash({says})) OVER version AS unchanged
                FROM told WHERE NOT differ WINDOW version AS (PARTITION BY {facts} ORDER BY given)
            )
            SELECT place, 'repeat' FROM folded WHERE nth > 1
            UNION ALL SELECT place, 'conflict' FROM told WHERE differ
            UNION ALL SELECT place, if(unchanged, 'repeat', 'later') FROM versions WHERE nth > 1""")
    held.execute(
        "CREATE OR REPLACE VIEW good AS SELECT rowid AS place, * EXCLUDE (broken) FROM sifted WHERE broken IS NULL"
        + (
            " AND rowid NOT IN (SELECT place FROM verdicts WHERE verdict <> 'later')"
            if told > distinct
            else ""
        )
    )


def _hold(table: Table, store: Store, held: duckdb.DuckDBPyConnection) -> None:
    """`held_rows`: what the store holds of this table; of marks, only the schools and months that the load touches."""
    files = store.files(table.name)
    if table.name in BY_MONTH and files:
        touched = set(held.sql("SELECT DISTINCT school_id, strftime(date, '%Y-%m') FROM good").fetchall())
        files = [file for file in files if (file["school"], file["month"]) in touched]
    held.execute(f"CREATE OR REPLACE TABLE held_rows AS {store.view(table, files)}")


def _reach(latest: Mapping[str, str], held: duckdb.DuckDBPyConnection) -> None:
    """`reach`: how far the events already held go, for each school."""
    held.execute("CREATE OR REPLACE TABLE reach (school VARCHAR, latest DATE)")
    if latest:
        values = ", ".join(f"({quoted(school)}, DATE {quoted(day)})" for school, day in latest.items())
        held.execute(f"INSERT INTO reach VALUES {values}")


def _keep(table: Table, moment: Moment, held: duckdb.DuckDBPyConnection) -> None:
    """`fresh`: the rows that the store does not hold yet, each with the day it was known (design, "When a fact was
    known"), in the order of their key."""
    says, happened = (
        listed(content(table), "good"),
        f"good.{named(table.happened)}" if table.happened else ALWAYS,
    )
    late = f"greatest(DATE '{moment.seen_on}', {happened})" if table.happened else ALWAYS
    known_on = (
        f"CASE WHEN good.given IS NOT NULL THEN good.given"
        f" WHEN before.known_on IS NOT NULL THEN greatest(DATE '{moment.seen_on}', before.known_on)"
        f" WHEN reach.latest IS NULL OR {happened} > reach.latest THEN {happened} ELSE {late} END"
    )
    again = "good.place IN (SELECT place FROM verdicts WHERE verdict = 'later')"
    order = dict.fromkeys(name for name in ("school_id", "date", *key(table)) if table.has(name))
    held.execute(
        f"CREATE OR REPLACE TABLE fresh AS SELECT {says}, {known_on} AS known_on,"
        f" CASE WHEN before.known_on IS NOT NULL OR {again} THEN {moment.load} ELSE 0 END AS correction"
        f" FROM good LEFT JOIN reach ON reach.school = {home(table)}"
        f" LEFT JOIN (SELECT {listed(key(table))}, max(known_on) AS known_on FROM held_rows GROUP BY ALL) before"
        f" ON {same(key(table), 'good', 'before')}"
        f" WHERE NOT EXISTS (FROM held_rows h WHERE {_held_already(table)})"
        f" ORDER BY {listed(order, 'good')}, known_on"
    )


def _held_already(table: Table) -> str:
    """SQL that a held row says the same, and said it when this one was known."""
    says = same(content(table), "good", "h")
    if not table.key:
        return says
    return (
        f"{says} AND (good.given IS NULL AND h.known_until IS NULL"
        " OR good.given >= h.known_on AND (h.known_until IS NULL OR good.given < h.known_until))"
    )


def _name_the_broken_rules(found: Found, held: duckdb.DuckDBPyConnection) -> None:
    """`aside`: every row set aside, with its file, its line as a spreadsheet counts them, the rule and the reason in
    words."""
    tried = ", ".join(
        f"({n}, {quoted(rule.name)}, {quoted(rule.words)})" for n, rule in enumerate(rules(found))
    )
    header, origin = 2 if found.is_csv else 1, origins(found) if found.staged else NO_ORIGINS
    held.execute(f"""
        CREATE OR REPLACE TABLE aside AS
        WITH rule (n, name, words) AS (VALUES {tried}), bad AS (
            SELECT sifted.rowid AS place, rule.name, rule.words FROM sifted JOIN rule ON sifted.broken = rule.n
            UNION ALL SELECT place, {quoted(CONFLICT.name)}, {quoted(CONFLICT.words)}
            FROM verdicts WHERE verdict = 'conflict'
        ), gaps AS (
            SELECT line - {header} - n + 1 AS place, max(n) AS n
            FROM (SELECT line, row_number() OVER (ORDER BY line) AS n FROM ragged) GROUP BY ALL
        )
        SELECT bad.place, coalesce(from_file, {quoted(found.path.name)}) AS file,
            coalesce(from_line, bad.place + {header} + coalesce(gaps.n, 0)) AS line, name AS rule,
            coalesce(from_reason, words) AS reason
        FROM bad ASOF LEFT JOIN gaps ON bad.place >= gaps.place
        LEFT JOIN ({origin}) origin ON origin.place = bad.place
        UNION ALL SELECT NULL, {quoted(found.path.name)}, line, rule, reason FROM ragged
        ORDER BY file, line""")  # fmt: skip
