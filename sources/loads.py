"""Placing the good rows of one table beside what the store holds: duplicates, conflicts, versions, and when each
row was known."""

from dataclasses import dataclass
from datetime import date

import duckdb

from sources.rules import broken_rule, typed
from sources.store import Store, quoted
from sources.tables import Table

CONFLICT = "two rows for the same fact say different things"
ALWAYS = "DATE '1900-01-01'"


@dataclass(frozen=True)
class Placed:
    """How the rows of one table fell: the table `fresh` holds the kept ones, `aside` (line, reason) the others."""

    kept: int
    quarantined: int
    duplicates: int


def place(table: Table, store: Store, held: duckdb.DuckDBPyConnection, seen_on: date) -> Placed:
    """Sorts `raw` into `fresh` (typed, with known_on) and `aside` (line, reason). Nothing is dropped uncounted."""
    _sift(table, held)
    duplicates = _fold_repeats(table, held)
    if table.key:
        _set_conflicts_aside(table, held)
    duplicates += _drop_held(table, store, held)
    _say_when_known(table, held, seen_on)
    kept, quarantined = (_count(held, name) for name in ("fresh", "aside"))
    return Placed(kept, quarantined, duplicates)


def _names(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns)


def _sift(table: Table, held: duckdb.DuckDBPyConnection) -> None:
    """`aside`: rows that break a rule, with the ragged ones. `good`: the rest, typed."""
    values = ", ".join(f'{typed(column)} AS "{column.name}"' for column in table.columns)
    held.execute("DROP TABLE IF EXISTS aside; DROP TABLE IF EXISTS good; DROP TABLE IF EXISTS fresh")
    held.execute(
        f"CREATE TABLE aside AS SELECT line, reason FROM (SELECT line, {broken_rule(table)} AS reason FROM raw)"
        " WHERE reason IS NOT NULL UNION ALL SELECT line, reason FROM ragged"
    )
    held.execute(
        f"CREATE TABLE good AS SELECT line, {values}, TRY_CAST(left(known_on, 10) AS DATE) AS given FROM raw"
        " WHERE line NOT IN (SELECT line FROM aside)"
    )


def _fold_repeats(table: Table, held: duckdb.DuckDBPyConnection) -> int:
    """Folds rows that are the same in every column into one; returns how many were folded away.

    A table without a key keeps each repeat as a fact of its own (two recognitions in a day are two): `nth` tells
    them apart.
    """
    names = _names(table)
    nth = f"row_number() OVER (PARTITION BY {names}, given ORDER BY line)"
    held.execute(f"CREATE OR REPLACE TABLE good AS SELECT *, {nth} AS nth FROM good")
    if not table.key:
        return 0
    repeats = int(held.sql("SELECT count(*) FROM good WHERE nth > 1").fetchall()[0][0])
    if repeats:
        held.execute("DELETE FROM good WHERE nth > 1")
    return repeats


def _set_conflicts_aside(table: Table, held: duckdb.DuckDBPyConnection) -> None:
    """One fact told twice differently is set aside whole: neither is guessed to be right, and none is summed."""
    key = ", ".join(f'"{name}"' for name in table.key)
    same = " AND ".join(f'good."{name}" IS NOT DISTINCT FROM twice."{name}"' for name in table.key)
    held.execute(f"CREATE OR REPLACE TEMP TABLE twice AS SELECT {key} FROM good GROUP BY {key} HAVING count(*) > 1")
    held.execute(f"INSERT INTO aside SELECT line, {quoted(CONFLICT)} FROM good SEMI JOIN twice ON {same}")
    held.execute("DELETE FROM good WHERE line IN (SELECT line FROM aside)")


def _drop_held(table: Table, store: Store, held: duckdb.DuckDBPyConnection) -> int:
    """Drops rows the store already holds as they are; marks those that change a fact held (`corrects`)."""
    held.execute(f"CREATE OR REPLACE TEMP VIEW held_rows AS {store.view(table)}")
    names = [column.name for column in table.columns]
    nth = f"row_number() OVER (PARTITION BY {_names(table)})" if not table.key else "1"
    same = " AND ".join(f'good."{name}" IS NOT DISTINCT FROM h."{name}"' for name in names) + " AND good.nth = h.nth"
    held.execute(
        f"CREATE OR REPLACE TEMP TABLE now_held AS SELECT *, {nth} AS nth FROM held_rows WHERE known_until IS NULL"
    )
    before = _count(held, "good")
    held.execute(f"CREATE OR REPLACE TABLE good AS SELECT good.* FROM good ANTI JOIN now_held h ON {same}")
    key = " AND ".join(f'good."{name}" IS NOT DISTINCT FROM h."{name}"' for name in table.key) or "false"
    held.execute(
        f"CREATE OR REPLACE TABLE good AS SELECT good.*, h.known_on AS corrects FROM good LEFT JOIN now_held h ON {key}"
    )
    return before - _count(held, "good")


def _say_when_known(table: Table, held: duckdb.DuckDBPyConnection, seen_on: date) -> None:
    """`fresh`: the rows with `known_on` (design, "When a fact was known").

    Given by the source, it is used. A correction is known from the day it was loaded. Otherwise, on the first load
    of the table for a school, a row is known from its own day; later, a row no later than the latest event held
    from the day it was loaded, a newer one from its own day.
    """
    seen, happened = f"DATE '{seen_on}'", f'good."{table.happened}"' if table.happened else ALWAYS
    school = "school_id" if table.has_school and table.happened else "NULL"
    latest = f"max({'h.' + table.happened if table.happened else ALWAYS})"
    held.execute(
        f"CREATE OR REPLACE TEMP TABLE reach AS SELECT {school} AS school, {latest} AS latest FROM held_rows h GROUP BY 1"
    )
    held.execute(
        f"CREATE TABLE fresh AS SELECT good.* EXCLUDE (given, corrects, nth, line), CASE"
        f" WHEN given IS NOT NULL THEN given"
        f" WHEN corrects IS NOT NULL THEN greatest({seen}, corrects)"
        f" WHEN reach.latest IS NULL OR {happened} > reach.latest OR {'false' if table.happened else 'true'}"
        f" THEN {happened}"
        f" ELSE greatest({seen}, {happened}) END AS known_on"
        f" FROM good LEFT JOIN reach ON reach.school IS NOT DISTINCT FROM {'good.' + school if school != 'NULL' else school}"
    )


def _count(held: duckdb.DuckDBPyConnection, name: str) -> int:
    return int(held.sql(f"SELECT count(*) FROM {name}").fetchall()[0][0])
