"""How sure a figure is: pupils drawn again within their schools, and every figure computed on each draw.

A pupil is drawn with all their dates, because the same child on forty dates is one child and not forty. The
first column of the weights is the data as they are, so that a figure and its interval come from the same
lines of code.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

RESAMPLES = 200
TAIL = 0.025  # on each side: a 95 % interval
ENOUGH_DRAWS = 0.5  # fewer defined draws than this and there is no interval to speak of


class Interval(NamedTuple):
    """A figure with the two ends of its 95 % interval; NaN where it cannot be said."""

    figure: float
    low: float
    high: float

    def columns(self, name: str) -> dict[str, float]:
        """As three columns of a table: the name, and with `_low` and `_high`."""
        return {name: self.figure, f"{name}_low": self.low, f"{name}_high": self.high}


@dataclass(frozen=True)
class Resamples:
    """How often each pupil counts: `weights` is (pupils, 1 + draws), first the data as they are (all ones).

    `pupil` gives each row's line in `weights`.
    """

    pupil: np.ndarray
    weights: np.ndarray

    def totals(self, columns: np.ndarray, rows: np.ndarray | None = None) -> np.ndarray:
        """Sums of `columns` (rows, m) on every draw: shape (m, 1 + draws). `rows` keeps only some rows."""
        kept = np.arange(len(self.pupil)) if rows is None else np.flatnonzero(rows)
        parts = columns[kept].astype(float)
        width = parts.shape[1]
        into = np.tile(np.arange(width), len(kept))
        return self.sums_by(into, np.repeat(self.pupil[kept], width), parts.ravel(), width)

    def sums_by(self, into: np.ndarray, pupil: np.ndarray, amounts: np.ndarray, lines: int) -> np.ndarray:
        """Amounts summed by `into`, each counted as often as its pupil: shape (lines, 1 + draws).

        A sparse product rather than BLAS: one thread, one order of addition, the same last digit everywhere.
        """
        from scipy.sparse import csr_array

        shape = (lines, len(self.weights))
        return np.asarray(csr_array((amounts, (into, pupil)), shape=shape) @ self.weights)


def resample(rows: pd.DataFrame, seed: int, draws: int = RESAMPLES) -> Resamples:
    """`draws` draws of the pupils in `rows` (pupil_id, school_id), with replacement, within each school.

    A pupil seen at two schools belongs to the first in the order of the rows.
    """
    pupil, ids = pd.factorize(rows["pupil_id"], sort=True)
    first = rows.drop_duplicates("pupil_id").set_index("pupil_id")["school_id"]
    school = pd.factorize(first.reindex(ids), sort=True)[0]
    chance = np.random.default_rng(seed)
    weights = np.ones((len(ids), 1 + draws))
    for code in range(school.max() + 1 if len(school) else 0):
        members = np.flatnonzero(school == code)
        weights[members, 1:] = _drawn(len(members), draws, chance)
    return Resamples(pupil, weights)


def _drawn(members: int, draws: int, chance: np.random.Generator) -> np.ndarray:
    """How often each of `members` pupils comes up in each draw of as many: shape (members, draws)."""
    picks = chance.integers(members, size=(draws, members)) + np.arange(draws)[:, None] * members
    return np.bincount(picks.ravel(), minlength=draws * members).reshape(draws, members).T


def interval(values: np.ndarray) -> Interval:
    """The figure (first value) and the percentile interval of the draws after it."""
    figure, draws = float(values[0]), values[1:][~np.isnan(values[1:])]
    if np.isnan(figure) or len(draws) <= ENOUGH_DRAWS * (len(values) - 1):
        return Interval(figure, np.nan, np.nan)
    low, high = np.quantile(draws, [TAIL, 1 - TAIL], method="nearest")
    return Interval(figure, float(low), float(high))


def inflated_interval(values: np.ndarray) -> Interval:
    """As `interval`, for figures that chance inflates and drawing inflates again (a mean of absolute gaps).

    What drawing adds is taken off both ends. What chance had added before is taken off the lower end as well,
    which is never below 0: where no gap is real, a draw doubles the variance and so adds √2 − 1 times as
    much.
    """
    figure, low, high = interval(values)
    added = float(np.nanmean(values[1:])) - figure if not np.isnan(low) else np.nan
    return Interval(figure, max(0.0, low - added - added / (np.sqrt(2) - 1)), max(figure, high - added))


def share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """`part / whole` on every draw, NaN where there is nothing to divide by."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole == 0, np.nan, part / np.where(whole == 0, 1.0, whole))


def ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """`part / whole` on every draw, infinite where only the whole is nothing, NaN where both are."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where((whole == 0) & (part == 0), np.nan, part / whole))
