"""The days each suspension took, one after another, so that they can be counted against the limits of the law."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from features.calendar import SchoolDays
from reports.asked import Known, frame
from reports.on_roll import OWN
from reports.periods import HOLIDAY, half_term

COUNTED = ("SUSP", "FIXD", "LNCH")
COLUMNS = {"pupil_id": "str", "school_id": "str", "date": "datetime64[s]", "term": "str", "year": "int64",
           "weight": "float64"}  # fmt: skip
LUNCHTIME = 1.0  # a lunchtime exclusion is half a day


def suspended_sessions(known: Known, days: SchoolDays) -> pd.DataFrame:
    """A row for each session of each suspension: pupil_id, school_id, date, term, year, weight (1, or a part).

    A suspension runs over the school's own open days from its first. Days still to come are put on the latest day
    held. `term` is "2025 Autumn"; `year` the calendar year in which the school year began.
    """
    table = known["suspensions"]
    rows = frame(table.filter(table.category.isin(COUNTED)), *OWN, "start_date", "category", "sessions")
    rows = rows[rows["school_id"].isin(list(days.open_days))]
    lunch = rows["category"] == "LNCH"
    rows["sessions"] = rows["sessions"].where(~lunch | rows["sessions"].notna(), LUNCHTIME).fillna(0.0)
    parts = [_of_school(held, days.open_days[str(school)]) for school, held in rows.groupby("school_id")]
    none = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})
    return pd.concat(parts, ignore_index=True) if parts else none


def _of_school(rows: pd.DataFrame, open_days: np.ndarray) -> pd.DataFrame:
    whole = np.ceil(rows["sessions"].to_numpy()).astype("int64")
    each = rows.loc[rows.index.repeat(whole)]
    place = (
        np.concatenate([np.arange(count) for count in whole]) if len(whole) else np.array([], dtype="int64")
    )
    first = np.searchsorted(open_days, rows["start_date"].to_numpy(dtype="datetime64[D]"), side="left")
    number = np.minimum(np.repeat(first, whole) + place // 2, len(open_days) - 1)
    weight = np.minimum(1.0, each["sessions"].to_numpy() - place)
    terms = np.array(list(_terms(open_days)))
    dates = pd.Series(open_days[number]).astype("datetime64[s]")
    year = dates.dt.year - (dates.dt.month < 9)
    return pd.DataFrame({
        "pupil_id": each["pupil_id"].to_numpy(), "school_id": each["school_id"].to_numpy(), "date": dates,
        "term": terms[number], "year": year, "weight": weight,
    })  # fmt: skip


def _terms(open_days: np.ndarray) -> Iterator[str]:
    """The term of each open day: its half term without its number."""
    gaps = np.diff(open_days).astype("int64")
    name = ""
    for place, day in enumerate(open_days):
        if place == 0 or gaps[place - 1] >= HOLIDAY:
            name = half_term(day.astype(object)).rsplit(" ", 1)[0]
        yield name
