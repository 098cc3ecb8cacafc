"""The surroundings of a pupil: shares over everyone on roll in the same school, or its year group, on the same day."""

from collections.abc import Iterable

import ibis.expr.types as ir

from features.reads import Around
from features.wanted import total_name

SCHOOL, YEAR_GROUP = ("school_id", "as_of"), ("school_id", "as_of", "around_year")
NO_YEAR = -9.0  # pupils of no school year are surrounded by each other


def with_surroundings(rows: ir.Table, arounds: Iterable[Around]) -> ir.Table:
    """The rows (school_id, as_of, year and totals) with a column for each of the surroundings asked for, null where
    nobody around had any of what it is out of."""
    asked = list(dict.fromkeys((a.column, a.measure, a.out_of, a.window, a.by_year) for a in arounds))
    if not asked:
        return rows
    rows = rows.mutate(around_year=rows.year.fill_null(NO_YEAR))
    needed = {total_name(name, window) for _, *both, window, _ in asked for name in both}
    sums = rows.group_by(*YEAR_GROUP).agg(**{name: rows[name].sum() for name in sorted(needed)})
    for by_year, keys in ((False, SCHOOL), (True, YEAR_GROUP)):
        shares = {
            column: sums[total_name(measure, window)].sum()
            / sums[total_name(out_of, window)].sum().nullif(0).cast("float64")
            for column, measure, out_of, window, whose in asked
            if whose == by_year
        }
        if shares:
            rows = rows.join(sums.group_by(*keys).agg(**shares), list(keys))
    return rows
