"""The compiled table is the model: LightGBM, SHAP and the table agree on rows nobody has seen."""

import numpy as np
import pandas as pd
import pytest

from features.catalogue import CATALOGUE
from models.compiling import compile_booster
from models.scorecard import Scorecard, from_table
from models.training import fit, raw_scores, scorecard

NAMES = [feature.name for feature in CATALOGUE]
SIGNS = {feature.name: feature.direction for feature in CATALOGUE}
ROUNDS = 80


def pupils(seed: int, rows: int = 3000) -> tuple[pd.DataFrame, np.ndarray]:
    """Rows with counts, shares and gaps, and an outcome that follows a planted truth."""
    rng = np.random.default_rng(seed)
    matrix = pd.DataFrame({name: rng.poisson(1.5, rows).astype(float) for name in NAMES})
    for name in NAMES:
        if "rate" in name or name == "belonging":
            matrix[name] = rng.random(rows)
            matrix.loc[rng.random(rows) < 0.2, name] = np.nan
    truth = 0.8 * matrix["incidents_20"] - 2.5 + 1.5 * matrix["absent_rate_20"].fillna(0)
    y = (rng.random(rows) < 1 / (1 + np.exp(-truth))).astype(float)
    keys = pd.DataFrame({"pupil_id": [f"p{n}" for n in range(rows)], "school_id": "A", "as_of": "2025-01-06"})
    return pd.concat([keys.assign(year_group="9"), matrix], axis=1), y.to_numpy()


@pytest.fixture(scope="module")
def trained() -> tuple[object, Scorecard, pd.DataFrame]:
    matrix, y = pupils(1)
    booster = fit(matrix, y, seed=1, rounds=ROUNDS)
    unseen, _ = pupils(2)
    wild = unseen[NAMES] * np.random.default_rng(3).normal(1, 3, unseen[NAMES].shape)
    unseen = pd.concat([unseen, unseen.assign(**wild)], ignore_index=True)
    return booster, scorecard(booster, matrix, "suspension", ROUNDS), unseen


def test_the_table_equals_lightgbm(trained: tuple[object, Scorecard, pd.DataFrame]) -> None:
    booster, card, unseen = trained
    np.testing.assert_allclose(card.margin(unseen), raw_scores(booster, unseen, ROUNDS), rtol=0, atol=1e-9)


def test_points_equal_shap_values(trained: tuple[object, Scorecard, pd.DataFrame]) -> None:
    import shap

    booster, card, unseen = trained
    rows = unseen.iloc[::20]
    explained = shap.TreeExplainer(booster)(rows[NAMES].to_numpy())
    np.testing.assert_allclose(card.contributions(rows).to_numpy(), explained.values, rtol=0, atol=1e-9)
    np.testing.assert_allclose(np.full(len(rows), card.base), explained.base_values, rtol=0, atol=1e-9)


def test_base_and_points_add_up(trained: tuple[object, Scorecard, pd.DataFrame]) -> None:
    _, card, unseen = trained
    added = card.base + card.contributions(unseen).sum(axis=1)
    np.testing.assert_allclose(added, card.margin(unseen), rtol=0, atol=1e-9)


def test_each_curve_keeps_the_direction_of_the_catalogue(
    trained: tuple[object, Scorecard, pd.DataFrame],
) -> None:
    _, card, _ = trained
    moving = 0
    for curve in card.curves:
        steps = np.diff(curve.points)
        moving += len(steps) > 0
        if SIGNS[curve.feature] == "raises":
            assert (steps >= -1e-12).all(), curve.feature
        if SIGNS[curve.feature] == "lowers":
            assert (steps <= 1e-12).all(), curve.feature
    assert moving > 10


def test_the_table_written_and_read_is_the_same_model(
    trained: tuple[object, Scorecard, pd.DataFrame],
) -> None:
    _, card, unseen = trained
    again = from_table(card.table(), card.slope, card.intercept)
    assert (again.margin(unseen) == card.margin(unseen)).all()
    assert (again.contributions(unseen).to_numpy() == card.contributions(unseen).to_numpy()).all()


def test_the_planted_truth_is_what_the_curves_show(trained: tuple[object, Scorecard, pd.DataFrame]) -> None:
    _, card, unseen = trained
    spread = card.contributions(unseen).std().sort_values(ascending=False)
    assert set(spread.index[:2]) <= {"incidents_20", "absent_rate_20"}


def test_threads_and_the_order_of_rows_change_nothing() -> None:
    matrix, y = pupils(4, rows=1500)
    order = np.random.default_rng(1).permutation(len(y))
    one = scorecard(fit(matrix, y, 1, 20), matrix, "exit", 20)
    two = scorecard(fit(matrix.iloc[order], y[order], 1, 20), matrix, "exit", 20)
    assert (one.margin(matrix) == two.margin(matrix)).all()


def test_a_model_that_is_no_table_is_refused() -> None:
    import lightgbm

    matrix, y = pupils(5, rows=800)
    booster = lightgbm.train({"objective": "binary", "verbosity": -1}, lightgbm.Dataset(matrix[NAMES], y), 5)
    with pytest.raises(ValueError, match="not additive"):
        compile_booster(booster.dump_model(), matrix, NAMES, "exit")
