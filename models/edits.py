"""A curve flattened or capped by hand: what an analyst may change, always with a name and a reason."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.scorecard import Curve, Pair, Scorecard


@dataclass(frozen=True)
class Edit:
    """One change of one feature's curve in every outcome, or in one.

    `flatten`: the feature tells nothing any more, and its pairs are dropped. `cap`: values beyond `at` count as `at`.
    """

    feature: str
    kind: Literal["flatten", "cap"]
    at: float | None
    reason: str
    by: str
    outcome: str | None = None

    def words(self) -> str:
        """What was done, by whom and why, in one sentence."""
        done = "flattened" if self.kind == "flatten" else f"capped at {self.at:g}"
        where = f" for {self.outcome}" if self.outcome else ""
        return f"{self.feature} {done}{where} by {self.by}: {self.reason}"


def edited(card: Scorecard, edits: Sequence[Edit]) -> Scorecard:
    """The card with every edit of its outcome made, each curve's mean over the training rows still nothing."""
    for edit in edits:
        if edit.outcome in (None, card.outcome):
            card = _flattened(card, edit.feature) if edit.kind == "flatten" else _capped(card, edit)
    return card


def _flattened(card: Scorecard, feature: str) -> Scorecard:
    curves = tuple(
        dataclasses.replace(curve, points=np.zeros_like(curve.points), missing=0.0)
        if curve.feature == feature
        else curve
        for curve in card.curves
    )
    pairs = tuple(pair for pair in card.pairs if feature not in pair.features)
    return dataclasses.replace(card, curves=curves, pairs=pairs)


def _capped(card: Scorecard, edit: Edit) -> Scorecard:
    moved, curves = 0.0, []
    for curve in card.curves:
        mean = 0.0
        if curve.feature == edit.feature:
            curve, mean = _centred(_cut(curve, float(edit.at or 0.0)))
        curves.append(curve)
        moved += mean
    pairs = tuple(_pair_cut(pair, edit) if edit.feature in pair.features else pair for pair in card.pairs)
    return dataclasses.replace(card, base=card.base + moved, curves=tuple(curves), pairs=pairs)


def _cut(curve: Curve, at: float) -> Curve:
    """The curve with the points of `at` in every bin beyond it."""
    last = int(np.searchsorted(curve.edges, at))
    points = curve.points[np.minimum(np.arange(len(curve.points)), last)]
    return dataclasses.replace(curve, points=points)


def _centred(curve: Curve) -> tuple[Curve, float]:
    rows = curve.weight.sum() + curve.missing_weight
    mean = float(curve.points @ curve.weight + curve.missing * curve.missing_weight) / rows if rows else 0.0
    return dataclasses.replace(curve, points=curve.points - mean, missing=curve.missing - mean), mean


def _pair_cut(pair: Pair, edit: Edit) -> Pair:
    side = pair.features.index(edit.feature)
    last = int(np.searchsorted(pair.edges[side], float(edit.at or 0.0)))
    bins = np.append(np.minimum(np.arange(len(pair.edges[side]) + 1), last), len(pair.edges[side]) + 1)
    return dataclasses.replace(pair, points=np.take(pair.points, bins, axis=side + 1))
