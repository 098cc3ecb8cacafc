"""Too good to be true: a fact that knows the outcome was most likely written down after it.

Records entered late with an early date (a need recorded in July as held since September, a panel's date that is the
exclusion's own) let a model read the answer. No honest fact about a pupil separates those who will step up from those
who will not nearly without error, so one that does is taken for a leak and looked into before anything is published.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from models.bootstrap import RESAMPLES, Interval, interval, resample
from models.metrics import ranking

DECIDED = (
    "escalation",
    "suspension",
    "exit",
)  # absence holds because it held: its own past may tell nearly all
LEAST_PUPILS = 30  # a value held by fewer pupils says nothing of a leak


class Suspect(NamedTuple):
    """The single feature that tells most of an outcome: its AUROC either way round, and the purest value of any: the
    share of pupil-dates with it that the outcome followed, among values held by at least LEAST_PUPILS pupils."""

    outcome: str
    feature: str
    auroc: Interval
    purest_feature: str
    purest: float


def suspect(
    outcome: str, held_out: pd.DataFrame, features: pd.DataFrame, names: list[str], seed: int,
    draws: int = RESAMPLES,
) -> Suspect:  # fmt: skip
    """The feature most like a leak of an outcome. `features` is the matrix, aligned with `held_out`; empty values are a
    value."""
    known = held_out["y"].notna().to_numpy()
    rows, y = held_out[known].reset_index(drop=True), held_out.loc[known, "y"].to_numpy(dtype=float)
    values = {name: _filled(features.loc[known, name].to_numpy(dtype=float)) for name in names}
    areas = {name: _area(y, held) for name, held in values.items()}
    most = max(names, key=lambda name: (max(areas[name], 1 - areas[name]), name))
    turned = values[most] if areas[most] >= 0.5 else -values[most]
    drawn = resample(rows, seed, draws)
    said = interval(ranking(drawn, y, turned, np.ones(len(y), dtype=bool))[0])
    pure = {name: _purest(held, y, drawn.pupil) for name, held in values.items()}
    purest = max(names, key=lambda name: (pure[name], name))
    return Suspect(outcome, most, said, purest, pure[purest])


def _filled(values: np.ndarray) -> np.ndarray:
    """Empty values as one value below all others."""
    held = values[~np.isnan(values)]
    return np.where(np.isnan(values), (held.min() if len(held) else 0.0) - 1.0, values)


def _area(y: np.ndarray, values: np.ndarray) -> float:
    from scipy.stats import rankdata

    yes = y == 1
    if yes.all() or not yes.any():
        return 0.5
    ranks = float(rankdata(values)[yes].sum())
    return float((ranks - yes.sum() * (yes.sum() + 1) / 2) / (yes.sum() * (~yes).sum()))


def _purest(values: np.ndarray, y: np.ndarray, pupil: np.ndarray) -> float:
    """The highest share with the outcome among rows with one value, or at or above one, held by enough pupils."""
    codes = pd.factorize(values, sort=True)[0]
    counts = np.bincount(codes)
    if len(counts) > 50:  # a continuous fact: its top tenths instead of its single values
        codes = np.searchsorted(np.quantile(values, np.arange(0.05, 1.0, 0.05)), values, side="left")
    frame = pd.DataFrame({"code": codes, "y": y, "pupil": pupil}).groupby("code")
    enough = frame["pupil"].nunique() >= LEAST_PUPILS
    rates = frame["y"].mean()[enough]
    return float(rates.max()) if len(rates) else 0.0
