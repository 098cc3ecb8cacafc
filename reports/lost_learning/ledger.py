"""The ledger: each possible session of each pupil is counted once, and its parts sum to the whole.

An absence mark decides its own column. Only a present or approved mark can be claimed, in this order: by a
suspension that covers the session, by a move off site that covers the day, by internal exclusion recorded that
day (never more than the sessions still unclaimed). Lateness is minutes of sessions not otherwise lost.
Everything is held in whole numbers, a hundredth of a minute, so that sums are exact in whatever order.
"""

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from features.cohort import NOT_COUNTED
from reports.lost_learning.records import (
    DAY,
    PUPIL,
    SUSPENDED,
    codes_of,
    held,
    numbered_pupils,
    possible_marks,
    recorded_days,
)
from reports.periods import Slots

COLUMNS = (
    "absence_authorised", "absence_unauthorised", "lateness", "internal_exclusion", "part_time_timetable",
    "suspension", "off_site",
)  # fmt: skip
BESIDE = ("late_without_minutes", "off_site_marks_without_a_move", "removal_not_placed")
SESSION_MINUTES = 180
HUNDREDTHS = 100
PART_TIME = "C2"
LATE = "L"
THERE = ("/", "\\")
OFF_SITE_MARKS = ("B", "K")
OF_LEDGER = ("who", "school_id", "slot")


def units_of(session_minutes: int = SESSION_MINUTES) -> int:
    """The ledger's units to a session: hundredths of a minute."""
    return session_minutes * HUNDREDTHS


def ledger(known: dict[str, ir.Table], slots: Slots, session_minutes: int = SESSION_MINUTES) -> ir.Table:
    """A row for each pupil, school, period and half term: `possible` sessions, and what took them.

    `known` are the tables as known on one date; `slots` the half terms of the periods. The columns of COLUMNS and
    BESIDE are in units (see `units_of`); what is left of the possible sessions was attended. `who` is the pupil's
    number, quicker to count by than the id.

    All marks are read twice: to count the possible sessions, and to set apart the one in ten that is not simply a
    pupil who was there. Records and lateness are settled among those.
    """
    unit = units_of(session_minutes)
    numbers = numbered_pupils(known["attendance"])
    marks = _marks(known["attendance"].join(numbers, "pupil_id"), slots, unit)
    possible = held(marks.group_by(*OF_LEDGER).agg(possible=marks.count()))
    recorded = held(recorded_days(known, unit, _twice(marks, possible)))
    unusual = held(_unusual(marks, recorded))
    days = held(_counted_once(unusual.filter(unusual.recorded), known["enrolments"]))
    parts = (
        possible,
        days.filter(days.again).group_by(*OF_LEDGER).agg(possible=lambda t: -t.count()),
        _said(unusual.filter(~unusual.recorded), unit),
        _by_day(_claims(days.filter(~days.again), unit)),
    )
    every = ibis.union(*[_in_order(part) for part in parts])
    sums = every.group_by(*OF_LEDGER).agg(
        **{name: every[name].sum().cast("int64") for name in ("possible", *COLUMNS, *BESIDE)}
    )
    sums = sums.filter(sums.possible > 0).join(numbers, "who")
    return sums.join(ibis.memtable(slots.held), ["school_id", "slot"]).drop("slot")


def _marks(attendance: ir.Table, slots: Slots, unit: int) -> ir.Table:
    """Each mark of a possible session, with the minutes late in units and whether any were written (`timed`)."""
    rows = possible_marks(attendance)
    minutes = (rows.minutes_late.cast("float64").fill_null(0.0) * HUNDREDTHS).round().cast("int64")
    marks = rows.select(
        "who", *DAY, "session", "code", slot=_slot(rows.date, slots.edges, 0).cast("int16"),
        late=ibis.least(minutes, unit), timed=rows.minutes_late.notnull().cast("int64"),
    )  # fmt: skip
    return marks.filter(marks.slot.isin(sorted(set(slots.held["slot"].tolist()))))


def _unusual(marks: ir.Table, recorded: ir.Table) -> ir.Table:
    """The marks that say more than that the pupil was there, and every mark of a day with a record (`recorded`)."""
    both = marks.left_join(recorded, DAY)
    kept = both.filter(both.removed.notnull() | both.code.notin(THERE) | (both.timed > 0))
    claims = [kept[name] for name in recorded.columns if name not in DAY]
    return kept.select(*[kept[name] for name in marks.columns], *claims, recorded=kept.removed.notnull())


def _twice(marks: ir.Table, possible: ir.Table) -> ir.Table:
    """The days on which two schools hold marks of possible sessions of one pupil: a session is counted once."""
    schools = possible.group_by("who").agg(schools=possible.school_id.nunique())
    moved = held(schools.filter(schools.schools > 1).select("who"))
    days = marks.semi_join(moved, "who").select(*DAY).distinct()
    number = days.school_id.count().over(group_by=[days.pupil_id, days.date])
    return days.mutate(number=number).filter(lambda t: t.number > 1).select(*DAY, twice=True)


