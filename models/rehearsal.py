"""Rehearsal by rolling origin: each fold is trained on windows that had closed before its test dates began.

So nothing that is tested on had happened, or could have been known, when the model was fitted: the gap is the whole
horizon. Every challenger is fitted on the same rows and tested on the same later rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from configs.settings import Training
from features.calendar import SchoolDays
from models.calibration import platt
from models.challengers import HANDRAIL, Challenger
from models.pairing import NOT_ASKED, Gain, gain_of_pairs
from models.scorecard import calibrated
from models.training import EVERY_ROUNDS, MOST_ROUNDS, Binned, raw_scores_at

KEYS = ["pupil_id", "school_id", "as_of", "year_group"]
STAGES = range(EVERY_ROUNDS, MOST_ROUNDS + 1, EVERY_ROUNDS)
Staged = Mapping[str, Mapping[int, np.ndarray]]  # way of fitting → number of trees → raw scores


@dataclass(frozen=True)
class Fold:
    """One fold: the test dates, in order; training rows are those whose window closed before the first of them."""

    number: int
    dates: tuple[date, ...]


def training_dates(days: SchoolDays, every: int, history: int, by: date) -> list[date]:
    """As-of dates for training: every so many open days of the trust, from the first school's `history`-th day."""
    trust = np.unique(np.concatenate(list(days.open_days.values())))
    held = trust[trust <= np.datetime64(by)]
    return [day.item() for day in held[history - 1 :: every]]


def folds(dates: Sequence[date], count: int) -> list[Fold]:
    """The later half of the dates in `count` blocks, each tested by a model that saw only what came before."""
    later = sorted(dates)[len(dates) // 2 :]
    blocks = [block for block in np.array_split(np.array(later, dtype="datetime64[D]"), count) if len(block)]
    return [Fold(number, tuple(day.item() for day in block)) for number, block in enumerate(blocks, start=1)]


@dataclass(frozen=True)
class Rehearsal:
    """What rolling origin showed: held-out rows with a column a method, whether pairs of features earn their place, and
    the numbers of trees that did best, of curves alone and of what is kept."""

    held_out: pd.DataFrame
    pairs: Gain
    rounds_alone: int
    rounds: int


def rehearse(
    matrix: pd.DataFrame, labels: pd.DataFrame, outcome: str, blocks: Sequence[Fold],
    challengers: Sequence[type[Challenger]], training: Training,
) -> Rehearsal | None:  # fmt: skip
    """Held-out chances of one outcome for every method; None where no fold has outcomes enough to be fitted.

    `held_out`: the keys, y, ever_school_3, fold, `handrail` (calibrated on earlier folds only), `margin`, a column a
    challenger, and the raw scores that pairs are judged by, `without` and, where they are asked for, `with_pairs`.
    """
    parts = []
    for fold in blocks:
        train, test = _split(matrix, labels, outcome, fold)
        y = labels.loc[train, outcome].to_numpy()
        if not test.any() or y.sum() < training.least_outcomes or y.sum() == len(y):
            continue
        staged = _staged(matrix[train], y, matrix[test], training)
        rows = matrix.loc[test, KEYS].assign(
            y=labels.loc[test, outcome], ever_school_3=labels.loc[test, "ever_school_3"], fold=fold.number
        )
        for make in challengers:
            challenger = make()
            challenger.fit(matrix[train], y)
            rows[challenger.NAME] = challenger.predict(matrix[test])
        parts.append((rows, staged))
    return _chosen(parts, training) if parts else None


def _chosen(parts: Sequence[tuple[pd.DataFrame, Staged]], training: Training) -> Rehearsal:
    """The rehearsal of all folds, with the number of trees that has the least log loss over them, and with pairs where
    they have earned their place."""
    best = {}
    for name in parts[0][1]:
        losses = {stage: sum(_log_loss(staged[name][stage], rows["y"].to_numpy()) for rows, staged in parts)
                  for stage in STAGES}  # fmt: skip
        best[name] = min(STAGES, key=lambda stage: (losses[stage], stage))
    told = [rows.assign(**{name: staged[name][stage] for name, stage in best.items()}) for rows, staged in parts]
    held_out = pd.concat(told, ignore_index=True)
    gain = gain_of_pairs(held_out, training.pairs_gain, training.seed) if "with_pairs" in best else NOT_ASKED
    kept = "with_pairs" if gain.earned else "without"
    held_out["margin"] = held_out[kept]
    return Rehearsal(held_out.assign(**{HANDRAIL: _chances(held_out)}), gain, best["without"], best[kept])


def _staged(matrix: pd.DataFrame, y: np.ndarray, test: pd.DataFrame, training: Training) -> Staged:
    """Raw scores of the test rows after every so many trees, without pairs and with those that the training rows show."""
    binned = Binned(matrix, y, training.seed)
    booster = binned.fit(MOST_ROUNDS)
    staged = {"without": raw_scores_at(booster, test, STAGES)}
    if training.pairs:
        pairs = binned.find_pairs(booster, training.pairs)
        staged["with_pairs"] = raw_scores_at(binned.fit(MOST_ROUNDS, pairs), test, STAGES)
    return staged


def _split(
    matrix: pd.DataFrame, labels: pd.DataFrame, outcome: str, fold: Fold
) -> tuple[pd.Series, pd.Series]:
    known = labels[outcome].notna()
    test = known & matrix["as_of"].isin(fold.dates)
    train = known & (pd.to_datetime(labels["window_end"]) < pd.Timestamp(fold.dates[0]))
    return train, test


def _log_loss(margin: np.ndarray, y: np.ndarray) -> float:
    return float(np.sum(np.logaddexp(0.0, margin) - y * margin))


def _chances(held_out: pd.DataFrame) -> np.ndarray:
    """Each fold's chances, calibrated on the folds before it; the first fold's are as the model gave them."""
    chances = np.empty(len(held_out))
    for number in sorted(held_out["fold"].unique()):
        now = (held_out["fold"] == number).to_numpy()
        before = held_out[held_out["fold"] < number]
        line = platt(before["margin"].to_numpy(), before["y"].to_numpy()) if len(before) else (1.0, 0.0)
        chances[now] = calibrated(held_out.loc[now, "margin"].to_numpy(), *line)
    return chances
