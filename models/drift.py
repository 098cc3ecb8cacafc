"""Whether tonight is still like what the model was tested on: the records, the chances given, and what came after.

The manifest keeps how the pupil-dates it was tested on were spread, in ten parts a feature. Tonight is set beside that
by the population stability index (PSI: the sum over parts of (now − then) × ln(now / then)), the credit industry's
measure; above a quarter is by custom a shift. Outcomes come late: a list is judged when its window closes.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from features.catalogue import CATALOGUE, Feature
from models.bootstrap import RESAMPLES, Interval, interval, resample, share
from models.scoring import RANKED_BY

PARTS = np.linspace(0.1, 0.9, 9)
FLOOR = 1e-4  # an empty part counts as so much, or one pupil could make any figure
NOT_COMPARED = ("year", "environment", "joining")  # the time of year and a cohort's age are meant to move
SHOWN = 10
CHANCES = "chances"


class Shift(NamedTuple):
    """One feature, the phrase people know it by, and how far it has moved."""

    feature: str
    phrase: str
    psi: float


def reference(matrix: pd.DataFrame, chances: np.ndarray) -> dict[str, dict[str, list[float]]]:
    """How pupil-dates are spread: for each compared feature and for CHANCES the inner edges of at most ten parts, and
    the share of rows in each and, last, with no value."""
    columns = {feature.name: matrix[feature.name] for feature in _compared()} | {CHANCES: chances}
    return {name: _spread(np.asarray(values, dtype=float)) for name, values in columns.items()}


def record_shifts(then: Mapping[str, Mapping[str, Sequence[float]]], matrix: pd.DataFrame) -> list[Shift]:
    """Every compared feature's shift, furthest first."""
    shifts = [
        Shift(
            feature.name,
            feature.phrase,
            shift(then[feature.name], matrix[feature.name].to_numpy(dtype=float)),
        )
        for feature in _compared()
        if feature.name in then
    ]
    return sorted(shifts, key=lambda each: (-each.psi, each.feature))


def shift(then: Mapping[str, Sequence[float]], values: np.ndarray) -> float:
    """How far values have moved from a spread."""
    return stability_index(np.array(then["share"]), _counts(values, np.array(then["edges"])))


def stability_index(then: np.ndarray, now: np.ndarray) -> float:
    """The PSI of two counts over the same bins; 0 where either is empty.

    >>> round(stability_index(np.array([50, 50]), np.array([50, 50])), 3)
    0.0
    >>> round(stability_index(np.array([50, 50]), np.array([90, 10])), 2)
    0.88
    """
    if then.sum() == 0 or now.sum() == 0:
        return 0.0
    before, after = (np.maximum(counts / counts.sum(), FLOOR) for counts in (then, now))
    return float(((after - before) * np.log(after / before)).sum())


def chance_of(scores: pd.DataFrame) -> np.ndarray:
    """Everyone's chance of the outcome that the list is ranked by."""
    return scores[f"p_{RANKED_BY}"].to_numpy(dtype=float)


def late_labels(
    scores: pd.DataFrame, y: np.ndarray, named: np.ndarray, seed: int, draws: int = RESAMPLES
) -> dict[str, Interval]:
    """Of a night whose window has closed: calibration (the chances given over the outcomes that followed) and
    precision (of those named, the share it followed), over pupils whose outcome is known."""
    known = ~np.isnan(y)
    chance = chance_of(scores)
    drawn = resample(scores, seed, draws)
    columns = np.column_stack(
        [np.where(known, chance, 0.0), np.nan_to_num(y), known & named, named & (y == 1)]
    )
    given, followed, on_list, right = drawn.totals(columns, known)
    return {"calibration": interval(share(given, followed)), "precision": interval(share(right, on_list))}


def alarms(found: Mapping[str, Any], rule: Mapping[str, Any]) -> list[str]:
    """What has shifted beyond the rule of the gate, a plain sentence each; empty where nothing has."""
    said = [
        f"Records have moved: {shift['phrase']}, by {shift['psi']:.2f}; {rule['records_at_most']:g} is allowed."
        for shift in found["records"]
        if shift["psi"] > rule["records_at_most"]
    ]
    if found["scores"] is not None and found["scores"] > rule["scores_at_most"]:
        said.append(
            f"The chances given have moved, by {found['scores']:.2f}; {rule['scores_at_most']:g} is allowed."
        )
    late = found["late"]
    if late and late["calibration"][0] is not None:
        least, most = rule["calibration_between"]
        figure, low, high = late["calibration"]
        if low is not None and (high < least or low > most):
            said.append(
                f"The chances given on {late['as_of']} added up to {figure:.2f} ({low:.2f} to {high:.2f}) times the "
                "outcomes that followed."
            )
    return said


def _compared() -> list[Feature]:
    return [feature for feature in CATALOGUE if feature.family not in NOT_COMPARED]


def _spread(values: np.ndarray) -> dict[str, list[float]]:
    held = values[~np.isnan(values)]
    edges = np.unique(np.quantile(held, PARTS, method="nearest").round(9)) if len(held) else np.zeros(0)
    counts = _counts(values, edges)
    return {"edges": edges.tolist(), "share": (counts / max(1.0, counts.sum())).round(6).tolist()}


def _counts(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """How many values lie in each part, and last how many are missing."""
    missing = np.isnan(values)
    places = np.searchsorted(edges, values[~missing].round(9), side="left")
    return np.append(np.bincount(places, minlength=len(edges) + 1), missing.sum()).astype(float)
