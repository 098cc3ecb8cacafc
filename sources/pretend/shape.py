"""Giving rows their final shape: identifiers, dates on open days, canonical columns."""

import numpy as np
import pandas as pd

from sources.pretend.conduct import Story
from sources.pretend.files import Names
from sources.pretend.population import Ints


def on_open_days(story: Story, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows with their school, moved to its next open day; without those of pupils no longer there."""
    mask = story.world.terms.open
    n = mask.shape[1]
    following = np.where(mask, np.arange(n), n)
    following = np.minimum.accumulate(following[:, ::-1], axis=1)[:, ::-1]
    frame = frame[frame.day.to_numpy(dtype=np.int64) < n].copy()
    pupil, day = frame.pupil.to_numpy(dtype=np.int64), frame.day.to_numpy(dtype=np.int64)
    school = story.school(pupil, day)
    moved = following[school, day]
    keep = (school >= 0) & (moved < n)
    keep &= story.school(pupil, np.minimum(moved, n - 1)) == school
    frame["school"], frame["day"] = school, moved
    kept: pd.DataFrame = frame[keep]
    return kept


def with_names(frame: pd.DataFrame, names: Names) -> pd.DataFrame:
    """`pupil` and `school` indices become identifiers."""
    frame = frame.copy()
    if "pupil" in frame:
        frame["pupil_id"] = names.pupils[frame.pupil.to_numpy(dtype=np.int64)]
    if "school" in frame:
        frame["school_id"] = names.schools[frame.school.to_numpy(dtype=np.int64)]
    return frame


def ended(until: Ints, names: Names, end: int) -> pd.Series:
    """End dates; blank while it still runs on the last day of the data."""
    whole = np.asarray(until, dtype=np.int64)
    return pd.Series(names.day(np.where(whole >= end, -1, whole)))


def before_or_on(day: Ints, names: Names, first: np.datetime64) -> pd.Series:
    """Dates of days; -1 stands for a day before the data begin."""
    whole = np.asarray(day, dtype=np.int64)
    return pd.Series(np.where(whole < 0, first, names.day(whole)))


def columns(frame: pd.DataFrame, *wanted: str) -> pd.DataFrame:
    """Those columns, in canonical order, rows numbered afresh."""
    return frame.loc[:, list(wanted)].reset_index(drop=True)
