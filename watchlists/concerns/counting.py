"""Counting a pupil's rows over the shortest window that shows enough, beside their own earlier period."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar

from watchlists.language import said
from watchlists.phrases import SCHOOL_YEAR_BEGINS, beside, school_year
from watchlists.records import Mark, Record
from watchlists.school_time import ENOUGH_OF_SEPTEMBER, Period
from watchlists.sentences import Fact


class Dated(Protocol):
    """A row with the day it happened."""

    @property
    def date(self) -> date: ...


R = TypeVar("R", bound=Dated)
DAY_WINDOWS = (10, 15, 20, 40, 60)  # open days
A_PATTERN, ENOUGH = 2, 3  # once is not a pattern of absence or lateness; three times shows one


@dataclass(frozen=True)
class Counted(Generic[R]):
    """The rows found in a window of `out_of` units (open days or sessions), and the count before."""

    found: tuple[R, ...]
    out_of: int
    before: int | None
    period: Period | None

    @property
    def comparison(self) -> str:
        """The pupil's own earlier period in words, to follow the count."""
        if self.period is None:
            return ""
        return beside(
            len(self.found), self.before, self.period.words, like_for_like=self.period.like_for_like
        )

    @property
    def eased(self) -> bool:
        """Whether there were more in the pupil's own earlier period, where that was as long."""
        like = self.period is not None and self.period.like_for_like
        return like and self.before is not None and len(self.found) < self.before

    @property
    def facts(self) -> dict[str, Fact]:
        """Every number and edge that the sentence may hold."""
        earlier = self.period
        return {
            "count": len(self.found),
            "out_of": self.out_of,
            "before": self.before,
            "before_start": earlier.start if earlier else None,
            "before_end": earlier.end if earlier else None,
        }


def over_days(record: Record, rows: Sequence[R]) -> Counted[R] | None:
    """Rows in the shortest window of open days that shows ENOUGH of them, or all there are in the longest."""
    found_in = {days: _since(rows, record.time.last(days).start) for days in DAY_WINDOWS}
    enough = min(ENOUGH, len(found_in[DAY_WINDOWS[-1]]))
    if not enough:
        return None
    days = next(days for days in DAY_WINDOWS if len(found_in[days]) >= enough)
    earlier = record.time.earlier(days, record.joined)
    return Counted(found_in[days], days, within(rows, earlier) if earlier else None, earlier)


def _since(rows: Sequence[R], start: date) -> tuple[R, ...]:
    return tuple(row for row in rows if row.date >= start)


def within(rows: Sequence[R], period: Period) -> int:
    """How many rows lie in a period."""
    return sum(period.start <= row.date <= period.end for row in rows)


def over_marks(
    marks: Sequence[Mark], is_one: Callable[[Mark], bool], windows: Sequence[int], as_of: date,
    *, beside_september: bool = False,
) -> Counted[Mark] | None:  # fmt: skip
    """Marks in the shortest window of sessions that shows ENOUGH of them, or all there are in the longest."""
    found_in = {size: tuple(mark for mark in marks[-size:] if is_one(mark)) for size in windows}
    enough = min(ENOUGH, len(found_in[windows[-1]]))
    if enough < A_PATTERN:
        return None
    size = next(size for size in windows if len(found_in[size]) >= enough)
    out_of = min(size, len(marks))
    period, earlier = _earlier_marks(marks, out_of, as_of, beside_september)
    return Counted(found_in[size], out_of, sum(map(is_one, earlier)) if period else None, period)


def _earlier_marks(
    marks: Sequence[Mark], size: int, as_of: date, beside_september: bool
) -> tuple[Period | None, Sequence[Mark]]:
    """September, or the first sessions of this school year, or as many before the window; else nothing."""
    this_year = [mark for mark in marks if school_year(mark.date) == school_year(as_of)]
    september = [mark for mark in this_year if mark.date.month == SCHOOL_YEAR_BEGINS]
    enough = len(september) >= ENOUGH_OF_SEPTEMBER and len(september) <= len(this_year) - size
    if beside_september and enough:
        return Period(
            said("in September"), september[0].date, september[-1].date, like_for_like=False
        ), september
    first, before = this_year[:size], marks[-2 * size : -size]
    if len(this_year) >= 2 * size:
        return Period(said("in the first {size}", size=size), first[0].date, first[-1].date), first
    if len(before) == size:
        return Period(said("in the {size} before", size=size), before[0].date, before[-1].date), before
    return None, ()
