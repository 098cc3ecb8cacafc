"""The ladder's steps as rows, each in the calendar of the school at which the pupil was on roll when it came."""

from dataclasses import dataclass

import ibis
import numpy as np
import numpy.typing as npt
import pandas as pd

from configs.ladder import LADDERS
from features.calendar import SchoolDays
from features.cohort import NOT_COUNTED
from models.rungs import SELF_LED, SPAN, Steps, steps
from reports.asked import Asked, Known, frame
from reports.on_roll import OWN
from reports.shared import once

MADE_OF_MARKS = {(SELF_LED, 1), (SELF_LED, 2), (SELF_LED, 4)}
ONE_STRETCH = 20  # open days: late marks or part-time days no further apart are one step
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Climbs:
    """Everyone ever on roll at a school that has a calendar, and their steps.

    `homes`: pupil_id, school_id, and in open-day numbers of that school `joined`, `left` (the last day on roll, or
    the latest open day held) and `now`; its index is the pupil's code in `record`. `rows`: code, ladder, level,
    first and last (numbers of the first and last day of the step).
    """

    homes: pd.DataFrame
    record: Steps
    rows: pd.DataFrame

    def later(self, ladder: str, least: int, codes: Whole, after: Whole) -> "pd.Series[float]":
        """The number of each pupil's next day with a step at `least` or above after a day; NaN where none."""
        line = np.sort(np.concatenate([self.record.places[ladder, level] for level in range(least, 8)]))
        place = np.searchsorted(line, codes * SPAN + after, side="right")
        found = np.append(line, np.iinfo("int64").max)[place]
        return pd.Series(np.where(found // SPAN == codes, (found % SPAN).astype("float64"), np.nan))


def climbs(known: Known, asked: Asked, days: SchoolDays) -> Climbs:
    """All steps that the tables show, of those on roll at the time. `days` are those of the tables."""
    return once(known, "climbs", lambda: _climbs(known, asked, days))


def _climbs(known: Known, asked: Asked, days: SchoolDays) -> Climbs:
    homes = homes_of(known, days)
    settled = {
        name: table.mutate(known_on=ibis.date("1900-01-01"), known_until=ibis.null("date"))
        for name, table in known.items()
    }
    record = steps(settled, homes[OWN], days, asked.settings.ladder)
    parts = [_rows(record, homes, ladder, level) for ladder in LADDERS for level in range(1, 8)]
    return Climbs(homes, record, pd.concat(parts, ignore_index=True))


def homes_of(known: Known, days: SchoolDays) -> pd.DataFrame:
    """A row for each pupil and school of those on roll at some time: pupil_id, school_id, joined, left, now."""
    table = known["enrolments"]
    table = table.filter(
        table.status.isnull() | table.status.notin(NOT_COUNTED), table.school_id.isin(list(days.open_days))
    )
    stays = table.group_by(OWN).agg(
        start_date=table.start_date.min(), end_date=table.end_date.max(), open=table.end_date.isnull().any()
    )
    homes = frame(stays, *OWN, "start_date", "end_date", "open").sort_values(OWN, ignore_index=True)
    for name in ("joined", "left", "now"):
        homes[name] = 0
    for school, where in homes.groupby("school_id").groups.items():
        latest = days.count(str(school))
        ends = homes.loc[where, "end_date"].fillna(pd.Timestamp("2200-01-01"))
        gone = np.minimum(days.number(str(school), ends), latest)
        homes.loc[where, "joined"] = days.next_number(str(school), homes.loc[where, "start_date"])
        homes.loc[where, "left"] = np.where(homes.loc[where, "open"], latest, gone)
        homes.loc[where, "now"] = latest
    return homes[[*OWN, "joined", "left", "now"]].astype(dict.fromkeys(("joined", "left", "now"), "int64"))


def _rows(record: Steps, homes: pd.DataFrame, ladder: str, level: int) -> pd.DataFrame:
    """The steps of one rung: days of marks no more than ONE_STRETCH apart are one step, all others each their own."""
    line = np.unique(record.places[ladder, level])
    codes, numbers = line // SPAN, line % SPAN
    joined, left = (homes[name].to_numpy()[codes] for name in ("joined", "left"))
    held = (numbers >= joined) & (numbers <= left)
    codes, numbers = codes[held], numbers[held]
    apart = ONE_STRETCH if (ladder, level) in MADE_OF_MARKS else 0
    new = np.ones(len(codes), dtype="bool")
    new[1:] = (np.diff(codes) != 0) | (np.diff(numbers) > apart)
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(codes)) - 1 if len(codes) else first
    return pd.DataFrame(
        {
            "code": codes[first],
            "ladder": ladder,
            "level": level,
            "first": numbers[first],
            "last": numbers[last],
        }
    )


def first_numbers(homes: pd.DataFrame, days: SchoolDays, asked: Asked) -> Whole:
    """The number of the period's first open day in each home's school."""
    first = {school: int(days.next_number(school, [asked.period.start])[0]) for school in days.open_days}
    return np.asarray(homes["school_id"].map(first), dtype="int64")
