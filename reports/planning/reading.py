"""What a design found, reckoned as its plan said it would be before it began."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import pandas as pd
from scipy.stats import norm

from reports.support.effect import SURE, UNSAID, Codes, Effect, Reals

LEAST = 10  # pupils in an arm: of fewer nothing is said
ALL_ORDERS, TRIED = 6, 1000  # schools of which every order is tried; of more, so many
HARM = 0.005  # half-way a design stops where chance would give so much more less often than this


@dataclass(frozen=True)
class Found:
    """`effect`: in the plan's unit, negative is less; `arms`: pupils (schools, where schools were drawn) of whom it was
    asked of whom it was not."""

    effect: Effect
    arms: tuple[int, int]

    @property
    def harmful(self) -> bool:
        """Whether so much more of the outcome would come by chance less than once in 200."""
        effect = self.effect
        return bool(
            effect.estimate is not None
            and effect.estimate > 0
            and effect.p is not None
            and effect.p / 2 < HARM
        )


def drawn_apart(rows: pd.DataFrame, past: Reals) -> Found:
    """The mean `outcome` of those `drawn` less that of those not, whatever followed, within `block` (school and night)
    and with the columns of `past` held alike. `rows` has one row a pupil; interval by robust errors."""
    from statsmodels.regression.linear_model import OLS

    drawn = rows["drawn"].to_numpy(dtype=float)
    arms = int(drawn.sum()), int(len(rows) - drawn.sum())
    held = pd.DataFrame(np.column_stack([rows["outcome"], drawn, past]))
    within = (held - held.groupby(rows["block"].to_numpy()).transform("mean")).to_numpy()
    moves = within.std(axis=0) > 0
    if min(arms) < LEAST or not moves[1] or not moves[0]:
        return Found(UNSAID, arms)
    design = within[:, np.flatnonzero(moves[1:]) + 1]
    fit = OLS(within[:, 0], design).fit(cov_type="HC1")
    spent = np.sqrt(
        fit.df_resid / max(fit.df_resid - rows["block"].nunique(), 1)
    )  # blocks are means taken off
    return Found(_interval(float(fit.params[0]), float(fit.bse[0]) * spent), arms)


def _interval(estimate: float, error: float) -> Effect:
    reach = float(norm.ppf(SURE)) * error
    return Effect(estimate, estimate - reach, estimate + reach, float(2 * norm.sf(abs(estimate) / error)))


def begun_apart(terms: pd.DataFrame, order: Sequence[str]) -> Found:
    """The mean over schools of how the outcome changed in the term in which a school began, less how it changed in
    that term at schools not yet begun.

    `terms`: schools (rows) by term (the one before the start first), each the mean of its pupils; the school at place k
    of `order` begins in term k + 1. The order is drawn again to give the interval: the effects beside which the order
    drawn would not be the oddest of twenty.
    """
    changes = terms.reindex(list(order)).diff(axis=1).to_numpy()[:, 1:]
    steps = min(len(order) - 1, changes.shape[1])
    if steps < 1:
        return Found(UNSAID, (0, len(order)))
    begins = np.eye(
        len(order), changes.shape[1]
    )  # what an effect adds to changes: once, in the term it begins
    orders = _orders(len(order))
    draws, reach = (_stacked(of, orders, steps) for of in (changes, begins))
    return Found(_inverted(draws, reach), (steps, len(order) - 1))


def _stacked(changes: Reals, orders: Codes, steps: int) -> Reals:
    """Of each order (a row of `orders`), the mean over terms of the change of the school that begins in it less that of
    those which have yet to begin."""
    apart = [changes[orders[:, k], k] - changes[orders[:, k + 1 :], k].mean(axis=1) for k in range(steps)]
    return np.asarray(np.mean(apart, axis=0))


def _orders(schools: int) -> Codes:
    """Every order of so many schools, or TRIED of them drawn anew; the order that was drawn is the first."""
    if schools <= ALL_ORDERS:
        return np.array(list(permutations(range(schools))))
    chance = np.random.default_rng(schools)
    return np.vstack([np.arange(schools), chance.permuted(np.tile(np.arange(schools), (TRIED, 1)), axis=1)])


def _inverted(draws: Reals, reach: Reals) -> Effect:
    """The effects τ that are not odd: had each school changed by τ when it began, other orders would often enough have
    shown a difference as far from τ as the order drawn."""
    own, span = float(draws[0]), float(np.abs(draws).max() or 1.0) * 4

    def usual(effect: float) -> float:
        left = draws - effect * reach  # each order's difference, the effect taken off those that began
        return float(np.mean(np.abs(left) >= abs(own - effect) - 1e-12))

    grid = own + np.linspace(-span, span, 801)
    held = [effect for effect in grid if usual(effect) > 1 - 2 * (SURE - 0.5)]
    if not held or held[0] == grid[0] or held[-1] == grid[-1]:
        return UNSAID  # too few orders to call any effect odd
    return Effect(own, float(held[0]), float(held[-1]), usual(0.0))
