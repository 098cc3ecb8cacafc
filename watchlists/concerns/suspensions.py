"""Suspensions: the coming back first, since that is where help begins."""

from datetime import date

from watchlists.phrases import counted, long_day, ordinal, school_year, times
from watchlists.records import Record, Suspension
from watchlists.sentences import Row, Sentence

RECENT = 40  # open days in which a single suspension is told by itself
MANY = 3  # suspensions this year from which their number is told first
NAMES = {"PERM": "permanent exclusion", "LNCH": "lunchtime suspension"}


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
        return NAMES[row.category]
    if not row.sessions:
        return "suspension"
    return "half-day suspension" if row.sessions == 1 else f"{row.sessions / 2:g}-day suspension"


def _latest(record: Record, latest: Suspension, year: list[Suspension]) -> str:
    which = f", the {ordinal(len(year))} this year" if latest.category != "PERM" else ""
    back = came_back(record, latest)
    words = suspension_words(latest)
    if back and latest.category not in NAMES:
        return f"Came back on {long_day(back, record.as_of)} after {_a(words)}{which}."
    start = long_day(latest.start_date, record.as_of)
    return f"{_a(words).capitalize()} was recorded on {start}{which}."


def _counted(record: Record, year: list[Suspension]) -> str:
    latest = long_day(year[-1].start_date, record.as_of)
    if len(year) == 1:
        return (
            f"{_a(suspension_words(year[0])).capitalize()} was recorded on {latest}, the only one this year."
        )
    return f"Suspended {times(len(year))} this school year, most recently on {latest}."


def _last_year(record: Record, earlier: list[Suspension]) -> Sentence | None:
    last = [row for row in earlier if school_year(row.start_date) == school_year(record.as_of) - 1]
    if not last:
        return None
    return Sentence(
        f"Suspended {times(len(last))} last school year; no suspension recorded so far this year.",
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
    return f"an {words}" if words[0] == "8" or words[:2] in ("11", "18") else f"a {words}"
