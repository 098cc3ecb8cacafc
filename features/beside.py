"""What stands beside the totals in a row: what was true on the day, and what is told by the day or the suspension."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import ibis.expr.types as ir

from features import days, states, suspended


def beside(
    tables: Mapping[str, ir.Table], spine: ir.Table, moments: Sequence[date], longest: int, columns: set[str]
) -> Iterator[ir.Table]:
    """Tables by (pupil_id, school_id, as_of), a row for each row of the spine, that hold the asked columns between
    them. `longest` caps the days that a pupil is counted as having been here. States are always made; the others only
    where one of their columns is asked for."""
    yield states.states(tables, spine, longest)
    if columns & set(days.COLUMNS):
        yield days.days(tables, spine, moments)
    if columns & set(suspended.COLUMNS):
        yield suspended.suspended(tables, spine, moments)
