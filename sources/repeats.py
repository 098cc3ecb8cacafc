"""Facts told more than once in one file: repeats, contradictions and later versions."""

import duckdb

from sources.sifting import content, count
from sources.store import facts, listed
from sources.tables import Table

TOLD, WITHDRAWN = "broken IS NULL AND withdrawn IS NULL", "broken IS NULL AND withdrawn IS NOT NULL"
REPEATED, CONFLICTING = 253, 254  # beside the numbers of the rules


def settle_repeats(table: Table, held: duckdb.DuckDBPyConnection) -> None:
    """`verdicts`: of rows of one fact, which repeat another, which contradict another, and which are later versions;
    and `good`: the rows that stand.

    Later versions only come with the source's own known_on. Contradictions are set aside whole: neither row is
    guessed to be right, and none is summed.
    """
    fact, says = listed(facts(table)), listed(content(table))
    held.execute("CREATE OR REPLACE TABLE verdicts (place BIGINT, verdict VARCHAR)")
    crowded = _crowded(table, held)
    if crowded:
        held.execute(f"""
            INSERT INTO verdicts
            WITH crowd AS (
                SELECT rowid AS place, {says}, given FROM sifted WHERE {TOLD} AND {crowded}
            ), again AS (
                FROM crowd WHERE hash({fact}) IN
                (SELECT hash({fact}) FROM crowd GROUP BY ALL HAVING count(*) > 1)
            ), folded AS (
                SELECT *, row_number() OVER (PARTITION BY {says}, given ORDER BY place) AS nth FROM again
            ), told AS (
                SELECT *, count(*) OVER (PARTITION BY {fact}, given) > 1
                    OR count(given) OVER fact NOT IN (0, count(*) OVER fact) AS differ
                FROM folded WHERE nth = 1 WINDOW fact AS (PARTITION BY {fact})
            ), versions AS (
                SELECT place, row_number() OVER version AS nth,
                    hash({says}) = lag(hash({says})) OVER version AS unchanged
                FROM told WHERE NOT differ WINDOW version AS (PARTITION BY {fact} ORDER BY given)
            )
            SELECT place, 'repeat' FROM folded WHERE nth > 1
            UNION ALL SELECT place, 'conflict' FROM told WHERE differ
            UNION ALL SELECT place, if(unchanged, 'repeat', 'later') FROM versions WHERE nth > 1""")
        held.execute(
            f"UPDATE sifted SET broken = if(verdict = 'repeat', {REPEATED}, {CONFLICTING}) FROM verdicts"
            " WHERE sifted.rowid = verdicts.place AND verdict <> 'later'"
        )
    withdrawn = (
        f"hash({fact}) IN (SELECT hash({fact}) FROM sifted WHERE {WITHDRAWN})"
        if any_withdrawn(held)
        else "false"
    )
    held.execute(
        f"CREATE OR REPLACE VIEW good AS SELECT rowid AS place, * EXCLUDE (broken, withdrawn), {withdrawn} AS ended"
        f" FROM sifted WHERE {TOLD}"
    )


def any_withdrawn(held: duckdb.DuckDBPyConnection) -> bool:
    """Whether the file withdraws anything."""
    return bool(held.sql(f"FROM sifted WHERE {WITHDRAWN} LIMIT 1").fetchall())


def _crowded(table: Table, held: duckdb.DuckDBPyConnection) -> str:
    """SQL for the rows among which some fact is told more than once; nothing where none is.

    Of marks there are millions: a bit for each pupil tells which sessions have more marks than pupils.
    """
    if table.name != "attendance":
        told, distinct = held.sql(
            f"SELECT count(*), count(DISTINCT hash({listed(facts(table))})) FROM sifted WHERE {TOLD}"
        ).fetchall()[0]
        return "true" if told > distinct else ""
    pupils = count(held, "known_pupils")
    held.execute(
        f"CREATE OR REPLACE TABLE crowded AS SELECT date, session FROM sifted WHERE {TOLD} GROUP BY ALL"
        f" HAVING count(*) > bit_count(bitstring_agg(CAST(enum_code(pupil_id) AS INTEGER), 0, {pupils}))"
    )
    return "(date, session) IN (FROM crowded)" if count(held, "crowded") else ""
