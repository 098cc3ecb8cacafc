"""The school's own calendar: open days are numbered, and every window and horizon counts them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir
import numpy as np
import pandas as pd


@dataclass(frozen=True)
class SchoolDays:
    """The open days of each school, in order; the n-th open day has number n (from 1)."""

    open_days: dict[str, np.ndarray]  # school_id → sorted datetime64[D]

    def number(self, school_id: str, days: Iterable[date]) -> np.ndarray:
        """How many open days the school had had by each date, the date itself included: shape (n,)."""
        return np.searchsorted(self.open_days[school_id], _days(days), side="right")

    def next_number(self, school_id: str, days: Iterable[date]) -> np.ndarray:
        """The number of each date's open day, or of the next open day where the school was closed: shape (n,)."""
        return np.searchsorted(self.open_days[school_id], _days(days), side="left") + 1

    def numbers(self, rows: pd.DataFrame, column: str = "as_of") -> np.ndarray:
        """Each row's date in the open days of its own school (`school_id`): shape (n,)."""
        found = np.zeros(len(rows), dtype="int64")
        for school, where in rows.groupby("school_id", sort=False).indices.items():
            found[where] = self.number(str(school), rows[column].iloc[where])
        return found

    def day(self, school_id: str, number: int) -> date:
        """The date of the school's n-th open day."""
        return date.fromisoformat(str(self.open_days[school_id][number - 1]))

    def day_or_later(self, school_id: str, number: int) -> date:
        """The date of the n-th open day; a far date where the calendar does not reach so far."""
        return self.day(school_id, number) if number <= self.count(school_id) else date.max.replace(year=2200)

    def last_of_year(self, school_id: str, begins: int) -> np.datetime64:
        """The school's last open day of the school year that began in that calendar year (1 September)."""
        held = self.open_days[school_id]
        inside = held[held < np.datetime64(f"{begins + 1}-09-01")]
        last: np.datetime64 = inside[-1] if len(inside) else held[0]
        return last

    def count(self, school_id: str) -> int:
        """How many open days the calendar holds for the school."""
        return len(self.open_days[school_id])


def school_days(calendar: pd.DataFrame) -> SchoolDays:
    """The open days from the canonical calendar (columns school_id, date)."""
    return SchoolDays(
        {str(school): np.unique(_days(rows)) for school, rows in calendar.groupby("school_id")["date"]}
    )


def days_of(tables: Mapping[str, ir.Table]) -> SchoolDays:
    """The open days of every school that has a calendar among the tables."""
    return school_days(tables["calendar"].select("school_id", "date").to_pandas())


def _days(days: Iterable[date]) -> np.ndarray:
    held = days if isinstance(days, pd.Series | np.ndarray) else list(days)  # a date at a time is slow
    return np.asarray(pd.to_datetime(held)).astype("datetime64[D]")


def as_of_numbers(days: SchoolDays, as_of: Sequence[date]) -> pd.DataFrame:
    """A row for each school and as-of date with the school's open-day number then (`now`).

    A date before a school's first open day has no row: there is nothing to know yet.
    """
    rows = [
        (school, moment, int(now))
        for school in sorted(days.open_days)
        for moment, now in zip(as_of, days.number(school, as_of), strict=True)
        if now > 0
    ]
    return pd.DataFrame(rows, columns=["school_id", "as_of", "now"])


def slots(days: SchoolDays, as_of: Sequence[date], windows: Sequence[int]) -> pd.DataFrame:
    """A row for each school and calendar date up to the last as-of date, open or closed.

    `number` is the open-day number by then. `slot` is the place (from 1) of the stretch between two window edges in
    which the date lies: all days of one slot are inside or outside any window together, so rows are summed to
    slots once and never scanned again for another date or window. `read_on` is the first as-of date at which a
    row of that day could be read if it was known in time; rows known later are counted on their own.
    """
    return _of_every_school(days, lambda school, held: _school_slots(school, held, _moments(as_of), windows))


def edges(days: SchoolDays, as_of: Sequence[date], windows: Sequence[int]) -> pd.DataFrame:
    """A row for each school and as-of date: `upto`, the last slot that is read then, and for each window
    `before_<window>`, the last slot that lies before it (0 where none does)."""
    return _of_every_school(days, lambda school, held: _school_edges(school, held, _moments(as_of), windows))


def grid(days: SchoolDays, as_of: Sequence[date], windows: Sequence[int]) -> pd.DataFrame:
    """A row for each school and slot, with slot 0, which holds nothing, as the first."""

    def of_school(school: str, open_days: np.ndarray) -> pd.DataFrame:
        held = len(_edges(open_days, _moments(as_of), windows))
        return pd.DataFrame({"school_id": school, "slot": np.arange(held + 1, dtype="int32")})

    return _of_every_school(days, of_school)


def _of_every_school(days: SchoolDays, of_school: Callable[[str, np.ndarray], pd.DataFrame]) -> pd.DataFrame:
    parts = [of_school(school, days.open_days[school]) for school in sorted(days.open_days)]
    return pd.concat(parts, ignore_index=True)


def _moments(as_of: Sequence[date]) -> np.ndarray:
    moments: np.ndarray = np.unique(_days(as_of))
    return moments


def _edges(open_days: np.ndarray, moments: np.ndarray, windows: Sequence[int]) -> np.ndarray:
    """The open-day numbers at which a window begins or ends, in order."""
    nows = np.searchsorted(open_days, moments, side="right")
    found = np.unique((nows[:, None] - np.array([0, *windows])[None, :]).ravel())
    edges: np.ndarray = found[found > 0]
    return edges


def _school_slots(
    school: str, open_days: np.ndarray, moments: np.ndarray, windows: Sequence[int]
) -> pd.DataFrame:
    edges = _edges(open_days, moments, windows)
    nows = np.searchsorted(open_days, moments, side="right")
    dates = np.arange(open_days[0], moments[-1] + 1)
    numbers = np.searchsorted(open_days, dates, side="right")
    return pd.DataFrame(
        {
            "school_id": school,
            "date": dates.astype("datetime64[s]"),
            "number": numbers.astype("int32"),
            "slot": (np.searchsorted(edges, numbers, side="left") + 1).astype("int32"),
            "read_on": moments[np.searchsorted(nows, numbers, side="left")].astype("datetime64[s]"),
        }
    )


def _school_edges(
    school: str, open_days: np.ndarray, moments: np.ndarray, windows: Sequence[int]
) -> pd.DataFrame:
    edges = _edges(open_days, moments, windows)
    nows = np.searchsorted(open_days, moments, side="right")

    def slot(numbers: np.ndarray) -> np.ndarray:
        return np.searchsorted(edges, numbers, side="right").astype("int32")

    return pd.DataFrame(
        {
            "school_id": school,
            "as_of": moments.astype("datetime64[s]"),
            "upto": slot(nows),
            **{f"before_{window}": slot(nows - window) for window in windows},
        }
    )
