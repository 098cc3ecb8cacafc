"""Every method is asked alike, answers the same however the rows come, and learns what is there."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from features.catalogue import CATALOGUE
from models.challengers import (
    BEHAVIOUR_FLAGS,
    ENVIRONMENT_FAMILIES,
    METHODS,
    RANKS_ONLY,
    SIMPLE_BASELINES,
    TEN_FEATURES,
    AbcRule,
    Challenger,
    Ebm,
    Environment,
    Logistic,
    Suspensions,
    Unconstrained,
)
from tests.models.planted import logistic

NAMES = [feature.name for feature in CATALOGUE]
FITTED = [Environment, Logistic, Unconstrained, Ebm]


def cohort(seed: int, pupils: int = 700, dates: int = 3) -> tuple[pd.DataFrame, np.ndarray]:
    """A matrix with every feature of the catalogue, some missing, and outcomes that follow three of them."""
    chance = np.random.default_rng(seed)
    count = pupils * dates
    features = {name: np.round(chance.gamma(1.0, 1.0, count), 2) for name in NAMES}
    features["suspensions_190"] = chance.poisson(0.2, count).astype(float)
    matrix = pd.DataFrame(
        {
            "pupil_id": np.repeat([f"p{number:04d}" for number in range(pupils)], dates),
            "school_id": np.repeat([f"s{number % 3}" for number in range(pupils)], dates),
            "as_of": np.tile(pd.date_range("2025-01-06", periods=dates, freq="14D").date, pupils),
            "year_group": "Y9",
            **features,
        }
    )
    margin = (-3 + 1.2 * matrix["suspensions_190"] + 0.9 * matrix["absent_rate_20"]
              + 0.7 * matrix["year_suspensions_190"])  # fmt: skip
    y = (chance.random(count) < logistic(margin.to_numpy())).astype(float)
    matrix.loc[::5, ["absent_rate_20", "belonging"]] = np.nan
    return matrix.sort_values(["as_of", "school_id", "pupil_id"], ignore_index=True), _aligned(matrix, y)


def _aligned(matrix: pd.DataFrame, y: np.ndarray) -> np.ndarray:
    return y[matrix.sort_values(["as_of", "school_id", "pupil_id"]).index.to_numpy()]


def fitted(method: type[Challenger], matrix: pd.DataFrame, y: np.ndarray) -> Challenger:
    challenger = method()
    challenger.fit(matrix, y)
    return challenger


def test_every_name_they_look_at_is_in_the_catalogue() -> None:
    wanted = {*TEN_FEATURES, *BEHAVIOUR_FLAGS, "suspensions_190", "absent_rate_190", "absent_rate_60"}
    assert wanted <= set(NAMES)
    assert len(set(TEN_FEATURES)) == 10


def test_the_methods_stand_in_one_order_and_the_simple_ones_are_among_them() -> None:
    assert METHODS == ("handrail", "suspensions", "abc", "environment", "logistic", "unconstrained", "ebm")
    assert set(SIMPLE_BASELINES) < set(METHODS)
    assert {"suspensions", "abc"} == RANKS_ONLY


def test_ranking_by_suspensions_is_their_number() -> None:
    matrix = pd.DataFrame({"suspensions_190": [0.0, 2.0, np.nan]})
    assert Suspensions().predict(matrix).tolist() == [0.0, 2.0, 0.0]


@pytest.mark.parametrize(
    ("facts", "flags"),
    [
        ({}, 0),
        ({"absent_rate_190": 0.10}, 0),
        ({"absent_rate_190": 0.11}, 1),
        ({"absent_rate_190": 0.11, "absent_rate_60": 0.2}, 2),
        ({"suspensions_190": 1}, 1),
        ({"removals_190": 1, "incidents_190": 2}, 0),
        ({"removals_190": 2, "incidents_190": 3}, 1),
        ({"incidents_190": 3, "suspensions_190": 4, "absent_rate_60": 0.5, "absent_rate_190": 0.5}, 4),
        ({"absent_rate_190": np.nan, "suspensions_190": np.nan}, 0),
    ],
)
def test_the_abc_rule_counts_the_flags_that_are_up(facts: dict[str, float], flags: int) -> None:
    names = ("absent_rate_190", "absent_rate_60", "suspensions_190", "removals_190", "incidents_190")
    matrix = pd.DataFrame([{**dict.fromkeys(names, 0.0), **facts}])
    assert AbcRule().predict(matrix).tolist() == [float(flags)]


@pytest.mark.parametrize("method", FITTED)
def test_it_learns_what_is_planted_on_pupils_not_seen_before(method: type[Challenger]) -> None:
    challenger = fitted(method, *cohort(1))
    matrix, y = cohort(2)
    chances = challenger.predict(matrix)
    assert chances.shape == (len(matrix),)
    assert ((chances > 0) & (chances < 1)).all()
    assert roc_auc_score(y, chances) > 0.6
    assert chances.mean() == pytest.approx(y.mean(), rel=0.25)


@pytest.mark.parametrize("method", FITTED)
def test_the_order_of_rows_and_columns_changes_nothing(method: type[Challenger]) -> None:
    (matrix, y), (later, _) = cohort(1), cohort(2, pupils=60)
    straight = fitted(method, matrix, y).predict(later)
    mixed = np.random.default_rng(3).permutation(len(matrix))
    columns = [*matrix.columns[:4], *matrix.columns[:3:-1]]
    challenger = fitted(method, matrix[columns].iloc[mixed], y[mixed])
    assert np.array_equal(challenger.predict(later), straight)
    assert np.array_equal(challenger.predict(later[columns]), straight)


@pytest.mark.parametrize("method", FITTED)
@pytest.mark.parametrize("every", [0.0, 1.0])
def test_where_every_outcome_is_the_same_it_says_so(method: type[Challenger], every: float) -> None:
    matrix, y = cohort(1, pupils=20)
    assert set(fitted(method, matrix, np.full_like(y, every)).predict(matrix)) == {every}


def test_the_environment_knows_nothing_of_the_pupil() -> None:
    matrix, y = cohort(1)
    changed = matrix.copy()
    own = [feature.name for feature in CATALOGUE if feature.family not in ENVIRONMENT_FAMILIES]
    changed[own] = 99.0
    challenger = fitted(Environment, matrix, y)
    assert np.array_equal(challenger.predict(changed), challenger.predict(matrix))
    assert challenger.predict(matrix).std() > 0


def test_a_feature_that_is_empty_throughout_stops_nobody() -> None:
    matrix, y = cohort(1, pupils=300)
    matrix[["absent_rate_20", "year_suspensions_190"]] = np.nan
    for method in FITTED:
        assert np.isfinite(fitted(method, matrix, y).predict(matrix)).all()


def test_a_feature_that_is_not_there_is_refused_by_name() -> None:
    matrix, y = cohort(1, pupils=50)
    with pytest.raises(KeyError, match="recognitions_60"):
        fitted(Logistic, matrix, y).predict(matrix.drop(columns="recognitions_60"))


@pytest.mark.slow
def test_the_ebm_reads_a_sample_of_a_stated_size(monkeypatch: pytest.MonkeyPatch) -> None:
    import models.challengers

    matrix, y = cohort(1, pupils=400)
    whole = fitted(Ebm, matrix, y).predict(matrix)
    monkeypatch.setattr(models.challengers, "EBM_ROWS", 600)
    part = fitted(Ebm, matrix, y).predict(matrix)
    assert not np.array_equal(part, whole)
    assert np.array_equal(part, fitted(Ebm, matrix, y).predict(matrix))
