"""How much of a list is the records and how much the draw: other seeds, other samples of the same pupils.

A model fitted again with another seed, or on pupils drawn again, should name nearly the same pupils for nearly the
same reasons (Riley and Collins, 2023). What differs is luck, and no one should read meaning into it.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from models.bootstrap import resample
from models.capacity import listed, roll
from models.rehearsal import Rehearsal, before_fold
from models.scoring import by_family
from models.training import Binned, fit, raw_scores

SEEDS, SAMPLES = 1, 2
AGAIN = "another seed", "other pupils drawn"


def stability(
    matrix: pd.DataFrame, labels: pd.DataFrame, outcome: str, rehearsal: Rehearsal, capacity: tuple[float, int],
    seed: int,
) -> pd.DataFrame:  # fmt: skip
    """A row for each fit again of the last fold's model: again (which of AGAIN), names_kept (of the names on its lists,
    the share on both), reasons_kept (of those on both, the share whose strongest reason is the same)."""
    last = rehearsal.fitted[-1]
    train = before_fold(labels, outcome, last.fold).to_numpy()
    rows = matrix[matrix["as_of"].isin(last.fold.dates)].reset_index(drop=True)
    on_roll = roll(rows, *capacity)
    was = listed(on_roll, raw_scores(last.booster, rows, rehearsal.rounds))
    why = _strongest(last.booster, rows[was], rehearsal.rounds)
    table = []
    for again, booster in _fits(matrix[train], labels.loc[train, outcome].to_numpy(), rehearsal.rounds, seed):
        now = listed(on_roll, raw_scores(booster, rows, rehearsal.rounds))
        both = was & now
        same = _strongest(booster, rows[both], rehearsal.rounds) == why[both[was]]
        table.append((again, both.sum() / was.sum(), float(same.mean()) if both.any() else np.nan))
    return pd.DataFrame(table, columns=["again", "names_kept", "reasons_kept"])


def _fits(matrix: pd.DataFrame, y: np.ndarray, rounds: int, seed: int) -> Iterator[tuple[str, Any]]:
    """The model fitted again: on the same rows with other seeds, then on pupils drawn again with all their dates."""
    for number in range(1, SEEDS + 1):
        yield AGAIN[0], fit(matrix, y, seed + number, rounds)
    binned, drawn = Binned(matrix, y, seed), resample(matrix, seed, SAMPLES)
    for number in range(1, SAMPLES + 1):
        yield AGAIN[1], binned.fit_drawn(rounds, drawn.weights[drawn.pupil, number])


def _strongest(booster: Any, rows: pd.DataFrame, rounds: int) -> np.ndarray:
    """The family of features that raises each row most."""
    names = booster.feature_name()
    if rows.empty:
        return np.zeros(0, dtype=object)
    points = booster.predict(rows[names].to_numpy(dtype="float64"), pred_contrib=True, num_iteration=rounds)[
        :, :-1
    ]
    return by_family(pd.DataFrame(points, columns=names)).idxmax(axis=1).to_numpy()
