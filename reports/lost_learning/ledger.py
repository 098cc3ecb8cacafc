"""The ledger: each possible session of each pupil is counted once, and its parts sum to the whole.

An absence mark decides its own column. Only a present or approved mark can be claimed, in this order: by a
suspension that covers the session, by a move off site that covers the day, by internal exclusion recorded that
day (never more than the sessions still unclaimed). Lateness is minutes of sessions not otherwise lost.
Everything is held in whole numbers, a hundredth of a minute, so that sums are exact in whatever order.
"""

import ibis
import ibis.expr.types as ir

from features.cohort import NOT_COUNTED
from reports.lost_learning.records import DAY, PUPIL, SUSPENDED, codes_of, held, possible_marks, recorded_days

COLUMNS = (
    "absence_authorised", "absence_unauthorised", "lateness", "internal_exclusion", "part_time_timetable",
    "suspension", "off_site",
)  # fmt: skip
BESIDE = ("late_without_minutes", "off_site_marks_without_a_move", "removal_not_placed")
SESSION_MINUTES = 180
HUNDREDTHS = 100
PART_TIME = "C2"
LATE = "L"
OFF_SITE_MARKS = ("B", "K")
OF_LEDGER = (*PUPIL, "slot")


def units_of(session_minutes: int = SESSION_MINUTES) -> int:
    """The ledger's units to a session: hundredths of a minute."""
    return session_minutes * HUNDREDTHS


def ledger(known: dict[str, ir.Table], days: ir.Table, session_minutes: int = SESSION_MINUTES) -> ir.Table:
    """A row for each pupil, school, period and half term: `possible` sessions, and what took them.

    `known` are the tables as known on one date. `days` has a row for each school and date of the periods:
    school_id, date, period, half_term, slot (see `reports.periods.days_of`). The columns of COLUMNS and BESIDE are
    in units (see `units_of`); what is left of the possible sessions was attended.
    """
    unit = units_of(session_minutes)
    recorded = held(recorded_days(known, days, unit))
    marks = _marks(known["attendance"], days, unit)
    plain = held(_plain(marks.anti_join(recorded, DAY), unit))
    claimed = held(_claimed(marks.join(recorded, DAY), known["enrolments"], unit))
    every = plain.union(claimed)
    sums = every.group_by(*OF_LEDGER).agg(
        **{name: every[name].sum().cast("int64") for name in ("possible", *COLUMNS, *BESIDE)}
    )
    return sums.join(days.select("slot", "period", "half_term").distinct(), "slot").drop("slot")


def _marks(attendance: ir.Table, days: ir.Table, unit: int) -> ir.Table:
    """Each mark of a possible session, with the minutes late in units and whether any were written (`timed`)."""
    rows = possible_marks(attendance).join(days, ["school_id", "date"])
    minutes = (rows.minutes_late.cast("float64").fill_null(0.0) * HUNDREDTHS).round().cast("int64")
    return rows.select(
        *OF_LEDGER, "date", "session", "code",
        late=ibis.least(minutes, unit), timed=rows.minutes_late.notnull().cast("int64"),
    )  # fmt: skip


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


def _plain(marks: ir.Table, unit: int) -> ir.Table:
    """The ledger of the days on which no record claims anything: the marks speak for themselves.

    Marks are counted by code first: a third of the work of asking every mark what it says.
    """
    rows = marks.group_by(*OF_LEDGER, "code").agg(
        possible=marks.count(), late=marks.late.sum(), timed=marks.timed.sum()
    )
    return _in_order(
        rows.select(
            *OF_LEDGER, "possible",
            **_absence(rows, rows.possible * unit),
            lateness=ibis.ifelse(_attended(rows), rows.late, 0),
            internal_exclusion=0, off_site=0, removal_not_placed=0,
            late_without_minutes=ibis.ifelse(rows.code == LATE, (rows.possible - rows.timed) * unit, 0),
            off_site_marks_without_a_move=ibis.ifelse(rows.code.isin(OFF_SITE_MARKS), rows.possible * unit, 0),
        )
    )  # fmt: skip


def _claimed(marks: ir.Table, enrolments: ir.Table, unit: int) -> ir.Table:
    """The ledger of the days with a record: suspension claims first, then off-site, then internal exclusion."""
    rows = _counted_once(marks, enrolments)
    suspended = _attended(rows) & ibis.ifelse(rows.session == "AM", rows.am, rows.pm)
    off_site = _attended(rows) & ~suspended & rows.off_site
    still = _attended(rows) & ~suspended & ~off_site
    absence = _absence(rows, ibis.literal(unit, "int64"))
    each = rows.select(
        *OF_LEDGER, "date", "removed",
        **{**absence, "suspension": absence["suspension"] + _units(suspended, unit)},
        off_site=_units(off_site, unit),
        unclaimed=_units(still, unit),
        late=ibis.ifelse(still, rows.late, 0),
        late_without_minutes=_units(still & (rows.code == LATE) & (rows.timed == 0), unit),
        off_site_marks_without_a_move=_units(still & rows.code.isin(OFF_SITE_MARKS), unit),
    )  # fmt: skip
    return _in_order(_by_day(each))


def _units(condition: ir.BooleanValue, unit: int) -> ir.Value:
    return ibis.ifelse(condition, ibis.literal(unit, "int64"), ibis.literal(0, "int64"))


def _by_day(each: ir.Table) -> ir.Table:
    """Internal exclusion and lateness are settled by the day: neither can take more than what is left of it."""
    sums = [name for name in each.columns if name not in (*OF_LEDGER, "date", "removed")]
    days = each.group_by(*OF_LEDGER, "date").agg(
        **{name: each[name].sum() for name in sums}, possible=each.count(), removed=each.removed.max()
    )
    days = days.mutate(internal_exclusion=ibis.least(days.removed, days.unclaimed))
    return days.mutate(
        lateness=ibis.least(days.late, days.unclaimed - days.internal_exclusion),
        removal_not_placed=days.removed - days.internal_exclusion,
    )


def _counted_once(marks: ir.Table, enrolments: ir.Table) -> ir.Table:
    """The marks, those of a session that two schools marked as possible only at one of them.

    It is the school where the pupil is not a subsidiary pupil, or the latest to start if both are main.
    """
    main = enrolments.status.isnull() | enrolments.status.notin(NOT_COUNTED)
    homes = enrolments.group_by(*PUPIL).agg(main=main.any(), started=enrolments.start_date.max(where=main))
    twice = marks.filter(marks.twice).left_join(homes, PUPIL)
    order = [twice.main.fill_null(False).desc(), twice.started.desc(nulls_first=False), twice.school_id]
    place = ibis.row_number().over(group_by=[twice.pupil_id, twice.date, twice.session], order_by=order)
    once = twice.mutate(place=place).filter(lambda t: t.place == 0)
    return marks.filter(~marks.twice).union(once.select(*marks.columns))


def _in_order(rows: ir.Table) -> ir.Table:
    return rows.select(
        *OF_LEDGER, **{name: rows[name].cast("int64") for name in ("possible", *COLUMNS, *BESIDE)}
    )
