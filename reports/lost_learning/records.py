"""The records that may claim a session in which the pupil was marked present: which, and of which days."""

import ibis
import ibis.expr.types as ir

from configs.settings import attendance_codes

PUPIL = ("pupil_id", "school_id")
DAY = (*PUPIL, "date")
OFF_SITE_MOVES = ("off_site_direction", "offsite_direction", "alternative_provision")
SUSPENDING = ("SUSP", "FIXD", "PERM")  # a lunchtime exclusion (LNCH) takes no session
SUSPENDED = "E"
POSSIBLE = ("present", "approved", "authorised", "unauthorised")


def held(table: ir.Table) -> ir.Table:
    """The same rows, reckoned now: a table that is read twice would otherwise be reckoned, or kept whole, twice."""
    return ibis.memtable(table.to_pyarrow())


def codes_of(*classes: str) -> tuple[str, ...]:
    """The attendance codes of these classes."""
    return tuple(code for code, kind in attendance_codes().items() if kind in classes)


def possible_marks(attendance: ir.Table) -> ir.Table:
    """The marks of possible sessions: present, approved or absent; not D, X, Y and not those that are no mark."""
    return attendance.filter(attendance.code.isin(codes_of(*POSSIBLE)))


def numbered_pupils(attendance: ir.Table) -> ir.Table:
    """Every pupil with a mark, by id, with a number (`who`): to count by numbers takes a third of the time."""
    pupils = attendance.select("pupil_id").distinct()
    number = ibis.row_number().over(order_by="pupil_id").cast("int32")
    return held(pupils.select("pupil_id", who=number))


def recorded_days(known: dict[str, ir.Table], unit: int, twice: ir.Table) -> ir.Table:
    """A row for each pupil, school and day with a record that may claim a session of it, and each that is in `twice`.

    `am`, `pm`: whether a suspension covers that session; `off_site`: whether a move off site covers the day;
    `removed`: internal exclusion recorded that day, in the ledger's `unit`s to a session; `twice`: whether a
    second school holds marks of possible sessions of the same pupil and day.
    """
    nothing = {
        "am": False,
        "pm": False,
        "off_site": False,
        "removed": ibis.literal(0, "int64"),
        "twice": False,
    }
    parts = (
        _suspended(known["suspensions"], known["attendance"], _numbered(known["calendar"])),
        _off_site(known["moves"], known["calendar"]),
        _removed(known["removals"], unit),
        twice,
    )
    rows = [part.select(*DAY, **{**nothing, **_held(part)}) for part in parts]
    every = ibis.union(*rows)
    return every.group_by(*DAY).agg(
        am=every.am.any(), pm=every.pm.any(), off_site=every.off_site.any(), removed=every.removed.sum(),
        twice=every.twice.any(),
    )  # fmt: skip


def _held(part: ir.Table) -> dict[str, ir.Value]:
    return {name: part[name] for name in part.columns if name not in DAY}


def _numbered(calendar: ir.Table) -> ir.Table:
    """The open days with the number of each in its school, from 0."""
    number = ibis.row_number().over(group_by="school_id", order_by="date")
    return calendar.select("school_id", "date", number=number.cast("int64"))


def _suspended(suspensions: ir.Table, attendance: ir.Table, days: ir.Table) -> ir.Table:
    """The sessions each suspension covers: so many of the school's sessions on end, from the first marked E on its
    first day, or from that morning where none is.

    A suspension of no recorded length claims nothing beyond the marks that say so themselves.
    """
    rows = suspensions.filter(suspensions.category.isin(SUSPENDING), suspensions.sessions > 0)
    rows = rows.join(days, "school_id").filter(lambda t: t.date >= t.start_date)
    rows = rows.group_by(*PUPIL, "start_date", "category").agg(
        date=rows.date.min(), first=rows.number.min(), sessions=rows.sessions.max().ceil().cast("int64")
    )
    marked = (
        attendance.filter(attendance.code == SUSPENDED).group_by(*DAY).agg(mark=lambda t: t.session.min())
    )
    rows = rows.left_join(marked, DAY)
    rows = rows.select(
        *PUPIL, "sessions", begins=2 * rows["first"] + (rows.mark == "PM").fill_null(False).ifelse(1, 0)
    )
    each = rows.join(days, "school_id")
    ends = each.begins + each.sessions
    covered = each.select(
        *DAY,
        am=(2 * each.number >= each.begins) & (2 * each.number < ends),
        pm=(2 * each.number + 1 >= each.begins) & (2 * each.number + 1 < ends),
    )
    return covered.filter(covered.am | covered.pm)


def _off_site(moves: ir.Table, calendar: ir.Table) -> ir.Table:
    """The open days covered by an off-site direction or alternative provision, its first and last day included."""
    rows = moves.filter(moves.kind.isin(OFF_SITE_MOVES)).select(*PUPIL, "start_date", "end_date")
    each = rows.join(calendar, "school_id")
    covering = each.filter(
        each.date >= each.start_date, each.end_date.isnull() | (each.date <= each.end_date)
    )
    return covering.select(*DAY, off_site=True)


def _removed(removals: ir.Table, unit: int) -> ir.Table:
    units = (removals.sessions.cast("float64").fill_null(0.0) * unit).round().cast("int64")
    return removals.group_by(*DAY).agg(removed=units.sum())
