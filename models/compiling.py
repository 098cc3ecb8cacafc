"""From LightGBM's trees to a table of points, exactly: each tree looks at one feature, so its trees add up to one step
function a feature."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from models.lookup import Bins
from models.scorecard import Curve, Scorecard


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
        weight = rows_in(edges, matrix[name])
        curves.append(Curve(name, edges, points, missing, weight[:-1], int(weight[-1])))
    return Scorecard(outcome, base, tuple(curves))


def rows_in(edges: np.ndarray, values: pd.Series) -> np.ndarray:
    """How many values lie in each bin, and last how many are empty: shape (edges + 2,)."""
    codes = Bins.of(edges).find(values.to_numpy(dtype="float64"))
    return np.bincount(codes, minlength=len(edges) + 2)


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
