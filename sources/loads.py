"""Placing the rows of one table beside what the store holds: set aside, repeated, held already, corrected or new,
and when each was known.

Everything is set-based SQL on the load's own DuckDB. In order: `sifted` (every row, typed, with the first rule it
breaks; ids and codes as numbers of a dictionary), `verdicts` (rows of one fact told more than once), `good` (the
rest), `held_rows` (what the store holds), `fresh` (the rows to keep) and `aside` (the rows set aside, and why).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import duckdb

from sources.reading import Found, check_unchanged, origins, take_ragged
from sources.repeats import CONFLICTING, WITHDRAWN, any_withdrawn, settle_repeats
from sources.rules import Rule, rules
from sources.sifting import ask_every_rule, content, count, sift
from sources.store import File, Store, facts, listed, named, quoted, same
from sources.tables import Table

SHORT = 252  # beside the numbers of the rules
SHORT_DAY = Rule(
    "short_day", "false", "the school's newest day has far fewer marks than that weekday usually has"
)
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
class _Stretch:
    """Rows to be compared together (SQL), and the files that may hold the same facts."""

    within: str
    files: tuple[File, ...]


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
    whole_rows = sift(found, held)
    ragged = take_ragged(found, held, whole_rows)
    ask_every_rule(found, held)
    check_unchanged(found)
    settle_repeats(table, held)
    _reach(latest, held)
    return _beside_the_store(found, whole_rows + ragged, store, moment, held)


def place_without(
    days: Iterable[tuple[str, date]], found: Found, rows_in: int, store: Store, moment: Moment,
    held: duckdb.DuckDBPyConnection,
) -> Placed:  # fmt: skip
    """The same again, with all that the file says of those days of those schools set aside."""
    told = ", ".join(f"({quoted(school)}, DATE {quoted(str(day))})" for school, day in days)
    held.execute(
        f"UPDATE sifted SET broken = {SHORT}"
        f" WHERE broken IS NULL AND (CAST(school_id AS VARCHAR), date) IN (VALUES {told})"
    )
    return _beside_the_store(found, rows_in, store, moment, held)


def _beside_the_store(
    found: Found, rows_in: int, store: Store, moment: Moment, held: duckdb.DuckDBPyConnection
) -> Placed:
    _keep(found.table, store, moment, held)
    if any_withdrawn(held):
        _withdraw(found.table, store, moment, held)
    _name_the_broken_rules(found, held)
    kept, aside = count(held, "fresh"), count(held, "aside")
    return Placed(rows_in, kept, aside, rows_in - kept - aside)


def home(table: Table) -> str:
    """SQL for the school whose events a row stands among: its own, else its pupil's, else none."""
    if table.has("school_id"):
        return "good.school_id"
    if table.has("pupil_id"):
        return "coalesce((SELECT school_id FROM homes WHERE homes.pupil_id = good.pupil_id), '')"
    return "''"


def _stretches(table: Table, store: Store, held: duckdb.DuckDBPyConnection) -> list[_Stretch]:
    """The stretches of rows to compare with what the store holds, each with the files to look into: of marks a month
    at a time, and only the days that the load touches, so that a year told again fits in memory."""
    files = store.files(table.name)
    if table.name not in BY_MONTH:
        return [_Stretch("true", tuple(files))] if files else []
    days = held.sql(
        "SELECT CAST(date AS VARCHAR) AS day FROM (SELECT DISTINCT date FROM good) ORDER BY 1"
    ).fetchall()
    stretches = []
    for _, month in groupby((day for (day,) in days), key=lambda day: day[:7]):
        touched = list(month)
        own = [file for file in files if any(file["first"] <= day <= file["last"] for day in touched)]
        within = f"date IN ({', '.join(f'DATE {quoted(day)}' for day in touched)})"
        stretches.append(_Stretch(within, tuple(own)))
    return stretches


def _reach(latest: Mapping[str, str], held: duckdb.DuckDBPyConnection) -> None:
    """`reach`: how far the events already held go, for each school."""
    held.execute("CREATE OR REPLACE TABLE reach (school VARCHAR, latest DATE)")
    if latest:
        values = ", ".join(f"({quoted(school)}, DATE {quoted(day)})" for school, day in latest.items())
        held.execute(f"INSERT INTO reach VALUES {values}")


def _keep(table: Table, store: Store, moment: Moment, held: duckdb.DuckDBPyConnection) -> None:
    """`fresh`: the rows that the store does not hold yet, each with the day it was known. Where the store holds
    nothing of these days there is nothing to compare, and the rows stay where they are: `fresh` is then a view."""
    held.execute("DROP VIEW IF EXISTS fresh; DROP TABLE IF EXISTS fresh_rows")
    stretches = _stretches(table, store, held)
    if not (any(stretch.files for stretch in stretches) or any_withdrawn(held)):
        held.execute(f"CREATE VIEW fresh AS {_new_rows(table, moment, 'good', held)}")
        return
    for number, stretch in enumerate(stretches or [_Stretch("true", ())]):
        held.execute(
            "CREATE OR REPLACE TABLE held_rows AS"
            f" SELECT * FROM ({store.view(table, stretch.files)}) WHERE {stretch.within}"
        )
        compared = _compared(table, store.withdrawals(table, stretch.files))
        new = _new_rows(table, moment, f"(FROM good WHERE {stretch.within})", held, compared)
        held.execute(f"{'INSERT INTO fresh_rows' if number else 'CREATE TABLE fresh_rows AS'} {new}")
    held.execute("CREATE VIEW fresh AS FROM fresh_rows")


