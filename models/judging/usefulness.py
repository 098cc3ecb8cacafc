"""Decision curves: whether acting on the chances does more good than talking with everyone, or with nobody.

Net benefit (Vickers and Elkin, 2006) at a threshold t counts each pupil rightly named as 1 and each wrongly named as
t / (1 − t): t says how many talks for nothing one talk in time is worth. Where the list is cut by capacity, the rate
of exchange is the chance of the last name that found a place.
"""

import numpy as np
import pandas as pd

from models.bootstrap import RESAMPLES, Resamples, interval, resample
from models.capacity import listed, roll
from models.challengers import HANDRAIL, METHODS, RANKS_ONLY
from models.evaluation import ORDER

THRESHOLDS = np.round(np.arange(0.02, 0.62, 0.02), 2)
EVERYONE, NOBODY = "everyone", "nobody"


def decision_curve(held_out: pd.DataFrame, seed: int, draws: int = RESAMPLES) -> pd.DataFrame:
    """A row for each way and threshold: way (each method that gives chances, everyone, nobody), threshold,
    net_benefit per pupil-date, `_low`, `_high`. Only pupil-dates whose outcome is known count."""
    rows = held_out.dropna(subset=["y"]).sort_values(ORDER, kind="stable").reset_index(drop=True)
    drawn, y = resample(rows, seed, draws), rows["y"].to_numpy(dtype=float)
    ways = {
        name: rows[name].to_numpy(dtype=float) for name in METHODS if name in rows and name not in RANKS_ONLY
    }
    ways |= {EVERYONE: np.ones(len(rows)), NOBODY: np.zeros(len(rows))}
    table = []
    for way, chance in ways.items():
        benefit = _net_benefit(drawn, y, chance)
        for threshold, line in zip(THRESHOLDS, benefit, strict=True):
            said = interval(line)
            table.append((way, float(threshold), said.figure, said.low, said.high))
    return pd.DataFrame(
        table, columns=["way", "threshold", "net_benefit", "net_benefit_low", "net_benefit_high"]
    )


def threshold_of_capacity(
    held_out: pd.DataFrame, capacity_share: float, per_year_group: int, method: str = HANDRAIL
) -> float:
    """The median, over schools and dates, of the lowest chance that found a place on the list."""
    rows = held_out.sort_values(ORDER, kind="stable").reset_index(drop=True)
    on_list = listed(roll(rows, capacity_share, per_year_group), rows[method].to_numpy(dtype=float))
    return float(rows[on_list].groupby(["school_id", "as_of"])[method].min().median())


def _net_benefit(drawn: Resamples, y: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Net benefit at each threshold on every draw: shape (thresholds, 1 + draws)."""
    above = np.searchsorted(THRESHOLDS, chance, side="right")  # how many thresholds the chance reaches
    lines = len(THRESHOLDS) + 1
    right = drawn.sums_by(above, drawn.pupil, y, lines)
    named = drawn.sums_by(above, drawn.pupil, np.ones(len(y)), lines)
    right, named = right[::-1].cumsum(axis=0)[::-1][1:], named[::-1].cumsum(axis=0)[::-1][1:]
    odds = (THRESHOLDS / (1 - THRESHOLDS))[:, None]
    return np.asarray((right - (named - right) * odds) / drawn.weights[drawn.pupil].sum(axis=0))
