"""What happened next, as a head of year would read it off the register: small schools, ten-day windows."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from configs.settings import read_ladder
from models.outcomes import levels, outcomes
from tests.features.random_school import random_school
from tests.small_tables import marks, tables_of

MONDAY = date(2025, 1, 6)
HORIZON = 10
LADDER = read_ladder({})
AS_OF = MONDAY + timedelta(days=11)  # the tenth open day, a Friday


def weekdays(weeks: int, first: date = MONDAY) -> list[date]:
    return [first + timedelta(days=7 * week + day) for week in range(weeks) for day in range(5)]


OPEN = weekdays(8)


def school(**more: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """One school open for eight weeks, one Year 9 pupil who attends every session, and whatever else is said."""
    rows: dict[str, list[dict[str, Any]]] = {
        "schools": [{"school_id": "Ash", "name": "Ash", "phase": "secondary", "la_code": "801"}],
        "calendar": [{"school_id": "Ash", "date": day} for day in OPEN],
        "pupils": [{"pupil_id": "p"}],
        "enrolments": [{"pupil_id": "p", "school_id": "Ash", "start_date": MONDAY, "year_group": "9"}],
        "attendance": marks("p", "Ash", OPEN, "/\\" * len(OPEN)),
    }  # fmt: skip
    return {**rows, **more}


def dated(day: date, **more: Any) -> dict[str, Any]:
    return {"pupil_id": "p", "school_id": "Ash", "date": day, **more}


def started(day: date, **more: Any) -> dict[str, Any]:
    return {"pupil_id": "p", "school_id": "Ash", "start_date": day, **more}


def label(rows: dict[str, list[dict[str, Any]]], as_of: date = AS_OF, by: date = OPEN[-1]) -> pd.Series:
    who = pd.DataFrame({"pupil_id": ["p"], "school_id": ["Ash"], "as_of": [as_of]})
    return outcomes(tables_of(rows), who, HORIZON, LADDER, by).iloc[0]


def suspended(*days: date) -> list[dict[str, Any]]:
    return [started(day, category="SUSP", sessions=2.0, reasons="DB") for day in days]


@pytest.mark.parametrize(
    ("open_days_after", "expected"),
    [(0, 0.0), (1, 1.0), (10, 1.0), (11, 0.0)],
    ids=["the same day is not the future", "the day after", "the last day of the window", "a day too late"],
)
def test_the_window_opens_the_day_after_and_counts_open_days(open_days_after: int, expected: float) -> None:
    day = OPEN[9 + open_days_after]
    found = label(school(suspensions=suspended(day)))
    assert (found["suspension"], found["escalation"]) == (expected, expected)


def test_a_holiday_does_not_count() -> None:
    after_a_fortnight_off = [*OPEN[:12], *(day + timedelta(days=14) for day in OPEN[12:])]
    rows = school(
        calendar=[{"school_id": "Ash", "date": day} for day in after_a_fortnight_off],
        attendance=marks("p", "Ash", after_a_fortnight_off, "/\\" * len(OPEN)),
        suspensions=suspended(after_a_fortnight_off[19]),
    )
    assert label(rows, by=after_a_fortnight_off[-1])["suspension"] == 1.0


def test_a_window_that_has_not_closed_has_no_label() -> None:
    found = label(school(suspensions=suspended(OPEN[11])), by=OPEN[18])
    assert not found["closed"]
    assert np.isnan([found[name] for name in ("escalation", "suspension", "severe_absence", "exit")]).all()


def test_a_repeat_counts_and_is_told_apart_from_a_first() -> None:
    first = label(school(suspensions=suspended(OPEN[12])))
    repeat = label(school(suspensions=suspended(OPEN[3], OPEN[12])))
    assert (first["escalation"], first["ever_school_3"], first["level_school"]) == (1.0, False, 0)
    assert (repeat["escalation"], repeat["ever_school_3"], repeat["level_school"]) == (1.0, True, 3)


def removal(day: date) -> dict[str, Any]:
    return dated(day, sessions=1.0)


def test_a_step_already_held_is_no_new_step() -> None:
    assert label(school(removals=[removal(OPEN[12])]))["escalation"] == 1.0
    assert label(school(removals=[removal(OPEN[4]), removal(OPEN[12])]))["escalation"] == 0.0


def test_being_sent_out_is_a_level_but_not_yet_an_escalation() -> None:
    incident = dated(OPEN[12], incident_id="i", category="disruption", severity=1, action="Detention")
    found = label(school(incidents=[incident]))
    assert found["escalation"] == 0.0
    assert label(school(incidents=[{**incident, "date": OPEN[5]}]))["level_school"] == 1


def test_two_lessons_missed_while_in_school_are_a_self_led_step() -> None:
    missed = [dated(day, period=str(n), mark="absent") for n, day in enumerate((OPEN[12], OPEN[14]), start=1)]
    assert label(school(lessons=missed))["escalation"] == 1.0
    assert label(school(lessons=missed[:1]))["escalation"] == 0.0


def left(end: date, **more: Any) -> list[dict[str, Any]]:
    return [started(MONDAY, year_group="9", end_date=end, **more)]


def marks_until(last: date) -> list[dict[str, Any]]:
    days = [day for day in OPEN if day <= last]
    others = marks("q", "Ash", OPEN, "/\\" * len(OPEN))
    return marks("p", "Ash", days, "/\\" * len(days)) + others


def leaver(end: date, **more: Any) -> dict[str, list[dict[str, Any]]]:
    others = [{"pupil_id": "q", "school_id": "Ash", "start_date": MONDAY, "year_group": "9"}]
    enrolled = left(end, **{k: v for k, v in more.items() if k == "destination"}) + others
    rest = {k: v for k, v in more.items() if k != "destination"}
    return school(enrolments=enrolled, attendance=marks_until(end), pupils=[{"pupil_id": "p"}, {"pupil_id": "q"}],
                  **rest)  # fmt: skip


def test_leaving_with_no_enrolment_elsewhere_is_an_unexplained_exit() -> None:
    found = label(leaver(OPEN[13]))
    assert (found["exit"], found["escalation"], found["censored"]) == (1.0, 1.0, False)


def test_until_twenty_open_days_have_passed_nobody_can_say() -> None:
    found = label(leaver(OPEN[13]), by=OPEN[30])
    assert np.isnan(found["exit"])
    assert np.isnan(found["suspension"])


def test_an_ordinary_change_of_school_is_censored_not_a_no() -> None:
    found = label(leaver(OPEN[13], destination="8014001"))
    assert found["censored"]
    assert np.isnan([found[name] for name in ("escalation", "suspension", "severe_absence", "exit")]).all()


@pytest.mark.parametrize("kind", ["off_roll", "elective_home_education", "managed_move"])
def test_named_exits_are_exits_whatever_the_destination(kind: str) -> None:
    found = label(leaver(OPEN[13], destination="8014001", moves=[started(OPEN[13], kind=kind)]))
    assert (found["exit"], found["escalation"]) == (1.0, 1.0)


def year(codes: str, after: str) -> dict[str, list[dict[str, Any]]]:
    """Fourteen weeks of marks, so that a year's absence can be read; `after` are the marks of the window."""
    days = weekdays(16)
    first, window, rest = days[:68], days[68:78], days[78:]
    return school(
        calendar=[{"school_id": "Ash", "date": day} for day in days],
        attendance=marks("p", "Ash", first, codes * 68) + marks("p", "Ash", window, after * 10)
        + marks("p", "Ash", rest, "/\\" * len(rest)),
    )  # fmt: skip


