"""Two pages for governors: the figures are those of the reports they name."""

from datetime import date

import pytest

from tests.reports.conftest import Planted
from tests.reports.small_trust import made, open_days, small_trust

DAYS = open_days()


def test_the_term_begins_on_its_first_open_day() -> None:
    rows = small_trust()
    rows["attendance"] = [
        {"pupil_id": "oak0", "school_id": "oak", "date": DAYS[75], "session": "AM", "code": "/"}
    ]
    said = made("strategy", rows, DAYS[100]).as_json()
    assert (said["from"], said["to"]) == (str(DAYS[70]), str(DAYS[100]))  # both halves of the spring term
    assert date.fromisoformat(said["from"]).weekday() == 0


def test_each_figure_is_that_of_its_own_report(planted: Planted) -> None:
    said = planted.report("strategy").as_json()
    since = date.fromisoformat(said["from"])
    lost = planted.report("lost-learning", from_=since).as_json()
    exits = planted.report("movements", from_=since).as_json()
    for school in said["schools"]:
        figures = {each["figure"]: each["now"] for each in school["figures"]}
        mine = next(each for each in lost["schools"] if each["school_id"] == school["school_id"])
        moved = next(each for each in exits["schools"] if each["school_id"] == school["school_id"])
        assert figures["all"] == pytest.approx(mine["days_per_100_pupils"], abs=0.1)
        assert figures["exits"] == moved["exits"]
        assert figures["unexplained_exits"] == moved["unexplained_exits"]


def test_support_with_families_counts_and_is_never_a_small_number(planted: Planted) -> None:
    done = planted.report("strategy").as_json()["trust"]["done"]
    kinds = {each["kind"]: each["pupils"] for each in done}
    assert {"family contact", "meeting with the family", "mentoring"} <= set(kinds)
    assert all(pupils is None or (pupils >= 10 and pupils % 5 == 0) for pupils in kinds.values())
