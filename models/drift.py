"""Whether tonight is still like what the model learnt from: the records, the chances given, and what came after.

The scorecard holds its own reference: each curve's bins with the training rows that fell in each. Records and chances
are compared by the population stability index (PSI: the sum over bins of (now − then) × ln(now / then)), the credit
industry's measure; above a quarter is by custom a shift. Outcomes come late: a list is judged when its window closes.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from features.catalogue import CATALOGUE
from models.bootstrap import RESAMPLES, Interval, interval, resample, share
from models.scorecard import Curve, Scorecard
from models.scoring import RANKED_BY

PARTS = 10  # bins are put together until each held a tenth of the training rows
FLOOR = 1e-4  # an empty bin counts as so much, or one pupil could make any figure
NOT_COMPARED = ("year", "environment")  # the time of year and the school's own rates are meant to move
SHOWN = 10


class Shift(NamedTuple):
    """One feature, the phrase people know it by, and how far it has moved."""

    feature: str
    phrase: str
    psi: float


def record_shifts(card: Scorecard, matrix: pd.DataFrame) -> list[Shift]:
    """Every compared feature's shift, furthest first."""
    phrases = {f.name: f.phrase for f in CATALOGUE if f.family not in NOT_COMPARED}
    shifts = [
        Shift(
            curve.feature,
            phrases[curve.feature],
            _curve_shift(curve, matrix[curve.feature].to_numpy(dtype=float)),
        )
        for curve in card.curves
        if curve.feature in phrases
    ]
    return sorted(shifts, key=lambda shift: (-shift.psi, shift.feature))


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


def deciles(chances: np.ndarray) -> list[float]:
    """The edges of ten equal parts of the chances given when the model was tested, for its manifest."""
    return [round(float(edge), 6) for edge in np.quantile(chances, np.linspace(0.1, 0.9, 9))]


def score_shift(edges: Sequence[float], chances: np.ndarray) -> float:
    """How far tonight's chances have moved from ten equal parts."""
    now = np.bincount(np.searchsorted(np.array(edges), chances, side="left"), minlength=len(edges) + 1)
    then = np.full(len(edges) + 1, 1.0)
    held = np.unique(edges, return_counts=True)[1]
    return stability_index(then, now.astype(float)) if held.max() == 1 else 0.0


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
        f"Records have moved: {shift['phrase']} (PSI {shift['psi']:.2f})."
        for shift in found["records"]
        if shift["psi"] > rule["records_at_most"]
    ]
    if found["scores"] is not None and found["scores"] > rule["scores_at_most"]:
        said.append(f"The chances given have moved (PSI {found['scores']:.2f}).")
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


def _curve_shift(curve: Curve, values: np.ndarray) -> float:
    then = np.append(curve.weight, curve.missing_weight).astype(float)
    missing = np.isnan(values)
    places = np.searchsorted(curve.edges, values[~missing], side="left")
    now = np.append(np.bincount(places, minlength=len(curve.points)), missing.sum()).astype(float)
    group = _together(then)
    return stability_index(np.bincount(group, then), np.bincount(group, now))


def _together(then: np.ndarray) -> np.ndarray:
    """The part of each bin: neighbours put together until each part held a tenth; missing stays apart."""
    held = then[:-1]
    before = np.cumsum(held) - held
    part = np.minimum((before / max(held.sum(), 1.0) * PARTS).astype(int), PARTS - 1)
    return np.append(pd.factorize(part)[0], part.max() + 1 if len(part) else 0)
