"""How long until: by hand, by a slow count, and an interval that lets one pupil count many times."""

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.survival import until


def test_a_curve_by_hand() -> None:
    found = until([1, 2, 3, 4, 4], [True, False, True, True, True], ["a", "b", "c", "d", "e"])
    assert [round(share, 4) for share in found.curve[1]] == [0.8, 0.5333, 0.0]
    assert (found.still(0), found.by(1), found.median()) == (1.0, pytest.approx(0.2), 4.0)
    assert until([5], [False], ["a"]).median() is None
    assert until([], [], []).by(20) is None


@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40))
def test_it_agrees_with_one_counted_day_by_day(waits: list[tuple[int, bool]]) -> None:
    found = until([day for day, _ in waits], [came for _, came in waits], list(range(len(waits))))
    still = 1.0
    for day in range(13):
        waiting = sum(length >= day for length, _ in waits)
        events = sum(length == day and came for length, came in waits)
        still *= 1 - events / waiting if waiting else 1
        assert found.still(day) == pytest.approx(still)


def test_where_each_pupil_waits_once_the_interval_is_greenwoods() -> None:
    rng = np.random.default_rng(3)
    days, came = rng.integers(1, 60, 400), rng.random(400) < 0.7
    found = until(days, came, np.arange(400))
    times, events = np.unique(days[came], return_counts=True)
    waiting = np.array([(days >= time).sum() for time in times])
    keep = times <= 30
    greenwood = math.sqrt((events[keep] / waiting[keep] / (waiting[keep] - events[keep])).sum())
    low, high = found.by_interval(30) or (0.0, 0.0)
    still = found.still(30) or 0.0
    half = 1.96 * greenwood / -math.log(still)
    assert low == pytest.approx(1 - still ** math.exp(-half), abs=0.004)
    assert high == pytest.approx(1 - still ** math.exp(half), abs=0.004)


def test_a_pupil_told_ten_times_adds_no_certainty() -> None:
    rng = random.Random(1)
    rows = [(rng.randint(1, 60), rng.random() < 0.6) for _ in range(100)]
    once = until([day for day, _ in rows], [came for _, came in rows], list(range(100)))
    tenfold = until([day for day, _ in rows * 10], [came for _, came in rows * 10], list(range(100)) * 10)
    assert once.by(30) == pytest.approx(tenfold.by(30))
    assert once.by_interval(30) == pytest.approx(tenfold.by_interval(30))


@pytest.mark.filterwarnings("ignore")  # of its own, about newer libraries
def test_the_curve_and_the_median_are_those_of_statsmodels() -> None:
    survfunc = pytest.importorskip("statsmodels.duration.survfunc")
    rng = np.random.default_rng(5)
    for size, seen in ((20, 0.9), (300, 0.5), (900, 0.2)):
        days, came = rng.integers(1, 90, size), rng.random(size) < seen
        found = until(days, came, np.arange(size))
        theirs = survfunc.SurvfuncRight(days, came.astype("int64"))
        for day in range(0, 95, 5):
            place = np.searchsorted(theirs.surv_times, day, side="right")
            expected = theirs.surv_prob[place - 1] if place else 1.0
            assert found.still(day) == pytest.approx(expected)
        reached = theirs.surv_times[theirs.surv_prob <= 0.5 + 1e-12]  # by half, half itself among it
        assert found.median() == (reached[0] if len(reached) else None)
