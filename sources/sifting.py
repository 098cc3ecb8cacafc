"""Sifting a file: every row typed, plainly well or asked every rule.

A row that is as it must be is told at a glance, in one pass over the file; only the rows in doubt are read again, and
trimmed, and asked rule after rule. So a clean year of marks is read as fast as DuckDB reads it.
"""

import duckdb

from sources.reading import Found, as_written, forget_rejects, rows, unreadable
from sources.rules import CODES, dated_codes, first_broken, looked_up, make_dictionaries, plain, rules, typed
from sources.store import named, quoted
from sources.tables import Table

IN_DOUBT = 255  # beside the numbers of the rules


def sift(found: Found, held: duckdb.DuckDBPyConnection) -> int:
    """Makes `sifted`: every row in the file's order, its values in their types, `given` and `withdrawn` (when it was
    known, and withdrawn, where the source says so) and `broken`, the rule it breaks or IN_DOUBT. Returns how many."""
    make_dictionaries(found.table, held)
    _read(found, held)
    if found.table.name == CODES[0]:
        _doubt_codes_not_in_use(held)
    return count(held, "sifted")


def _read(found: Found, held: duckdb.DuckDBPyConnection) -> None:
    # A join that DuckDB turned round would hand the rows over in another order than the file's.
    held.execute("SET disabled_optimizers = 'build_side_probe_side,join_order'")
    try:
        held.execute(
            f"CREATE OR REPLACE TABLE sifted AS SELECT {_values(found.table)},"
            f" CAST(CASE WHEN {plain(found)} THEN NULL ELSE {IN_DOUBT} END AS UTINYINT) AS broken"
            f" FROM ({looked_up(found.table, as_written(found))})"
        )
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise unreadable(found, error) from None
    finally:
        held.execute("RESET disabled_optimizers")


def _doubt_codes_not_in_use(held: duckdb.DuckDBPyConnection) -> None:
    """Leaves in doubt the marks of a code that was not in use on their day: few codes are dated, and fewer broken."""
    for code, days in dated_codes():
        strays = f"broken IS NULL AND code = {quoted(code.code)} AND date NOT BETWEEN {days}"
        if held.sql(f"FROM sifted WHERE {strays} LIMIT 1").fetchall():
            held.execute(f"UPDATE sifted SET broken = {IN_DOUBT} WHERE {strays}")


def _values(table: Table) -> str:
    values = ", ".join(f"{typed(table, column)} AS {named(column.name)}" for column in table.columns)
    return f"{values}, TRY_CAST(known_on AS DATE) AS given, TRY_CAST(withdrawn_on AS DATE) AS withdrawn"


def ask_every_rule(found: Found, held: duckdb.DuckDBPyConnection) -> None:
    """Decides the rows in doubt: the file is read once more for them, and a clean file never pays for it."""
    doubted = f"SELECT rowid FROM sifted WHERE broken = {IN_DOUBT}"
    if not held.sql(f"{doubted} LIMIT 1").fetchall():
        return
    broken = first_broken(rules(found))
    placed = f"SELECT row_number() OVER () - 1 AS place, * FROM ({rows(found)})"
    doubtful = f"SELECT * FROM ({placed}) WHERE place IN ({doubted})"
    held.execute(
        f"CREATE OR REPLACE TABLE asked AS SELECT place, {_values(found.table)}, {broken}::UTINYINT AS broken"
        f" FROM ({looked_up(found.table, doubtful)})"
    )
    forget_rejects(held)
    answers = ", ".join(
        f"{named(name)} = asked.{named(name)}"
        for name in (*content(found.table), "given", "withdrawn", "broken")
    )
    held.execute(f"UPDATE sifted SET {answers} FROM asked WHERE sifted.rowid = asked.place")


def count(held: duckdb.DuckDBPyConnection, name: str) -> int:
    """How many rows a table of the load has."""
    return int(held.sql(f"SELECT count(*) FROM {name}").fetchall()[0][0])


def content(table: Table) -> tuple[str, ...]:
    """The names of the table's columns: what a row says."""
    return tuple(column.name for column in table.columns)
