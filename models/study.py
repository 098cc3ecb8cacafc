"""A training study: rows as they were known, what happened next, rehearsal on later dates, and the final tables."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from configs.refusals import BadData
from configs.settings import Settings
from features.calendar import school_days
from features.engine import feature_matrix
from models.calibration import platt
from models.challengers import CHALLENGERS
from models.outcomes import outcomes
from models.rehearsal import Fold, Rehearsal, folds, rehearse, training_dates
from models.scorecard import Scorecard
from models.training import as_text, fit, scorecard

JUDGED_BESIDE_CHALLENGERS = 2  # the first so many outcomes of the settings; the others are evaluated alone
Say = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Rows:
    """Pupil-dates for training: features as known, and what happened next, row by row."""

    matrix: pd.DataFrame
    labels: pd.DataFrame
    dates: tuple[date, ...]

    def counts(self) -> dict[str, int]:
        """How many pupil-dates there are, and why some have no label."""
        return {
            "pupil_dates": len(self.labels),
            "closed": int(self.labels["closed"].sum()),
            "censored": int(self.labels["censored"].sum()),
            "dates": len(self.dates),
        }


@dataclass(frozen=True, eq=False)
class Study:
    """What training found: a scorecard (and the LightGBM text it was compiled from) and a rehearsal for each outcome
    that could be learnt, and why others could not."""

    rows: Rows
    scorecards: Mapping[str, Scorecard]
    sources: Mapping[str, str]
    rehearsals: Mapping[str, Rehearsal]
    without_model: Mapping[str, str]


def training_rows(tables: Mapping[str, ir.Table], settings: Settings, by: date) -> Rows:
    """Every pupil-date whose window has closed by `by`, at the dates the settings ask for."""
    days = school_days(tables["calendar"].select("school_id", "date").to_pandas())
    dates = training_dates(days, settings.training.every, settings.training.history, by)
    if not dates:
        raise BadData(
            f"The records reach back too short a time: training needs {settings.training.history} open days of "
            "history. Ingest more, or lower `training.history` in the settings."
        )
    matrix = feature_matrix(tables, dates)
    labels = outcomes(tables, matrix, settings.horizon, settings.ladder, by)
    here = _open_days_here(matrix, days.open_days) >= settings.training.history
    chosen = labels["closed"].to_numpy() & here
    if not chosen.any():
        raise BadData(
            f"No window of {settings.horizon} open days has closed by {by}. Ingest later records, train as of a "
            "later date, or lower `horizon` in the settings."
        )
    labels = labels[chosen].reset_index(drop=True)
    kept = tuple(sorted(labels["as_of"].unique()))
    return Rows(matrix[chosen].reset_index(drop=True), labels, kept)


def study(rows: Rows, settings: Settings, say: Say) -> Study:
    """Rehearses, calibrates and fits every outcome of the settings that has outcomes enough."""
    cards, sources, rehearsals, without = {}, {}, {}, {}
    blocks = folds(rows.dates, settings.training.folds)
    for outcome in settings.outcomes:
        say(f"learning {outcome.replace('_', ' ')}")
        why = _cannot_learn(rows, outcome, settings.training.least_outcomes)
        rehearsal = None if why else _rehearsed(rows, outcome, blocks, settings)
        if rehearsal is None:
            without[outcome] = why or "no fold had outcomes enough to be tested on later dates"
            continue
        cards[outcome], sources[outcome] = _final(rows, outcome, rehearsal, settings.training.seed)
        rehearsals[outcome] = rehearsal
    return Study(rows, cards, sources, rehearsals, without)


def _cannot_learn(rows: Rows, outcome: str, least: int) -> str | None:
    found = int(rows.labels[outcome].sum())
    return f"{found} outcomes on record; {least} are needed" if found < least else None


def _rehearsed(rows: Rows, outcome: str, blocks: Sequence[Fold], settings: Settings) -> Rehearsal | None:
    training = settings.training
    methods = CHALLENGERS if outcome in settings.outcomes[:JUDGED_BESIDE_CHALLENGERS] else ()
    return rehearse(
        rows.matrix, rows.labels, outcome, blocks, training.seed, methods, training.least_outcomes
    )


def _final(rows: Rows, outcome: str, rehearsal: Rehearsal, seed: int) -> tuple[Scorecard, str]:
    """The table fitted on every closed window, with the LightGBM text it was compiled from; calibrated on what
    rehearsal predicted for later time than it was trained on."""
    known = rows.labels[outcome].notna()
    matrix, y = rows.matrix[known], rows.labels.loc[known, outcome].to_numpy()
    booster = fit(matrix, y, seed, rehearsal.rounds)
    card = scorecard(booster, matrix, outcome, rehearsal.rounds)
    held_out = rehearsal.held_out
    slope, intercept = platt(held_out["margin"].to_numpy(), held_out["y"].to_numpy())
    return Scorecard(outcome, card.base, card.curves, slope, intercept), as_text(booster, rehearsal.rounds)


def _open_days_here(matrix: pd.DataFrame, open_days: Mapping[str, np.ndarray]) -> np.ndarray:
    numbers = np.zeros(len(matrix), dtype="int64")
    moments = pd.to_datetime(matrix["as_of"]).to_numpy().astype("datetime64[D]")
    for school, where in matrix.groupby("school_id", sort=False).indices.items():
        numbers[where] = np.searchsorted(open_days[str(school)], moments[where], side="right")
    return numbers
