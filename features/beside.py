"""What stands beside the totals in a row: what was true on the day, and what is told by the day or the suspension."""

from collections.abc import Mapping, Sequence
from datetime import date

import ibis.expr.types as ir

from features import days, states, suspended
from features.cohort import Cohort
from features.dates import every_date


def beside(
    tables: Mapping[str, ir.Table], cohort: Cohort, moments: Sequence[date], longest: int, columns: set[str]
) -> ir.Table:
    """The rows of the cohort with the asked columns beside them. `longest` caps the days that a pupil is counted as
    having been here. States are always made; the others only where one of their columns is asked for."""
    rows, dates = states.states(tables, cohort.rows, longest), every_date(tables, moments)
    for part in (days, suspended):
        if columns & set(part.COLUMNS):
            rows = rows.left_join(part.told(tables, cohort, dates, moments), "row").drop("row_right")
            rows = rows.mutate(**{name: rows[name].fill_null(value) for name, value in part.NEVER.items()})
    return rows
