"""Totals carried from one night to the next: yesterday's, with what is new, amended or out of its window by today.

A row counts for a pupil's day. Where anything of that day is new or amended since, all its rows as they were known
are taken out and all its rows as they are known now are put in; every other row can only have left a window. What
cannot be carried so (a pupil new to the roll, a last day that was taken back) is left to be counted afresh.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import reduce

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from features.calendar import SchoolDays, slots
from features.counting import Plan, counted, packed_sums, plan
from features.facts import DATED
from features.totals import PUPIL, held
from features.wanted import Wanted, last_name, total_name

Inside = Callable[[ir.Table, int | None], ir.BooleanValue | None]


def carried_totals(
    before: ir.Table, was: Mapping[str, ir.Table], tables: Mapping[str, ir.Table], touched: Mapping[str, ir.Table],
    spine: ir.Table, days: SchoolDays, since: date, as_of: date, wanted: Wanted,
) -> ir.Table:  # fmt: skip
    """A row for each pupil of the spine whose totals could be carried: pupil_id, school_id, every wanted total and last
    day, exactly as `features.totals.window_totals` would count them at `as_of`.

    `before` are the totals at `since`; `was` the tables as they were held then, `tables` as they are held now, and
    `touched` the pupil_id and date of every row of each table that was not held, or not settled, then.
    """
    asked, windows = plan(tables, wanted), [window for window in wanted.windows if window is not None]
    calendar, numbers = slots(days, [as_of], windows), _numbers(days, since, as_of, windows)
    homes = before.select(*PUPIL).semi_join(spine, PUPIL).semi_join(held(numbers), "school_id")
    homes = homes.mutate(home=ibis.row_number().over(order_by=PUPIL))
    bands = _bands(calendar, numbers, windows)
    placed, at = held(calendar), homes.join(held(numbers), "school_id").select("home", "then", "now")

    def rows_of(source: Mapping[str, ir.Table], table: str, until: date) -> ir.Table:
        rows = counted(source, table, homes, placed, until, asked)
        rows = rows.filter(rows.known_until.isnull() | (rows.known_until > ibis.literal(until)))
        return rows.join(at, "home")

    names = [table for table in DATED if wanted.of_table(table)]
    changed = [table for table in names if table in touched]
    out = [
        _sums(rows_of(_on_dates(was, name, bands), name, since), asked, _leaving) for name in names if bands
    ]
    taken = [
        _sums(rows_of(_of_days(was, name, touched[name]), name, since), asked, _still_inside)
        for name in changed
    ]
    put = [
        _sums(rows_of(_of_days(tables, name, touched[name]), name, as_of), asked, _still_inside)
        for name in changed
    ]
    rows = before.join(homes, PUPIL)
    for parts, suffix in ((out, "out"), (taken, "taken"), (put, "put")):
        rows = rows.left_join(_together(parts, homes, asked), "home", rname=f"{{name}}_{suffix}")
    return _moved_on(rows, asked)


def _numbers(days: SchoolDays, since: date, as_of: date, windows: Sequence[int]) -> pd.DataFrame:
    """Each school's open-day numbers then and now. A school of which a window now first begins inside the calendar is
    left out: what was recorded before its first open day leaves that window."""
    rows = [(school, *map(int, days.number(school, [since, as_of]))) for school in sorted(days.open_days)]
    whole = [row for row in rows if not any(row[1] - window < 0 <= row[2] - window for window in windows)]
    return pd.DataFrame(whole, columns=["school_id", "then", "now"]).astype({"then": "int64", "now": "int64"})


def _bands(calendar: pd.DataFrame, numbers: pd.DataFrame, windows: Sequence[int]) -> list[date]:
    """The dates, of any school, that have left a window since."""
    rows = calendar.merge(numbers, on="school_id")
    left = np.zeros(len(rows), dtype=bool)
    for window in windows:
        left |= (rows["number"] > rows["then"] - window) & (rows["number"] <= rows["now"] - window)
    return [day.date() for day in pd.DatetimeIndex(rows.loc[left, "date"].unique()).sort_values()]


def _on_dates(tables: Mapping[str, ir.Table], name: str, dates: Sequence[date]) -> dict[str, ir.Table]:
    """The tables that a table's facts are made from, on these dates only."""
    few = {
        other: tables[other].filter(tables[other][DATED[other]].isin(dates)) for other in (name, "attendance")
    }
    return {**tables, **few}


