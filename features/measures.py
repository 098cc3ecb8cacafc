"""What is counted on a school day: each measure reads whole numbers from the rows of one canonical table.

Whole numbers only, so that sums are exact and the same whatever the order or the number of threads; fractions
of a session are counted in hundredths. Codes R (religious observance), T (travelling) and Y5 (detention by the
justice system) never enter; code E (suspended) is possible but never absence, because it is the school's act.
"""

from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from configs.settings import attendance_codes, incident_kinds

NEVER_READ = ("R", "T", "Y5")
NO_MARK = ("-", "!", "#", "Z")
SUSPENDED = "E"
HUNDREDTHS = 100


@dataclass(frozen=True)
class Measure:
    """One countable thing: the table it is read from and the whole number each row adds; where that is one for a mark
    of certain attendance codes and nothing for any other, the codes."""

    name: str
    table: str
    count: Callable[[ir.Table], ir.Value]
    codes: tuple[str, ...] = ()


def codes_of(*classes: str) -> tuple[str, ...]:
    """Attendance codes of these classes that features may read as attendance, absence or possible sessions."""
    return tuple(
        code for code, kind in attendance_codes().items() if kind in classes and code not in NEVER_READ
    )


ATTENDED = codes_of("present", "approved")
ABSENT = tuple(code for code in codes_of("authorised", "unauthorised") if code != SUSPENDED)
UNAUTHORISED = codes_of("unauthorised")
POSSIBLE = codes_of("present", "approved", "authorised", "unauthorised")
ILLNESS = ("I", "I01", "I02")
PART_TIME, STUDY_LEAVE = "C2", "S"
AGREED = tuple(
    code for code in codes_of("authorised") if code not in (*ILLNESS, SUSPENDED, PART_TIME, STUDY_LEAVE)
)
ELSEWHERE = "D"  # dual registered: the other school records the mark, so the session is not possible here
LATE = ("L", "U")
OUT_OF_LESSON = ("sent out", "sent_out", "removed from lesson", "detention")


def _marks(name: str, *codes: str) -> Measure:
    return Measure(name, "attendance", lambda t: t.code.isin(codes).ifelse(1, 0), codes)


def _each(_: ir.Table) -> ir.Value:
    return ibis.literal(1)


def _severe(least: int) -> Callable[[ir.Table], ir.Value]:
    return lambda t: (t.severity >= least).fill_null(False).ifelse(1, 0)


def _recorded_as(kind: str) -> Callable[[ir.Table], ir.Value]:
    return lambda t: t.category.lower().isin(incident_kinds()[kind]).fill_null(False).ifelse(1, 0)


def _hundredths(t: ir.Table) -> ir.Value:
    return (t.sessions.fill_null(0) * HUNDREDTHS).round().cast("int64")


def _kind(*kinds: str) -> Callable[[ir.Table], ir.Value]:
    return lambda t: t.kind.isin(kinds).ifelse(1, 0)


MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure("marks", "attendance", lambda t: t.code.notin(NO_MARK).ifelse(1, 0)),
        _marks("possible", *POSSIBLE),
        Measure("mornings", "attendance",
                lambda t: (t.code.isin(POSSIBLE) & (t.session == "AM")).ifelse(1, 0)),
        _marks("attended", *ATTENDED),
        _marks("absent", *ABSENT),
        _marks("unauthorised", *UNAUTHORISED),
        _marks("illness", *ILLNESS),
        _marks("late", *LATE),
        Measure("late_minutes", "attendance", lambda t: t.minutes_late.fill_null(0).round().cast("int64")),
        _marks("agreed", *AGREED),
        _marks("study_leave", STUDY_LEAVE),
        _marks("part_time", PART_TIME),
        _marks("off_site", "B"),
        _marks("arranged", "K"),
        _marks("elsewhere", ELSEWHERE),
        _marks("marked_suspended", SUSPENDED),
        Measure("lessons_missed", "lessons", lambda t: (t.mark == "absent").ifelse(1, 0)),
        Measure("lessons_late", "lessons", lambda t: (t.mark == "late").ifelse(1, 0)),
        Measure("incidents", "incidents", _each),
        Measure("severe_incidents", "incidents", _severe(2)),
        Measure("gravest_incidents", "incidents", _severe(3)),
        Measure("sent_out", "incidents",
                lambda t: t.action.lower().isin(OUT_OF_LESSON).fill_null(False).ifelse(1, 0)),
        Measure("disruption", "incidents", _recorded_as("disruption")),
        Measure("harm", "incidents", _recorded_as("harm")),
        Measure("truancy", "incidents", _recorded_as("truancy")),
        Measure("recognitions", "achievements", _each),
        Measure("removals", "removals", _each),
        Measure("removed_hundredths", "removals", _hundredths),
        Measure("suspensions", "suspensions", _each),
        Measure("suspended_hundredths", "suspensions", _hundredths),
        Measure("moves", "moves", _kind("off_site_direction", "offsite_direction", "alternative_provision",
                                        "managed_move", "part_time_timetable")),
        Measure("meetings", "meetings", _each),
        Measure("support_started", "support", _each),
    )
}  # fmt: skip
