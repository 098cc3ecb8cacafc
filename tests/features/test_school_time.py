"""School time, as a head of year would check it: each test is a few weeks of one pupil, and what is told of them."""

import math
from datetime import date

import pytest

from features.catalogue import CATALOGUE
from features.engine import feature_matrix
from tests.features.a_school import days, on_roll, opened, told
from tests.small_tables import marks, tables_of

WEEK = "/\\ /\\ /\\ /\\ /\\"
ADA = on_roll("Ada", "Ash", "2024-09-02")


def test_a_holiday_is_no_school_day() -> None:
    """Ada missed the last two days before Christmas and the first after. The last five school days on 6 January are
    17, 18, 19 December, 5 and 6 January: six of ten sessions, one spell of three days."""
    term, after = days("2025-12-15", 5), days("2026-01-05", 2)
    rows = {"calendar": opened("Ash", term, after), "enrolments": [ADA],
            "attendance": marks("Ada", "Ash", [*term, *after], "/\\ /\\ /\\ II II  II /\\")}  # fmt: skip
    assert told(rows, "2026-01-06", "absent_rate_5", "absence_spells_60", "absence_longest_spell_190") == (
        0.6,
        1,
        3,
    )
    assert told(rows, "2026-01-05", "absence_spell_now", "days_since_attended") == (3, 3)
    assert told(rows, "2026-01-03", "absence_spell_now", "days_since_attended") == (
        2,
        2,
    )  # a Saturday in the holiday


def test_an_inset_day_is_no_school_day() -> None:
    """Monday 8 September was a training day, marked #. On Friday 12 the last five school days begin on 5 September."""
    open_days = days("2025-09-01", 9, "2025-09-08")
    rows = {"calendar": opened("Ash", open_days), "enrolments": [ADA],
            "attendance": marks("Ada", "Ash", open_days, "OO OO OO OO OO  /\\ /\\ /\\ /\\")
            + marks("Ada", "Ash", [date(2025, 9, 8)], "##")}  # fmt: skip
    assert told(rows, "2025-09-12", "absent_rate_5", "days_since_absent") == (0.2, 4)


def test_a_snow_day_is_not_a_possible_session() -> None:
    """On Wednesday the site was closed by snow, marked Y4: two of eight sessions were missed, not two of ten."""
    week = days("2026-01-12", 5)
    rows = {"calendar": opened("Ash", week), "enrolments": [ADA],
            "attendance": [{**row, "code": "Y4"} if row["date"] == date(2026, 1, 14) else row
                           for row in marks("Ada", "Ash", week, "II /\\ __ /\\ /\\")]}  # fmt: skip
    assert told(rows, "2026-01-16", "absent_rate_5", "illness_rate_5") == (0.25, 0.25)


def test_study_leave_is_told_by_itself() -> None:
    """Study leave (S) is authorised absence, as the department counts it, but no illness, leave or unauthorised
    absence; its own share is kept so that an exam summer can be told from an absent one."""
    week = days("2026-06-01", 5)
    rows = {"calendar": opened("Ash", week), "enrolments": [on_roll("Ada", "Ash", "2024-09-02", year_group="11")],
            "attendance": marks("Ada", "Ash", week, "SS SS /\\ SS SS")}  # fmt: skip
    names = (
        "absent_rate_5",
        "study_leave_rate_20",
        "illness_rate_5",
        "agreed_rate_190",
        "unauthorised_rate_5",
    )
    assert told(rows, "2026-06-05", *names) == (0.8, 0.8, 0, 0, 0)


def test_a_part_time_timetable_is_told_by_itself() -> None:
    """Ada comes in the mornings only: five sessions of ten are C2, and none is illness or unauthorised."""
    week = days("2026-01-12", 5)
    rows = {"calendar": opened("Ash", week), "enrolments": [ADA],
            "attendance": [{**row, "code": "C2"} if row["session"] == "PM" else row
                           for row in marks("Ada", "Ash", week, WEEK)]}  # fmt: skip
    names = ("part_time_rate_20", "absent_rate_5", "illness_rate_5", "agreed_rate_190", "unauthorised_rate_5")
    assert told(rows, "2026-01-16", *names) == (0.5, 0.5, 0, 0, 0)


