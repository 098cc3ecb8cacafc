"""Figures of merit of a ranking or a chance, each on the data as they are and on every draw of the pupils.

Every function returns an array of 1 + draws values: first the figure, then its draws (`models.bootstrap`).
"""

import numpy as np

from models.bootstrap import Resamples, share

BINS = 10


def ranking(
    drawn: Resamples, y: np.ndarray, score: np.ndarray, rows: np.ndarray, weight: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """AUROC and average precision over `rows`, each counted `weight` times (once), equal scores sharing their place
    as scikit-learn has it.

    NaN where only one class is there. Only stretches of the ranking that hold an outcome matter to either
    figure, so the others are summed together first: the work is one pass over the rows, whatever the number
    of draws.
    """
    kept = np.flatnonzero(rows)
    order = kept[np.argsort(-score[kept], kind="stable")]
    if len(order) == 0 or not y[order].any():
        nothing = np.full(drawn.weights.shape[1], np.nan)
        return nothing, nothing
    stretch = _stretches(score[order], y[order])
    lines, who, yes = int(stretch[-1]) + 1, drawn.pupil[order], y[order] == 1
    counts = np.ones(len(order)) if weight is None else weight[order]
    everyone = drawn.sums_by(stretch, who, counts, lines)
    with_outcome = drawn.sums_by(stretch[yes], who[yes], counts[yes], lines)
    return _auroc(everyone, with_outcome), _average_precision(everyone, with_outcome)


def _stretches(score: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Number of the stretch of each entry, best score first: each set of equal scores that holds an outcome
    is one, and so is each run of sets without."""
    block = np.cumsum(np.r_[0, np.diff(score) != 0])
    holds = np.zeros(block[-1] + 1, dtype=bool)
    holds[block[y == 1]] = True
    begins = np.r_[True, holds[1:] | holds[:-1]]
    return np.asarray((np.cumsum(begins) - 1)[block])


def _auroc(everyone: np.ndarray, with_outcome: np.ndarray) -> np.ndarray:
    without = everyone - with_outcome
    above = np.cumsum(without, axis=0) - without
    total = without.sum(axis=0)
    beaten = (with_outcome * (total - above - without / 2)).sum(axis=0)
    return share(beaten, with_outcome.sum(axis=0) * total)


def _average_precision(everyone: np.ndarray, with_outcome: np.ndarray) -> np.ndarray:
    precision = share(np.cumsum(with_outcome, axis=0), np.cumsum(everyone, axis=0))
    return share(np.nansum(with_outcome * precision, axis=0), with_outcome.sum(axis=0))


def chances(drawn: Resamples, y: np.ndarray, chance: np.ndarray, rows: np.ndarray) -> dict[str, np.ndarray]:
    """How true the chances are: `calibration` (mean predicted over observed; 1 is right), `brier`, and `ece`
    (mean gap between predicted and observed over ten bins of equal size)."""
    columns = np.column_stack([np.ones(len(y)), y, chance, (chance - y) ** 2])
    rows_in, outcomes, predicted, squared = drawn.totals(columns, rows)
    kept = np.flatnonzero(rows)
    bins = equal_bins(chance[kept])
    gaps = drawn.sums_by(bins, drawn.pupil[kept], (chance - y)[kept], BINS)
    return {
        "calibration": share(predicted, outcomes),
        "brier": share(squared, rows_in),
        "ece": share(np.abs(gaps).sum(axis=0), rows_in),
    }


def equal_bins(chance: np.ndarray) -> np.ndarray:
    """The bin (0–9) of each chance: ten of equal size, equal chances always together."""
    if len(chance) == 0:
        return np.zeros(0, dtype=int)
    edges = np.quantile(chance, np.linspace(0, 1, BINS + 1)[1:-1])
    return np.searchsorted(edges, chance, side="left")
