"""Rows that cannot share a slot's sum: known only after a date that would have read them, or superseded since."""

from collections.abc import Sequence
from functools import reduce

import ibis
import ibis.expr.types as ir
import numpy as np

from features.calendar import SchoolDays
from features.cohort import visible
from features.counting import Plan, packed_sums
from features.wanted import last_name


def perhaps_late(rows: ir.Table, days: SchoolDays) -> ir.Table:
    """The facts among which every late one is: entered after the day, superseded since, or of a day on which some
    school was closed, since what happens then is first read on the next open day. Few, so that the rest are placed only
    once."""
    open_everywhere = [day.item() for day in reduce(np.intersect1d, days.open_days.values())]
    return rows.filter(
        (rows.known_on > rows.date) | rows.known_until.notnull() | rows.date.notin(open_everywhere)
    )


def late_totals(counted: Sequence[ir.Table], spine: ir.Table, plan: Plan) -> ir.Table:
    """A row for each row of the spine that could read such rows (row): the packed sums over each window,
    as `packed_0_20`, and the last days. `spine` has home, row, as_of and now."""
    parts = [_of_table(rows, spine, plan) for rows in counted]
    every = reduce(lambda left, right: left.union(right), parts)
    return every.group_by("row").agg(
        **{name: every[name].sum().cast("int64") for name in packed_sums(plan)},
        **{name: every[name].max() for name in map(last_name, plan.wanted.last)},
    )


def _of_table(rows: ir.Table, spine: ir.Table, plan: Plan) -> ir.Table:
    late = rows.filter(~rows.in_time).join(spine.select("home", "row", "as_of", "now"), "home")
    late = late.filter(visible(late))
    totals = {
        name: late[column].sum(where=None if window is None else late.number > late.now - window)
        for name, (column, window) in packed_sums(plan).items() if column in rows.columns
    }  # fmt: skip
    last = {name: late[name].max() for name in map(last_name, plan.wanted.last) if name in rows.columns}
    found = late.group_by("row").agg(**totals, **last)
    sums = {n: found[n].fill_null(0).cast("int64") for n in totals}
    days = {n: found[n].cast("int32") for n in last}
    return found.select(
        "row",
        **{n: sums.get(n, ibis.literal(0, "int64")) for n in packed_sums(plan)},
        **{n: days.get(n, ibis.null("int32")) for n in map(last_name, plan.wanted.last)},
    )  # fmt: skip
