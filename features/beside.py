"""What stands beside the totals in a row: what was true on the day, and what is told by the day or the suspension."""

from collections.abc import Mapping, Sequence
from datetime import date

import ibis.expr.types as ir

from features import days, states, suspended
from features.dates import every_date

WHO = ("pupil_id", "school_id", "as_of")


def beside(
    tables: Mapping[str, ir.Table], spine: ir.Table, moments: Sequence[date], longest: int, columns: set[str]
) -> ir.Table:
    """The rows of the spine with the asked columns beside them. `longest` caps the days that a pupil is counted as
    having been here. States are always made; the others only where one of their columns is asked for."""
    rows, dates = states.states(tables, spine, longest), every_date(tables, moments)
    for part in (days, suspended):
        if columns & set(part.COLUMNS):
            rows = rows.left_join(part.told(tables, spine, dates, moments), WHO)
            rows = rows.drop(*[f"{name}_right" for name in WHO])
    return rows
