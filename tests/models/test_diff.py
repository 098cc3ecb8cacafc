"""Which curves moved: what an analyst would read off two drawings laid on each other."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from models.diff import moved
from models.scorecard import Curve, Pair, Scorecard
from models.shelf import Model


def curve(feature: str, edges: list[float], points: list[float], weight: list[int]) -> Curve:
    return Curve(feature, np.array(edges), np.array(points), 0.0, np.array(weight), 0)


def model(*curves: Curve, base: float = 0.0) -> Model:
    return Model("m", {}, {"exit": Scorecard("exit", base, curves)}, {})


def chance(margin: float) -> float:
    return 1 / (1 + np.exp(-margin))


LATE = curve("late", [0.0, 2.0], [-1.0, 0.0, 1.0], [50, 30, 20])
AWAY = curve("away", [0.1], [-0.5, 0.5], [60, 40])


def row(table: pd.DataFrame, feature: str) -> pd.Series:
    return table.set_index("feature").loc[feature]


def test_a_model_has_not_moved_from_itself() -> None:
    told = moved(model(LATE, AWAY), model(LATE, AWAY))
    assert (told[["mean", "largest"]] == 0).all(axis=None)


def test_the_curve_that_moved_is_named_first_with_how_far_and_where() -> None:
    steeper = dataclasses.replace(LATE, points=np.array([-1.0, 0.0, 2.0]))
    told = moved(model(LATE, AWAY), model(AWAY, steeper))
    assert told["feature"].tolist() == ["", "late", "away"]
    late = row(told, "late")
    assert late["largest"] == pytest.approx(chance(2) - chance(1))
    assert late["mean"] == pytest.approx(0.2 * (chance(2) - chance(1)))
    assert (late["at"], late["before"], late["after"]) == (
        2.0,
        pytest.approx(chance(1)),
        pytest.approx(chance(2)),
    )


def test_edges_of_both_count_and_rows_are_shared_out_between_the_parts_of_a_bin() -> None:
    finer = curve("late", [0.0, 1.0, 2.0], [-1.0, -1.0, 0.0, 1.0], [50, 10, 20, 20])
    late = row(moved(model(finer), model(LATE)), "late")
    assert late["mean"] == pytest.approx(0.15 * (chance(0) - chance(-1)))


def test_a_feature_that_came_or_went_moved_from_or_to_a_flat_line() -> None:
    came, went = moved(model(LATE), model(LATE, AWAY)), moved(model(LATE, AWAY), model(LATE))
    assert row(came, "away")["largest"] == pytest.approx(row(went, "away")["largest"])
    assert row(came, "away")["largest"] == pytest.approx(chance(0.5) - 0.5)


def test_a_level_that_moved_is_said_apart_from_the_curves() -> None:
    told = moved(model(LATE, base=-2.0), model(LATE, base=-1.0))
    assert row(told, "")["largest"] == pytest.approx(chance(-1) - chance(-2))
    assert row(told, "late")["largest"] == 0


def test_outcomes_that_only_one_model_has_are_left_out() -> None:
    other = Model("n", {}, {"suspension": Scorecard("suspension", 0.0, (LATE,))}, {})
    assert moved(model(LATE), other).empty


def with_pair(first: list[float], corner: float, weight: list[list[int]]) -> Model:
    """Late and away, and a pair that says `corner` where both are high, shared evenly between them."""
    points = np.zeros((len(first) + 2, 3))
    points[len(first), 1] = corner / 2
    pair = Pair(
        ("late", "away"), (np.array(first), np.array([0.1])), np.stack([points, points]), np.array(weight)
    )
    return Model("m", {}, {"exit": Scorecard("exit", 0.0, (LATE, AWAY), pairs=(pair,))}, {})


def test_what_two_features_say_together_is_compared_cell_by_cell() -> None:
    plain = with_pair([2.0], 0.0, [[60, 20, 0], [10, 10, 0], [0, 0, 0]])
    now = with_pair([2.0], 1.0, [[60, 20, 0], [10, 10, 0], [0, 0, 0]])
    pair = moved(plain, now).iloc[1]
    assert (pair["feature"], pair["other"], pair["at"], pair["other_at"]) == ("late", "away", 2.0, 0.1)
    assert (pair["before"], pair["after"]) == (0.5, pytest.approx(chance(1)))
    assert pair["mean"] == pytest.approx(0.1 * (chance(1) - 0.5))


def test_a_pair_that_came_or_was_cut_finer_moved_only_where_it_says_something_else() -> None:
    now = with_pair([2.0], 1.0, [[60, 20, 0], [10, 10, 0], [0, 0, 0]])
    finer = with_pair([0.0, 2.0], 1.0, [[30, 10, 0], [30, 10, 0], [10, 10, 0], [0, 0, 0]])
    assert (moved(finer, now)[["mean", "largest"]] == 0).all(axis=None)
    came = moved(model(LATE, AWAY), now).iloc[1]
    assert (came["other"], came["largest"]) == ("away", pytest.approx(chance(1) - 0.5))
