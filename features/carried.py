"""Totals carried from one night to the next: yesterday's, with what is new, amended or out of its window by today.

A row counts for a pupil's day. Where anything of that day is new or amended since, all its rows as they were known
are taken out and all its rows as they are known now are put in; every other row can only have left a window. What
cannot be carried so (a pupil new to the roll, a last day that was taken back) is left to be counted afresh.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from features.calendar import SchoolDays
from features.facts import DATED, facts
from features.measures import MEASURES
from features.wanted import Wanted, last_name, total_name

PUPIL = ["pupil_id", "school_id"]
NEVER = -1  # before any day's number


@dataclass(frozen=True)
class Nights:
    """The night the totals are of, the night they are carried to, and the calendar between."""

    since: date
    as_of: date
    days: SchoolDays

    def numbers(self, schools: pd.Series, days: pd.Series | date) -> np.ndarray:
        """The open-day number of each day in each school's calendar: shape (n,)."""
        asked = np.broadcast_to(np.asarray(pd.to_datetime(days), dtype="datetime64[D]"), len(schools))
        found = np.zeros(len(schools), dtype="int64")
        for school, where in schools.groupby(schools).indices.items():
            found[where] = np.searchsorted(self.days.open_days[str(school)], asked[where], side="right")
        return found

    def left(self, windows: Sequence[int]) -> list[date]:
        """The dates, of any school, that have left a window since; a day before the first stands for all before it."""
        found: set[date] = set()
        for held in self.days.open_days.values():
            then, now = (
                int(np.searchsorted(held, np.datetime64(day), side="right"))
                for day in (self.since, self.as_of)
            )
            for window in windows:
                first, last = then - window + 1, now - window
                if last >= max(first, 0):
                    start = held[first - 1] if first > 0 else held[0] - 1
                    end = held[last] if last < len(held) else np.datetime64(self.as_of) + 1
                    found |= {day.item() for day in np.arange(start, max(end, start + 1))}
        return sorted(found)


def carried_totals(
    before: pd.DataFrame, roll: pd.DataFrame, was: Mapping[str, ir.Table], tables: Mapping[str, ir.Table],
    touched: Mapping[str, pd.DataFrame], nights: Nights, wanted: Wanted,
) -> pd.DataFrame:  # fmt: skip
    """A row for each pupil of the roll whose totals could be carried: pupil_id, school_id, every wanted total and last
    day, exactly as `features.totals.window_totals` would count them at `nights.as_of`.

    `before` are the totals at `nights.since`; `was` the tables as they were held then, `tables` as they are held now,
    and `touched` the pupil_id and date of every row, by table, that was not held, or not settled, then.
    """
    totals = before.merge(roll[PUPIL], on=PUPIL).reset_index(drop=True)
    homes = totals[PUPIL].assign(
        home=totals.index, then=nights.numbers(totals["school_id"], nights.since),
        now=nights.numbers(totals["school_id"], nights.as_of),
    )  # fmt: skip
    left = nights.left([window for window in wanted.windows if window is not None])
    taken_back = np.zeros(len(totals), dtype=bool)
    for table in (name for name in DATED if wanted.of_table(name)):
        pairs = touched.get(table)
        again = [] if pairs is None else sorted(pd.to_datetime(pairs["date"]).dt.date.unique())
        old = _days(was, table, sorted({*left, *again}), nights.since, homes, nights, pairs, wanted)
        _add(totals, old, wanted, table, -1, leaving=True)
        if not again:
            continue
        new = _days(tables, table, again, nights.as_of, homes, nights, pairs, wanted)
        _add(totals, new[new["touched"]], wanted, table, +1, leaving=False)
        _add(totals, old[old["touched"]], wanted, table, -1, leaving=False)
        taken_back |= _new_last_days(totals, old[old["touched"]], new[new["touched"]], wanted, table)
    return totals[~taken_back].reset_index(drop=True)


