"""The dates of a report: the academic year so far, the same dates a year ago, and the half terms between."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd

from configs.refusals import BadSettings

YEAR_BEGINS = (9, 1)
HOLIDAY = 8  # calendar days from one open day to the next: more than a long weekend
DAY = timedelta(days=1)
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


def half_terms_begin(open_days: Sequence[date]) -> list[date]:
    """The first open day of each half term among open days in order: after more than a long weekend."""
    after = (after for before, after in pairwise(open_days) if (after - before).days >= HOLIDAY)
    return [*open_days[:1], *after]


def settled_day(open_days: Sequence[date]) -> date | None:
    """The last open day of the last half term that is over, among open days in order; None in the first of all."""
    begun = half_terms_begin(open_days)
    return open_days[open_days.index(begun[-1]) - 1] if len(begun) > 1 else None


@dataclass(frozen=True)
class Slots:
    """Stretches of dates that no school's half term or period begins inside: dates of one slot are summed together.

    `edges` are the first dates of the slots after the first; `held` has a row for each school and slot of the
    periods: school_id, slot, period, half_term ("2025 Autumn 1").
    """

    edges: tuple[date, ...]
    held: pd.DataFrame


def slots(calendar: pd.DataFrame, schools: Iterable[str], asked: tuple[Period, ...]) -> Slots:
    """The slots of some schools' half terms over the periods.

    Every date lies in one, open or closed, so that no mark is lost: a holiday belongs to the half term before it,
    and a school without a calendar has the half terms of all the others.
    """
    dates = pd.to_datetime(calendar["date"]).dt.date
    own = {str(school): sorted(set(days)) for school, days in dates.groupby(calendar["school_id"])}
    every = sorted(set(dates))
    begun = [
        (school, *stretch)
        for school in schools
        for period in asked
        for stretch in _stretches(own.get(school, every), period)
    ]
    edges = tuple(sorted({first for _, first, _, _, _ in begun} | {last + DAY for _, _, last, _, _ in begun}))
    rows = [
        (school, slot, period, half)
        for school, first, last, period, half in begun
        for slot in range(bisect_right(edges, first), bisect_right(edges, last) + 1)
    ]
    return Slots(edges, pd.DataFrame(rows, columns=["school_id", "slot", "period", "half_term"]))


def _stretches(open_days: list[date], period: Period) -> Iterator[tuple[date, date, str, str]]:
    """Each half term within the period: its first and last date, the period and its name."""
    begins = half_terms_begin(open_days)
    for place, begin in enumerate(begins):
        first = period.start if place == 0 else max(begin, period.start)
        last = period.end if place + 1 == len(begins) else min(begins[place + 1] - DAY, period.end)
        if first <= last:
            yield first, last, period.name, half_term(begin)


def half_term(first_day: date) -> str:
    """The name of the half term that began on that open day, after the calendar year its school year began in.

    >>> half_term(date(2025, 9, 3)), half_term(date(2026, 2, 23))
    ('2025 Autumn 1', '2025 Spring 2')
    """
    when = (first_day.month, first_day.day)
    began = first_day.year - (when <= (8, 14))
    return f"{began} {next(name for last, name in BEGIN_BY if when <= last)}"
