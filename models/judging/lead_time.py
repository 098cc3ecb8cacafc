"""How long before a first step up a pupil was steadily on the list: school days in which adults could have helped.

Steadily means on at least two of the last three weekly lists. A listing more than a horizon before the step is not
about that step, and one on the day itself or later is no warning: both count as missed.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from features.calendar import SchoolDays
from models.bootstrap import RESAMPLES, Interval, interval, resample, share
from models.challengers import METHODS

OF_LAST, AT_LEAST = 3, 2
RUN_IN = 20  # open days of lists there must be before a step, or nobody could have been listed steadily
AT_LEAST_DAYS = (10, 20, 30)
MISSED = -1.0
WHO = {"every first step": None, "first ever": True, "after an earlier one": False}


class Warnings(NamedTuple):
    """First steps up (pupil_id, school_id, number, first_ever) and, for each method, the open days of steady listing
    before each (MISSED where there were none)."""

    steps: pd.DataFrame
    lead: Mapping[str, np.ndarray]


def warnings(weeks: pd.DataFrame, steps: pd.DataFrame, days: SchoolDays, horizon: int) -> Warnings:
    """Each method's lead before every step that its lists could have seen coming.

    Steps count from RUN_IN open days after a school's first rehearsed list to one school week after its last.
    """
    numbers = pd.Series(days.numbers(weeks), index=weeks.index)
    first, last = (numbers.groupby(weeks["school_id"]).agg(name) for name in ("min", "max"))
    at = steps["school_id"]
    inside = (steps["number"] > at.map(first) + RUN_IN) & (steps["number"] <= at.map(last) + 5)
    kept = steps[inside].reset_index(drop=True)
    named = [name for name in METHODS if f"on_{name}" in weeks]
    return Warnings(kept, {name: _lead(weeks, numbers, name, kept, horizon) for name in named})


def lead_table(found: Warnings, seed: int, draws: int = RESAMPLES) -> pd.DataFrame:
    """A row for each method and kind of first step: method, who, steps, reached (the share warned of at all), median
    and quartiles of the days among those reached, and the share of all with at least 10, 20 and 30 days; each figure
    with `_low` and `_high`, 95 % over pupils within schools, the lists taken as they are."""
    rows = []
    weights = resample(found.steps, seed, draws) if len(found.steps) else None
    for method, lead in found.lead.items():
        for who, first in WHO.items():
            kept = np.ones(len(lead), dtype=bool) if first is None else found.steps["first_ever"] == first
            record: dict[str, object] = {"method": method, "who": who, "steps": int(np.sum(kept))}
            if weights is None or not np.any(kept):
                continue
            drawn = weights.weights[weights.pupil[kept]]
            for name, said in _figures(lead[kept], drawn).items():
                record |= said.columns(name)
            rows.append(record)
    return pd.DataFrame(rows)


def _figures(lead: np.ndarray, drawn: np.ndarray) -> dict[str, Interval]:
    everyone = drawn.sum(axis=0)
    shares = {"reached": 0, **{f"at_least_{days}": days for days in AT_LEAST_DAYS}}
    said = {
        name: interval(share(drawn[lead >= least].sum(axis=0), everyone)) for name, least in shares.items()
    }
    warned = lead >= 0
    for name, part in (("lower_quarter", 0.25), ("median", 0.5), ("upper_quarter", 0.75)):
        said[name] = interval(_quantile(lead[warned], drawn[warned], part))
    return said


def _quantile(values: np.ndarray, drawn: np.ndarray, part: float) -> np.ndarray:
    """The weighted quantile of the values on every draw; NaN where nobody was drawn."""
    if len(values) == 0:
        return np.full(drawn.shape[1], np.nan)
    order = np.argsort(values, kind="stable")
    up_to = np.cumsum(drawn[order], axis=0)
    place = (up_to >= part * up_to[-1]).argmax(axis=0)
    return np.where(up_to[-1] > 0, values[order][place], np.nan)


def _lead(
    weeks: pd.DataFrame, numbers: pd.Series, method: str, steps: pd.DataFrame, horizon: int
) -> np.ndarray:
    """Open days from the first list of steady listing to each step."""
    dates = {school: np.unique(rows) for school, rows in numbers.groupby(weeks["school_id"])}
    on = weeks[f"on_{method}"].to_numpy()
    listings = weeks[["pupil_id", "school_id"]].assign(at=numbers)[on]
    by_pupil = {key: np.asarray(at) for key, at in listings.groupby(["pupil_id", "school_id"])["at"]}
    each = zip(steps["pupil_id"], steps["school_id"], steps["number"], strict=True)
    return np.array(
        [_steady(dates[school], by_pupil.get((pupil, school)), at, horizon) for pupil, school, at in each]
    )


def _steady(dates: np.ndarray, listed: np.ndarray | None, step: int, horizon: int) -> float:
    """Open days from the first list, within a horizon before the step, on which the pupil stood steadily."""
    if listed is None:
        return MISSED
    on = np.isin(dates, listed)
    of_last = np.convolve(on, np.ones(OF_LAST, dtype=int))[: len(on)]
    steady = dates[on & (of_last >= AT_LEAST) & (dates < step) & (dates >= step - horizon)]
    return float(step - steady[0]) if len(steady) else MISSED
