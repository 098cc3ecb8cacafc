"""Totals over windows of school days, at any number of as-of dates, in one pass over the records.

Rows are counted once into slots (the stretches of days between window edges, see `features.calendar.slots`), and
each window is then a sum over the few slots it covers. Rows that became known only after the first as-of date
that could have read them, or that were later superseded, are few: they are counted on their own, date by date,
so that nothing is seen before it was known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from features.cohort import visible
from features.facts import DATED, facts
from features.measures import MEASURES

PUPIL = ("pupil_id", "school_id")
WHO = (*PUPIL, "as_of")


@dataclass(frozen=True)
class Wanted:
    """Which totals to make: (measure, window) pairs, a window of None being the whole record, and the measures
    whose last day is wanted."""

    totals: tuple[tuple[str, int | None], ...]
    last: tuple[str, ...]

    @property
    def measures(self) -> tuple[str, ...]:
        """Every measure that is counted, in the order of the catalogue of measures."""
        used = {measure for measure, _ in self.totals} | set(self.last)
        return tuple(name for name in MEASURES if name in used)

    def of_table(self, table: str) -> tuple[str, ...]:
        """The measures read from one canonical table."""
        return tuple(name for name in self.measures if MEASURES[name].table == table)


def total_name(measure: str, window: int | None) -> str:
    """The column of a total: `absent_20`, or `absent_ever` over the whole record."""
    return f"{measure}_{'ever' if window is None else window}"


def last_name(measure: str) -> str:
    """The column of the number of the last open day on which a measure was counted."""
    return f"{measure}_last"


def window_totals(
    tables: Mapping[str, ir.Table], spine: ir.Table, slots: ir.Table, wanted: Wanted
) -> ir.Table:
    """A row for each row of the spine (pupil, school, as_of, now) with every wanted total and last day number.

    Totals are whole numbers (0 where nothing was recorded); last days are null where there was none.
    """
    counted = [_counted(tables, table, spine, slots, wanted) for table in DATED if wanted.of_table(table)]
    in_time = _windows(_slot_totals(counted, wanted), spine, wanted)
    late = _late_totals(counted, spine, wanted)
    return _added(in_time, late, wanted)


def _counted(
    tables: Mapping[str, ir.Table], table: str, spine: ir.Table, slots: ir.Table, wanted: Wanted
) -> ir.Table:
    """The rows of one table with what each counts, placed in the calendar of the school the pupil is on roll at.

    A pupil who moved school keeps their history: rows of the school before are placed in the new one's calendar.
    """
    rows = facts(dict(tables), table)
    counts = {name: MEASURES[name].count(rows).cast("int64") for name in wanted.of_table(table)}
    rows = rows.select("pupil_id", "school_id", "date", "known_on", "known_until", **counts)
    homes = spine.select("pupil_id", home="school_id").distinct()
    ever = tables["enrolments"].select("pupil_id", before="school_id").distinct()
    moved = ever.join(homes, "pupil_id")
    moved = moved.filter(moved.before != moved.home)
    elsewhere = rows.join(moved, [rows.pupil_id == moved.pupil_id, rows.school_id == moved.before])
    elsewhere = elsewhere.select(
        rows.pupil_id, moved.home.name("school_id"), rows.date, rows.known_on, rows.known_until, *counts
    )
    placed = rows.union(elsewhere)
    placed = placed.join(slots, ["school_id", "date"], how="left")
    return placed.select(
        "pupil_id", "school_id", "date", "known_on", "known_until", *counts,
        number=placed.number.fill_null(0), slot=placed.slot.fill_null(0),
        in_time=(ibis.greatest(placed.date, placed.known_on) <= placed.read_on).fill_null(False)
        & placed.known_until.isnull(),
    )  # fmt: skip


def _slot_totals(counted: Sequence[ir.Table], wanted: Wanted) -> ir.Table:
    """One row for each pupil, school and slot: each measure's sum there, and its last day number."""
    parts = []
    for rows in counted:
        here = [name for name in wanted.measures if name in rows.columns]
        sums = {name: rows[name].sum() for name in here}
        last = {
            last_name(name): rows.number.max(where=rows[name] > 0) for name in wanted.last if name in here
        }
        totals = rows.filter(rows.in_time).group_by(*PUPIL, "slot").agg(**sums, **last)
        parts.append(_with_all_columns(totals, wanted, "slot"))
    every = reduce(lambda left, right: left.union(right), parts)
    return every.group_by(*PUPIL, "slot").agg(
        **{name: every[name].sum() for name in wanted.measures},
        **{last_name(name): every[last_name(name)].max() for name in wanted.last},
    )


