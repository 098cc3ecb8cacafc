"""The compiled model: for each outcome a table of features, bins and points. That table is the model.

LightGBM fits an additive model (each tree looks at one feature), so its trees add up, exactly, to one step
function a feature. Points are centred as SHAP centres them (Lundberg et al., 2020: the mean over the training
rows is nothing), so a pupil's points are their SHAP values, and base + points is LightGBM's own raw score.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


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

    def look_up(self, values: np.ndarray) -> np.ndarray:
        """The points of each value, in log-odds: shape (n,)."""
        found = self.points[np.searchsorted(self.edges, values, side="left")]
        return np.where(np.isnan(values), self.missing, found)


@dataclass(frozen=True, eq=False)
class Scorecard:
    """One outcome's model: base + one look-up a feature, then a straight line on the log-odds for calibration."""

    outcome: str
    base: float
    curves: tuple[Curve, ...]
    slope: float = 1.0
    intercept: float = 0.0

    @property
    def features(self) -> tuple[str, ...]:
        """The features in the model's own order."""
        return tuple(curve.feature for curve in self.curves)

    def contributions(self, matrix: pd.DataFrame) -> pd.DataFrame:
        """Points of every row and feature (log-odds): the pupil's SHAP values. Columns as `features`."""
        self._check(matrix)
        return pd.DataFrame(
            {
                curve.feature: curve.look_up(matrix[curve.feature].to_numpy(dtype="float64"))
                for curve in self.curves
            },
            index=matrix.index,
        )

    def margin(self, matrix: pd.DataFrame) -> np.ndarray:
        """Base and points added up in the order of the features: LightGBM's raw score. Shape (n,)."""
        self._check(matrix)
        total = np.full(len(matrix), self.base)
        for curve in self.curves:
            total += curve.look_up(matrix[curve.feature].to_numpy(dtype="float64"))
        return total

    def chance(self, matrix: pd.DataFrame) -> np.ndarray:
        """The calibrated chance of the outcome for every row, between 0 and 1. Shape (n,)."""
        return calibrated(self.margin(matrix), self.slope, self.intercept)

    def table(self) -> pd.DataFrame:
        """The model as rows: outcome, feature, lower, upper, missing, points, weight; the base has no feature."""
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

    def _check(self, matrix: pd.DataFrame) -> None:
        lacking = [name for name in self.features if name not in matrix.columns]
        if lacking:
            raise KeyError(f"the matrix lacks the features {', '.join(lacking)}")


def calibrated(margin: np.ndarray, slope: float, intercept: float) -> np.ndarray:
    """Chances from raw scores by Platt's line (Platt, 1999): 1 / (1 + exp(-(slope * margin + intercept)))."""
    return np.asarray(1.0 / (1.0 + np.exp(-(slope * margin + intercept))))


def from_table(rows: pd.DataFrame, features: Sequence[str], slope: float, intercept: float) -> Scorecard:
    """The scorecard of one outcome from the rows of its table, its features in the manifest's order."""
    by_feature = {str(name): part for name, part in rows.groupby("feature", sort=False)}
    curves = []
    for name in features:
        bins = by_feature[name].loc[~by_feature[name]["missing"]]
        empty = by_feature[name].loc[by_feature[name]["missing"]].iloc[0]
        curves.append(Curve(
            name, bins["upper"].to_numpy()[:-1], bins["points"].to_numpy(), float(empty["points"]),
            bins["weight"].to_numpy(), int(empty["weight"]),
        ))  # fmt: skip
    base = float(by_feature[""]["points"].iloc[0])
    return Scorecard(str(rows["outcome"].iloc[0]), base, tuple(curves), slope, intercept)


def compile_booster(
    dump: Mapping[str, Any], matrix: pd.DataFrame, features: Sequence[str], outcome: str
) -> Scorecard:
    """The table of an additive LightGBM model, from `booster.dump_model()` and the rows it was trained on.

    Raises ValueError where a tree looks at more than one feature: such a model is no table.
    """
    trees = [_Tree(tree["tree_structure"]) for tree in dump["tree_info"]]
    base = float(sum(tree.mean for tree in trees))
    curves = []
    for place, name in enumerate(features):
        own = [tree for tree in trees if tree.feature == place]
        edges = np.unique(np.array([edge for tree in own for edge in tree.edges], dtype="float64"))
        where = np.append(edges, np.inf)
        points = np.sum([tree.values(where) - tree.mean for tree in own], axis=0) if own else np.zeros(1)
        missing = float(sum(float(tree.values(np.array([np.nan]))[0]) - tree.mean for tree in own))
        values = matrix[name].to_numpy(dtype="float64")
        held = values[~np.isnan(values)]
        weight = np.bincount(np.searchsorted(edges, held, side="left"), minlength=len(edges) + 1)
        curves.append(Curve(name, edges, points, missing, weight, len(values) - len(held)))
    return Scorecard(outcome, base, tuple(curves))


class _Tree:
    """One tree of an additive model: a step function of one feature."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self.root = root
        nodes = list(_nodes(root))
        used = {node["split_feature"] for node in nodes if "split_feature" in node}
        if len(used) > 1:
            raise ValueError("a tree looks at more than one feature: the model is not additive")
        self.feature = used.pop() if used else None
        self.edges = [node["threshold"] for node in nodes if "threshold" in node]
        leaves = [node for node in nodes if "leaf_value" in node]
        rows = sum(leaf.get("leaf_count", 1) for leaf in leaves)
        self.mean = sum(leaf["leaf_value"] * leaf.get("leaf_count", 1) for leaf in leaves) / rows

    def values(self, at: np.ndarray) -> np.ndarray:
        """The tree's own value at each point: shape (n,)."""
        return np.array([_value(self.root, float(x)) for x in at])


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for side in ("left_child", "right_child"):
        if side in node:
            yield from _nodes(node[side])


def _value(node: Mapping[str, Any], x: float) -> float:
    """A leaf's value, decided as LightGBM decides: an empty value goes the node's own way, or counts as 0."""
    while "leaf_value" not in node:
        if np.isnan(x) and node["missing_type"] == "NaN":
            left = node["default_left"]
        else:
            left = (0.0 if np.isnan(x) else x) <= node["threshold"]
        node = node["left_child"] if left else node["right_child"]
    return float(node["leaf_value"])
