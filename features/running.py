"""One list of running sums for each home: what had been counted by the end of each slot."""

from collections.abc import Sequence
from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir

from features.cohort import row_of
from features.counting import Plan, packed_sums
from features.wanted import last_name


def running_sums(counted: Sequence[ir.Table], grid: ir.Table, plan: Plan) -> ir.Table:
    """A row for each home of the grid (home, slot): home, and `sums`, an array in the order of the slots of the
    packed sums and the last days up to and including each. Slot 0 comes first and holds nothing."""
    sums, last = plan.packing.columns, [last_name(name) for name in plan.wanted.last]
    rows = _beside(grid, [_slot_sums(rows, sums, last) for rows in counted], sums, last)
    so_far = ibis.cumulative_window(group_by="home", order_by="slot")
    rows = rows.select(
        "home", "slot", **{name: rows[name].sum().over(so_far).cast("int64") for name in sums},
        **{name: rows[name].max().over(so_far) for name in last},
    )  # fmt: skip
    places = ibis.struct({name: rows[name] for name in ("slot", *sums, *last)})
    return rows.group_by("home").agg(sums=places.collect()).mutate(sums=lambda t: t.sums.sort())


def window_sums(sums: ir.Table, edges: ir.Table, plan: Plan) -> ir.Table:
    """A row for each home and as-of date (row): the packed sums over each window, as `packed_0_20`, and the last days.
    `sums` are the running sums with each home's school_id.

    A school's dates are unfolded beside each list, so that a list is looked into at every date and never copied.
    """
    asked = edges.group_by("school_id").agg(
        asked=ibis.struct({n: edges[n] for n in edges.columns[1:]}).collect()
    )
    rows = sums.join(asked, "school_id").select("home", "sums", at=lambda t: t.asked.unnest())
    now = rows.sums[rows["at"].upto]
    before = {w: rows.sums[rows["at"][f"before_{w}"]] for w in plan.wanted.windows if w is not None}
    totals = {
        name: now[column] if window is None else now[column] - before[window][column]
        for name, (column, window) in packed_sums(plan).items()
    }
    last = {name: now[name] for name in map(last_name, plan.wanted.last)}
    return rows.select(row=row_of(rows.home, rows["at"].as_of), **totals, **last)


def _slot_sums(rows: ir.Table, sums: Sequence[str], last: Sequence[str]) -> ir.Table:
    """What the rows known in time sum to in each slot. The others count as nothing here, and are not filtered out: an
    engine that may drop them first joins every pupil to every day to find them."""
    in_time, nothing = rows.in_time, ibis.null("int32")
    return rows.group_by("home", "slot").agg(
        **{n: in_time.ifelse(rows[n], 0).sum().cast("int64") for n in sums if n in rows.columns},
        **{n: in_time.ifelse(rows[n], nothing).max().cast("int32") for n in last if n in rows.columns},
    )


def _beside(grid: ir.Table, parts: Sequence[ir.Table], sums: Sequence[str], last: Sequence[str]) -> ir.Table:
    """The grid with every table's slot sums and last days. Measures of several tables may share a packed column, and
    are added up; a last day is of one table alone."""
    rows = grid
    for number, part in enumerate(parts):
        part = part.rename({f"{name}_of_{number}": name for name in part.columns[2:]})
        rows = rows.left_join(part, ["home", "slot"]).drop("home_right", "slot_right")

    def of(name: str) -> list[ir.Value]:
        return [rows[f"{name}_of_{number}"] for number, part in enumerate(parts) if name in part.columns]

    shared = {name: [value.fill_null(0) for value in of(name)] for name in sums}
    return rows.select(
        "home", "slot",
        **{name: reduce(add, values) for name, values in shared.items()},
        **{name: of(name)[0] for name in last},
    )  # fmt: skip
