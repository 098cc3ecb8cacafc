"""The compiled model: for each outcome a table of features, bins and points. That table is the model.

LightGBM fits an additive model (each tree looks at one feature), so its trees add up, exactly, to one step
function a feature. Points are centred as SHAP centres them (Lundberg et al., 2020: the mean over the training
rows is nothing), so a pupil's points are their SHAP values, and base + points is LightGBM's own raw score.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from models.lookup import Lookup


@dataclass(frozen=True, eq=False)
class Curve:
    """One feature's points. `edges` are the upper ends of all bins but the last: a value on an edge belongs below.

    `points` has one more entry than `edges`; `missing` are the points of an empty value; `weight` counts the
    training rows in each bin, and `missing_weight` those that were empty.
    """

    feature: str
    edges: np.ndarray
    points: np.ndarray
    missing: float
    weight: np.ndarray
    missing_weight: int

    def at(self, edges: np.ndarray) -> np.ndarray:
        """Its points in each bin of other edges, which hold all of its own, and then those of an empty value."""
        return np.append(self.points[np.searchsorted(self.edges, np.append(edges, np.inf))], self.missing)


def lines_of(own: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Which of a curve's own bins each bin of other edges lies in, which hold all of its own; the empty value last."""
    return np.append(np.searchsorted(own, np.append(edges, np.inf)), len(own) + 1)


@dataclass(frozen=True, eq=False)
class Pair:
    """What two features say together beyond their own curves, shared between them as SHAP shares it.

    `edges` are those of either feature, as a curve has them. `points` has shape (2, bins + 1, bins + 1): the points of
    the first and of the second feature, the last line of each being for an empty value; `weight`, of the shape of
    either, counts the training rows.
    """

    features: tuple[str, str]
    edges: tuple[np.ndarray, np.ndarray]
    points: np.ndarray
    weight: np.ndarray

    def at(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Its points in each cell of other edges, which hold all of its own: shape (2, bins + 1, bins + 1)."""
        down, across = (lines_of(own, edges) for own, edges in zip(self.edges, (first, second), strict=True))
        return self.points[:, down][:, :, across]


@dataclass(frozen=True, eq=False)
class Scorecard:
    """One outcome's model: base + one look-up a feature (and one a pair, where pairs earn it), then a straight line on
    the log-odds for calibration."""

    outcome: str
    base: float
    curves: tuple[Curve, ...]
    slope: float = 1.0
    intercept: float = 0.0
    pairs: tuple[Pair, ...] = ()

    @property
    def features(self) -> tuple[str, ...]:
        """The features in the model's own order."""
        return tuple(curve.feature for curve in self.curves)

    @cached_property
    def lookup(self) -> Lookup:
        """The curves made ready to be looked up."""
        return Lookup([self])

    def contributions(self, matrix: pd.DataFrame) -> pd.DataFrame:
        """Points of every row and feature (log-odds), its share of pairs included: the pupil's SHAP values. Columns as
        `features`."""
        points = self.lookup.points(columns(matrix, self.features))
        return pd.DataFrame(points.T, index=matrix.index, columns=list(self.features), copy=False)

    def margin(self, matrix: pd.DataFrame) -> np.ndarray:
        """Base and points added up, features and then pairs in order: LightGBM's raw score. Shape (n,)."""
        return np.asarray(self.lookup.margins(columns(matrix, self.features), [self.base])[0])

    def chance(self, matrix: pd.DataFrame) -> np.ndarray:
        """The calibrated chance of the outcome for every row, between 0 and 1. Shape (n,)."""
        return self.calibrate(self.margin(matrix))

    def calibrate(self, margin: np.ndarray) -> np.ndarray:
        """Chances of raw scores: shape (n,)."""
        return calibrated(margin, self.slope, self.intercept)

    def table(self) -> pd.DataFrame:
        """The model as rows: outcome, feature, lower, upper, missing, points, weight. First the base, which has no
        feature; then each feature's bins in rising order, and last its empty value."""
        rows = [pd.DataFrame({"outcome": [self.outcome], "feature": [""], "lower": [np.nan], "upper": [np.nan],
                              "missing": [False], "points": [self.base], "weight": [0]})]  # fmt: skip
        for curve in self.curves:
            edges = np.concatenate([[-np.inf], curve.edges, [np.inf]])
            rows.append(pd.DataFrame({
                "outcome": self.outcome, "feature": curve.feature,
                "lower": [*edges[:-1], np.nan], "upper": [*edges[1:], np.nan],
                "missing": [False] * len(curve.points) + [True],
                "points": [*curve.points, curve.missing], "weight": [*curve.weight, curve.missing_weight],
            }))  # fmt: skip
        return pd.concat(rows, ignore_index=True)


def columns(matrix: pd.DataFrame, features: Sequence[str]) -> list[np.ndarray]:
    """The values of the features, in order: a column of float64 each. KeyError names those that are lacking."""
    lacking = [name for name in features if name not in matrix.columns]
    if lacking:
        raise KeyError(f"the matrix lacks the features {', '.join(lacking)}")
    return [matrix[name].to_numpy(dtype="float64") for name in features]


def calibrated(margin: np.ndarray, slope: float, intercept: float) -> np.ndarray:
    """Chances from raw scores by Platt's line (Platt, 1999): 1 / (1 + exp(-(slope * margin + intercept)))."""
    return np.asarray(1.0 / (1.0 + np.exp(-(slope * margin + intercept))))


def from_table(rows: pd.DataFrame, slope: float, intercept: float, points: str = "points") -> Scorecard:
    """The scorecard of one outcome from the rows of its table, in the table's own order. `points` names the column that
    they are read from."""
    names, upper = rows["feature"].to_numpy(dtype=object), rows["upper"].to_numpy()
    told, weight = rows[points].to_numpy(), rows["weight"].to_numpy()
    starts = np.flatnonzero(names[1:] != names[:-1]) + 1
    curves = [
        Curve(str(names[start]), upper[start : end - 2], told[start : end - 1], float(told[end - 1]),
              weight[start : end - 1], int(weight[end - 1]))
        for start, end in zip(starts, [*starts[1:], len(names)], strict=True)
    ]  # fmt: skip
    return Scorecard(str(rows["outcome"].iloc[0]), float(told[0]), tuple(curves), slope, intercept)
