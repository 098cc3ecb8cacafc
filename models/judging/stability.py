"""How much of a list is the records and how much the draw: other seeds, other samples of the same pupils.

A model fitted again with another seed, or on pupils drawn again, should name nearly the same pupils for nearly the
same reasons (Riley and Collins, 2023). What differs is luck, and no one should read meaning into it.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from models.bootstrap import interval, resample, share
from models.capacity import listed, roll
from models.rehearsal import Rehearsal, before_fold
from models.scorecard import Scorecard
from models.scoring import by_family
from models.training import Binned, Pairs, fit, scorecard

SEEDS, SAMPLES = 1, 2
AGAIN = "another seed", "other pupils drawn"


def stability(
    matrix: pd.DataFrame, labels: pd.DataFrame, outcome: str, rehearsal: Rehearsal, capacity: tuple[float, int],
    seed: int,
) -> pd.DataFrame:  # fmt: skip
    """A row for each fit again of the last fold's model: again (which of AGAIN), names_kept (of the names on its lists,
    the share on both), reasons_kept (of those on both, the share whose strongest reason is the same), each with `_low`
    and `_high`, the ends of its 95 % interval over the pupils of the lists."""
    last = rehearsal.fitted[-1]
    train = before_fold(labels, outcome, last.fold).to_numpy()
    rows = matrix[matrix["as_of"].isin(last.fold.dates)].reset_index(drop=True)
    on_roll = roll(rows, *capacity)
    was = listed(on_roll, last.card.margin(rows))
    why, drawn = _strongest(last.card, rows), resample(rows, seed)
    table = []
    y = labels.loc[train, outcome].to_numpy()
    for again, booster in _fits(matrix[train], y, rehearsal.rounds, seed, last.pairs):
        card = scorecard(booster, matrix.head(0), outcome, rehearsal.rounds)
        now = listed(on_roll, card.margin(rows))
        alike = _strongest(card, rows) == why
        listings = np.column_stack([was, was & now, was & now & alike])
        on_list, kept, for_the_same = drawn.totals(listings, was)
        names, reasons = interval(share(kept, on_list)), interval(share(for_the_same, kept))
        table.append({"again": again, **names.columns("names_kept"), **reasons.columns("reasons_kept")})
    return pd.DataFrame(table)


def _fits(
    matrix: pd.DataFrame, y: np.ndarray, rounds: int, seed: int, pairs: Pairs
) -> Iterator[tuple[str, Any]]:
    """The model fitted again: on the same rows with other seeds, then on pupils drawn again with all their dates."""
    for number in range(1, SEEDS + 1):
        yield AGAIN[0], fit(matrix, y, seed + number, rounds, pairs=pairs)
    binned, drawn = Binned(matrix, y, seed), resample(matrix, seed, SAMPLES)
    for number in range(1, SAMPLES + 1):
        yield AGAIN[1], binned.fit_drawn(rounds, drawn.weights[drawn.pupil, number], pairs)


def _strongest(card: Scorecard, rows: pd.DataFrame) -> np.ndarray:
    """The family of features that raises each row most."""
    return by_family(card.contributions(rows)).idxmax(axis=1).to_numpy()
