"""From an export's rows of text to rows of canonical tables: still text, each with the file and line it came from."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from configs.profile import Export, Rows
from sources.exports.files import LINE
from sources.exports.pupils import Register, identifiers, lists_pupils, who
from sources.exports.raw import Raw
from sources.exports.values import Setting, condition, sql_of
from sources.reading import META, REASON
from sources.store import listed, named, quoted, same
from sources.tables import TABLES, Table

FILE = "from_file"
NO_TABLE = "the profile makes nothing of such a row"


@dataclass(frozen=True)
class Mapped:
    """What one export gave: rows of text by table, as Parquet files; how many rows the profile leaves aside; names."""

    parts: Mapping[str, Sequence[Path]]
    left: int
    people: Sequence[tuple[str, ...]]


def told_in(table: Table) -> tuple[str, ...]:
    """What a row of a table may say, when it was known and when withdrawn among it."""
    return (*(column.name for column in table.columns), *META)


def map_rows(
    raw: Raw, register: Register, setting: Setting, work: Path, held: duckdb.DuckDBPyConnection
) -> Mapped:
    """Maps the load's `raw` and `ragged`; every row of them is in some table, left aside by the profile, or given to
    the export's first table with the reason why nothing can be made of it."""
    _name_pupils(raw.export, register, setting, held)
    asked = [(rows.table, _rows_sql(raw, rows, setting)) for rows in raw.export.rows]
    asked.append((raw.export.rows[0].table, _nothing_made(raw, raw.export.rows[0].table)))
    parts: dict[str, list[Path]] = {}
    for table, sql in asked:
        target = work / f"{len(os.listdir(work)):06}-{table}.parquet"
        if _write(sql, target, held):
            parts.setdefault(table, []).append(target)
    left = held.sql(f"SELECT count(*) FROM raw WHERE {_left(raw.export)}").fetchall()[0][0]
    return Mapped(parts, int(left), _people(raw.export, setting, held))


def _write(sql: str, target: Path, held: duckdb.DuckDBPyConnection) -> int:
    written = held.execute(f"COPY ({sql}) TO {quoted(str(target))} (FORMAT parquet)").fetchall()[0][0]
    if not written:
        target.unlink()
    return int(written)


def _rows_sql(raw: Raw, rows: Rows, setting: Setting) -> str:
    """The rows of one table: a pupil nobody can name keeps the row, with the reason."""
    made = {name: sql_of(value, setting) for name, value in rows.values.items()}
    values = [
        f"CAST({made.get(name, 'NULL')} AS VARCHAR) AS {named(name)}" for name in told_in(TABLES[rows.table])
    ]
    by_pupil = any(value.kind == "pupil" for value in rows.values.values())
    ids = _with_ids(raw.export, setting) if by_pupil else ""
    sql = (
        f"SELECT {', '.join(values)}, {quoted(raw.file)} AS {FILE}, raw.{LINE},"
        f" {'ids.reason' if by_pupil else 'NULL::VARCHAR'} AS {REASON}"
        f" FROM raw {ids} WHERE {_wanted(rows)} AND NOT ({_left(raw.export)})"
    )
    return _as_it_stands(sql, raw.file, rows, setting) if rows.state else sql


def _as_it_stands(sql: str, file: str, rows: Rows, setting: Setting) -> str:
    """Of an export that shows how things are today: what the store holds as begun keeps the day it began; what is no
    longer shown of a pupil whom the export lists has ended today."""
    table = TABLES[rows.table]
    held, facts = standing(table), [name for name in table.key if name != "start_date"]
    ended = {"end_date": quoted(setting.today)}
    values = [f"CAST({ended.get(name, f'h.{named(name)}')} AS VARCHAR)" for name in told_in(table)[:-2]]
    of_this_kind = "".join(f" AND h.{named(name)} = {quoted(value.text)}" for name, value in rows.values.items()
                           if value.kind == "always")  # fmt: skip
    return (
        f"WITH now AS ({sql})"
        " SELECT now.* REPLACE (coalesce(CAST(h.start_date AS VARCHAR), now.start_date) AS start_date)"
        f" FROM now LEFT JOIN {held} h ON {same(facts, 'h', 'now')}"
        f" UNION ALL SELECT {', '.join(values)}, NULL, NULL, {quoted(file)}, NULL, NULL FROM {held} h"
        f" WHERE h.pupil_id IN (SELECT pupil_id FROM ids){of_this_kind}"
        f" AND NOT EXISTS (FROM now WHERE {same(facts, 'h', 'now')})"
    )


