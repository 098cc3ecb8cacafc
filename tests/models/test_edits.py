"""A curve changed by hand changes what it says it changes, and nothing else."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from models.edits import Edit, edited
from models.scorecard import Scorecard
from models.training import Binned, fit, scorecard
from tests.models.test_scorecard import NAMES, pupils

ONE, OTHER = "incidents_20", "belonging"
FLAT = Edit(ONE, "flatten", None, "recorded differently since September", "A. Nalyst")
CAP = Edit(ONE, "cap", 2.0, "more than two says no more", "A. Nalyst")


@pytest.fixture(scope="module")
def card_and_rows() -> tuple[Scorecard, pd.DataFrame]:
    matrix, y = pupils(1)
    pair = (NAMES.index(OTHER), NAMES.index(ONE))
    card = scorecard(Binned(matrix, y, 1).fit(60, [(min(pair), max(pair))]), matrix, "exit", 60)
    assert card.pairs
    return card, matrix


def test_a_flattened_feature_tells_nothing(card_and_rows: tuple[Scorecard, pd.DataFrame]) -> None:
    card, rows = card_and_rows
    flat = edited(card, [FLAT])
    assert (flat.margin(rows.assign(**{ONE: 7.0})) == flat.margin(rows.assign(**{ONE: np.nan}))).all()
    assert (flat.contributions(rows)[ONE] == 0).all()
    others = [name for name in NAMES if name not in (ONE, OTHER)]
    assert (flat.contributions(rows)[others] == card.contributions(rows)[others]).all(axis=None)


def test_beyond_a_cap_all_values_are_alike_and_below_it_nothing_moved(
    card_and_rows: tuple[Scorecard, pd.DataFrame],
) -> None:
    card, rows = card_and_rows
    capped = edited(card, [CAP])
    at_most = rows.assign(**{ONE: rows[ONE].clip(upper=2.0)})
    np.testing.assert_allclose(capped.margin(rows), card.margin(at_most), rtol=0, atol=1e-12)
    assert (card.margin(rows) != card.margin(at_most)).any()


def test_a_capped_curve_still_has_a_mean_of_nothing() -> None:
    matrix, y = pupils(3)
    capped = edited(scorecard(fit(matrix, y, 1, 40), matrix, "exit", 40), [CAP])
    assert capped.contributions(matrix)[ONE].mean() == pytest.approx(0, abs=1e-12)


def test_edits_are_made_in_the_order_they_came_and_only_in_their_outcome(
    card_and_rows: tuple[Scorecard, pd.DataFrame],
) -> None:
    card, rows = card_and_rows
    elsewhere = dataclasses.replace(FLAT, outcome="suspension")
    assert edited(card, [elsewhere]) is card
    both = edited(card, [CAP, FLAT]).margin(rows) - edited(card, [FLAT]).margin(rows)
    assert np.ptp(both) < 1e-12  # alike but for the level, which calibration sets


def test_an_edit_says_who_did_what_and_why() -> None:
    assert CAP.words() == "incidents_20 capped at 2 by A. Nalyst: more than two says no more"
    flat = dataclasses.replace(FLAT, outcome="exit").words()
    assert flat == "incidents_20 flattened for exit by A. Nalyst: recorded differently since September"
