"""On a pretend trust whose truth is known: the model finds it, and finds nothing where there is nothing."""

import dataclasses
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

import models.study
from configs.settings import load_settings
from features.engine import feature_matrix
from models.capacity import listed, roll
from models.evaluation import evaluate
from models.gate import judge
from models.matrices import training_rows
from models.outcomes import outcomes
from models.study import Study, study
from sources.ingest import ingest
from sources.pretend import simulate
from sources.store import Store

pytestmark = pytest.mark.slow
LAST = date(2026, 7, 21)
SETTINGS = dataclasses.replace(load_settings(), outcomes=("escalation", "suspension"))


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, pd.DataFrame, list[date]]:
    """Four secondary schools over two years, the true chances, and three dates of the second year."""
    folder = tmp_path_factory.mktemp("truth")
    simulate(folder / "out", schools=4, pupils=900, years=2, seed=21, end=LAST, phases=("secondary",) * 4)
    store = Store(folder / "store")
    ingest(folder / "out", store, LAST, SETTINGS)
    truth = pd.read_parquet(folder / "out" / "truth" / "chances.parquet")
    truth["as_of"] = pd.to_datetime(truth["as_of"]).dt.date
    later = sorted(day for day in truth["as_of"].unique() if date(2025, 10, 10) <= day <= date(2026, 2, 28))
    return store, truth, later[:3]


@pytest.fixture(scope="module")
def found(trust: tuple[Store, pd.DataFrame, list[date]]) -> Study:
    store, _, dates = trust
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models.study, "CHALLENGERS", ())
        return study(training_rows(store.tables(), SETTINGS, dates[0]), SETTINGS, lambda _: None)


@pytest.fixture(scope="module")
def later(trust: tuple[Store, pd.DataFrame, list[date]]) -> pd.DataFrame:
    """Later rows with their features, what happened, and the true chance of suspension."""
    store, truth, dates = trust
    tables = store.tables()
    matrix = feature_matrix(tables, dates)
    labels = outcomes(tables, matrix, SETTINGS.horizon, SETTINGS.ladder, LAST)
    rows = matrix.assign(y=labels["suspension"], first=~labels["ever_school_3"].astype(bool),
                         level_school=labels["level_school"])  # fmt: skip
    known = truth[["pupil_id", "school_id", "as_of", "suspension"]].rename(columns={"suspension": "truth"})
    return rows.merge(known, on=["pupil_id", "school_id", "as_of"]).dropna(subset=["y", "truth"])


def area(rows: pd.DataFrame, score: np.ndarray) -> float:
    return float(roc_auc_score(rows["y"], score))


def test_the_ranking_comes_near_to_what_the_truth_itself_could_do(found: Study, later: pd.DataFrame) -> None:
    score = found.scorecards["suspension"].chance(later)
    best = area(later, later["truth"].to_numpy())
    assert area(later, score) > best - 0.05
    first = later["first"].to_numpy()
    assert area(later[first], score[first]) > area(later[first], later["truth"].to_numpy()[first]) - 0.09
    assert pd.Series(score).corr(later["truth"].reset_index(drop=True), method="spearman") > 0.75


def test_the_chances_mean_what_they_say(found: Study, later: pd.DataFrame) -> None:
    score = found.scorecards["suspension"].chance(later)
    assert score.mean() == pytest.approx(later["y"].mean(), rel=0.25)


def test_the_list_holds_those_never_suspended_and_those_who_may_be_again(
    found: Study, later: pd.DataFrame
) -> None:
    chosen = later[listed(roll(later, 0.03, 15), found.scorecards["escalation"].chance(later))]
    assert 0.1 < chosen["first"].mean() < 0.95
    assert (chosen["level_school"] >= 3).any()


def test_shuffled_outcomes_teach_nothing(
    trust: tuple[Store, pd.DataFrame, list[date]], tmp_path: Path
) -> None:
    store, _, dates = trust
    rows = training_rows(store.tables(), SETTINGS, dates[0])
    rng = np.random.default_rng(1)
    known = rows.labels["suspension"].notna().to_numpy()
    shuffled = rows.labels["suspension"].to_numpy().copy()
    shuffled[known] = rng.permutation(shuffled[known])
    rows = dataclasses.replace(rows, labels=rows.labels.assign(suspension=shuffled))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models.study, "CHALLENGERS", ())
        settings = dataclasses.replace(SETTINGS, outcomes=("suspension",))
        rows_out = study(rows, settings, lambda _: None).rehearsals["suspension"].held_out
    held_out = rows_out.dropna(subset=["y"])
    assert area(held_out, held_out["handrail"].to_numpy()) == pytest.approx(0.5, abs=0.05)
    table = evaluate(rows_out, "suspension", 0.03, 15, seed=1, draws=100)
    verdict = judge(table, pd.DataFrame(), SETTINGS.gate)
    assert not verdict.passed
    assert next(one for one in verdict.criteria if one.name == "lift").verdict != "pass"
