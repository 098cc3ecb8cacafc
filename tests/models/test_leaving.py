"""How time at a school ends: in summer for a whole year group, and not on any other day however many go at once."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from configs.settings import load_settings
from features.calendar import school_days
from models.leaving import EXIT, ORDINARY, leavings

FIRST, LAST = date(2025, 9, 1), date(2026, 7, 21)


def weekdays(first: date, last: date) -> list[date]:
    each = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in each if day.weekday() < 5]


OPEN = [*weekdays(FIRST, LAST), *weekdays(date(2026, 9, 2), date(2026, 12, 18))]
NOVEMBER, STUDY_LEAVE, SUMMER = date(2025, 11, 14), date(2026, 5, 22), date(2026, 6, 26)


def how_they_left(*groups: tuple[int, str, date | None], stays: str = "10") -> list[str]:
    """How the leavers left: so many pupils of a year group on a day; `stays` is the year group of those who stay."""
    rows: list[dict[str, Any]] = [
        {"pupil_id": f"p{place}-{number}", "school_id": "Ash", "start_date": FIRST, "end_date": last,
         "year_group": year, "destination": ""}
        for place, (size, year, last) in enumerate((*groups, (60, stays, None))) for number in range(size)
    ]  # fmt: skip
    enrolments = pd.DataFrame(rows)
    for name in ("start_date", "end_date"):
        enrolments[name] = pd.to_datetime(enrolments[name])
    days = school_days(pd.DataFrame({"school_id": "Ash", "date": OPEN}))
    spells = enrolments[["pupil_id", "school_id", "start_date", "end_date"]]
    late = np.datetime64("2026-12-31")
    return sorted(set(leavings(spells, enrolments, days, load_settings().ladder, late).rows["how"]))


@pytest.mark.parametrize(
    ("year", "day", "stays"),
    [("11", SUMMER, "10"), ("11", STUDY_LEAVE, "10"), ("11", SUMMER, "13"), ("13", SUMMER, "12"), ("Y6", SUMMER, "Y5"),
     ("Year 2", SUMMER, "Year 1"), ("8", SUMMER, "7"), ("R", SUMMER, "N2")],
)  # fmt: skip
def test_a_year_group_whose_time_there_ends_leaves_in_summer_as_is_ordinary(
    year: str, day: date, stays: str
) -> None:
    assert how_they_left((40, year, day), stays=stays) == [ORDINARY]


@pytest.mark.parametrize(
    ("year", "day"), [("9", NOVEMBER), ("11", NOVEMBER), ("9", SUMMER), ("11", date(2026, 3, 27))]
)
def test_many_taken_off_roll_on_one_day_are_many_exits(year: str, day: date) -> None:
    assert how_they_left((12, year, day), stays="11" if year == "9" else "10") == [EXIT]


def test_most_of_year_11_leaving_in_summer_hides_nobody_who_went_in_november() -> None:
    assert how_they_left((12, "11", NOVEMBER), (100, "11", SUMMER)) == [EXIT, ORDINARY]


def test_a_few_of_year_11_who_go_in_may_are_not_its_end() -> None:
    assert how_they_left((9, "11", STUDY_LEAVE), (100, "11", LAST)) == [EXIT, ORDINARY]
    assert how_they_left((12, "11", STUDY_LEAVE), (100, "11", LAST)) == [EXIT, ORDINARY]
