"""Steps that come again: by hand, against a walk through each pupil's days, and with nothing small shown."""

from datetime import date
from typing import Any

import pytest

from features.calendar import days_of
from reports.asked import Asked
from reports.repeats.values import KINDS
from reports.repeats.waits import waits
from reports.steps import climbs
from sources.as_known import as_known
from tests.reports.conftest import Planted
from tests.reports.small_trust import change, made, open_days, small_trust

DAYS = open_days()
END = DAYS[-1]


def step(report: dict[str, Any], key: str) -> dict[str, Any]:
    return next(each for each in report["steps"] if each["step"] == key)


@pytest.fixture(scope="module")
def said() -> dict[str, Any]:
    """Twenty pupils of Oak suspended on the third day: ten again ten days later, four of the others gone after five."""
    rows = small_trust()
    for number in range(20):
        who = {"pupil_id": f"oak{number}", "school_id": "oak"}
        rows["suspensions"].append({**who, "category": "SUSP", "start_date": DAYS[2], "sessions": 2.0})
        if number < 10:
            rows["suspensions"].append({**who, "category": "SUSP", "start_date": DAYS[12], "sessions": 2.0})
        if number < 14:
            rows["meetings"].append({**who, "date": DAYS[5], "kind": "reintegration"})
        if number >= 16:
            change(rows, f"oak{number}", end_date=DAYS[7], destination="Ash")
        if number < 12:
            end = DAYS[40] if number < 6 else None
            rows["moves"].append(
                {**who, "kind": "alternative_provision", "start_date": DAYS[31], "end_date": end}
            )
    return made("repeats", rows, END).as_json()


def test_suspended_again_by_hand(said: dict[str, Any]) -> None:
    oak = next(each for each in said["schools"] if each["school_id"] == "oak")
    found = step(oak, "suspension")
    # 30 suspensions; when ten came again ten days on, four had left, and twelve went off site later: 10 of 26 left
    assert (found["steps"], found["pupils"]) == (30, 20)
    assert found["repeat_within_20"] == pytest.approx(1 - (1 - 10 / 26) * (1 - 10 / 16), abs=0.001)
    assert found["came_back_down"] == pytest.approx(1 - found["repeat_within_60"], abs=0.001)
    assert found["low"] < found["repeat_within_60"] < found["high"]


def test_meetings_and_returns_by_hand(said: dict[str, Any]) -> None:
    oak = next(each for each in said["schools"] if each["school_id"] == "oak")
    assert (oak["reintegration"]["suspensions"], oak["reintegration"]["recorded"]) == (30, 15)
    assert oak["reintegration"]["share"] == pytest.approx(14 / 30, abs=0.001)
    assert (oak["returns"]["moves"], oak["returns"]["within_20"]) == (10, 0.5)


def test_the_waits_agree_with_a_walk_through_each_pupil_s_suspensions(planted: Planted) -> None:
    known = as_known(planted.store.tables(), planted.end)
    asked = Asked(planted.end, planted.store.settings)
    days = days_of(known)
    kind = next(kind for kind in KINDS if kind.key == "suspension")
    fast = waits(climbs(known, asked, days), days, asked, kind)
    rows = known["suspensions"].to_pandas().sort_values("start_date")
    moves = known["moves"].to_pandas()
    higher = moves[moves["kind"].isin(["off_site_direction", "alternative_provision", "managed_move"])]
    for (pupil, school), held in fast.groupby(["pupil_id", "school_id"]):
        starts = rows[rows["pupil_id"] == pupil]["start_date"]
        again = sorted({*starts, *higher[higher["pupil_id"] == pupil]["start_date"]})
        numbers = [int(days.next_number(str(school), [when])[0]) for when in again]
        for row in held.to_dict("records"):
            later = [number for number in numbers if number > row["number"]]
            if row["came"]:
                assert row["days"] == min(later) - row["number"]
    assert len(fast)
    assert fast["came"].any()


def test_what_is_small_is_not_shown_nor_had_by_subtraction(planted: Planted) -> None:
    said = planted.report("repeats").as_json()
    for key in ("suspension", "internal_exclusion", "sent_out"):
        schools = [step(each, key) for each in said["schools"]]
        hidden = [each for each in schools if each["suppressed"]]
        assert len(hidden) != 1 or step(said["trust"], key)["suppressed"]
        assert all(each["pupils"] >= 10 for each in schools if not each["suppressed"] and each["pupils"])
    assert all(band["pupils"] is None or band["pupils"] >= 10 for band in said["trust"]["flow"])


def test_before_anything_happened_there_is_nothing_to_say() -> None:
    said = made("repeats", small_trust(), date(2025, 9, 5)).as_json()
    assert all(each["repeat_within_60"] is None for each in said["trust"]["steps"])
