"""What if those who left for an ordinary reason were like the others who might have? Weights say how much it matters.

A pupil who leaves inside the window for no reason that is an outcome is censored: no label, and left out. Where such
leaving goes with need, that tilts every figure. So each pupil-date whose outcome is known is counted for the likes of
it that left, by one over the chance of having stayed (inverse-probability-of-censoring weights; Robins, 1993), and
the figures are read again. It is a sensitivity, not the headline: where hardly anyone could stay, as in a last year
group's summer, no weighting can tell.
"""

import numpy as np
import pandas as pd

from models.bootstrap import RESAMPLES, interval, resample, share
from models.capacity import listed_totals, roll
from models.challengers import HANDRAIL, Logistic
from models.evaluation import ORDER
from models.metrics import ranking

MOST_WEIGHT = 10.0  # one pupil-date may stand for at most so many
PRIOR = 5.0  # pupil-dates by which a cell's own rate of leaving is drawn toward everyone's
CELL = ["year_group", "as_of"]
FIGURES = {
    "auroc": "AUROC", "precision_at_capacity": "right at capacity", "recall_at_capacity": "reached",
    "recall_first": "reached, first", "calibration": "predicted over observed",
}  # fmt: skip


def staying_weights(held_out: pd.DataFrame, features: pd.DataFrame) -> np.ndarray:
    """One over each row's chance of not being censored, at most MOST_WEIGHT: shape (n,).

    The chance is a logistic on the ten features of `models.challengers.Logistic` and on how often the row's year group
    was censored at that date. `features` is the matrix, aligned with `held_out`.
    """
    gone = held_out["censored"].to_numpy(dtype=float)
    if not gone.any():
        return np.ones(len(held_out))
    cell = held_out.assign(gone=gone).groupby(CELL)["gone"]
    rate = (cell.transform("sum") + PRIOR * gone.mean()) / (cell.transform("size") + PRIOR)
    leaving = _Leaving()
    asked = features.assign(leaving_rate=np.log(rate.to_numpy() / (1 - rate.to_numpy())))
    leaving.fit(asked, gone)
    return np.asarray(np.minimum(1 / np.maximum(1 - leaving.predict(asked), 1e-9), MOST_WEIGHT))


class _Leaving(Logistic):
    """The logistic of the challengers, with the rate of the row's cell beside the ten features."""

    def columns(self, matrix: pd.DataFrame) -> list[str]:
        """The ten, and the cell's own rate of leaving as log odds."""
        return [*super().columns(matrix), "leaving_rate"]


def censoring_table(
    held_out: pd.DataFrame, weight: np.ndarray, capacity_share: float, per_year_group: int, seed: int,
    draws: int = RESAMPLES, method: str = HANDRAIL,
) -> pd.DataFrame:  # fmt: skip
    """A row for each of FIGURES: figure, then `plain` and `weighted`, each with `_low` and `_high`.

    `weight` is aligned with `held_out`. Lists are the same in both: only what each pupil-date counts for differs.
    """
    order = held_out.reset_index(drop=True).sort_values(ORDER, kind="stable").index
    rows, weight = held_out.iloc[order].reset_index(drop=True), weight[order]
    plain = _figures(rows, np.ones(len(rows)), capacity_share, per_year_group, seed, draws, method)
    weighted = _figures(rows, weight, capacity_share, per_year_group, seed, draws, method)
    table = []
    for name in FIGURES:
        record: dict[str, object] = {"figure": name}
        for kind, said in (("plain", interval(plain[name])), ("weighted", interval(weighted[name]))):
            record |= said.columns(kind)
        table.append(record)
    return pd.DataFrame(table)


def _figures(
    rows: pd.DataFrame, weight: np.ndarray, capacity_share: float, per_year_group: int, seed: int, draws: int,
    method: str,
) -> dict[str, np.ndarray]:  # fmt: skip
    drawn, on_roll = resample(rows, seed, draws), roll(rows, capacity_share, per_year_group)
    y, score = rows["y"].to_numpy(dtype=float), rows[method].to_numpy(dtype=float)
    known = ~np.isnan(y)
    yes, first = known & (y == 1), ~rows["ever_school_3"].to_numpy(dtype=bool)
    columns = weight[:, None] * np.column_stack([known, yes, yes & first])
    on_list, everyone = listed_totals(on_roll, score, drawn, columns), drawn.totals(columns)
    return {
        "auroc": ranking(drawn, y, score, known, weight)[0],
        "precision_at_capacity": share(on_list[1], on_list[0]),
        "recall_at_capacity": share(on_list[1], everyone[1]),
        "recall_first": share(on_list[2], everyone[2]),
        "calibration": share(drawn.totals((weight * score)[:, None], known)[0], everyone[1]),
    }
