"""Spells, weekdays, limits and returns, worked by hand on small tables."""

import math
from datetime import date
from typing import Any

import pytest

from features.catalogue import CATALOGUE
from features.engine import feature_matrix
from tests.features.a_school import ALWAYS, days, on_roll, opened, told, told_by_day
from tests.small_tables import marks, tables_of

ADA = on_roll("Ada", "Ash", "2024-09-02")
IN = "/\\ "


def suspension(
    start: str, sessions: float | None, category: str = "SUSP", school: str = "Ash"
) -> dict[str, Any]:
    return {"pupil_id": "Ada", "school_id": school, "start_date": date.fromisoformat(start), "category": category,
            "sessions": sessions}  # fmt: skip


def test_spells_of_absence() -> None:
    """Two weeks: Thursday, Friday and Monday missed in part or whole (one spell of three days), then Thursday and
    Friday (one of two). It lasts until a session is attended on its last day or since."""
    term = days("2025-11-03", 11)
    codes = 3 * IN + "/O OO  II " + 2 * IN + "OO OO " + IN
    rows = {
        "calendar": opened("Ash", term),
        "enrolments": [ADA],
        "attendance": marks("Ada", "Ash", term, codes),
    }
    names = ("absence_spells_60", "absence_longest_spell_190", "absence_spell_now")
    spells = {
        "2025-11-06": (1, 1, 0), "2025-11-07": (1, 2, 2), "2025-11-11": (1, 3, 0), "2025-11-14": (2, 3, 2),
        "2025-11-17": (2, 3, 0),
    }  # fmt: skip
    assert told_by_day(rows, list(spells), *names) == spells


def test_a_suspended_day_is_no_part_of_a_spell() -> None:
    """Out ill on Monday, suspended on Tuesday, out ill on Wednesday: two spells of a day."""
    week = days("2025-11-03", 3)
    rows = {"calendar": opened("Ash", week), "enrolments": [ADA],
            "attendance": marks("Ada", "Ash", week, "II EE II")}  # fmt: skip
    assert told(rows, "2025-11-05", "absence_spells_60", "absence_longest_spell_190") == (2, 1)


def test_weekdays_of_absence() -> None:
    """Three weeks; missed: three Fridays and a Wednesday. Three of four days were Mondays or Fridays; Friday has 2.2
    more than an even fifth of four."""
    term = days("2025-11-03", 15)
    codes = 4 * IN + "OO" + 2 * IN + "/O" + IN + "OO" + 4 * IN + "\\O"
    rows = {
        "calendar": opened("Ash", term),
        "enrolments": [ADA],
        "attendance": marks("Ada", "Ash", term, codes),
    }
    assert told(rows, "2025-11-21", "monday_friday_share_190", "one_weekday_190") == (
        0.75,
        pytest.approx(2.2),
    )
    share, beyond = told(rows, "2025-11-06", "monday_friday_share_190", "one_weekday_190")
    assert math.isnan(share)
    assert beyond == 0


def test_days_with_an_incident_are_counted_once() -> None:
    """Three incidents on Monday, one on Friday, one on Saturday: two school days of five."""
    week = days("2026-01-12", 5)
    on = [week[0]] * 3 + [week[4], date(2026, 1, 17)]
    rows = {"calendar": opened("Ash", week), "enrolments": [ADA], "attendance": marks("Ada", "Ash", week, 5 * IN),
            "incidents": [{"incident_id": f"i{n}", "pupil_id": "Ada", "school_id": "Ash", "date": day,
                           "category": category, "severity": 1}
                          for n, (day, category) in enumerate(zip(on, ("Fighting", "defiance", "Truancy", "bullying",
                                                                       "uniform"), strict=True))]}  # fmt: skip
    names = ("incident_days_rate_60", "incidents_60", "harm_190", "disruption_190", "truancy_190")
    assert told(rows, "2026-01-17", *names) == (0.4, 5, 2, 1, 1)


def test_the_limits_of_the_law() -> None:
    """Governors meet at 15 days in a term, a school year holds 45. The spring term ends on Easter Monday, 6 April
    2026. Two lunchtimes make a day; a permanent exclusion has no length; suspensions at another school count too."""
    given = [suspension("2025-07-14", 10), suspension("2025-11-04", 5), suspension("2026-01-13", 10),
             suspension("2026-02-03", 4, school="Elm"), suspension("2026-03-03", None, "LNCH"),
             suspension("2026-03-04", None, "LNCH"), suspension("2026-04-20", 26),
             suspension("2026-05-20", None, "PERM")]  # fmt: skip
    rows = {"calendar": opened("Ash", days("2025-07-01", 240)), "enrolments": [ADA], "suspensions": given}
    left = {
        "2025-07-20": (10, 40), "2025-10-01": (15, 45), "2025-12-31": (12.5, 42.5), "2026-01-01": (15, 42.5),
        "2026-04-06": (7, 34.5), "2026-04-07": (15, 34.5), "2026-05-21": (2, 21.5),
    }  # fmt: skip
    assert told_by_day(rows, list(left), "days_left_in_term", "days_left_in_year") == left