def standing(table: Table) -> str:
    """The load's table of what the store holds as begun and not ended, of a table with beginnings and ends."""
    return named(f"{table.name} standing")


def _nothing_made(raw: Raw, table: str) -> str:
    """Rows for which no table has a place, and lines that are no rows: kept with why, in the export's first table."""
    blank = ", ".join(f"NULL::VARCHAR AS {named(name)}" for name in told_in(TABLES[table]))
    made = " OR ".join(map(_wanted, raw.export.rows))
    return (
        f"SELECT {blank}, {quoted(raw.file)} AS {FILE}, {LINE}, {quoted(NO_TABLE)} AS {REASON} FROM raw"
        f" WHERE NOT ({made}) AND NOT ({_left(raw.export)})"
        f" UNION ALL SELECT {blank}, {quoted(raw.file)}, line, reason FROM ragged"
    )


def _wanted(rows: Rows) -> str:
    return " AND ".join(condition(name, values) for name, values in rows.when.items()) or "true"


def _left(export: Export) -> str:
    """SQL that the profile leaves a row aside on purpose."""
    left = [condition(name, values) for name, values in export.leave.items()]
    left += [f"NOT ({' OR '.join(map(_wanted, export.rows))})"] if export.others == "left" else []
    return " OR ".join(left) or "false"


def _with_ids(export: Export, setting: Setting) -> str:
    by = identifiers(export)
    same = " AND ".join(f"raw.{named(name)} IS NOT DISTINCT FROM ids.{named(name)}" for name in by)
    return f"LEFT JOIN ids ON ids.school IS NOT DISTINCT FROM {setting.school} AND {same}"


def _name_pupils(
    export: Export, register: Register, setting: Setting, held: duckdb.DuckDBPyConnection
) -> None:
    """`ids`: of each way in which the export names a pupil, the pupil's id, or why there is none."""
    by = identifiers(export)
    if not by:
        return
    met = held.sql(f"SELECT DISTINCT {setting.school}, {listed(by)} FROM raw ORDER BY ALL").fetchall()
    admit = register.admit if lists_pupils(export) else register.recognise
    found = []
    for school, *texts in met:
        named_by = who(export, dict(zip(by, texts, strict=True)))
        found.append((school, *texts, *admit(named_by, export.source, school or "")))
    names = ("school", *by, "pupil_id", "reason")
    columns = list(zip(*found, strict=True)) if found else [()] * len(names)
    table = pa.table(
        {name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)}
    )
    held.execute("DROP TABLE IF EXISTS ids")
    held.from_arrow(table).create("ids")


def _people(export: Export, setting: Setting, held: duckdb.DuckDBPyConnection) -> list[tuple[str, ...]]:
    """Names for the people database: (pupil_id, first name, last name, preferred name, tutor group)."""
    if not (export.people and identifiers(export) and lists_pupils(export)):
        return []
    said = export.people

    def column(kind: str) -> str:
        return f"raw.{named(said[kind])}" if kind in said else "NULL"

    whole = column("full_name")  # "Surname, Forename", or the words as they stand
    parts = (
        f"coalesce({column('first_name')}, trim(split_part({whole}, ',', 2)), '')",
        f"coalesce({column('last_name')}, trim(split_part({whole}, ',', 1)), '')",
        f"coalesce({column('preferred_name')}, '')", f"coalesce({column('tutor_group')}, '')",
    )  # fmt: skip
    return held.sql(
        f"SELECT DISTINCT ids.pupil_id, {', '.join(parts)} FROM raw {_with_ids(export, setting)}"
        " WHERE ids.pupil_id IS NOT NULL ORDER BY ALL"
    ).fetchall()
