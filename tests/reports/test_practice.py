"""What adults decided after equal incidents: by hand, and against a plain count."""

from typing import Any

import pytest

from tests.reports.conftest import Planted
from tests.reports.small_trust import made, open_days, small_trust

DAYS = open_days()


def test_equal_incidents_unequal_decisions() -> None:
    """At either school forty pupils have an incident of severity 2; at Oak twenty are removed, at Elm ten, all boys."""
    rows = small_trust()
    for school, removed in (("oak", 20), ("elm", 10)):
        for number in range(40):
            who = {"pupil_id": f"{school}{number}", "school_id": school, "incident_id": f"{school}-{number}"}
            boy = number % 2 == 0
            out = number < removed if school == "oak" else boy and number < 2 * removed
            rows["incidents"].append(
                {**who, "date": DAYS[3], "category": "defiance", "severity": 2, "time": "14:10",
                 "action": "internal exclusion" if out and number % 4 else "call home"}
            )  # fmt: skip
            if out:
                rows["removals"].append({**who, "date": DAYS[3], "sessions": 1.0})
    said = made("practice", rows, DAYS[-1]).as_json()
    elm, oak = said["schools"]
    assert (oak["incidents"], oak["out_per_100"], elm["out_per_100"]) == (40, 50.0, 25.0)
    assert (oak["ratio"], elm["ratio"]) == (2.0, 0.5)
    assert oak["low"] < 2 < oak["high"]
    boys = next(each for each in elm["groups"] if each["group"] == "M")
    assert (boys["suppressed"], boys["out_per_100"], boys["ratio"]) == (
        False,
        50.0,
        None,
    )  # no girl was removed
    assert [(each["time"], each["incidents"]) for each in oak["times"]] == [("2 to 3", 40)]
    assert [each["weekday"] for each in oak["weekdays"]] == ["Thursday"]
    assert [each["half_term"] for each in oak["half_terms"]] == ["2025 Autumn 1"]


def test_severity_is_allowed_for() -> None:
    """Oak's incidents are all severe and Elm's half so; at each severity both decide alike: the ratio is one."""
    rows = small_trust()
    for school, severe in (("oak", 40), ("elm", 20)):
        for number in range(40):
            severity = 3 if number < severe else 1
            who = {"pupil_id": f"{school}{number}", "school_id": school, "incident_id": f"{school}-{number}"}
            action = "suspension" if severity == 3 and number % 2 else "warning"
            rows["incidents"].append(
                {**who, "date": DAYS[3], "category": "x", "severity": severity, "action": action}
            )
    oak = made("practice", rows, DAYS[-1]).as_json()["schools"][1]
    assert oak["ratio"] == pytest.approx(1.0)


def test_the_counts_are_those_of_the_records(planted: Planted) -> None:
    said: dict[str, Any] = planted.report("practice").as_json()
    incidents = planted.store.tables()["incidents"].to_pandas()
    by_school = incidents[incidents["severity"].notna()].groupby("school_id").size()
    for school in said["schools"]:
        if not school["suppressed"]:
            assert abs(school["incidents"] - by_school[school["school_id"]]) <= 2.5
