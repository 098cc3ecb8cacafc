"""Small canonical tables for tests: written as a head of year would jot them down, held by DuckDB."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from sources.tables import TABLES

TYPES = {"text": "string", "date": "date", "whole": "int64", "number": "float64"}
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def tables_of(rows: Rows, threads: int = 2) -> dict[str, ir.Table]:
    """Every canonical table, with the given rows. `known_on` is the row's own, or the day it happened."""
    held = ibis.duckdb.connect(threads=threads)
    return {name: _table(held, name, rows.get(name, ())) for name in TABLES}


def _table(held: Any, name: str, rows: Sequence[Mapping[str, Any]]) -> ir.Table:
    table = TABLES[name]
    schema = {column.name: TYPES[column.kind] for column in table.columns}
    schema.update(known_on="date", known_until="date")
    full = [{**dict.fromkeys(schema), **row} for row in rows]
    for row in full:
        row["known_on"] = row["known_on"] or (row[table.happened] if table.happened else date(1900, 1, 1))
    frame = pd.DataFrame(full, columns=list(schema))
    for column, kind in schema.items():
        if kind == "date":
            frame[column] = pd.to_datetime(frame[column]).astype("datetime64[s]")
    held.create_table(name, schema=ibis.schema(schema))
    if full:
        held.insert(name, ibis.memtable(frame).cast(schema))
    return held.table(name)


def marks(pupil: str, school: str, days: Sequence[date], codes: str, **more: Any) -> list[dict[str, Any]]:
    """Attendance rows from a string of marks, two a day (AM, PM): `"/\\\\ LL O/"`; spaces are only for the eye."""
    plain = codes.replace(" ", "")
    assert len(plain) == 2 * len(days), f"{len(plain)} marks for {len(days)} days"
    return [
        {"pupil_id": pupil, "school_id": school, "date": day, "session": session, "code": code, **more}
        for place, day in enumerate(days)
        for session, code in zip(("AM", "PM"), plain[2 * place : 2 * place + 2], strict=True)
    ]
