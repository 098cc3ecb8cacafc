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

from configs.settings import Training
from features.calendar import SchoolDays
from models.calibration import platt
from models.challengers import HANDRAIL, Challenger
from models.edits import Edit, edited
from models.pairing import NOT_ASKED, Gain, gain_of_pairs
from models.scorecard import Scorecard, calibrated
from models.training import EVERY_ROUNDS, MOST_ROUNDS, Binned, raw_scores_at, scorecard

KEYS = ["pupil_id", "school_id", "as_of", "year_group"]
WITHOUT, WITH_PAIRS = "without", "with_pairs"
STAGES = range(EVERY_ROUNDS, MOST_ROUNDS + 1, EVERY_ROUNDS)


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
    """What one fold was tested with: the card and the challengers, fitted on what came before its dates, and the pairs
    of features (their places) that the card reads together."""

    fold: Fold
    card: Scorecard
    pairs: tuple[tuple[int, int], ...]
    challengers: Mapping[str, Challenger]


@dataclass(frozen=True, eq=False)
class Rehearsal:
    """What rolling origin showed: held-out rows with a column a method; whether pairs of features earn their place; the
    numbers of trees that did best, of what is kept and of curves alone; and the models of each fold, to be asked about
    other dates of it."""

    held_out: pd.DataFrame
    rounds: int
    rounds_alone: int
    pairs: Gain
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
            chance = calibrated(fitted.card.margin(rows), *self.line(fitted.fold.number))
            others = {name: method.predict(rows) for name, method in fitted.challengers.items()}
            parts.append(pd.DataFrame({HANDRAIL: chance, **others}, index=rows.index))
        return pd.concat(parts).reindex(matrix.index)

    def line(self, number: int) -> tuple[float, float]:
        """The calibration of one fold's raw scores, read on the folds before it."""
        return _line(self.held_out[self.held_out["fold"] < number])


@dataclass(frozen=True, eq=False)
class _Tried:
    """One fold: its held-out rows, the challengers, and for each way of fitting the booster and the raw scores of the
    rows after every so many trees."""

    fold: Fold
    rows: pd.DataFrame
    challengers: Mapping[str, Challenger]
    pairs: tuple[tuple[int, int], ...]
    boosters: Mapping[str, Any]
    staged: Mapping[str, Mapping[int, np.ndarray]]

    def loss(self, way: str, stage: int) -> float:
        """The log loss of one way after so many trees, summed over the rows whose outcome is known."""
        y = self.rows["y"].to_numpy()
        known = ~np.isnan(y)
        return _log_loss(self.staged[way][stage][known], y[known])


def rehearse(
    matrix: pd.DataFrame, labels: pd.DataFrame, outcome: str, blocks: Sequence[Fold],
    challengers: Sequence[type[Challenger]], training: Training, edits: Sequence[Edit] = (),
) -> Rehearsal | None:  # fmt: skip
    """Held-out chances of one outcome for every method; None where no fold has outcomes enough to be fitted. `edits`
    are made on every fold's card.

    `held_out`: the keys, y (NaN where it cannot be known: such a pupil still takes a place on the list), censored,
    ever_school_3, fold, `handrail` (calibrated on earlier folds only), `margin`, a column a challenger, and the raw
    scores that pairs are judged by, `without` and, where they are asked for, `with_pairs`.
    """
    tried = []
    for fold in blocks:
        train, test = before_fold(labels, outcome, fold), matrix["as_of"].isin(fold.dates)
        y = labels.loc[train, outcome].to_numpy()
        truth = labels.loc[test, outcome]
        if truth.isna().all() or y.sum() < training.least_outcomes or y.sum() == len(y):
            continue
        rows = matrix.loc[test, KEYS].assign(
            y=truth, censored=labels.loc[test, "censored"], ever_school_3=labels.loc[test, "ever_school_3"],
            fold=fold.number,
        )  # fmt: skip
        beside = {make.NAME: make() for make in challengers}
        for name, challenger in beside.items():
            challenger.fit(matrix[train], y)
            rows[name] = challenger.predict(matrix[test])
        tried.append(_tried(fold, rows, beside, (matrix[train], y), matrix[test], training))
    return _chosen(tried, matrix, outcome, training, edits) if tried else None


def _tried(
    fold: Fold, rows: pd.DataFrame, beside: Mapping[str, Challenger], train: tuple[pd.DataFrame, np.ndarray],
    test: pd.DataFrame, training: Training,
) -> _Tried:  # fmt: skip
    """The fold fitted without pairs, and with those that its own training rows show."""
    binned = Binned(*train, training.seed)
    boosters, pairs = {WITHOUT: binned.fit(MOST_ROUNDS)}, ()
    if training.pairs:
        pairs = tuple(binned.find_pairs(boosters[WITHOUT], training.pairs))
        boosters[WITH_PAIRS] = binned.fit(MOST_ROUNDS, pairs)
    staged = {way: raw_scores_at(booster, test, STAGES) for way, booster in boosters.items()}
    return _Tried(fold, rows, beside, pairs, boosters, staged)


def _chosen(
    tried: Sequence[_Tried], matrix: pd.DataFrame, outcome: str, training: Training, edits: Sequence[Edit]
) -> Rehearsal:
    """The rehearsal of all folds, with the number of trees that has the least log loss over them, and with pairs where
    they have earned their place."""
    best = {way: _fewest_lost(tried, way) for way in tried[0].staged}
    told = [one.rows.assign(**{way: one.staged[way][stage] for way, stage in best.items()}) for one in tried]
    held_out = pd.concat(told)
    gain = gain_of_pairs(held_out, training.pairs_gain, training.seed) if training.pairs else NOT_ASKED
    kept = WITH_PAIRS if gain.earned else WITHOUT
    held_out["margin"] = held_out[kept]
    fitted = []
    for one in tried:
        card = edited(scorecard(one.boosters[kept], matrix.head(0), outcome, best[kept]), edits)
        fitted.append(Fitted(one.fold, card, one.pairs if gain.earned else (), one.challengers))
        if edits:
            held_out.loc[one.rows.index, "margin"] = card.margin(matrix.loc[one.rows.index])
    held_out = held_out.reset_index(drop=True)
    held_out = held_out.assign(**{HANDRAIL: _chances(held_out)})
    return Rehearsal(held_out, best[kept], best[WITHOUT], gain, tuple(fitted))


def _fewest_lost(tried: Sequence[_Tried], way: str) -> int:
    return min(STAGES, key=lambda stage: (sum(one.loss(way, stage) for one in tried), stage))


def before_fold(labels: pd.DataFrame, outcome: str, fold: Fold) -> pd.Series:
    """Which rows may teach a fold's model: their outcome is known, and their window had closed before its dates."""
    closed: pd.Series = pd.to_datetime(labels["window_end"]) < pd.Timestamp(fold.dates[0])
    return labels[outcome].notna() & closed


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