def _withdraw(table: Table, store: Store, moment: Moment, held: duckdb.DuckDBPyConnection) -> None:
    """Adds the withdrawals to `fresh`: each a version of its fact known from the day it was withdrawn, or from the day
    the fact itself was known where that is later. One that the store holds already adds nothing."""
    fact, files = listed(facts(table)), store.files(table.name)
    held.execute(f"""
        INSERT INTO fresh_rows
        WITH told AS (
            SELECT {listed(content(table))}, withdrawn FROM sifted WHERE {WITHDRAWN}
            QUALIFY row_number() OVER (PARTITION BY {fact}, withdrawn ORDER BY rowid) = 1
        ), known AS (
            SELECT {fact}, max(known_on) AS known_on FROM (
                SELECT {fact}, known_on FROM fresh_rows
                UNION ALL SELECT {fact}, known_on FROM ({store.view(table, files)})
            ) GROUP BY ALL
        )
        SELECT {listed(content(table), "told")}, greatest(told.withdrawn, known.known_on), {-moment.load} FROM told
        LEFT JOIN known ON {same(facts(table), "told", "known")}
        WHERE NOT EXISTS (
            FROM ({store.withdrawals(table, files)}) ended
            WHERE {same(facts(table), "told", "ended")} AND ended.known_on >= told.withdrawn
        )""")


def _new_rows(
    table: Table, moment: Moment, good: str, held: duckdb.DuckDBPyConnection, compared: str = ""
) -> str:
    """SQL for good rows with the day each was known (design, "When a fact was known") and the load they correct in;
    where they are `compared` (SQL), only those that `held_rows` does not say."""
    happened = f"good.{named(table.happened)}" if table.happened else ALWAYS
    late = f"greatest(DATE '{moment.seen_on}', {happened})" if table.happened else ALWAYS
    reached = count(held, "reach") > 0
    before = "before.known_on" if compared else "NULL::DATE"
    reach = "reach.latest" if reached else "NULL::DATE"
    again = "good.place IN (SELECT place FROM verdicts WHERE verdict = 'later')"
    return (
        f"SELECT {listed(content(table), 'good')}, CASE WHEN good.given IS NOT NULL THEN good.given"
        f" WHEN {before} IS NOT NULL THEN greatest(DATE '{moment.seen_on}', {before})"
        f" WHEN {reach} IS NULL OR {happened} > {reach} THEN {happened} ELSE {late} END AS known_on,"
        f" CAST(CASE WHEN {before} IS NOT NULL OR {again} THEN {moment.load} ELSE 0 END AS INTEGER) AS correction"
        f" FROM {good} good"
        + (f" LEFT JOIN reach ON reach.school = {home(table)}" if reached else "")
        + compared
    )


def _compared(table: Table, withdrawals: str) -> str:
    fact = listed(facts(table))
    known = f"SELECT {fact}, known_on FROM held_rows UNION ALL ({withdrawals})"
    return (
        f" LEFT JOIN (SELECT {fact}, max(known_on) AS known_on FROM ({known}) GROUP BY ALL) before"
        f" ON {same(facts(table), 'good', 'before')}"
        f" WHERE NOT EXISTS (FROM held_rows h WHERE {_held_already(table)})"
    )


def _held_already(table: Table) -> str:
    """SQL that a held row says the same, and said it when this one was known; of a fact that the same file withdraws,
    that it ever said so."""
    says = same(content(table), "good", "h")
    stands = "(h.known_until IS NULL OR good.ended)"
    if not table.key:
        return f"{says} AND {stands}"
    return (
        f"{says} AND (good.given IS NULL AND {stands}"
        " OR good.given >= h.known_on AND (h.known_until IS NULL OR good.given < h.known_until))"
    )


def _name_the_broken_rules(found: Found, held: duckdb.DuckDBPyConnection) -> None:
    """`aside`: every row set aside, with its file, its line as a spreadsheet counts them, the rule and the reason in
    words."""
    tried = ", ".join(
        f"({n}, {quoted(rule.name)}, {quoted(rule.words)})"
        for n, rule in [*enumerate(rules(found)), (CONFLICTING, CONFLICT), (SHORT, SHORT_DAY)]
    )
    header, origin = 2 if found.is_csv else 1, origins(found) if found.staged else NO_ORIGINS
    held.execute(f"""
        CREATE OR REPLACE TABLE aside AS
        WITH rule (n, name, words) AS (VALUES {tried}), bad AS (
            SELECT sifted.rowid AS place, rule.name, rule.words FROM sifted JOIN rule ON sifted.broken = rule.n
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
