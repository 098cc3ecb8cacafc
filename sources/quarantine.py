"""Quarantine: each row that cannot be used is kept, with its file, line, rule and reason, as it was read."""

import shutil
from pathlib import Path

import duckdb

from configs.refusals import BadData
from sources.loads import Placed
from sources.reading import META, Found, forget_rejects, rows
from sources.sifting import content
from sources.store import Store, listed, quoted


def set_aside(found: Found, work: Path, held: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Writes the rows of `aside` beside the load, and returns how many there are of each reason, the commonest first.

    The file is read once more for them: rows are kept exactly as text, and a clean file never pays for it.
    """
    reasons = dict(held.sql("SELECT reason, count(*) FROM aside GROUP BY ALL ORDER BY 2 DESC, 1").fetchall())
    if not reasons:
        return {}
    columns = listed((*content(found.table), *META))
    target = work / "quarantine" / f"{found.table.name}.parquet"
    target.parent.mkdir(exist_ok=True)
    held.execute(f"""
        COPY (
            SELECT aside.file, aside.line, aside.rule, aside.reason,
                coalesce(ragged.text, again.text) AS row
            FROM aside LEFT JOIN ragged ON aside.place IS NULL AND ragged.line = aside.line
            LEFT JOIN (
                SELECT row_number() OVER () - 1 AS place, CAST(to_json(struct_pack({columns})) AS VARCHAR) AS text
                FROM ({rows(found)})
            ) again ON again.place = aside.place ORDER BY aside.file, aside.line
        ) TO {quoted(str(target))} (FORMAT parquet)""")
    forget_rejects(held)
    return reasons


def refuse(
    found: Found, placed: Placed, share: float, work: Path, store: Store, held: duckdb.DuckDBPyConnection
) -> BadData:
    """The refusal of a table with too many rows that cannot be used; they are kept in quarantine/refused to look at."""
    refused = store.root / "quarantine" / "refused"
    shutil.rmtree(refused, ignore_errors=True)
    shutil.copytree(work / "quarantine", refused)
    reason, times, file, line = held.sql(
        "SELECT reason, count(*) AS n, min(file), arg_min(line, (file, line)) FROM aside"
        " GROUP BY reason ORDER BY n DESC, reason LIMIT 1"
    ).fetchall()[0]
    which = (
        f"{'line' if found.is_csv or found.staged else 'row'} {line}{f' of {file}' if found.staged else ''}"
    )
    return BadData(
        f"{found.name}: {placed.quarantined:,} of {placed.rows_in:,} rows cannot be used, and at most {share:.1%} "
        f"may be set aside. Most often ({times:,}): {reason}, first on {which}. Mend the export and ingest "
        f"again; the store is as it was, and the rows are in {refused}."
    )
