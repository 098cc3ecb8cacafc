"""The scorecard as one Ibis expression: the same points on DuckDB in the process or on Spark for a nation.

Each curve is a search by halves written out: as many comparisons as the logarithm of its bins. Numbers are given as
words and cast, since an engine may read a plain 0.1 as a decimal and be out in the last digit.
"""

from collections.abc import Sequence
from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir
import numpy as np

from models.scorecard import Curve, Scorecard


def explained(card: Scorecard, rows: ir.Table, keep: Sequence[str]) -> ir.Table:
    """A row for each of `rows` (the features as float64): the columns to keep, and points_<feature> for each feature:
    the card's points (log-odds), its share of pairs included: the pupil's SHAP values."""
    points = {curve.feature: [_curve(rows[curve.feature], curve)] for curve in card.curves}
    for pair in card.pairs:
        first, second = (rows[name] for name in pair.features)
        for name, table in zip(pair.features, pair.points, strict=True):
            points[name].append(_cells(first, second, pair.edges, table))
    return rows.select(*keep, **{f"points_{name}": reduce(add, parts) for name, parts in points.items()})


def scored(card: Scorecard, rows: ir.Table, keep: Sequence[str]) -> ir.Table:
    """A row for each of `rows`: the columns to keep, margin (log-odds: base and points added up) and chance
    (calibrated, 0 to 1)."""
    told = explained(card, rows, keep)
    points = [told[f"points_{curve.feature}"] for curve in card.curves]
    margins = told.select(*keep, margin=reduce(add, points, _number(card.base)))
    line = _number(card.slope) * margins["margin"] + _number(card.intercept)
    return margins.mutate(chance=1.0 / (1.0 + (-line).exp()))


def _curve(value: ir.Value, curve: Curve) -> ir.Value:
    return _line(value, curve.edges, np.append(curve.points, curve.missing))


def _line(value: ir.Value, edges: np.ndarray, points: np.ndarray) -> ir.Value:
    """The points of a value, the last being those of an empty one."""
    if not np.ptp(points):
        return _number(points[0])
    kept = np.flatnonzero(np.diff(points[:-1]))  # an edge that moves nothing asks nothing
    leaves = [_number(found) for found in points[:-1][np.append(kept, len(points) - 2)]]
    return _search(value, edges[kept], leaves, _number(points[-1]))


def _cells(
    first: ir.Value, second: ir.Value, edges: tuple[np.ndarray, np.ndarray], points: np.ndarray
) -> ir.Value:
    leaves = [_line(second, edges[1], line) for line in points]
    return _search(first, edges[0], leaves[:-1], leaves[-1])


def _search(value: ir.Value, edges: np.ndarray, leaves: Sequence[ir.Value], empty: ir.Value) -> ir.Value:
    return ibis.ifelse(value.isnull() | value.isnan(), empty, _half(value, edges, leaves))


def _half(value: ir.Value, edges: np.ndarray, leaves: Sequence[ir.Value]) -> ir.Value:
    if len(edges) == 0:
        return leaves[0]
    middle = len(edges) // 2
    below = _half(value, edges[:middle], leaves[: middle + 1])
    above = _half(value, edges[middle + 1 :], leaves[middle + 1 :])
    return ibis.ifelse(value <= _number(edges[middle]), below, above)


def _number(value: float) -> ir.Value:
    return ibis.literal(repr(float(value))).cast("float64")
