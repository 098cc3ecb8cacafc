"""Rehearsal by rolling origin: each fold is trained on windows that had closed before its test dates began.

So nothing that is tested on had happened, or could have been known, when the model was fitted: the gap is the whole
horizon. Every challenger is fitted on the same rows and tested on the same later rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from features.calendar import SchoolDays
from models.calibration import platt
from models.challengers import HANDRAIL, Challenger
from models.scorecard import calibrated
from models.training import EVERY_ROUNDS, MOST_ROUNDS, fit, raw_scores

KEYS = ["pupil_id", "school_id", "as_of", "year_group"]


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
    """What rolling origin showed: held-out rows with a column a method, and the number of trees that did best."""

    held_out: pd.DataFrame
    rounds: int


def rehearse(
    matrix: pd.DataFrame, labels: pd.DataFrame, outcome: str, blocks: Sequence[Fold], seed: int,
    challengers: Sequence[type[Challenger]], least: int,
) -> Rehearsal | None:  # fmt: skip
    """Held-out chances of one outcome for every method; None where no fold has outcomes enough to be fitted.

    `held_out`: the keys, y, ever_school_3, fold, `handrail` (calibrated on earlier folds only), `margin`, and a
    column a challenger.
    """
    parts, losses = [], []
    for fold in blocks:
        train, test = _split(matrix, labels, outcome, fold)
        y = labels.loc[train, outcome].to_numpy()
        if not test.any() or y.sum() < least or y.sum() == len(y):
            continue
        booster = fit(matrix[train], y, seed, MOST_ROUNDS)
        staged = _staged(booster, matrix[test])
        truth = labels.loc[test, outcome].to_numpy()
        losses.append({rounds: _log_loss(margin, truth) * len(truth) for rounds, margin in staged.items()})
        rows = matrix.loc[test, KEYS].assign(
            y=truth, ever_school_3=labels.loc[test, "ever_school_3"], fold=fold.number
        )
        for make in challengers:
            challenger = make()
            challenger.fit(matrix[train], y)
            rows[challenger.NAME] = challenger.predict(matrix[test])
        parts.append((rows, staged))
    if not parts:
        return None
    best = min(losses[0], key=lambda rounds: (sum(loss[rounds] for loss in losses), rounds))
    held_out = pd.concat([rows.assign(margin=staged[best]) for rows, staged in parts], ignore_index=True)
    return Rehearsal(held_out.assign(**{HANDRAIL: _chances(held_out)}), best)


def _split(
    matrix: pd.DataFrame, labels: pd.DataFrame, outcome: str, fold: Fold
) -> tuple[pd.Series, pd.Series]:
    known = labels[outcome].notna()
    test = known & matrix["as_of"].isin(fold.dates)
    train = known & (pd.to_datetime(labels["window_end"]) < pd.Timestamp(fold.dates[0]))
    return train, test


def _staged(booster: object, matrix: pd.DataFrame) -> dict[int, np.ndarray]:
    stages = range(EVERY_ROUNDS, MOST_ROUNDS + 1, EVERY_ROUNDS)
    return {rounds: raw_scores(booster, matrix, rounds) for rounds in stages}


def _log_loss(margin: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean(np.logaddexp(0.0, margin) - y * margin))


def _chances(held_out: pd.DataFrame) -> np.ndarray:
    """Each fold's chances, calibrated on the folds before it; the first fold's are as the model gave them."""
    chances = np.empty(len(held_out))
    for number in sorted(held_out["fold"].unique()):
        now = (held_out["fold"] == number).to_numpy()
        before = held_out[held_out["fold"] < number]
        line = platt(before["margin"].to_numpy(), before["y"].to_numpy()) if len(before) else (1.0, 0.0)
        chances[now] = calibrated(held_out.loc[now, "margin"].to_numpy(), *line)
    return chances
