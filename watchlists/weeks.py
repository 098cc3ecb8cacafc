"""Counts week by week, for the small drawing and its table, and what changed from one week to the next."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from models.staying import monday
from watchlists.concerns.absence import NOT_AGREED
from watchlists.concerns.incidents import is_sent_out
from watchlists.concerns.lessons import lessons_marked
from watchlists.language import marked, marked_of, said, said_of
from watchlists.records import Record
from watchlists.sentences import Sentence

WEEK = 5  # open days
DARK_WEEKS = 3  # drawn as "now" where no holiday divides the weeks
COUNTED: dict[str, tuple[str, Callable[[Record], Iterable[date]]]] = {
    "missed": (marked("Sessions missed"), lambda r: (m.date for m in r.attendance if m.missed)),
    "not_agreed": (
        marked("Sessions missed without an agreed reason"),
        lambda r: (m.date for m in r.attendance if m.code in NOT_AGREED),
    ),
    "late_mornings": (
        marked("Late mornings"),
        lambda r: (m.date for m in r.attendance if m.late and m.session == "AM"),
    ),
    "late_afternoons": (
        marked("Late afternoons"),
        lambda r: (m.date for m in r.attendance if m.late and m.session == "PM"),
    ),
    "lessons_missed": (
        marked("Lessons missed while in school"),
        lambda r: (x.date for x in lessons_marked(r, "absent")),
    ),
    "lessons_late": (
        marked("Late arrivals to lessons"),
        lambda r: (x.date for x in lessons_marked(r, "late")),
    ),
    "sent_out": (
        marked("Times sent out of a lesson"),
        lambda r: (x.date for x in r.incidents if is_sent_out(x)),
    ),
    "incidents": (marked("Recorded incidents"), lambda r: (x.date for x in r.incidents)),
    "removals": (marked("Times in internal exclusion"), lambda r: (x.date for x in r.removals)),
    "suspended": (marked("Suspensions"), lambda r: (x.start_date for x in r.suspensions)),
}
Forms = tuple[str, str]
CHANGES: tuple[tuple[str, Forms, str, str], ...] = (
    (
        "missed",
        marked_of("Missed {number} session", "Missed {number} sessions"),
        marked("Missed no sessions"),
        marked("Sessions missed are the same: {number} in each week."),
    ),
    (
        "late_mornings",
        marked_of("{number} late morning", "{number} late mornings"),
        marked("No late mornings"),
        marked("Late mornings are the same: {number} in each week."),
    ),
    (
        "lessons_missed",
        marked_of("Missed {number} lesson while in school", "Missed {number} lessons while in school"),
        marked("Missed no lessons while in school"),
        marked("Lessons missed are the same: {number} in each week."),
    ),
    (
        "incidents",
        marked_of("{number} incident recorded", "{number} incidents recorded"),
        marked("No incidents recorded"),
        marked("Recorded incidents are the same: {number} in each week."),
    ),
    (
        "removals",
        marked_of("{number} stay in internal exclusion", "{number} stays in internal exclusion"),
        marked("No stays in internal exclusion"),
        marked("Stays in internal exclusion are the same: {number} in each week."),
    ),
    (
        "suspended",
        marked_of("{number} suspension recorded", "{number} suspensions recorded"),
        marked("No suspensions recorded"),
        marked("Suspensions are the same: {number} in each week."),
    ),
)
NOTHING_NEW = marked("Nothing new recorded in the last 5 school days.")


@dataclass(frozen=True)
class Week:
    """One week of the drawing: its Monday, its count, and whether it is drawn dark, as now."""

    monday: date
    count: int
    now: bool


def weekly(record: Record, measure: str) -> tuple[Week, ...]:
    """The last eight school weeks: dark since a holiday among them, else the last three."""
    days = [monday(day) for day in COUNTED[measure][1](record)]
    weeks, holiday = record.time.weeks, record.time.last_holiday
    edge = monday(holiday.first_after) if holiday else None
    if edge is None or not weeks or not weeks[0] < edge:
        edge = weeks[-DARK_WEEKS:][0] if weeks else None
    return tuple(Week(week, days.count(week), edge is not None and week >= edge) for week in weeks)


def totals_of_two_weeks(record: Record) -> dict[str, tuple[int, int]]:
    """Of each count: in the last five open days, and in the five before."""
    start = record.time.last(WEEK).start
    before = record.time.last(2 * WEEK).start
    held = {name: list(COUNTED[name][1](record)) for name, *_ in CHANGES}
    return {
        name: (sum(day >= start for day in days), sum(before <= day < start for day in days))
        for name, days in held.items()
    }


def changes(record: Record) -> tuple[Sentence, ...]:
    """What was recorded in the last five school days beside the five before; one sentence at least."""
    both = totals_of_two_weeks(record)
    told = [_change(name, *words, *both[name]) for name, *words in CHANGES if both[name] != (0, 0)]
    return tuple(told) or (Sentence(said(NOTHING_NEW), "several", "nothing_new", {"last": 0}),)


def easing(record: Record) -> bool:
    """Whether less was recorded in the last five school days than in the five before, and of no kind more."""
    both = totals_of_two_weeks(record).values()
    return any(now < before for now, before in both) and not any(now > before for now, before in both)


def _change(name: str, forms: Forms, none: str, same: str, now: int, before: int) -> Sentence:
    facts = {"last": now, "before": before}
    if now == before:
        return Sentence(said(same, number=now), name, "same", facts, weekly=name)
    text = said(
        "{change} in the last 5 school days; {before} in the 5 before.",
        change=said_of(now, *forms) if now else said(none), before=before or said("none"),
    )  # fmt: skip
    return Sentence(text, name, "changed", facts, weekly=name)
