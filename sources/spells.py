"""Spells: enrolment rows of one pupil at one school with no open day between them are one stay."""

import numpy as np
import pandas as pd

OWN = ["pupil_id", "school_id"]
NEVER = pd.Timestamp("2200-01-01")


def spells(enrolments: pd.DataFrame, calendar: pd.DataFrame) -> pd.DataFrame:
    """A row for each stay: pupil_id, school_id, start_date, end_date (NaT while it lasts).

    A year's end is not a leaving: a row that ends in July and one that begins in September, with no open day of
    that school between, are one spell. Rows that overlap are one spell too.
    """
    rows = enrolments[[*OWN, "start_date", "end_date"]].copy()
    rows["start_date"] = pd.to_datetime(rows["start_date"])
    rows["end_date"] = pd.to_datetime(rows["end_date"]).fillna(NEVER)
    rows = rows.sort_values([*OWN, "start_date", "end_date"], ignore_index=True)
    so_far = rows.groupby(OWN)["end_date"].cummax().groupby([rows[name] for name in OWN]).shift()
    begins = so_far.isna() | (_open_days_between(rows, so_far, calendar) > 0)
    stays = rows.assign(stay=begins.cumsum()).groupby("stay")
    whole = stays.agg(pupil_id=("pupil_id", "first"), school_id=("school_id", "first"),
                      start_date=("start_date", "first"), end_date=("end_date", "max"))  # fmt: skip
    whole["end_date"] = whole["end_date"].where(whole["end_date"] < NEVER)
    return whole.reset_index(drop=True)


def _open_days_between(rows: pd.DataFrame, so_far: pd.Series, calendar: pd.DataFrame) -> np.ndarray:
    """How many open days of the school lie after the earlier rows' end and before each row's start."""
    between = np.zeros(len(rows), dtype="int64")
    open_days = {
        str(school): np.sort(pd.to_datetime(days).to_numpy())
        for school, days in calendar.groupby("school_id")["date"]
    }
    for school, where in rows.groupby("school_id").indices.items():
        days = open_days.get(str(school), np.array([], dtype="datetime64[ns]"))
        starts = np.searchsorted(days, rows["start_date"].iloc[where].to_numpy(), side="left")
        ends = np.searchsorted(days, so_far.iloc[where].to_numpy(), side="right")
        between[where] = starts - ends
    return between
