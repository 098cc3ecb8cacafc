"""Pairs as rows, for the shelf: a row a cell, so that anyone may read and check them."""

from itertools import pairwise, product

import numpy as np
import pandas as pd

from models.scorecard import Pair, Scorecard


def pair_table(card: Scorecard) -> pd.DataFrame:
    """The card's pairs: outcome, feature, other, lower, upper, missing, other_lower, other_upper, other_missing, points
    (the feature's), other_points, weight. Cells in rising order, the other feature's within the first's."""
    parts = [_rows(pair).assign(outcome=card.outcome) for pair in card.pairs]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def pairs_of(rows: pd.DataFrame) -> tuple[Pair, ...]:
    """The pairs of one card from its rows of the table, in the table's own order."""
    return tuple(
        _pair((str(first), str(second)), part)
        for (first, second), part in rows.groupby(["feature", "other"], sort=False)
    )


def _rows(pair: Pair) -> pd.DataFrame:
    cells = list(product(*map(_bins, pair.edges)))
    first, second = (pd.DataFrame(list(side), columns=["lower", "upper", "missing"])
                     for side in zip(*cells, strict=True))  # fmt: skip
    told = {
        "points": pair.points[0].ravel(),
        "other_points": pair.points[1].ravel(),
        "weight": pair.weight.ravel(),
    }
    names = {"feature": pair.features[0], "other": pair.features[1]}
    return pd.concat([first, second.add_prefix("other_")], axis=1).assign(**names, **told)


def _bins(edges: np.ndarray) -> list[tuple[float, float, bool]]:
    ends = [-np.inf, *edges, np.inf]
    return [*((low, high, False) for low, high in pairwise(ends)), (np.nan, np.nan, True)]


def _pair(names: tuple[str, str], rows: pd.DataFrame) -> Pair:
    edges = _edges(rows["upper"]), _edges(rows["other_upper"])
    shape = len(edges[0]) + 2, len(edges[1]) + 2
    points = np.stack([rows[name].to_numpy().reshape(shape) for name in ("points", "other_points")])
    return Pair(names, edges, points, rows["weight"].to_numpy().reshape(shape))


def _edges(uppers: pd.Series) -> np.ndarray:
    values = uppers.to_numpy(dtype="float64")
    return np.unique(values[np.isfinite(values)])
