"""The tables as they were known on one date."""

from datetime import date

import ibis
import ibis.expr.types as ir

from sources.tables import TABLES

KNOWN_ONCE_PASSED = ("end_date", "started_on", "ended_on")
SAID_AT_THE_END = {"enrolments": ("leaving_reason", "destination")}


def as_known(tables: dict[str, ir.Table], as_of: date) -> dict[str, ir.Table]:
    """Every table with only the rows that had happened and were known by `as_of`, in the version known then.

    An end is known only once it has passed: until then it is null, and so is why and where to a pupil left.
    The columns known_on and known_until are gone.
    """
    return {name: _known(table, name, as_of) for name, table in tables.items()}


def _known(table: ir.Table, name: str, as_of: date) -> ir.Table:
    moment = ibis.literal(as_of)
    rows = table.filter(table.known_on <= moment, table.known_until.isnull() | (table.known_until > moment))
    happened = TABLES[name].happened
    if happened:
        rows = rows.filter(rows[happened] <= moment)
    masked = {end: _once(rows[end] <= moment, rows[end]) for end in KNOWN_ONCE_PASSED if end in rows.columns}
    masked |= {said: _once(rows.end_date <= moment, rows[said]) for said in SAID_AT_THE_END.get(name, ())}
    return rows.mutate(**masked).drop("known_on", "known_until")


def _once(passed: ir.BooleanValue, value: ir.Value) -> ir.Value:
    return passed.ifelse(value, ibis.null(value.type()))