def _slot(day: ir.Value, edges: Sequence[date], before: int) -> ir.Value:
    """The slot of a date, by halves. A join to the calendar would say the same, at five times the cost."""
    if not edges:
        return ibis.literal(before, "int64")
    middle = len(edges) // 2
    later = _slot(day, edges[middle + 1 :], before + middle + 1)
    return ibis.ifelse(day < ibis.literal(edges[middle]), _slot(day, edges[:middle], before), later)


def _absence(rows: ir.Table, units: ir.Value) -> dict[str, ir.Value]:
    """The columns that a mark decides by itself: `units` where its code says so, else none."""
    authorised = [code for code in codes_of("authorised") if code not in (SUSPENDED, PART_TIME)]
    return {
        "absence_authorised": ibis.ifelse(rows.code.isin(authorised), units, 0),
        "absence_unauthorised": ibis.ifelse(rows.code.isin(codes_of("unauthorised")), units, 0),
        "part_time_timetable": ibis.ifelse(rows.code == PART_TIME, units, 0),
        "suspension": ibis.ifelse(rows.code == SUSPENDED, units, 0),
    }


def _attended(rows: ir.Table) -> ir.BooleanValue:
    return rows.code.isin(codes_of("present", "approved"))


def _said(rows: ir.Table, unit: int) -> ir.Table:
    """What marks say by themselves on days on which no record claims anything."""
    absence = _absence(rows, ibis.literal(unit, "int64"))
    return rows.group_by(*OF_LEDGER).agg(
        **{name: units.sum() for name, units in absence.items()},
        lateness=ibis.ifelse(_attended(rows), rows.late, 0).sum(),
        late_without_minutes=_units((rows.code == LATE) & (rows.timed == 0), unit).sum(),
        off_site_marks_without_a_move=_units(rows.code.isin(OFF_SITE_MARKS), unit).sum(),
    )


def _claims(rows: ir.Table, unit: int) -> ir.Table:
    """What took each session of the days with a record: suspension claims first, then off-site.

    What neither took is `unclaimed`, and what of that was late is `late`: see `_by_day`.
    """
    suspended = _attended(rows) & ibis.ifelse(rows.session == "AM", rows.am, rows.pm)
    off_site = _attended(rows) & ~suspended & rows.off_site
    still = _attended(rows) & ~suspended & ~off_site
    absence = _absence(rows, ibis.literal(unit, "int64"))
    return rows.select(
        *OF_LEDGER, "date", "removed",
        **{**absence, "suspension": absence["suspension"] + _units(suspended, unit)},
        off_site=_units(off_site, unit),
        unclaimed=_units(still, unit),
        late=ibis.ifelse(still, rows.late, 0),
        late_without_minutes=_units(still & (rows.code == LATE) & (rows.timed == 0), unit),
        off_site_marks_without_a_move=_units(still & rows.code.isin(OFF_SITE_MARKS), unit),
    )  # fmt: skip


def _units(condition: ir.BooleanValue, unit: int) -> ir.Value:
    return ibis.ifelse(condition, ibis.literal(unit, "int64"), ibis.literal(0, "int64"))


def _by_day(each: ir.Table) -> ir.Table:
    """Internal exclusion and lateness are settled by the day: neither can take more than what is left of it."""
    sums = [name for name in each.columns if name not in (*OF_LEDGER, "date", "removed")]
    days = each.group_by(*OF_LEDGER, "date").agg(
        **{name: each[name].sum() for name in sums}, removed=each.removed.max()
    )
    days = days.mutate(internal_exclusion=ibis.least(days.removed, days.unclaimed))
    return days.mutate(
        lateness=ibis.least(days.late, days.unclaimed - days.internal_exclusion),
        removal_not_placed=days.removed - days.internal_exclusion,
    )


def _counted_once(marks: ir.Table, enrolments: ir.Table) -> ir.Table:
    """The marks, with whether a session is there `again`: marked as possible by two schools, it is counted at one.

    It is the school where the pupil is not a subsidiary pupil, or the latest to start if both are main.
    """
    main = enrolments.status.isnull() | enrolments.status.notin(NOT_COUNTED)
    homes = enrolments.group_by(*PUPIL).agg(main=main.any(), started=enrolments.start_date.max(where=main))
    twice = marks.filter(marks.twice).left_join(homes, PUPIL)
    order = [twice.main.fill_null(False).desc(), twice.started.desc(nulls_first=False), twice.school_id]
    place = ibis.row_number().over(group_by=[twice.pupil_id, twice.date, twice.session], order_by=order)
    twice = twice.select(*[twice[name] for name in marks.columns], again=place > 0)
    return marks.filter(~marks.twice).mutate(again=False).union(twice)


def _in_order(rows: ir.Table) -> ir.Table:
    """Every column of the ledger, in one order; none where the rows do not speak of it."""
    none = ibis.literal(0, "int64")
    return rows.select(
        *OF_LEDGER,
        **{name: rows[name].cast("int64") if name in rows.columns else none
           for name in ("possible", *COLUMNS, *BESIDE)},
    )  # fmt: skip
