"""The dates of a report: the academic year so far, the same dates a year ago, and the half terms between."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd

from configs.refusals import BadSettings

YEAR_BEGINS = (9, 1)
HOLIDAY = 8  # calendar days from one open day to the next: more than a long weekend
NOW, YEAR_AGO = "now", "a year ago"
# A half term is named by its first open day: the last month and day on which each may begin.
BEGIN_BY = (
    ((2, 5), "Spring 1"), ((3, 20), "Spring 2"), ((5, 15), "Summer 1"), ((8, 14), "Summer 2"),
    ((10, 14), "Autumn 1"), ((12, 14), "Autumn 2"), ((12, 31), "Spring 1"),
)  # fmt: skip


@dataclass(frozen=True)
class Period:
    """The dates of a report, both included, and the name by which rows are told apart."""

    name: str
    start: date
    end: date


def periods(as_of: date, from_: date | None = None) -> tuple[Period, ...]:
    """The period asked for, and the same dates a year ago where the two do not overlap.

    Without `from_` it is the academic year up to `as_of`: from 1 September.
    """
    start = from_ or date(as_of.year - ((as_of.month, as_of.day) < YEAR_BEGINS), *YEAR_BEGINS)
    if start > as_of:
        raise BadSettings(f"--from is {start} and --as-of is {as_of}: the period would end before it begins.")
    now, before = Period(NOW, start, as_of), Period(YEAR_AGO, _year_before(start), _year_before(as_of))
    return (now, before) if before.end < start else (now,)


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


def days_of(calendar: pd.DataFrame, asked: tuple[Period, ...]) -> pd.DataFrame:
    """A row for each school and date of the periods: school_id, date, period, half_term ("2025 Autumn 1"), and
    `slot`, a number for the two.

    Every date has a row, open or closed, so that no mark is lost; a holiday belongs to the half term before it.
    """
    rows = [
        (str(school), pd.Timestamp(day), period.name, half)
        for school, held in calendar.groupby("school_id")["date"]
        for period in asked
        for day, half in _half_terms(sorted({moment.date() for moment in pd.to_datetime(held)}), period)
    ]
    frame = pd.DataFrame(rows, columns=["school_id", "date", "period", "half_term"])
    slot = frame.groupby(["period", "half_term"]).ngroup().astype("int32")
    return frame.assign(slot=slot).astype({"date": "datetime64[s]"})


def _half_terms(open_days: list[date], period: Period) -> Iterator[tuple[date, str]]:
    begins = [
        open_days[0],
        *(after for before, after in pairwise(open_days) if (after - before).days >= HOLIDAY),
    ]
    place = -1
    for number in range((period.end - period.start).days + 1):
        day = period.start + timedelta(days=number)
        while place + 1 < len(begins) and begins[place + 1] <= day:
            place += 1
        yield day, half_term(begins[max(place, 0)])


def half_term(first_day: date) -> str:
    """The name of the half term that began on that open day, after the calendar year its school year began in.

    >>> half_term(date(2025, 9, 3)), half_term(date(2026, 2, 23))
    ('2025 Autumn 1', '2025 Spring 2')
    """
    when = (first_day.month, first_day.day)
    began = first_day.year - (when <= (8, 14))
    return f"{began} {next(name for last, name in BEGIN_BY if when <= last)}"