def _days(
    tables: Mapping[str, ir.Table], table: str, dates: Sequence[date], until: date, homes: pd.DataFrame,
    nights: Nights, touched: pd.DataFrame | None, wanted: Wanted,
) -> pd.DataFrame:  # fmt: skip
    """What each pupil's days on these dates counted, as known by `until`, at home: the measures, home, then, now,
    number, and whether the day is touched."""
    few = {other: _on(tables[other], DATED[other], dates, nights) for other in {table, "attendance"}}
    rows = facts({**tables, **few}, table)
    rows = rows.filter(
        rows.date <= until, rows.known_on <= until, rows.known_until.isnull() | (rows.known_until > until)
    )
    measures = wanted.of_table(table)
    rows = rows.select(
        "pupil_id", "date", **{name: MEASURES[name].count(rows).cast("int64") for name in measures}
    )
    sums = rows.group_by("pupil_id", "date").agg(**{name: rows[name].sum() for name in measures})
    found: pd.DataFrame = sums.to_pandas()
    found["date"] = pd.to_datetime(found["date"])
    found = found.merge(homes, on="pupil_id")
    found["number"] = nights.numbers(found["school_id"], found["date"])
    pairs = pd.DataFrame({"pupil_id": [], "date": []}) if touched is None else touched
    keys = pd.MultiIndex.from_arrays([pairs["pupil_id"], pd.to_datetime(pairs["date"])])
    found["touched"] = pd.MultiIndex.from_frame(found[["pupil_id", "date"]]).isin(keys)
    return found


def _on(rows: ir.Table, happened: str, dates: Sequence[date], nights: Nights) -> ir.Table:
    """The rows of these dates; of every date before the calendars where one of the dates is."""
    first = max((held[0].item() for held in nights.days.open_days.values()), default=nights.since)
    if dates and dates[0] < first:
        return rows.filter(rows[happened].isin(dates) | (rows[happened] < first))
    return rows.filter(rows[happened].isin(dates))


def _add(
    totals: pd.DataFrame, rows: pd.DataFrame, wanted: Wanted, table: str, sign: int, leaving: bool
) -> None:
    """Adds the rows to the totals of the windows they are inside, or that they are leaving."""
    number, then, now, home = (rows[name].to_numpy() for name in ("number", "then", "now", "home"))
    for window in wanted.windows:
        if leaving and window is None:
            continue
        inside = np.ones(len(rows), dtype=bool) if window is None else number > now - window
        if leaving:
            inside = (number > then - window) & ~inside
        for measure in set(wanted.of_window(window)) & set(wanted.of_table(table)):
            counted = np.zeros(len(totals), dtype="int64")
            np.add.at(counted, home[inside], rows[measure].to_numpy()[inside])
            totals[total_name(measure, window)] += sign * counted


def _new_last_days(
    totals: pd.DataFrame, old: pd.DataFrame, new: pd.DataFrame, wanted: Wanted, table: str
) -> np.ndarray:
    """Brings last days up to date; True for pupils of whom one was taken back, and the one before it is not known."""
    back = np.zeros(len(totals), dtype=bool)
    for measure in set(wanted.last) & set(wanted.of_table(table)):
        held = totals[last_name(measure)].fillna(NEVER).to_numpy(dtype="int64")
        taken, put = (_last(rows, measure, len(totals)) for rows in (old, new))
        back |= (taken == held) & (taken > NEVER) & (put < held)
        last = np.maximum(held, put)
        totals[last_name(measure)] = pd.array(np.where(last > NEVER, last, 0), dtype="Int32")
        totals.loc[last == NEVER, last_name(measure)] = pd.NA
    return back


def _last(rows: pd.DataFrame, measure: str, homes: int) -> np.ndarray:
    last = np.full(homes, NEVER, dtype="int64")
    some = rows[rows[measure] > 0]
    np.maximum.at(last, some["home"].to_numpy(), some["number"].to_numpy())
    return last
