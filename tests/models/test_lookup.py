"""A bin is found as a person would: by running a finger along the edges."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from configs.refusals import BadData
from models import shelf
from models.lookup import Bins
from models.scorecard import columns
from models.scoring import coherent, reasons
from models.streaming import score_file
from models.training import fit, scorecard
from tests.models.test_scorecard import NAMES, pupils

NUMBERS = some.floats(allow_nan=False, width=64)
JUST_ABOVE_NOTHING = 1.0000000180025095e-35  # where LightGBM parts nothing from something


@given(edges=some.lists(some.one_of(NUMBERS, some.integers(-50, 400), some.just(JUST_ABOVE_NOTHING)), max_size=60),
       values=some.lists(some.floats(), max_size=30))  # fmt: skip
def test_a_value_on_an_edge_belongs_below_and_an_empty_one_to_the_last_bin(
    edges: list[float], values: list[float]
) -> None:
    bounds = np.unique(np.array([edge for edge in edges if np.isfinite(edge)], dtype="float64"))
    with np.errstate(over="ignore"):
        beside = [np.nextafter(bounds, np.inf), np.nextafter(bounds, -np.inf)]
        asked = np.concatenate([bounds, *beside, [np.nan, np.inf, -np.inf, -0.0], np.array(values)])
        found = Bins.of(bounds).find(asked)
    by_finger = [len(bounds) + 1 if np.isnan(value) else int((bounds < value).sum()) for value in asked]
    assert found.tolist() == by_finger


@pytest.fixture(scope="module")
def shelved(tmp_path_factory: pytest.TempPathFactory) -> tuple[shelf.Model, pd.DataFrame]:
    """A model of two outcomes, and rows it has not seen."""
    matrix, y = pupils(1)
    cards = {name: scorecard(fit(matrix, flip(y), 1, 40), matrix, name, 40)
             for name, flip in (("escalation", lambda y: y), ("exit", lambda y: 1 - y))}  # fmt: skip
    model = shelf.save(tmp_path_factory.mktemp("shelf"), cards, {}, {"outcomes": {}})
    return model, pupils(2)[0]


def test_outcomes_looked_up_together_are_those_looked_up_alone(
    shelved: tuple[shelf.Model, pd.DataFrame],
) -> None:
    model, rows = shelved
    together = model.chances(columns(rows, NAMES))
    for outcome, card in model.scorecards.items():
        assert (together[outcome] == card.chance(rows)).all()


def test_no_chance_is_above_that_of_the_escalation_it_lies_within(
    shelved: tuple[shelf.Model, pd.DataFrame],
) -> None:
    model, rows = shelved
    chances = coherent(model.chances(columns(rows, NAMES)))
    assert (chances["escalation"] >= chances["exit"]).all()
    assert (chances["escalation"] > model.scorecards["escalation"].chance(rows)).any()


def test_a_file_scored_in_pieces_says_what_the_matrix_in_memory_does(
    shelved: tuple[shelf.Model, pd.DataFrame], tmp_path: Path
) -> None:
    model, rows = shelved
    rows.to_parquet(tmp_path / "features.parquet", index=False)
    assert score_file(model, tmp_path / "features.parquet", tmp_path / "told.parquet", 700) == len(rows)
    told, chances = pd.read_parquet(tmp_path / "told.parquet"), coherent(model.chances(columns(rows, NAMES)))
    assert (told["pupil_id"] == rows["pupil_id"]).all()
    for outcome, chance in chances.items():
        assert (told[f"p_{outcome}"] == chance).all()
    families = reasons(model, rows)
    points = told[[f"points_{name}" for name in families.columns]]
    np.testing.assert_allclose(points.to_numpy(), families.to_numpy(), rtol=0, atol=1e-6)


def test_a_file_that_lacks_a_feature_is_refused_by_its_name(
    shelved: tuple[shelf.Model, pd.DataFrame], tmp_path: Path
) -> None:
    model, rows = shelved
    rows.drop(columns="incidents_20").to_parquet(tmp_path / "features.parquet", index=False)
    with pytest.raises(BadData, match="lacks the features incidents_20"):
        score_file(model, tmp_path / "features.parquet", tmp_path / "told.parquet")
