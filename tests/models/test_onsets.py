"""The day of a first step up agrees with the outcome that every earlier pupil-date was given."""

import numpy as np
import pandas as pd
import pytest

from configs.settings import load_settings
from features.calendar import days_of
from models.judging.onsets import first_steps
from models.matrices import training_rows
from sources.ingest import ingest
from sources.store import Store
from tests.pipelines.trust import LAST_DAY, exports

pytestmark = pytest.mark.slow
KEYS = ["pupil_id", "school_id", "as_of"]
ALIKE = 0.98  # a rung of long ago may have passed out of the look-back between the date and the step


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Every pupil-date with its outcome, the open day of the pupil's first step up, and how many days off it is."""
    store, settings = Store(tmp_path_factory.mktemp("onsets") / "store"), load_settings()
    ingest(exports(), store, LAST_DAY, settings)
    tables = store.tables()
    rows = training_rows(tables, settings, LAST_DAY)
    standing = rows.labels[[*KEYS, "level_self"]]
    steps = first_steps(tables, rows.matrix[KEYS], standing, settings.ladder, LAST_DAY)
    days = days_of(tables)
    labels = rows.labels.assign(now=days.numbers(rows.labels))
    both = labels.merge(steps[["pupil_id", "school_id", "number"]], on=["pupil_id", "school_id"], how="left")
    return both.assign(until=both["number"] - both["now"])


def test_a_step_within_the_window_is_an_escalation(dated: pd.DataFrame) -> None:
    inside = dated[dated["until"].between(1, 60)].dropna(subset=["escalation"])
    assert len(inside) > 100
    assert inside["escalation"].mean() > ALIKE


def test_an_escalation_without_a_dated_step_is_absence(dated: pd.DataFrame) -> None:
    undated = dated[(dated["until"].isna() | (dated["until"] > 60)) & (dated["escalation"] == 1)]
    assert len(undated) > 20
    assert (undated["absence"] == 1).mean() > ALIKE


def test_steps_are_dated_once_a_pupil_and_after_the_first_list(dated: pd.DataFrame) -> None:
    held = dated.dropna(subset=["number"]).drop_duplicates(["pupil_id", "school_id"])
    begins = dated.groupby("school_id")["now"].min()
    assert (held["number"] > held["school_id"].map(begins)).all()
    assert np.isfinite(held["number"]).all()
