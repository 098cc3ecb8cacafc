"""A model is tested on what came later than all it was taught; where there is too little to learn from, it says so."""

import dataclasses
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from configs.refusals import BadData
from configs.settings import settings_from
from features.catalogue import CATALOGUE
from models import rehearsal
from models.challengers import Challenger
from models.matrices import Rows, training_rows
from models.study import study
from tests.features.random_school import MONDAY, random_school
from tests.small_tables import tables_of

HORIZON = 30  # days here; windows of dates a fortnight apart overlap
DATES = tuple(MONDAY + timedelta(days=14 * number) for number in range(12))
SETTINGS = settings_from(
    {"horizon": 5, "training": {"every": 3, "history": 4, "pairs": 0, "least_outcomes": 1}}, "test"
)


@pytest.fixture
def rows() -> Rows:
    """Twenty pupils on twelve dates, every second window followed by an escalation, none by an exit."""
    keys = pd.DataFrame([(f"p{n}", "Ash", day, "9") for day in DATES for n in range(20)],
                        columns=["pupil_id", "school_id", "as_of", "year_group"])  # fmt: skip
    facts = pd.DataFrame(0.0, keys.index, [feature.name for feature in CATALOGUE])
    labels = keys[["pupil_id", "school_id", "as_of"]].assign(
        window_end=[day + timedelta(days=HORIZON) for day in keys["as_of"]], closed=True, censored=False,
        ever_school_3=False, escalation=np.arange(len(keys)) % 2.0, suspension=1.0, exit=0.0,
    )  # fmt: skip
    return Rows(pd.concat([keys, facts], axis=1), labels, DATES)


def test_no_window_that_is_taught_reaches_into_the_dates_that_are_tested(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
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

    monkeypatch.setattr(
        rehearsal, "_tried", lambda *_: None
    )  # who is taught and tested is all that is asked here
    monkeypatch.setattr(rehearsal, "_chosen", lambda *_: None)
    training = SETTINGS.training
    blocks = rehearsal.folds(rows.dates, training.folds)
    rehearsal.rehearse(rows.matrix, rows.labels, "escalation", blocks, [Noting], training)
    assert len(met) == training.folds
    for taught, tested in met:
        closed = pd.to_datetime(rows.labels.loc[sorted(taught), "window_end"]).max()
        assert closed < pd.to_datetime(rows.matrix.loc[sorted(tested), "as_of"]).min()
        assert set(rows.matrix.loc[sorted(taught), "pupil_id"]) & set(
            rows.matrix.loc[sorted(tested), "pupil_id"]
        )


@pytest.mark.slow
def test_where_no_window_has_closed_training_refuses_and_names_the_day() -> None:
    tables, early = tables_of(random_school(2)), MONDAY + timedelta(days=9)
    with pytest.raises(BadData, match=f"No window of 5 open days has closed by {early}"):
        training_rows(tables, SETTINGS, early)
    with pytest.raises(BadData, match="training needs 4 open days of history"):
        training_rows(tables, SETTINGS, date(2024, 9, 2))


@pytest.mark.parametrize(
    ("outcome", "said"), [("suspension", "240 outcomes on record; 10000 are needed"), ("exit", "0 outcomes")]
)
def test_an_outcome_with_too_few_or_none_gets_no_model_and_the_reason(
    rows: Rows, outcome: str, said: str
) -> None:
    many = dataclasses.replace(SETTINGS.training, least_outcomes=10_000)
    told: list[Any] = []
    found = study(rows, dataclasses.replace(SETTINGS, training=many, outcomes=(outcome,)), told.append)
    assert found.scorecards == {}
    assert said in found.without_model[outcome]
