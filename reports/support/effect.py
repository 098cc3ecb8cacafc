"""The effect on those supported: like pupils found by weighting, then compared by weighted regression.

The fits are scikit-learn's, and `reports.support.regression`, which is held to statsmodels'. The supported are
compared with others, weighted so that those looked as the supported did before their start, and set right by
regression for what weighting leaves. Either the weights or the regression may be wrong, not both. The regression holds
the records before the start, so the difference of levels and the difference of changes (differences in differences)
are one number.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import qr
from scipy.stats import t as students

Reals = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
SURE = 0.975
PENALTY = 10.0  # scikit-learn's C: enough to keep a fit from running away, too little to pull it
SAME = 1e-7  # columns that add less than this to the others are left out
LEAST_COUNTED = 5  # events on either side, without which there is no ratio to speak of
WHOLE = 0.999  # the heaviest of the unsupported that together weigh so much are kept, the rest only take time


@dataclass(frozen=True)
class Effect:
    """A difference with its 95 % interval; negative is less of the outcome. None where it cannot be said."""

    estimate: float | None
    low: float | None
    high: float | None
    p: float | None = None


UNSAID = Effect(None, None, None)


@dataclass(frozen=True)
class Matched:
    """Who is compared: `weights` of all rows (1 for the supported, 0 for whoever is left out).

    `unlike`: how many supported rows have nobody like them and are left out; `alike`: to how many equally weighted
    rows those not supported amount.
    """

    weights: Reals
    unlike: int
    alike: float


def standard(columns: Reals) -> Reals:
    """Columns with mean 0 and spread 1; those that others already hold are left out. Shape (rows, kept)."""
    spread = columns.std(axis=0)
    held = columns[:, spread > SAME]
    if not held.shape[1]:
        return held
    held = (held - held.mean(axis=0)) / held.std(axis=0)
    _, corner, order = qr(held.T @ held / len(held), pivoting=True)
    kept = np.sort(order[np.abs(np.diag(corner)) > SAME])
    return np.asarray(held[:, kept])


def margins(columns: Reals, supported: Flags, counts: Reals | None = None) -> Reals:
    """The log odds of support of each row, by logistic regression on its columns; `counts`: the weight of each row."""
    from sklearn.linear_model import LogisticRegression

    asked = standard(columns)
    fitted = LogisticRegression(C=PENALTY, max_iter=2000).fit(asked, supported, sample_weight=counts)
    return np.asarray(fitted.decision_function(asked))


def chances(columns: Reals, supported: Flags) -> Reals:
    """The chance of support of each row: the same log odds, set right by isotonic regression where they run too far."""
    from sklearn.isotonic import IsotonicRegression

    asked = margins(columns, supported)
    fitted: Reals = IsotonicRegression(out_of_bounds="clip").fit_transform(asked, supported.astype(float))
    return fitted


def match(columns: Reals, supported: Flags, seasons: Codes, staying: Reals | None = None) -> Matched:
    """Weights that make those not supported look in `columns` as the supported did, within each season.

    They are the odds of support, times `staying` where given (how much each row not supported counts to begin with),
    and in each season sum to its supported. A supported row is left out where its odds exceed all of the
    unsupported's, or where its season has nobody unsupported.
    """
    counts = np.where(supported, 1.0, 1.0 if staying is None else staying)
    margin = margins(columns, supported, counts)
    size, free = int(seasons.max()) + 1, ~supported & (counts > 0)
    odds = np.exp(margin - margin[supported].max()) * free * counts
    there = np.bincount(seasons, odds, size)
    kept = supported & (margin <= margin[free].max()) & (there[seasons] > 0)
    share = np.divide(np.bincount(seasons[kept], minlength=size), there, out=np.zeros(size), where=there > 0)
    weights = _heaviest(odds * share[seasons])
    alike = float(weights.sum() ** 2 / (weights**2).sum()) if weights.any() else 0.0
    return Matched(weights + kept, int((supported & ~kept).sum()), alike)


def _heaviest(weights: Reals) -> Reals:
    order = np.argsort(-weights, kind="stable")
    enough = np.searchsorted(np.cumsum(weights[order]), WHOLE * weights.sum()) + 1
    kept = np.zeros(len(weights))
    kept[order[:enough]] = weights[order[:enough]]
    return kept


def interval(estimate: float, error: float, supported: int) -> Effect:
    """An estimate and its standard error as an effect; the fewer the supported, the wider."""
    free = max(supported - 1, 1)
    reach = float(students.ppf(SURE, free)) * error
    p = float(2 * students.sf(abs(estimate) / error, free)) if error > 0 else None
    return Effect(estimate, estimate - reach, estimate + reach, p)


def apart_before(
    changes: Reals, columns: Reals, supported: Flags, weights: Reals, pupils: Codes
) -> float | None:
    """The chance of changes (rows, m) as far apart as these, were the supported and those like them on one course: a
    Wald test, clustered by pupil. None where nothing changed."""
    from statsmodels.regression.linear_model import WLS

    held = weights > 0
    tested = standard(changes[held])
    if not tested.shape[1] or len(np.unique(supported[held])) < 2:
        return None
    size = tested.shape[1]
    design = np.column_stack([np.ones(len(tested)), standard(np.column_stack([tested, columns[held]]))])
    fit = WLS(supported[held].astype(float), design, weights=weights[held]).fit(
        method="qr", cov_type="cluster", cov_kwds={"groups": pupils[held]}
    )
    wanted = np.eye(size, design.shape[1], k=1)
    return float(fit.wald_test(wanted, use_f=True, scalar=True).pvalue)


def times_as_many(counts: Reals, columns: Reals, supported: Flags, pupils: Codes) -> Effect:
    """As `adjusted`, for counts: how many times as many, by Poisson regression; 1 is as many. Clustered by pupil."""
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    if min(counts[supported].sum(), counts[~supported].sum()) < LEAST_COUNTED:
        return UNSAID
    given = supported.astype(float)
    design = np.column_stack([np.ones(len(given)), given, standard(columns)])
    fit = GLM(counts, design, family=Poisson()).fit(cov_type="cluster", cov_kwds={"groups": pupils})
    log = interval(float(fit.params[1]), float(fit.bse[1]), int(given.sum()))
    times, low, high = (
        None if end is None else float(np.exp(end)) for end in (log.estimate, log.low, log.high)
    )
    return Effect(times, low, high, log.p)