def test_a_pupil_who_joined_yesterday() -> None:
    """Two days here: one of four sessions missed, nothing to compare with, and one incident read cautiously."""
    term = days("2025-11-03", 10)
    rows = {"calendar": opened("Ash", term), "enrolments": [on_roll("Ada", "Ash", "2025-11-13")],
            "attendance": marks("Ada", "Ash", term[-2:], "/O /\\"),
            "incidents": [{"incident_id": "i", "pupil_id": "Ada", "school_id": "Ash", "date": term[-1],
                           "category": "defiance", "severity": 1}]}  # fmt: skip
    names = (
        "absent_rate_5",
        "absent_rate_190",
        "incident_days_rate_60",
        "days_here",
        "new_here",
        "joined_mid_year",
    )
    assert told(rows, "2025-11-14", *names) == (0.25, 0.25, 0.5, 1, 1, 1)
    change, slope, steady = told(
        rows, "2025-11-14", "absent_change_20", "absent_slope_60", "incidents_steady"
    )
    assert math.isnan(change)
    assert math.isnan(slope)
    assert steady == 1 / 124


def test_a_pupil_who_left_has_no_row_from_the_day_after() -> None:
    term = days("2025-11-03", 10)
    rows = {"calendar": opened("Ash", term), "enrolments": [on_roll("Ada", "Ash", "2025-09-01", "2025-11-07")],
            "attendance": marks("Ada", "Ash", term[:5], WEEK)}  # fmt: skip
    moments = [date(2025, 11, 7), date(2025, 11, 8), date(2025, 11, 14)]
    assert list(feature_matrix(tables_of(rows), moments, CATALOGUE[:1])["as_of"]) == moments[:1]


def test_two_schools_each_keep_their_own_terms() -> None:
    """Ash was on half term in the last week of October, Elm a week before. Both pupils missed 20 to 31 October
    wherever their school was open; on Monday 3 November each has had five school days since 20 October."""
    ash = [*days("2025-10-13", 10), *days("2025-11-03", 1)]
    elm = [*days("2025-10-13", 5), *days("2025-10-27", 6)]
    rows = {"calendar": opened("Ash", ash) + opened("Elm", elm),
            "enrolments": [ADA, on_roll("Ben", "Elm", "2024-09-02")],
            "attendance": marks("Ada", "Ash", ash, WEEK + "OO OO OO OO OO /\\")
            + marks("Ben", "Elm", elm, WEEK + "OO OO OO OO OO /\\")}  # fmt: skip
    names = ("absent_rate_5", "absence_spells_60", "absence_longest_spell_190", "days_since_absent")
    assert told(rows, "2025-11-03", *names) == told(rows, "2025-11-03", *names, pupil="Ben") == (0.8, 1, 5, 1)
    assert told(rows, "2025-10-24", "absence_spell_now") == (5,)
    assert told(rows, "2025-10-24", "absence_spell_now", pupil="Ben") == (0,)  # Elm was closed that week


def test_september_reaches_back_over_august() -> None:
    """On 2 September the last five school days are three in July and two in September; August holds no day."""
    july, september = days("2025-07-14", 7), days("2025-09-01", 2)
    rows = {"calendar": opened("Ash", july, september), "enrolments": [ADA],
            "attendance": marks("Ada", "Ash", [*july, *september], WEEK + "OO /O /\\ /\\")}  # fmt: skip
    names = ("absent_rate_5", "days_since_absent", "absence_longest_spell_190", "season")
    assert told(rows, "2025-09-02", *names) == (0.3, 2, 2, 0)


def test_two_school_years_in_one_window_are_one_stay_and_the_year_group_is_the_new_one() -> None:
    """Ada, born on 29 February, was in Year 8 until July and is in Year 9 from 1 September. The last 20 school days on
    12 September are ten of each year; a summer is no joining, and incidents of July still count."""
    july, september = days("2025-07-09", 10), days("2025-09-01", 10)
    rows = {"calendar": opened("Ash", july, september),
            "pupils": [{"pupil_id": "Ada", "date_of_birth": date(2012, 2, 29)}],
            "enrolments": [on_roll("Ada", "Ash", "2024-09-02", "2025-08-31", year_group="8"),
                           on_roll("Ada", "Ash", "2025-09-01", year_group="9")],
            "attendance": marks("Ada", "Ash", [*july, *september], "OO" + 9 * "/\\" + 10 * "/\\"),
            "incidents": [{"incident_id": "i", "pupil_id": "Ada", "school_id": "Ash", "date": july[0],
                           "category": "defiance", "severity": 1}]}  # fmt: skip
    assert told(rows, "2025-09-12", "absent_rate_20", "incidents_20", "days_here", "new_here") == (
        0.05,
        1,
        375,
        0,
    )
    moments = [date(2025, 8, 31), date(2025, 9, 1)]
    assert list(feature_matrix(tables_of(rows), moments, CATALOGUE[:1])["year_group"]) == ["8", "9"]


