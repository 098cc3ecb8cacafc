"""Ratios: the middle is arithmetic, and the interval lets pupils differ."""

import numpy as np
import pytest

from reports.ratios import ratio


def test_the_ratio_is_one_rate_over_the_other() -> None:
    lost, possible = np.array([4, 8, 1, 2, 3]), np.array([100, 100, 100, 100, 100])
    found = ratio(lost, possible, np.array([True, True, False, False, False]))
    assert found.ratio == pytest.approx(3.0)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 3.0 < found.high
    assert found.low * found.high == pytest.approx(9.0)


def test_one_pupil_who_lost_nearly_all_widens_it() -> None:
    inside = np.arange(60) < 20
    even, uneven = np.full(60, 10), np.where(np.arange(60) == 0, 200, np.where(inside, 0, 10))
    possible = np.full(60, 200)
    assert ratio(even, possible, inside).ratio == ratio(uneven, possible, inside).ratio == 1.0
    low = ratio(uneven, possible, inside).low
    assert low is not None
    assert low < 0.3


@pytest.mark.parametrize(
    ("lost", "inside"),
    [([0, 0, 5, 5], [1, 1, 0, 0]), ([5, 5, 0, 0], [1, 1, 0, 0]), ([5] * 4, [1, 1, 1, 1]), ([5] * 4, [1, 0, 0, 0])],
    ids=["the group lost nothing", "the rest lost nothing", "there is no rest", "one pupil"],
)  # fmt: skip
def test_without_enough_to_compare_there_is_no_interval(lost: list[int], inside: list[int]) -> None:
    found = ratio(np.array(lost), np.full(4, 100), np.array(inside, dtype=bool))
    assert (found.low, found.high) == (None, None)


def test_it_holds_the_true_ratio_about_19_times_in_20() -> None:
    rng = np.random.default_rng(20250901)
    inside = np.arange(330) < 30
    held = 0
    for _ in range(300):
        own = rng.gamma(1.0, 0.08, 330) * np.where(inside, 1.5, 1.0)
        found = ratio(rng.poisson(own * 300), np.full(330, 300), inside)
        held += found.low is not None and found.high is not None and found.low <= 1.5 <= found.high
    assert 0.90 <= held / 300 <= 0.99
