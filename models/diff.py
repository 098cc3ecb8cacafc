"""Which curves moved between two models, in terms of chance: for whoever must say if a retraining changed its mind.

A curve's movement is read for an otherwise average pupil, on the newer model's base and line of calibration: how far
the chance moves when only this curve, or what this pair of features says together, is swapped. The mean is over the
rows that the newer model was trained on.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from models.lookup import column_of
from models.scorecard import Curve, Pair, Scorecard, lines_of
from models.shelf import Model

LEVEL = ""  # no feature: how far the chance of an otherwise average pupil moved
COLUMNS = ["outcome", "feature", "other", "mean", "largest", "at", "other_at", "before", "after"]
Movement = tuple[str, str, float, float, float, float, float, float]


def moved(old: Model, new: Model) -> pd.DataFrame:
    """A row for each outcome both models have and each curve and pair of either, the most moved first; before them the
    level of the outcome, with no feature.

    Columns: outcome, feature, other (a pair's second feature, "" for a curve), mean and largest (movement of the
    chance, 0 to 1), at (a value in the bin where it is largest: its upper end, or the lower one of the last bin; NaN
    for an empty value), other_at (of the second feature; NaN for a curve), before and after (the chance there). What
    one model does not have is flat in it.
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
    rows = pd.DataFrame([*curves, *_pairs(old, new)], columns=COLUMNS[1:])
    rows = rows.sort_values(["mean", "feature", "other"], ascending=[False, True, True])
    was, now = (float(card.calibrate(np.array(card.base))) for card in (old, new))
    level = pd.DataFrame(
        [(LEVEL, "", abs(now - was), abs(now - was), np.nan, np.nan, was, now)], columns=COLUMNS[1:]
    )
    return pd.concat([level, rows], ignore_index=True).assign(outcome=new.outcome)[COLUMNS]


def _curve(old: Curve, new: Curve, card: Scorecard) -> Movement:
    column = column_of([old, new])
    before, after = card.calibrate(card.base + column.points)
    edges = column.bins.edges[:-2]
    mean, largest, place = _gap(before, after, _shared_out(new, edges))
    at = _values(edges)[place]
    return new.feature, "", mean, largest, at, np.nan, float(before[place]), float(after[place])


def _pairs(old: Scorecard, new: Scorecard) -> Iterator[Movement]:
    """How far each pair of either model moved."""
    before, after = ({pair.features: pair for pair in card.pairs} for card in (old, new))
    for names in {**after, **before}:
        yield _pair(before.get(names) or _no_pair(names), after.get(names) or _no_pair(names), new)


def _pair(old: Pair, new: Pair, card: Scorecard) -> Movement:
    first, second = (np.union1d(was, now) for was, now in zip(old.edges, new.edges, strict=True))
    before, after = (card.calibrate(card.base + pair.at(first, second).sum(axis=0)) for pair in (old, new))
    shares = [_lines(own, edges) for own, edges in zip(new.edges, (first, second), strict=True)]
    (down, part_down), (across, part_across) = shares
    mean, largest, flat = _gap(before, after, new.weight[down][:, across] * np.outer(part_down, part_across))
    place = np.unravel_index(flat, before.shape)
    at, other_at = _values(first)[place[0]], _values(second)[place[1]]
    return *new.features, mean, largest, at, other_at, float(before[place]), float(after[place])


def _gap(before: np.ndarray, after: np.ndarray, weight: np.ndarray) -> tuple[float, float, int]:
    """The mean movement by weight (plainly where there is none), the largest, and its place."""
    gap = np.abs(after - before)
    mean = float((gap * weight).sum() / weight.sum()) if weight.sum() else float(gap.mean())
    return mean, float(gap.max()), int(gap.argmax())


def _values(edges: np.ndarray) -> list[float]:
    """A value in each bin: its upper end, the lower one of the last, and NaN for the empty value."""
    return [*map(float, edges), float(edges[-1]) if len(edges) else np.nan, np.nan]


def _lines(own: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which of a curve's own bins each finer bin lies in, the empty value last, and what part of it that is."""
    line = lines_of(own, edges)
    return line, 1 / np.bincount(line)[line]


def _shared_out(curve: Curve, edges: np.ndarray) -> np.ndarray:
    """The rows of a curve's bins, each shared out evenly among the finer bins it is cut into, and those empty."""
    line, part = _lines(curve.edges, edges)
    return np.asarray(np.append(curve.weight, curve.missing_weight)[line] * part)


def _flat(feature: str) -> Curve:
    return Curve(feature, np.zeros(0), np.zeros(1), 0.0, np.zeros(1), 0)


def _no_pair(names: tuple[str, str]) -> Pair:
    return Pair(names, (np.zeros(0), np.zeros(0)), np.zeros((2, 2, 2)), np.zeros((2, 2)))