def test_a_pupil_registered_twice_is_counted_once_at_the_main_school() -> None:
    """Ada is on the roll of Ash (M) and goes to Elm (S) on two days, marked D at Ash. Elm's own marks count, one of
    them an absence; the D marks are no possible sessions."""
    week = days("2026-01-12", 5)
    rows = {"calendar": opened("Ash", week) + opened("Elm", week),
            "enrolments": [on_roll("Ada", "Ash", "2024-09-02", status="M"),
                           on_roll("Ada", "Elm", "2025-09-01", status="S")],
            "attendance": marks("Ada", "Ash", week, "/\\ /\\ /\\ DD DD")
            + marks("Ada", "Elm", week[3:], "/O /\\")}  # fmt: skip
    names = ("absent_rate_5", "elsewhere_60", "schools_attended")
    assert told(rows, "2026-01-16", *names) == (0.1, 4, 2)
    matrix = feature_matrix(tables_of(rows), [date(2026, 1, 16)], CATALOGUE[:1])
    assert list(matrix["school_id"]) == ["Ash"]


def test_codes_that_can_hide_exclusion_are_each_told_by_themselves() -> None:
    """Two sessions each of E, B, K and D. E is possible but never absence; B and K are attended; D is not possible."""
    week = days("2026-01-12", 5)
    rows = {"calendar": opened("Ash", week), "enrolments": [ADA],
            "attendance": marks("Ada", "Ash", week, "EE BB KK DD /\\")}  # fmt: skip
    names = (
        "marked_suspended_rate_60",
        "off_site_rate_60",
        "arranged_rate_60",
        "elsewhere_60",
        "absent_rate_5",
    )
    assert told(rows, "2026-01-16", *names) == (0.25, 0.25, 0.25, 2, 0)


def test_some_marks_are_never_read() -> None:
    """Four pupils alike but for Wednesday, when one has no mark and the others R, T and Y5: nothing tells them
    apart."""
    week = days("2026-01-12", 5)
    pupils = {"Ada": "R", "Ben": "T", "Cal": "Y5", "Dee": None}
    rows = {"calendar": opened("Ash", week), "enrolments": [on_roll(name, "Ash", "2024-09-02") for name in pupils],
            "attendance": [{**row, "code": code} if row["date"].weekday() == 2 else row
                           for name, code in pupils.items() for row in marks(name, "Ash", week, "/\\ IO LL /U /\\")
                           if code or row["date"].weekday() != 2]}  # fmt: skip
    matrix = feature_matrix(tables_of(rows), [date(2026, 1, 16)])
    assert len(matrix) == 4
    assert len(matrix.drop(columns="pupil_id").drop_duplicates()) == 1


def test_a_late_entry_counts_from_the_day_it_was_known() -> None:
    """Monday's absence was entered on Wednesday: Tuesday's list cannot know of it."""
    week = days("2026-01-12", 5)
    held = marks("Ada", "Ash", week, "OO /\\ /\\ /\\ /\\")
    late = [{**row, "known_on": date(2026, 1, 14)} if row["code"] == "O" else row for row in held]
    rows = {"calendar": opened("Ash", week), "enrolments": [ADA], "attendance": late}
    names = ("absent_rate_5", "absence_spells_60", "days_since_absent")
    assert told(rows, "2026-01-13", *names) == (0, 0, 380)
    assert told(rows, "2026-01-14", *names) == (pytest.approx(1 / 3), 1, 2)


def test_a_correction_counts_from_the_day_it_was_made() -> None:
    """Monday was marked N, and on Thursday mended to illness: unauthorised until then, illness since, and one and the
    same spell of absence throughout."""
    week = days("2026-01-12", 5)
    first = [{**row, "known_until": date(2026, 1, 15)} if row["code"] == "N" else row
             for row in marks("Ada", "Ash", week, "NN /\\ /\\ /\\ /\\")]  # fmt: skip
    mended = marks("Ada", "Ash", week[:1], "II", known_on=date(2026, 1, 15))
    rows = {"calendar": opened("Ash", week), "enrolments": [ADA], "attendance": first + mended}
    names = ("unauthorised_rate_5", "illness_rate_5", "absence_spells_60")
    assert told(rows, "2026-01-14", *names) == (pytest.approx(1 / 3), 0, 1)
    assert told(rows, "2026-01-15", *names) == (0, 0.25, 1)