def absence(codes: str, after: str) -> pd.Series:
    days = weekdays(16)
    return label(year(codes, after), as_of=days[67], by=days[-1])


def test_severe_absence_is_read_at_the_two_ends_only() -> None:
    assert absence("OO", "OO")["severe_absence"] == 0.0  # it held already
    assert absence("OO", "OO")["level_self"] == 5
    assert absence("/\\", "OO")["severe_absence"] == 0.0
    assert absence("/\\", "OO")["escalation"] == 1.0  # persistent absence newly holds: 20 of 156 sessions


def test_suspended_sessions_are_not_absence() -> None:
    assert absence("/\\", "EE")["escalation"] == 0.0
    assert absence("EE", "/\\")["level_self"] == 0


def test_religious_observance_and_travelling_enter_no_rung() -> None:
    assert absence("RT", "RT")["level_self"] == 0


def test_too_many_missing_marks_leave_absence_unsaid() -> None:
    days = weekdays(16)
    rows = year("/\\", "OO")
    gap = set(days[68:71])
    rows["attendance"] = [row for row in rows["attendance"] if row["date"] not in gap]
    found = label(rows, as_of=days[67], by=days[-1])
    assert np.isnan(found["severe_absence"])
    assert found["suspension"] == 0.0


def test_levels_are_as_known_that_night() -> None:
    late = {**suspended(OPEN[3])[0], "known_on": OPEN[20]}
    tables = tables_of(school(suspensions=[late]))
    who = pd.DataFrame({"pupil_id": ["p"], "school_id": ["Ash"]})
    assert levels(tables, who, OPEN[10], LADDER)["level_school"].tolist() == [0]
    assert levels(tables, who, OPEN[20], LADDER)["level_school"].tolist() == [3]


def test_a_school_without_a_calendar_says_nothing_and_stops_nothing() -> None:
    rows = school()
    rows["schools"].append({"school_id": "Elm", "name": "Elm", "phase": "primary", "la_code": "801"})
    rows["enrolments"].append({"pupil_id": "p", "school_id": "Elm", "start_date": date(2023, 9, 4),
                               "end_date": date(2024, 7, 19), "year_group": "8"})  # fmt: skip
    assert label(rows)["exit"] == 0.0


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_else_happened_was_an_escalation_and_each_ladder_is_climbed_by_itself(seed: int) -> None:
    tables = tables_of(random_school(seed, pupils=25))
    enrolled = tables["enrolments"].select("pupil_id", "school_id").distinct().to_pandas()
    who = pd.concat([enrolled.assign(as_of=date(2024, 9, day)) for day in (13, 27)], ignore_index=True)
    found = outcomes(tables, who, HORIZON, LADDER, date(2024, 11, 1))
    for other in ("suspension", "severe_absence", "exit"):
        assert (found.loc[found[other] == 1, "escalation"] == 1).all(), other
        assert not (found[other].notna() & (found[other] == 1) & (found["escalation"] == 0)).any()
    assert found["suspension"].sum() > 0
    assert found["escalation"].sum() > found["suspension"].sum()
    assert found.loc[~found["ever_school_3"], "level_school"].max() < 3
    assert (found["level_self"] > found["level_school"]).any()
    assert (found["level_school"] > found["level_self"]).any()
