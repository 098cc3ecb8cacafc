"""The school's own time: its open days, its holidays and the periods that a pupil is compared over."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from models.staying import monday
from watchlists.language import marked, said
from watchlists.phrases import SCHOOL_YEAR_BEGINS, counted, school_year

HOLIDAY = 8  # calendar days from one open day to the next: more than a long weekend
CHRISTMAS, EASTER, SUMMER = marked("Christmas"), marked("Easter"), marked("the summer")
HOLIDAY_NAMES = {12: CHRISTMAS, 1: CHRISTMAS, 3: EASTER, 4: EASTER, 7: SUMMER, 8: SUMMER, 9: SUMMER}
WEEKS_DRAWN = 8
ENOUGH_OF_SEPTEMBER = 10  # open days


@dataclass(frozen=True)
class Holiday:
    """A holiday between two open days."""

    name: str
    last_before: date
    first_after: date


@dataclass(frozen=True)
class Period:
    """A stretch of days and the words for it; `like_for_like` when as long as the one compared."""

    words: str
    start: date
    end: date
    like_for_like: bool = True


@dataclass(frozen=True)
class SchoolTime:
    """One school's open days up to `as_of`, in order."""

    as_of: date
    open_days: tuple[date, ...]

    @cached_property
    def this_year(self) -> tuple[date, ...]:
        """The open days of this school year so far."""
        return self.open_days[
            bisect_left(self.open_days, date(school_year(self.as_of), SCHOOL_YEAR_BEGINS, 1)) :
        ]

    @cached_property
    def last_holiday(self) -> Holiday | None:
        """The latest holiday of this school year that has ended, if any."""
        for before, after in zip(self.this_year[-2::-1], self.this_year[:0:-1], strict=False):
            if (after - before).days >= HOLIDAY:
                middle = before + (after - before) / 2
                return Holiday(said(HOLIDAY_NAMES.get(middle.month, marked("half term"))), before, after)
        return None

    @cached_property
    def weeks(self) -> tuple[date, ...]:
        """The Mondays of the last eight weeks that had an open day, oldest first."""
        mondays = sorted({monday(day) for day in self.open_days[-WEEKS_DRAWN * 7 :]})
        return tuple(mondays[-WEEKS_DRAWN:])

    def last(self, days: int) -> Period:
        """The last so many open days."""
        held = self.open_days[-days:]
        start = held[0] if held else self.as_of
        return Period(said("in the last {days}", days=counted(days, "school day")), start, self.as_of)

    def days_between(self, start: date, end: date) -> int:
        """How many open days lie from `start` to `end`, both included."""
        return max(0, bisect_right(self.open_days, end) - bisect_left(self.open_days, start))

    def within_last(self, day: date, days: int) -> bool:
        """Whether a date lies in the last so many open days."""
        return self.last(days).start <= day <= self.as_of

    def earlier(self, days: int, joined: date) -> Period | None:
        """The pupil's own earlier period, to set beside the last so many open days.

        September of this school year where it is over and was theirs; else as many days before; else none.
        """
        start = self.last(days).start
        september = [day for day in self.this_year if day.month == SCHOOL_YEAR_BEGINS]
        if len(september) >= ENOUGH_OF_SEPTEMBER and september[-1] < start and joined <= september[0]:
            return Period(said("in September"), september[0], september[-1], like_for_like=False)
        before = self.open_days[-2 * days : -days]
        if len(before) == days and joined <= before[0]:
            return Period(said("in the {size} before", size=days), before[0], before[-1])
        return None