def test_past_a_limit_nothing_is_left() -> None:
    rows = {"calendar": opened("Ash", days("2025-09-01", 80)), "enrolments": [ADA],
            "suspensions": [suspension("2025-09-15", 40), suspension("2025-11-03", 60)]}  # fmt: skip
    assert told(rows, "2025-12-01", "days_left_in_term", "days_left_in_year") == (0, 0)


def test_suspended_again_soon_after_the_return() -> None:
    """Suspended for two days on Monday 3 November, back on Wednesday 5, the first day back. Tuesday 2 December is the
    20th day back, Wednesday 3 the 21st."""
    calendar = opened("Ash", days("2025-09-01", 90))
    soon = ("repeats_within_20", "repeats_within_60")

    def again(*starts: str) -> tuple[float, ...]:
        given = [suspension("2025-11-03", 4), *(suspension(start, 2) for start in starts)]
        rows = {"calendar": calendar, "enrolments": [ADA], "suspensions": given}
        return told(rows, "2025-12-19", *soon)

    assert again() == (0, 0)
    assert again("2025-11-05") == (1, 1)
    assert again("2025-12-02") == (1, 1)
    assert again("2025-12-03") == (0, 1)
    assert again("2025-11-05", "2025-11-06") == (2, 2)
    assert again("2025-11-04") == (0, 0)  # before the return: an extension, not a repeat


def test_a_rise_in_absence_is_a_straight_line() -> None:
    """Three stretches of 20 days with 0, 4 and 8 of 40 sessions missed: a tenth more each 20 days."""
    term = days("2025-09-01", 60)
    codes = 20 * IN + 2 * "OO" + 18 * IN + 4 * "OO" + 16 * IN
    rows = {
        "calendar": opened("Ash", term),
        "enrolments": [ADA],
        "attendance": marks("Ada", "Ash", term, codes),
    }
    names = ("absent_slope_60", "absent_change_20", "absent_against_own_year")
    assert told(rows, str(term[-1]), *names) == (pytest.approx(0.1), pytest.approx(0.15), pytest.approx(0.15))
    assert math.isnan(told(rows, str(term[10]), "absent_slope_60")[0])


def test_what_was_recorded_before_and_is_no_longer() -> None:
    """SEN support until 31 October, social care until the same day, mentoring until then and a lunch club since."""
    end = date(2025, 10, 31)
    needs = [{"pupil_id": "Ada", "kind": kind, "code": code, "start_date": date(2024, 9, 2), "end_date": end}
             for kind, code in (("sen_provision", "K"), ("social_care", "CIN"))]  # fmt: skip
    support = [{"pupil_id": "Ada", "school_id": "Ash", "kind": "mentoring", "start_date": date(2025, 9, 8),
                "end_date": end},
               {"pupil_id": "Ada", "school_id": "Ash", "kind": "lunch_club", "start_date": date(2025, 9, 8),
                "end_date": None}]  # fmt: skip
    rows = {
        "calendar": opened("Ash", days("2025-09-01", 60)),
        "enrolments": [ADA],
        "needs": needs,
        "support": support,
    }
    names = (
        "sen_support",
        "sen_ever",
        "sen_former",
        "social_care",
        "social_care_ever",
        "support_now",
        "support_ended",
    )
    assert told(rows, "2025-10-31", *names) == (1, 1, 0, 1, 1, 2, 0)
    assert told(rows, "2025-11-03", *names) == (0, 1, 1, 0, 1, 1, 1)


def test_first_years_of_a_phase() -> None:
    groups = {"R": 1, "1": 0, "Year 3": 1, "Y7": 1, "8": 0, "12": 1, None: 0}
    pupils = [on_roll(f"in {group}", "Ash", "2025-09-01", year_group=group) for group in groups]
    rows = {"calendar": opened("Ash", days("2025-09-01", 5)), "enrolments": pupils}
    asked = [feature for feature in CATALOGUE if feature.name in (ALWAYS, "first_year")]
    matrix = feature_matrix(tables_of(rows), [date(2025, 9, 5)], asked)
    found = dict(zip(matrix["pupil_id"], matrix["first_year"], strict=True))
    assert found == {f"in {group}": first for group, first in groups.items()}
