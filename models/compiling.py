"""From LightGBM's trees to a table of points, exactly.

A leaf is reached by its own path of splits. Where each path looks at one feature, the leaves add up to one step
function a feature. A leaf whose path looks at two is shared between them as SHAP shares it (Lundberg et al., 2020: what
is not known is averaged over the rows that came to each split), and its shares are step functions of the two: so the
points of the table are SHAP values, pairs or none.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from models.lookup import Bins
from models.scorecard import Curve, Pair, Scorecard


def compile_booster(
    dump: Mapping[str, Any], matrix: pd.DataFrame, features: Sequence[str], outcome: str
) -> Scorecard:
    """The table of a LightGBM model that is additive but for pairs, from `booster.dump_model()` and the rows it was
    trained on.

    Raises ValueError where a path looks at more than two features: such a model is no table.
    """
    leaves: dict[tuple[int, ...], list[_Leaf]] = defaultdict(list)
    base = 0.0
    for tree in dump["tree_info"]:
        for leaf in _leaves(tree["tree_structure"], ()):
            leaves[tuple(sorted(leaf.paths))].append(leaf)
            base += leaf.mean
    if any(len(places) > 2 for places in leaves):
        raise ValueError("a leaf looks at more than two features: the model is not additive, even in pairs")
    curves = tuple(_curve(name, place, leaves[(place,)], matrix) for place, name in enumerate(features))
    pairs = tuple(
        _pair((features[first], features[second]), (first, second), leaves[(first, second)], matrix)
        for first, second in sorted(places for places in leaves if len(places) == 2)
    )
    return Scorecard(outcome, base, curves, pairs=pairs)


def rows_in(edges: np.ndarray, values: pd.Series) -> np.ndarray:
    """How many values lie in each bin, and last how many are empty: shape (edges + 2,)."""
    codes = Bins.of(edges).find(values.to_numpy(dtype="float64"))
    return np.bincount(codes, minlength=len(edges) + 2)


def _curve(name: str, place: int, leaves: "Sequence[_Leaf]", matrix: pd.DataFrame) -> Curve:
    edges = _edges(leaves, place)
    points = np.zeros(len(edges) + 2)
    for leaf in leaves:
        points += leaf.value * (leaf.reached(place, edges) - leaf.share(place))
    weight = rows_in(edges, matrix[name])
    return Curve(name, edges, points[:-1], float(points[-1]), weight[:-1], int(weight[-1]))


def _pair(
    names: tuple[str, str], places: tuple[int, int], leaves: "Sequence[_Leaf]", matrix: pd.DataFrame
) -> Pair:
    edges = _edges(leaves, places[0]), _edges(leaves, places[1])
    shape = len(edges[0]) + 2, len(edges[1]) + 2
    points = np.zeros((2, *shape))
    for leaf in leaves:
        down, across = (leaf.reached(place, cut) for place, cut in zip(places, edges, strict=True))
        first, second = (leaf.share(place) for place in places)
        points[0] += leaf.value / 2 * np.outer(down - first, across + second)
        points[1] += leaf.value / 2 * np.outer(down + first, across - second)
    found = [
        Bins.of(cut).find(matrix[name].to_numpy(dtype="float64"))
        for name, cut in zip(names, edges, strict=True)
    ]
    weight = np.bincount(found[0] * shape[1] + found[1], minlength=shape[0] * shape[1])
    return Pair(names, edges, points, weight.reshape(shape))


def _edges(leaves: "Sequence[_Leaf]", place: int) -> np.ndarray:
    return np.unique([split.node["threshold"] for leaf in leaves for split in leaf.paths[place]])


@dataclass(frozen=True)
class _Split:
    """A step of a path: which way it went, and the share of the rows there that went with it."""

    node: Mapping[str, Any]
    left: bool
    share: float

    def followed(self, values: np.ndarray) -> np.ndarray:
        """Which values go the same way, as LightGBM decides: an empty one goes the node's own way, or counts as 0."""
        empty = np.isnan(values)
        left = np.where(empty, 0.0, values) <= self.node["threshold"]
        if self.node["missing_type"] == "NaN":
            left = np.where(empty, self.node["default_left"], left)
        return np.asarray(left == self.left)


@dataclass(frozen=True)
class _Leaf:
    """A leaf's value, and the splits on its path by the place of the feature they look at."""

    value: float
    paths: Mapping[int, Sequence[_Split]]

    @property
    def mean(self) -> float:
        """What the leaf adds on average over the training rows."""
        return self.value * float(np.prod([self.share(place) for place in self.paths]))

    def share(self, place: int) -> float:
        """The share of rows that go the leaf's way wherever its path looks at a feature."""
        return float(np.prod([split.share for split in self.paths[place]]))

    def reached(self, place: int, edges: np.ndarray) -> np.ndarray:
        """1 for each bin of a feature, the last an empty value's, that goes the leaf's way; else 0."""
        inside = np.concatenate([edges, [np.inf, np.nan]])
        return np.prod([split.followed(inside) for split in self.paths[place]], axis=0)


def _leaves(node: Mapping[str, Any], path: tuple[_Split, ...]) -> Iterator[_Leaf]:
    if "leaf_value" in node:
        paths: dict[int, list[_Split]] = defaultdict(list)
        for split in path:
            paths[split.node["split_feature"]].append(split)
        yield _Leaf(float(node["leaf_value"]), dict(paths))
        return
    left, right = node["left_child"], node["right_child"]
    total = _rows(left) + _rows(right)
    yield from _leaves(left, (*path, _Split(node, True, _rows(left) / total)))
    yield from _leaves(right, (*path, _Split(node, False, _rows(right) / total)))


def _rows(node: Mapping[str, Any]) -> int:
    """How many training rows came to a node."""
    return int(node["internal_count"] if "internal_count" in node else node["leaf_count"])
