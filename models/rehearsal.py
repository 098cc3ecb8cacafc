"""Rehearsal by rolling origin: each fold is trained on windows that had closed before its test dates began.

So nothing that is tested on had happened, or could have been known, when the model was fitted: the gap is the whole
horizon. Every challenger is fitted on the same rows and tested on the same later rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

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


@dataclass(frozen=True, eq=False)
class Fitted:
    """What one fold was tested with: the booster and the challengers, fitted on what came before its dates."""

    fold: Fold
    booster: Any
    challengers: Mapping[str, Challenger]


@dataclass(frozen=True, eq=False)
class Rehearsal:
    """What rolling origin showed: held-out rows with a column a method, the number of trees that did best, and the
    models of each fold, to be asked about other dates of it."""

    held_out: pd.DataFrame
    rounds: int
    fitted: tuple[Fitted, ...] = ()

    def chances(self, matrix: pd.DataFrame) -> pd.DataFrame:
        """A column a method for rows as known on or after the first fold's dates: each row is asked of the fold that
        began last before it, and Handrail's chance is calibrated on the folds before that one."""
        parts = []
        starts = [fitted.fold.dates[0] for fitted in self.fitted]
        place = np.searchsorted(np.array(starts), matrix["as_of"].to_numpy(), side="right") - 1
        for number, fitted in enumerate(self.fitted):
            rows = matrix[place == number]
            if rows.empty:
                continue
            chance = calibrated(
                raw_scores(fitted.booster, rows, self.rounds), *self.line(fitted.fold.number)
            )
            others = {name: method.predict(rows) for name, method in fitted.challengers.items()}
            parts.append(pd.DataFrame({HANDRAIL: chance, **others}, index=rows.index))
        return pd.concat(parts).reindex(matrix.index)

    def line(self, number: int) -> tuple[float, float]:
        """The calibration of one fold's raw scores, read on the folds before it."""
        return _line(self.held_out[self.held_out["fold"] < number])


def rehearse(
    matrix: pd.DataFrame, labels: pd.DataFrame, outcome: str, blocks: Sequence[Fold], seed: int,
    challengers: Sequence[type[Challenger]], least: int,
) -> Rehearsal | None:  # fmt: skip
    """Held-out chances of one outcome for every method; None where no fold has outcomes enough to be fitted.

    `held_out`: the keys, y (NaN where it cannot be known: such a pupil still takes a place on the list), censored,
    ever_school_3, fold, `handrail` (calibrated on earlier folds only), `margin`, and a column a challenger.
    """
    parts, losses, models = [], [], []
    for fold in blocks:
        train, test = before_fold(labels, outcome, fold), matrix["as_of"].isin(fold.dates)
        y = labels.loc[train, outcome].to_numpy()
        truth = labels.loc[test, outcome].to_numpy()
        known = ~np.isnan(truth)
        if not known.any() or y.sum() < least or y.sum() == len(y):
            continue
        booster = fit(matrix[train], y, seed, MOST_ROUNDS)
        staged = _staged(booster, matrix[test])
        losses.append(
            {rounds: _log_loss(margin[known], truth[known]) for rounds, margin in staged.items()}
        )
        rows = matrix.loc[test, KEYS].assign(
            y=truth, censored=labels.loc[test, "censored"], ever_school_3=labels.loc[test, "ever_school_3"],
            fold=fold.number,
        )  # fmt: skip
        beside = {make.NAME: make() for make in challengers}
        for name, challenger in beside.items():
            challenger.fit(matrix[train], y)
            rows[name] = challenger.predict(matrix[test])
        parts.append((rows, staged))
        models.append(Fitted(fold, booster, beside))
    if not parts:
        return None
    best = min(losses[0], key=lambda rounds: (sum(loss[rounds] for loss in losses), rounds))
    held_out = pd.concat([rows.assign(margin=staged[best]) for rows, staged in parts], ignore_index=True)
    return Rehearsal(held_out.assign(**{HANDRAIL: _chances(held_out)}), best, tuple(models))


def before_fold(labels: pd.DataFrame, outcome: str, fold: Fold) -> pd.Series:
    """Which rows may teach a fold's model: their outcome is known, and their window had closed before its dates."""
    closed: pd.Series = pd.to_datetime(labels["window_end"]) < pd.Timestamp(fold.dates[0])
    return labels[outcome].notna() & closed


def _staged(booster: object, matrix: pd.DataFrame) -> dict[int, np.ndarray]:
    stages = range(EVERY_ROUNDS, MOST_ROUNDS + 1, EVERY_ROUNDS)
    return {rounds: raw_scores(booster, matrix, rounds) for rounds in stages}


def _log_loss(margin: np.ndarray, y: np.ndarray) -> float:
    return float(np.sum(np.logaddexp(0.0, margin) - y * margin))


def _chances(held_out: pd.DataFrame) -> np.ndarray:
    """Each fold's chances, calibrated on the folds before it; the first fold's are as the model gave them."""
    chances = np.empty(len(held_out))
    for number in sorted(held_out["fold"].unique()):
        now = (held_out["fold"] == number).to_numpy()
        line = _line(held_out[held_out["fold"] < number])
        chances[now] = calibrated(held_out.loc[now, "margin"].to_numpy(), *line)
    return chances


def _line(before: pd.DataFrame) -> tuple[float, float]:
    """The calibration read on earlier folds; none where there are none."""
    known = before.dropna(subset=["y"])
    return platt(known["margin"].to_numpy(), known["y"].to_numpy()) if len(known) else (1.0, 0.0)
