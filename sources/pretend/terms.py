"""English school years: which days each school is open, on one axis of weeks shared by the whole trust."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from sources.easter import easter

DAYS = 5  # weekdays in a week; day index = week index * 5 + weekday
Mask = npt.NDArray[np.bool_]


def monday(day: date) -> date:
    """The Monday of that day's week."""
    return day - timedelta(days=day.weekday())


def between(first: date, last: date) -> set[date]:
    """All days from first to last, both included."""
    return {first + timedelta(days=n) for n in range((last - first).days + 1)}


def holidays(start_year: int, pattern: int) -> set[date]:
    """Half terms, Christmas, Easter, bank holidays; pattern 1 has other October and Easter weeks."""
    spring = start_year + 1
    sunday = easter(spring)
    october = monday(date(start_year, 10, 29)) - timedelta(days=7 * pattern)
    february = monday(date(spring, 2, 17))
    may = monday(date(spring, 5, 31))
    christmas = monday(date(start_year, 12, 22))
    before, after = ((6, 5), (13, 1))[pattern]
    return (
        between(october, october + timedelta(days=4))
        | between(christmas, date(spring, 1, 2) + timedelta(days=pattern))
        | between(february, february + timedelta(days=4))
        | between(sunday - timedelta(days=before), sunday + timedelta(days=after))
        | {monday(date(spring, 5, 7))}
        | between(may, may + timedelta(days=4))
    )


def inset(days: list[date], start_year: int, school: int) -> set[date]:
    """Five training days: two early in the year, then the first day back after holidays of its choice."""
    back = [b for a, b in pairwise(days) if (b - a).days > 5]
    chosen = {days[0], days[-1] if school % 4 == 3 and days[-1] < date(start_year + 1, 7, 20) else days[1]}
    return chosen | {back[(school + n) % len(back)] for n in range(3)} if back else chosen


def open_days(start_year: int, end: date, pattern: int, school: int) -> list[date]:
    """The days one school is open in one school year, none after `end`."""
    first = date(start_year, 9, 1)
    last = min(end, date(start_year + 1, 7, 21))
    shut = holidays(start_year, pattern)
    days = [d for d in sorted(between(first, last)) if d.weekday() < DAYS and d not in shut]
    training = inset(days, start_year, school) if len(days) > 60 else set()
    return [d for d in days if d not in training]


@dataclass(frozen=True)
class Terms:
    """The trust's calendar: `start` is the Monday of week 0; `open` is school x day."""

    start: date
    end: date
    first_year: int
    years: int
    open: Mask

    @property
    def weeks(self) -> int:
        """How many weeks the axis has."""
        return int(self.open.shape[1]) // DAYS

    @property
    def dates(self) -> npt.NDArray[np.datetime64]:
        """The date of each day index."""
        n = np.arange(self.weeks * DAYS)
        return np.datetime64(self.start, "D") + (n // DAYS * 7 + n % DAYS).astype("timedelta64[D]")

    @property
    def opened(self) -> npt.NDArray[np.int64]:
        """Open days by school x week."""
        by_week = self.open.reshape(len(self.open), self.weeks, DAYS)
        return np.asarray(by_week.sum(axis=2), dtype=np.int64)

    def year_of(self, week: int) -> int:
        """Index of the school year a week lies in (August belongs to the year before)."""
        friday = self.start + timedelta(days=7 * week + 4)
        return min(max(friday.year - self.first_year - (friday.month < 9), 0), self.years - 1)

    @property
    def year_weeks(self) -> list[tuple[int, int]]:
        """First and one-past-last week of each school year."""
        of = [self.year_of(w) for w in range(self.weeks)]
        return [(of.index(y), len(of) - of[::-1].index(y)) for y in range(self.years)]


def make_terms(schools: int, years: int, end: date) -> Terms:
    """The calendar of a trust whose last school year holds `end`; every third school keeps other dates."""
    last_year = end.year - (end.month < 9)
    first_year = last_year - years + 1
    start = monday(date(first_year, 9, 1))
    weeks = (monday(end) - start).days // 7 + 1
    mask = np.zeros((schools, weeks * DAYS), dtype=np.bool_)
    for school in range(schools):
        for year in range(first_year, last_year + 1):
            for day in open_days(year, end, int(school % 3 == 2), school):
                gap = (day - start).days
                mask[school, gap // 7 * DAYS + gap % 7] = True
    return Terms(start, end, first_year, years, mask)
