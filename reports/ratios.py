"""How many times as much a group lost as everyone else, with an interval that lets pupils differ."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

Whole = npt.NDArray[np.int64]
CHANCE = 0.95


@dataclass(frozen=True)
class Ratio:
    """A group's rate over that of everyone else, between `low` and `high` 19 times in 20; None where unsaid."""

    ratio: float | None
    low: float | None
    high: float | None


def ratio(lost: Whole, possible: Whole, inside: npt.NDArray[np.bool_]) -> Ratio:
    """The ratio of two rates (lost over possible), the group's `inside` over everyone else's; one row a pupil.

    The interval is on the log of the ratio. Its variance comes from how far each pupil's loss is from what the
    group's rate would give them (a Poisson model's robust variance, each pupil one unit), so that one pupil's many
    sessions count as one pupil and not as many. Welch's degrees of freedom widen it for small groups.
    """
    rates = [_rate(lost[who], possible[who]) for who in (inside, ~inside)]
    (one, one_var, one_free), (rest, rest_var, rest_free) = rates
    if one is None or not rest:
        return Ratio(None, None, None)
    if one == 0 or min(one_free, rest_free) < 1:
        return Ratio(one / rest, None, None)
    variance = one_var + rest_var
    free = variance**2 / (one_var**2 / one_free + rest_var**2 / rest_free) if variance else 1.0
    half = float(stdtrit(free, (1 + CHANCE) / 2)) * math.sqrt(variance)
    middle = one / rest
    return Ratio(middle, middle * math.exp(-half), middle * math.exp(half))


def _rate(lost: Whole, possible: Whole) -> tuple[float | None, float, int]:
    """A rate, the variance of its log, and its degrees of freedom."""
    pupils, total = len(lost), int(possible.sum())
    if not total:
        return None, 0.0, 0
    rate = lost.sum() / total
    if rate == 0 or pupils < 2:
        return float(rate), 0.0, pupils - 1
    spread = float(((lost - rate * possible) ** 2).sum()) * pupils / (pupils - 1)
    return float(rate), spread / float(lost.sum()) ** 2, pupils - 1
