"""Which curves moved between two models, in terms of chance: for whoever must say if a retraining changed its mind.

A curve's movement is read for an otherwise average pupil, on the newer model's base and line of calibration: how far
the chance moves when only this curve is swapped. The mean is over the rows that the newer model was trained on. What
pairs of features say together is not compared.
"""

import numpy as np
import pandas as pd

from models.lookup import column_of
from models.scorecard import Curve, Scorecard
from models.shelf import Model

LEVEL = ""  # no feature: how far the chance of an otherwise average pupil moved
COLUMNS = ["outcome", "feature", "mean", "largest", "at", "before", "after"]


def moved(old: Model, new: Model) -> pd.DataFrame:
    """A row for each outcome both models have and each curve of either, the most moved first; before them the level of
    the outcome, with no feature.

    Columns: outcome, feature, mean and largest (movement of the chance, 0 to 1), at (a value in the bin where it is
    largest: its upper end, or the lower one of the last bin; NaN for an empty value), before and after (the chance
    there). A feature that one model does not have is flat in it.
    """
    parts = [
        _outcome(old.scorecards[name], card)
        for name, card in new.scorecards.items()
        if name in old.scorecards
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def _outcome(old: Scorecard, new: Scorecard) -> pd.DataFrame:
    before, after = ({curve.feature: curve for curve in card.curves} for card in (old, new))
    curves = [_curve(before.get(name) or _flat(name), after.get(name) or _flat(name), new)
              for name in {**after, **before}]  # fmt: skip
    rows = pd.DataFrame(curves, columns=COLUMNS[1:]).sort_values(["mean", "feature"], ascending=[False, True])
    was, now = (float(card.calibrate(np.array(card.base))) for card in (old, new))
    level = pd.DataFrame([(LEVEL, abs(now - was), abs(now - was), np.nan, was, now)], columns=COLUMNS[1:])
    return pd.concat([level, rows], ignore_index=True).assign(outcome=new.outcome)[COLUMNS]


def _curve(old: Curve, new: Curve, card: Scorecard) -> tuple[str, float, float, float, float, float]:
    column = column_of([old, new])
    before, after = card.calibrate(card.base + column.points)
    gap, weight = np.abs(after - before), _shared_out(new, column.bins.edges[:-2])
    place = int(gap.argmax())
    edges = column.bins.edges[:-2]
    at = [*edges, edges[-1] if len(edges) else np.nan, np.nan][place]
    mean = float(gap @ weight / weight.sum()) if weight.sum() else float(gap.mean())
    return new.feature, mean, float(gap[place]), float(at), float(before[place]), float(after[place])


def _shared_out(curve: Curve, edges: np.ndarray) -> np.ndarray:
    """The rows of a curve's bins, each shared out evenly among the finer bins it is cut into, and those empty."""
    own = np.searchsorted(curve.edges, np.append(edges, np.inf))
    return np.append(curve.weight[own] / np.bincount(own)[own], curve.missing_weight)


def _flat(feature: str) -> Curve:
    return Curve(feature, np.zeros(0), np.zeros(1), 0.0, np.zeros(1), 0)
