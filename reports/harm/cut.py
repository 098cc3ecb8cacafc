"""Who came on a list, and who stood just below its cut on the same nights."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.calendar import SchoolDays
from models.rungs import SPAN

AGAIN = 20  # open days: whoever was listed in them has not newly come on
BAND = 1.0  # lengths of the list either side of its cut
MONTH = 20  # open days that share one season


def near_the_cut(nights: pd.DataFrame, homes: pd.DataFrame, days: SchoolDays) -> pd.DataFrame:
    """A row for each entry, and each pupil just below the cut on the first night of a week.

    Columns: code (the pupil's line in `homes`), school_id, number (of the first open day after the night), season,
    place (from the cut, in lengths of the list; 0 or less would be listed by rank), margin (log odds), entered.
    """
    rows = nights.merge(
        homes[["pupil_id", "school_id"]].assign(code=np.arange(len(homes))), on=["pupil_id", "school_id"]
    )
    rows["number"] = days.numbers(rows) + 1
    length = rows.groupby(["school_id", "number"])["listed"].transform("sum")
    chance = rows["chance"].clip(1e-6, 1 - 1e-6)
    rows = rows.assign(
        place=(rows["rank"] - length) / length.clip(lower=1), margin=np.log(chance / (1 - chance))
    )
    rows = (
        rows[length > 0]
        .drop_duplicates(["code", "number"])
        .sort_values(["code", "number"], ignore_index=True)
    )
    before = _listed_before(rows)
    fresh = rows[~before & (rows["listed"] | _first_of_week(rows))]
    fresh = fresh[fresh["listed"] | (fresh["place"] > 0) & (fresh["place"] <= BAND)]
    season = pd.factorize(fresh["school_id"] + " " + (fresh["number"] // MONTH).astype(str), sort=True)[0]
    kept = ["code", "school_id", "number", "place", "margin"]
    return fresh[kept].assign(season=season, entered=fresh["listed"].astype(bool)).reset_index(drop=True)


def _listed_before(rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether each pupil was on a list in the open days before the night."""
    line = (rows["code"] * SPAN + rows["number"]).to_numpy(dtype="int64")
    on = line[rows["listed"].to_numpy()]
    return np.asarray(np.searchsorted(on, line, "left") > np.searchsorted(on, line - AGAIN, "left"))


def _first_of_week(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Whether a row's night is the first of its week with a list at its school."""
    day = pd.to_datetime(rows["as_of"])
    week = (day - pd.to_timedelta(day.dt.day_of_week, unit="D")).dt.normalize()
    return day == day.groupby([rows["school_id"], week]).transform("min")
