"""Training matrices a few schools at a time: the same rows and labels, in bounded memory, as all at once."""

from datetime import timedelta
from pathlib import Path

import pandas as pd

from configs.settings import load_settings, settings_from
from models.matrices import ORDER, training_rows, write_training_matrix
from tests.features.random_school import MONDAY, random_school
from tests.small_tables import tables_of

SETTINGS = {"horizon": 5, "training": {"every": 6, "history": 4}}


def test_a_matrix_streamed_school_by_school_is_the_one_that_models_are_trained_on(tmp_path: Path) -> None:
    rows, by = random_school(2, pupils=10), MONDAY + timedelta(days=61)
    settings = settings_from({**SETTINGS}, "test")
    written = write_training_matrix(
        tables_of(rows), settings, by, tmp_path / "matrix.parquet", pupils_at_once=1
    )
    together = training_rows(tables_of(rows), settings, by)
    streamed = pd.read_parquet(tmp_path / "matrix.parquet").sort_values(ORDER, ignore_index=True)
    assert written == len(streamed) == len(together.matrix) > 20
    features = streamed[together.matrix.columns]
    pd.testing.assert_frame_equal(features, together.matrix, check_dtype=False)
    told = [*load_settings().outcomes, "censored", "closed"]
    pd.testing.assert_frame_equal(streamed[told], together.labels[told])
    assert (pd.to_datetime(streamed["window_end"]) > pd.to_datetime(streamed["as_of"])).all()
