"""Pairs of features are read together only where they earn it, and then as exactly as any curve."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from configs.settings import Training
from features.catalogue import CATALOGUE
from models import shelf
from models.pairing import gain_of_pairs
from models.rehearsal import Fold, Rehearsal, rehearse
from models.scorecard import Scorecard
from models.training import Binned, raw_scores, scorecard
from tests.models.test_scorecard import NAMES, pupils

TRAINING = Training(seed=1, pairs=3, pairs_gain=1.01)
ROUNDS = 80
ONE, OTHER = "incidents_20", "days_here"


def trained(seed: int = 1) -> tuple[object, Scorecard, pd.DataFrame]:
    """A booster with pairs, its table, and rows it has not seen, some of them wild."""
    matrix, y = pupils(seed)
    binned = Binned(matrix, y, 1)
    booster = binned.fit(ROUNDS, [(0, 1), (0, NAMES.index("belonging")), (5, 40)])
    unseen, _ = pupils(seed + 1)
    wild = unseen[NAMES] * np.random.default_rng(3).normal(1, 3, unseen[NAMES].shape)
    unseen = pd.concat([unseen, unseen.assign(**wild)], ignore_index=True)
    return booster, scorecard(booster, matrix, "exit", ROUNDS), unseen


@pytest.fixture(scope="module")
def with_pairs() -> tuple[object, Scorecard, pd.DataFrame]:
    return trained()


def test_the_table_with_pairs_equals_lightgbm_and_shap(
    with_pairs: tuple[object, Scorecard, pd.DataFrame],
) -> None:
    booster, card, unseen = with_pairs
    assert card.pairs
    np.testing.assert_allclose(card.margin(unseen), raw_scores(booster, unseen, ROUNDS), rtol=0, atol=1e-9)
    rows = unseen.iloc[::20]
    told = booster.predict(rows[NAMES].to_numpy(), pred_contrib=True)  # type: ignore[attr-defined]
    np.testing.assert_allclose(card.contributions(rows), told[:, :-1], rtol=0, atol=1e-9)
    np.testing.assert_allclose(np.full(len(rows), card.base), told[:, -1], rtol=0, atol=1e-9)


def test_pairs_keep_the_directions_of_the_catalogue(
    with_pairs: tuple[object, Scorecard, pd.DataFrame],
) -> None:
    _, card, unseen = with_pairs
    name = card.pairs[0].features[0]
    sign = {"raises": 1, "lowers": -1}[next(f.direction for f in CATALOGUE if f.name == name)]
    rows = unseen.head(200).dropna(subset=[name])
    more = rows.assign(**{name: rows[name] + 2})
    assert (sign * (card.margin(more) - card.margin(rows)) >= -1e-9).all()


def test_pairs_come_back_from_the_shelf_as_they_were_and_bind_to_nothing_else(
    with_pairs: tuple[object, Scorecard, pd.DataFrame], tmp_path: Path
) -> None:
    _, card, unseen = with_pairs
    plain = dataclasses.replace(card, outcome="escalation", pairs=())
    saved = shelf.save(tmp_path, {"escalation": plain, "exit": card}, {}, {"outcomes": {}})
    again = shelf.load(tmp_path, saved.id)
    for outcome, own in (("escalation", plain), ("exit", card)):
        assert (again.scorecards[outcome].margin(unseen) == own.margin(unseen)).all()
        assert (again.scorecards[outcome].contributions(unseen) == own.contributions(unseen)).all(axis=None)
    assert not again.scorecards["escalation"].pairs


def told_by_a_pair(matrix: pd.DataFrame) -> pd.Series:
    """Log-odds: of those here long, the same for all; of those new here, far lower or far higher as incidents say."""
    return (8.0 * (matrix[ONE] >= 2) - 5.0).where(matrix[OTHER] < 190, -1.0)


def rehearsed(planted: bool, seed: int) -> Rehearsal:
    """A rehearsal on two dates: incidents tell of all alike, or, where a pair is planted, of those new here alone."""
    matrix, _ = pupils(seed, 6000)
    rng = np.random.default_rng(seed)
    dates = np.repeat(["2025-01-06", "2025-06-02"], 3000)
    matrix = matrix.assign(
        as_of=pd.to_datetime(dates).date, **{OTHER: rng.integers(0, 380, 6000).astype(float)}
    )
    margin = told_by_a_pair(matrix) if planted else -2.0 + (matrix[ONE] >= 2)
    y = (rng.random(6000) < 1 / (1 + np.exp(-margin))).astype("float64")
    labels = pd.DataFrame(
        {"exit": y, "ever_school_3": False, "censored": False, "window_end": matrix["as_of"]}
    )
    fold = Fold(1, (matrix["as_of"].iloc[-1],))
    found = rehearse(matrix, labels, "exit", [fold], (), TRAINING)
    assert found is not None
    return found


def test_a_planted_pair_gets_in_and_is_found_by_name() -> None:
    found = rehearsed(True, 1)
    assert found.pairs.earned
    assert (found.held_out["margin"] == found.held_out["with_pairs"]).all()
    matrix, _ = pupils(1, 6000)
    rng = np.random.default_rng(1)
    matrix = matrix.assign(**{OTHER: rng.integers(0, 380, 6000).astype(float)})
    y = (rng.random(6000) < 1 / (1 + np.exp(-told_by_a_pair(matrix)))).to_numpy().astype("float64")
    binned = Binned(matrix, y, 1)
    named = [{NAMES[place] for place in pair} for pair in binned.find_pairs(binned.fit(80), 3)]
    assert {ONE, OTHER} in named


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_curves_say_all_there_is_pairs_stay_out(seed: int) -> None:
    found = rehearsed(False, seed)
    assert not found.pairs.earned
    assert (found.held_out["margin"] == found.held_out["without"]).all()


def test_a_gain_too_small_or_too_unsure_is_not_earned() -> None:
    rng = np.random.default_rng(1)
    need = rng.normal(size=4000)
    rows = pd.DataFrame({
        "pupil_id": [f"p{n}" for n in range(4000)], "school_id": "A", "as_of": "2025-01-06",
        "y": (rng.random(4000) < 1 / (1 + np.exp(2 - 2 * need))).astype("float64"),
        "with_pairs": need, "without": need + rng.normal(size=4000),
    })  # fmt: skip
    sure = gain_of_pairs(rows, 1.01, 1)
    assert sure.earned
    assert not gain_of_pairs(rows, sure.figure + 0.01, 1).earned
    assert not gain_of_pairs(rows.assign(without=need + 0.1 * rng.normal(size=4000)).head(150), 1.0, 1).earned
    assert not gain_of_pairs(
        rows.rename(columns={"with_pairs": "without", "without": "with_pairs"}), 0.1, 1
    ).earned