def _with_all_columns(totals: ir.Table, wanted: Wanted, *keys: str) -> ir.Table:
    held = totals.columns
    return totals.select(
        *PUPIL, *keys,
        **{n: totals[n].cast("int64") if n in held else ibis.literal(0, "int64") for n in wanted.measures},
        **{last_name(n): totals[last_name(n)].cast("int64") if last_name(n) in held else ibis.null("int64")
           for n in wanted.last},
    )  # fmt: skip


def _windows(slot_totals: ir.Table, spine: ir.Table, wanted: Wanted) -> ir.Table:
    """Each wanted total at each row of the spine, as a sum over the slots inside the window."""
    asked = spine.select(*PUPIL, slot=spine.now.cast("int64"), as_of=spine.as_of)
    columns = [*PUPIL, "slot", *wanted.measures, *map(last_name, wanted.last), "as_of"]
    rows = (
        _with_all_columns(asked, wanted, "slot", "as_of")
        .select(columns)
        .union(slot_totals.mutate(as_of=ibis.null("date")).select(columns))
    )
    over = {window: _over(window) for window in {None} | {window for _, window in wanted.totals}}
    totals = {total_name(m, w): rows[m].sum().over(over[w]) for m, w in wanted.totals}
    last = {last_name(m): rows[last_name(m)].max().over(over[None]) for m in wanted.last}
    rows = rows.select(*WHO, now=rows.slot, **totals, **last)
    return rows.filter(rows.as_of.notnull())


def _over(window: int | None) -> Any:
    """The slots of a window that ends with the row's own; None is the whole record."""
    back = None if window is None else window - 1
    return ibis.range_window(group_by=PUPIL, order_by="slot", preceding=back, following=0)


def _late_totals(counted: Sequence[ir.Table], spine: ir.Table, wanted: Wanted) -> ir.Table:
    """The same totals from rows known late or superseded since, counted at each as-of date that could read them."""
    parts = []
    for rows in counted:
        here = [name for name in wanted.measures if name in rows.columns]
        late = rows.filter(~rows.in_time).join(spine.select(*WHO, "now"), PUPIL)
        late = late.filter(visible(late))
        totals = {
            total_name(m, w): late[m].sum(where=None if w is None else late.number > late.now - w)
            for m, w in wanted.totals if m in here
        }  # fmt: skip
        last = {last_name(m): late.number.max(where=late[m] > 0) for m in wanted.last if m in here}
        parts.append(_with_all_totals(late.group_by(*WHO).agg(**totals, **last), wanted))
    every = reduce(lambda left, right: left.union(right), parts)
    return every.group_by(*WHO).agg(
        **{total_name(m, w): every[total_name(m, w)].sum() for m, w in wanted.totals},
        **{last_name(m): every[last_name(m)].max() for m in wanted.last},
    )


def _with_all_totals(totals: ir.Table, wanted: Wanted) -> ir.Table:
    names = [total_name(m, w) for m, w in wanted.totals]
    held = totals.columns
    return totals.select(
        *WHO,
        **{n: totals[n].fill_null(0).cast("int64") if n in held else ibis.literal(0, "int64") for n in names},
        **{last_name(n): totals[last_name(n)].cast("int64") if last_name(n) in held else ibis.null("int64")
           for n in wanted.last},
    )  # fmt: skip


def _added(in_time: ir.Table, late: ir.Table, wanted: Wanted) -> ir.Table:
    both = in_time.left_join(late, WHO, rname="{name}_late")
    totals = [total_name(m, w) for m, w in wanted.totals]
    return both.select(
        *WHO, "now",
        **{n: (both[n] + both[f"{n}_late"].fill_null(0)).cast("int64") for n in totals},
        **{n: ibis.greatest(both[n], both[f"{n}_late"]).cast("int64") for n in map(last_name, wanted.last)},
    )  # fmt: skip
