"""A model is tested on what came later than all it was taught; where there is too little to learn from, it says so."""

import dataclasses
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from configs.refusals import BadData
from configs.settings import settings_from
from models.challengers import Challenger
from models.matrices import Rows, training_rows
from models.rehearsal import folds, rehearse
from models.study import study
from tests.features.random_school import MONDAY, random_school
from tests.small_tables import tables_of

HORIZON = 5
SETTINGS = settings_from(
    {"horizon": HORIZON, "training": {"every": 3, "history": 4, "pairs": 0, "least_outcomes": 1}}, "test"
)
LAST = MONDAY + timedelta(days=61)
SCHOOL = random_school(2, pupils=24)


@pytest.fixture(scope="module")
def rows() -> Rows:
    """Nine weeks of a random school, every second window followed by an escalation."""
    made = training_rows(tables_of(SCHOOL), SETTINGS, LAST)
    labels = made.labels.assign(escalation=np.arange(len(made.labels)) % 2.0)
    return dataclasses.replace(made, labels=labels)


def test_no_window_that_is_taught_reaches_into_the_dates_that_are_tested(rows: Rows) -> None:
    """Nor, therefore, does any pupil stand on both sides with windows that overlap."""
    met: list[tuple[set[int], set[int]]] = []

    class Noting(Challenger):
        NAME = "noting"

        def fit(self, matrix: pd.DataFrame, y: np.ndarray) -> None:
            del y
            met.append((set(matrix.index), set()))

        def predict(self, matrix: pd.DataFrame) -> np.ndarray:
            met[-1][1].update(matrix.index)
            return np.zeros(len(matrix))

    training = SETTINGS.training
    rehearse(rows.matrix, rows.labels, "escalation", folds(rows.dates, training.folds), [Noting], training)
    assert len(met) == training.folds
    for taught, tested in met:
        closed = pd.to_datetime(rows.labels.loc[sorted(taught), "window_end"]).max()
        assert closed < pd.to_datetime(rows.matrix.loc[sorted(tested), "as_of"]).min()
        assert set(rows.matrix.loc[sorted(taught), "pupil_id"]) & set(
            rows.matrix.loc[sorted(tested), "pupil_id"]
        )


def test_where_no_window_has_closed_training_refuses_and_names_the_day() -> None:
    early = MONDAY + timedelta(days=9)
    with pytest.raises(BadData, match=f"No window of {HORIZON} open days has closed by {early}"):
        training_rows(tables_of(SCHOOL), SETTINGS, early)
    with pytest.raises(BadData, match="training needs 4 open days of history"):
        training_rows(tables_of(SCHOOL), SETTINGS, date(2024, 9, 2))


@pytest.mark.parametrize(
    ("outcome", "said"), [("suspension", "outcomes on record; 10000 are needed"), ("exit", "0 outcomes")]
)
def test_an_outcome_with_too_few_or_none_gets_no_model_and_the_reason(
    rows: Rows, outcome: str, said: str
) -> None:
    many = dataclasses.replace(SETTINGS.training, least_outcomes=10_000)
    asked = dataclasses.replace(SETTINGS, training=many, outcomes=(outcome,))
    none = dataclasses.replace(rows, labels=rows.labels.assign(exit=0.0))
    told: list[Any] = []
    found = study(none, asked, told.append)
    assert found.scorecards == {}
    assert said in found.without_model[outcome]
