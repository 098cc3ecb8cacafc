"""How much the rehearsed lists change hands from one week to the next, beside a list without the rule of staying."""

from itertools import pairwise

import numpy as np
import pandas as pd

from models.challengers import METHODS


def churn(weeks: pd.DataFrame) -> pd.DataFrame:
    """A row for each method: method, stayed (of two following lists of a school, the names on both over those on
    either, the mean), new_per_100 (names new on a list for every 100 pupils on roll, a week), names_per_100.

    `weeks` is what `models.judging.published.rehearsed_weeks` returns.
    """
    rows = []
    for method in (name for name in METHODS if f"on_{name}" in weeks):
        overlaps, new, names, on_roll = [], 0, 0, 0
        for _, school in weeks.groupby("school_id", sort=True):
            lists = [
                (frozenset(day.loc[day[f"on_{method}"], "pupil_id"]), len(day))
                for _, day in school.groupby("as_of", sort=True)
            ]
            for (before, _), (now, size) in pairwise(lists):
                overlaps.append(len(before & now) / max(1, len(before | now)))
                new, names, on_roll = new + len(now - before), names + len(now), on_roll + size
        per_100 = 100 / on_roll if on_roll else np.nan
        stayed = float(np.mean(overlaps)) if overlaps else np.nan
        rows.append((method, stayed, new * per_100, names * per_100))
    return pd.DataFrame(rows, columns=["method", "stayed", "new_per_100", "names_per_100"])