def _of_days(tables: Mapping[str, ir.Table], name: str, days: ir.Table) -> dict[str, ir.Table]:
    """The tables that a table's facts are made from, of these pupils' days only."""
    dates = sorted(pd.to_datetime(days.select("date").distinct().to_pandas()["date"]).dt.date)
    few = _on_dates(tables, name, dates)
    for other in (name, "attendance"):
        happened = DATED[other]
        few[other] = few[other].semi_join(days.rename({happened: "date"}), ["pupil_id", happened])
    return few


def _leaving(rows: ir.Table, window: int | None) -> ir.BooleanValue | None:
    if window is None:
        return None
    return (rows.number > rows.then - window) & (rows.number <= rows.now - window)


def _still_inside(rows: ir.Table, window: int | None) -> ir.BooleanValue | None:
    return ibis.literal(True) if window is None else rows.number > rows.now - window


def _sums(rows: ir.Table, plan: Plan, inside: Inside) -> ir.Table:
    """The packed sums and last days of rows, by home: of a window those that are `inside` it."""
    sums = {}
    for name, (column, window) in packed_sums(plan).items():
        where = inside(rows, window) if column in rows.columns else None
        if where is not None:
            sums[name] = rows[column].sum(where=where).fill_null(0).cast("int64")
    last = {name: rows[name].max() for name in map(last_name, plan.wanted.last) if name in rows.columns}
    found = rows.group_by("home").agg(**sums, **last)
    return found.select(
        "home",
        **{name: found[name] if name in sums else ibis.literal(0, "int64") for name in packed_sums(plan)},
        **{n: found[n].cast("int32") if n in last else ibis.null("int32") for n in map(last_name, plan.wanted.last)},
    )  # fmt: skip


def _together(parts: Sequence[ir.Table], homes: ir.Table, plan: Plan) -> ir.Table:
    nothing = homes.limit(0).select(
        "home",
        **dict.fromkeys(packed_sums(plan), ibis.literal(0, "int64")),
        **dict.fromkeys(map(last_name, plan.wanted.last), ibis.null("int32")),
    )
    every = reduce(lambda left, right: left.union(right), parts, nothing)
    return every.group_by("home").agg(
        **{name: every[name].sum().cast("int64") for name in packed_sums(plan)},
        **{name: every[name].max() for name in map(last_name, plan.wanted.last)},
    )


def _moved_on(rows: ir.Table, plan: Plan) -> ir.Table:
    """The totals with what left or was taken out less, and what was put in more; without the pupils of whom a last day
    was taken back."""
    totals = {}
    for measure, window in plan.wanted.totals:
        place = plan.packing.places[measure]
        name = total_name(place.column, window)
        out, taken, put = (
            place.of(rows[found].fill_null(0)) for found in (name, f"{name}_taken", f"{name}_put")
        )
        totals[total_name(measure, window)] = rows[total_name(measure, window)] - out - taken + put
    last = [last_name(name) for name in plan.wanted.last]
    for name in last:
        taken_back = (rows[f"{name}_taken"] == rows[name]) & (rows[f"{name}_put"].fill_null(-1) < rows[name])
        rows = rows.filter(~taken_back.fill_null(False))
    return rows.select(
        *PUPIL, **totals, **{name: ibis.greatest(rows[name], rows[f"{name}_put"]) for name in last}
    )
