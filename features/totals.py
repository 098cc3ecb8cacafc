"""Totals over windows of school days, at any number of as-of dates, in one pass over the records.

Rows are counted once into slots (the stretches of days between window edges, see `features.calendar.slots`). Each
pupil then has one list of running sums, a place for each slot, and a window is the difference of two places: looked
up, never searched for or scanned again. Rows that became known only after the first as-of date that could have read
them, or that were later superseded, are few: they are counted on their own (`features.late`), date by date, so that
nothing is seen before it was known.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import ibis
import ibis.expr.types as ir
import pandas as pd

from features.calendar import SchoolDays, edges, grid, slots
from features.cohort import Cohort
from features.counting import Plan, counted, known, plan
from features.facts import DATED
from features.late import late_totals, perhaps_late
from features.running import running_sums, window_sums
from features.wanted import Wanted, last_name, total_name

__all__ = ["Wanted", "held", "last_name", "total_name", "window_totals"]

DATES = ("date", "as_of", "read_on")


def window_totals(
    tables: Mapping[str, ir.Table], cohort: Cohort, days: SchoolDays, moments: Sequence[date], wanted: Wanted,
    beside: ir.Table | None = None,
) -> ir.Table:  # fmt: skip
    """The rows of the cohort with every wanted total and last day number beside them; those of `beside`, where it is
    given: the same rows with more columns. `moments` are all the dates of the cohort.

    Totals are whole numbers (0 where nothing was recorded); last days are null where there was none.
    """
    asked, windows = plan(tables, wanted), [window for window in wanted.windows if window is not None]
    homes = cohort.homes
    placed = held(slots(days, moments, windows))
    facts = {name: known(tables, name, max(moments)) for name in DATED if wanted.of_table(name)}
    in_time = [counted(facts[name], name, homes, placed, asked) for name in facts]
    late = [counted(perhaps_late(facts[name], days), name, homes, placed, asked) for name in facts]
    slots_held = homes.join(held(grid(days, moments, windows)), "school_id").select("home", "slot")
    sums = running_sums(in_time, slots_held, asked).join(homes, "home")
    inside = window_sums(sums, held(edges(days, moments, windows)), asked)
    rows = cohort.rows if beside is None else beside
    told = rows.left_join(late_totals(late, cohort.rows, asked), "row", rname="{name}_late")
    return _unpacked(told.join(inside, "row", rname="{name}_in_time"), rows.columns, asked)


def held(frame: pd.DataFrame) -> ir.Table:
    """A small frame as a table of the engine, its dates as dates."""
    table = ibis.memtable(frame)
    return table.mutate(**{name: table[name].cast("date") for name in DATES if name in frame.columns})


def _unpacked(rows: ir.Table, kept: Sequence[str], plan: Plan) -> ir.Table:
    """Each wanted total out of its packed sum, what was known in time and what was known late."""
    totals = {}
    for measure, window in plan.wanted.totals:
        place = plan.packing.places[measure]
        name = total_name(place.column, window)
        totals[total_name(measure, window)] = place.of(rows[f"{name}_in_time"] + rows[name].fill_null(0))
    last = {
        name: ibis.greatest(rows[f"{name}_in_time"], rows[name]) for name in map(last_name, plan.wanted.last)
    }
    return rows.select(*kept, **totals, **last)
