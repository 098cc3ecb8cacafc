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
    the card's points (log-odds), the pupil's SHAP values."""
    points = {f"points_{curve.feature}": _points(rows[curve.feature], curve) for curve in card.curves}
    return rows.select(*keep, **points)


def scored(card: Scorecard, rows: ir.Table, keep: Sequence[str]) -> ir.Table:
    """A row for each of `rows`: the columns to keep, margin (log-odds: base and points added up in the order of the
    features) and chance (calibrated, 0 to 1)."""
    told = explained(card, rows, keep)
    points = [told[f"points_{curve.feature}"] for curve in card.curves if _moves(curve)]
    margins = told.select(*keep, margin=reduce(add, points, _number(card.base)))
    line = _number(card.slope) * margins["margin"] + _number(card.intercept)
    return margins.mutate(chance=1.0 / (1.0 + (-line).exp()))


def _points(value: ir.Value, curve: Curve) -> ir.Value:
    kept = np.flatnonzero(np.diff(curve.points))  # an edge that moves nothing asks nothing
    found = _half(value, curve.edges[kept], curve.points[np.append(kept, len(curve.points) - 1)])
    return ibis.ifelse(value.isnull() | value.isnan(), _number(curve.missing), found)


def _half(value: ir.Value, edges: np.ndarray, points: np.ndarray) -> ir.Value:
    if len(edges) == 0:
        return _number(points[0])
    middle = len(edges) // 2
    below = _half(value, edges[:middle], points[: middle + 1])
    above = _half(value, edges[middle + 1 :], points[middle + 1 :])
    return ibis.ifelse(value <= _number(edges[middle]), below, above)


def _moves(curve: Curve) -> bool:
    return bool(np.ptp(np.append(curve.points, curve.missing)))


def _number(value: float) -> ir.Value:
    return ibis.literal(repr(float(value))).cast("float64")
