"""Belonging: means, gaps and who answered, by hand."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import ttest_ind

from tests.reports.small_trust import made, open_days, small_trust

DAYS = open_days()
SCORES = {number: 0.5 + (number % 5) / 20 + (0.2 if number % 2 else 0.0) for number in range(40)}


@pytest.fixture(scope="module")
def belonging() -> dict[str, Any]:
    """Forty are asked twice; thirty answer, ten of them once; girls say 0.2 more; those with incidents answer less."""
    rows = small_trust()
    for number in range(40):
        pupil = f"oak{number}"
        if number < 30:
            days = [DAYS[20]] if number < 10 else [DAYS[20], DAYS[40]]
            rows["surveys"] += [
                {"pupil_id": pupil, "date": day, "scale": "belonging", "score": SCORES[number]}
                for day in days
            ]
        if number >= 20:
            rows["incidents"].append({"pupil_id": pupil, "school_id": "oak", "incident_id": pupil, "date": DAYS[5],
                                      "category": "x", "severity": 1})  # fmt: skip
    (scale,) = made("experience", rows, DAYS[60]).as_json()["schools"][1]["scales"]
    return scale  # type: ignore[no-any-return]


def test_the_mean_and_who_answered(belonging: dict[str, Any]) -> None:
    assert (belonging["asked"], belonging["answered"]) == (40, 30)
    assert belonging["response"] == pytest.approx((10 * 0.5 + 20) / 40, abs=0.01)
    assert belonging["mean"] == pytest.approx(np.mean([SCORES[n] for n in range(30)]), abs=0.01)


def test_the_gap_is_welch_s(belonging: dict[str, Any]) -> None:
    girls, boys = ([SCORES[n] for n in range(30) if n % 2 == odd] for odd in (1, 0))
    found = next(each for each in belonging["groups"] if each["group"] == "F")
    between = ttest_ind(girls, boys, equal_var=False).confidence_interval(0.95)
    assert found["gap"] == pytest.approx(np.mean(girls) - np.mean(boys), abs=0.01)
    assert (found["gap_low"], found["gap_high"]) == (
        pytest.approx(between.low, abs=0.01), pytest.approx(between.high, abs=0.01),
    )  # fmt: skip


def test_those_with_incidents_answered_less_and_the_mean_can_be_weighted_for_absence(
    belonging: dict[str, Any],
) -> None:
    calm, once = belonging["incidents"]
    assert (calm["band"], calm["response"]) == ("no recorded incident", 0.75)
    assert (once["band"], once["response"]) == ("1 or 2", 0.5)
    assert belonging["weighted_mean"] == pytest.approx(belonging["mean"], abs=0.01)
    assert [each["half_term"] for each in belonging["half_terms"]] == ["2025 Autumn 1", "2025 Autumn 2"]
