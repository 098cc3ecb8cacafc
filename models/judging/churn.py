"""How much the rehearsed lists change hands from one week to the next, beside a list without the rule of staying."""

import numpy as np
import pandas as pd

from models.bootstrap import RESAMPLES, Resamples, interval, resample, share
from models.challengers import METHODS


def churn(weeks: pd.DataFrame, seed: int, draws: int = RESAMPLES) -> pd.DataFrame:
    """A row for each method: method, stayed (of two following lists of a school, the names on both over those on
    either, the mean over lists that name anybody), new_per_100 (names new on a list for every 100 pupils on roll, a
    week), names_per_100, each with `_low` and `_high`, the ends of its 95 % interval over pupils within schools.

    `weeks` is what `models.judging.published.rehearsed_weeks` returns.
    """
    drawn = resample(weeks, seed, draws)
    methods = [name for name in METHODS if f"on_{name}" in weeks]
    rows = [
        {"method": method, **_figures(_followed(weeks, drawn, f"on_{method}"), drawn)} for method in methods
    ]
    return pd.DataFrame(rows)


def _followed(weeks: pd.DataFrame, drawn: Resamples, named: str) -> pd.DataFrame:
    """A row for each list that follows another of its school and each pupil on roll for either: list, pupil (the line
    in the draws), was (on the list before), on, and here (on roll)."""
    number = weeks.groupby(["school_id", "as_of"], sort=True).ngroup()
    first, last = (number.groupby(weeks["school_id"]).transform(end) for end in ("min", "max"))
    each = pd.DataFrame({"list": number, "pupil": drawn.pupil, "on": weeks[named].astype(bool), "here": True})
    before = each[number < last].assign(list=each["list"] + 1).rename(columns={"on": "was"})
    both = before.drop(columns="here").merge(each[number > first], on=["list", "pupil"], how="outer")
    flags = ["was", "on", "here"]
    return both.assign(**{flag: both[flag].eq(True) for flag in flags})


def _figures(followed: pd.DataFrame, drawn: Resamples) -> dict[str, float]:
    """Each figure with the ends of its interval."""
    was, on, here = (followed[name].to_numpy() for name in ("was", "on", "here"))
    lists, pupil = pd.factorize(followed["list"])[0], followed["pupil"].to_numpy()

    def pupils(kept: np.ndarray) -> np.ndarray:
        """How many each list has, on every draw: shape (lists, 1 + draws)."""
        return drawn.sums_by(lists[kept], pupil[kept], np.ones(kept.sum()), followed["list"].nunique())

    roll = pupils(here).sum(axis=0)
    found = {
        "stayed": _mean(share(pupils(was & on), pupils(was | on))),
        "new_per_100": 100 * share(pupils(on & ~was).sum(axis=0), roll),
        "names_per_100": 100 * share(pupils(on).sum(axis=0), roll),
    }
    return {
        column: figure
        for name, values in found.items()
        for column, figure in interval(values).columns(name).items()
    }


def _mean(shares: np.ndarray) -> np.ndarray:
    """The mean share of each draw over the lists that have one, NaN where none has."""
    there = ~np.isnan(shares)
    return share(np.where(there, shares, 0.0).sum(axis=0), there.sum(axis=0))
