"""Suspensions: the coming back first, since that is where help begins."""

from datetime import date

from watchlists.language import marked, said
from watchlists.phrases import counted, long_day, ordinal, school_year, times
from watchlists.records import Record, Suspension
from watchlists.sentences import Row, Sentence

RECENT = 40  # open days in which a single suspension is told by itself
MANY = 3  # suspensions this year from which their number is told first
NAMES = {"PERM": marked("permanent exclusion"), "LNCH": marked("lunchtime suspension")}


def suspensions(record: Record) -> Sentence | None:
    """ "Came back on 17 November after a 2-day suspension, the first this year." and its other forms."""
    year = [row for row in record.suspensions if school_year(row.start_date) == school_year(record.as_of)]
    earlier = [row for row in record.suspensions if row not in year]
    if not year:
        return _last_year(record, earlier)
    latest = year[-1]
    recent = record.time.within_last(latest.start_date, RECENT)
    text = _latest(record, latest, year) if recent and len(year) < MANY else _counted(record, year)
    back = came_back(record, latest)
    return Sentence(
        text, "suspensions", "suspensions_this_year",
        {"this_year": len(year), "on": latest.start_date, "back": back, "sessions": latest.sessions},
        _rows(year), new_on=(back or latest.start_date) if len(year) == 1 and not earlier else None,
        weekly="suspended",
    )  # fmt: skip


def came_back(record: Record, suspension: Suspension) -> date | None:
    """The first day marked in school after the suspended sessions, as the register has it."""
    after = [mark for mark in record.attendance if mark.date >= suspension.start_date]
    suspended = [number for number, mark in enumerate(after) if mark.code == "E"]
    if not suspended:
        return None
    first = suspended[0]
    end = next((number for number in range(first, len(after)) if after[number].code != "E"), len(after))
    return next((mark.date for mark in after[end:] if mark.came or mark.late), None)


def suspension_words(row: Suspension) -> str:
    """The kind and length of a suspension: "2-day suspension"."""
    if row.category in NAMES:
        return said(NAMES[row.category])
    if not row.sessions:
        return said("suspension")
    if row.sessions == 1:
        return said("half-day suspension")
    return said("{days}-day suspension", days=f"{row.sessions / 2:g}")


def _latest(record: Record, latest: Suspension, year: list[Suspension]) -> str:
    which = said(", the {nth} this year", nth=ordinal(len(year))) if latest.category != "PERM" else ""
    back = came_back(record, latest)
    words = suspension_words(latest)
    if back and latest.category not in NAMES:
        day = long_day(back, record.as_of)
        return said(
            "Came back on {day} after {suspension}{which}.", day=day, suspension=_a(words), which=which
        )
    start = long_day(latest.start_date, record.as_of)
    what = _a(words).capitalize()
    return said("{suspension} was recorded on {day}{which}.", suspension=what, day=start, which=which)


def _counted(record: Record, year: list[Suspension]) -> str:
    latest = long_day(year[-1].start_date, record.as_of)
    if len(year) == 1:
        what = _a(suspension_words(year[0])).capitalize()
        return said(
            "{suspension} was recorded on {day}, the only one this year.", suspension=what, day=latest
        )
    return said(
        "Suspended {often} this school year, most recently on {day}.", often=times(len(year)), day=latest
    )


def _last_year(record: Record, earlier: list[Suspension]) -> Sentence | None:
    last = [row for row in earlier if school_year(row.start_date) == school_year(record.as_of) - 1]
    if not last:
        return None
    return Sentence(
        said(
            "Suspended {often} last school year; no suspension recorded so far this year.",
            often=times(len(last)),
        ),
        "suspensions",
        "suspensions_last_year",
        {"last_year": len(last), "this_year": 0},
        _rows(last),
    )


def _rows(rows: list[Suspension]) -> tuple[Row, ...]:
    return tuple(
        Row(
            row.start_date,
            suspension_words(row).capitalize()
            + (f", {counted(row.sessions, 'session')}" if row.sessions else ""),
            "suspensions",
        )
        for row in rows
    )


def _a(words: str) -> str:
    an = words[0] == "8" or words[:2] in ("11", "18")
    return said("an {suspension}", suspension=words) if an else said("a {suspension}", suspension=words)
