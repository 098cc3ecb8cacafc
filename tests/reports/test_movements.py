"""Exits, alerts and the register: by hand, against a slow count, and on a trust in which one school off-rolls."""

import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from reports.limits import expected_among
from reports.movements.alerts import january_census
from tests.reports.conftest import Planted
from tests.reports.small_trust import FIRST, Rows, change, made, open_days, small_trust
from watchlists.opaque import Opaque

END = open_days()[-1]
NOVEMBER = date(2025, 11, 14)


def enrolled(rows: Rows, pupil: str, school: str = "elm", **more: Any) -> None:
    rows["enrolments"].append({"pupil_id": pupil, "school_id": school, "year_group": "9", **more})


def record(rows: Rows, table: str, pupil: str, **more: Any) -> None:
    rows[table].append({"pupil_id": pupil, "school_id": "oak", **more})


def suspended(
    rows: Rows, pupil: str, start: date, sessions: float | None, school: str = "oak", kind: str = "SUSP"
) -> None:
    row = {"category": kind, "start_date": start, "sessions": sessions, "school_id": school}
    record(rows, "suspensions", pupil, **row)


def part_time(
    rows: Rows, pupil: str, until: int, review: int | None = None, meeting: int | None = None
) -> None:
    begins = date(2025, 9, 8)
    record(
        rows,
        "moves",
        pupil,
        kind="part_time_timetable",
        start_date=begins,
        end_date=begins + timedelta(days=until),
        review_date=review and begins + timedelta(days=review),
    )
    if meeting:
        record(rows, "meetings", pupil, date=begins + timedelta(days=meeting), kind="review")


def marked(rows: Rows, pupil: str, code: str) -> None:
    for day in DAYS[:2]:
        for session in ("AM", "PM"):
            record(rows, "attendance", pupil, date=day, session=session, code=code)


DAYS = open_days()
CASES: dict[str, tuple[Callable[[Rows, str], None], str, dict[str, tuple[str, float]]]] = {
    "for nobody knows where": (
        lambda rows, who: change(rows, who, end_date=NOVEMBER),
        "unexplained_exit",
        {"no_destination": (str(NOVEMBER), 1.0)},
    ),
    "to a destination": (
        lambda rows, who: change(rows, who, end_date=NOVEMBER, destination="Ash"), "left_the_roll", {}
    ),
    "to a school held": (
        lambda rows, who: (change(rows, who, end_date=NOVEMBER), enrolled(rows, who, start_date=DAYS[50])),
        "left_the_roll",
        {},
    ),
    "at the year's end": (lambda rows, who: change(rows, who, end_date=END), "", {}),
    "by managed move": (
        lambda rows, who: (
            change(rows, who, end_date=NOVEMBER),
            record(rows, "moves", who, kind="managed_move", start_date=NOVEMBER, destination="Ash"),
        ),
        "managed_move",
        {},
    ),
    "excluded, and off roll a month later": (
        lambda rows, who: (
            change(rows, who, end_date=NOVEMBER),
            suspended(rows, who, NOVEMBER - timedelta(days=30), None, kind="PERM"),
        ),
        "permanent_exclusion",
        {},
    ),
    "taken off roll": (
        lambda rows, who: record(rows, "moves", who, kind="off_roll", start_date=NOVEMBER),
        "off_roll",
        {"no_destination": (str(NOVEMBER), 1.0)},
    ),
    "a managed move of long before explains nothing": (
        lambda rows, who: (
            change(rows, who, end_date=NOVEMBER),
            record(rows, "moves", who, kind="managed_move", start_date=date(2025, 1, 6)),
        ),
        "unexplained_exit",
        {"no_destination": (str(NOVEMBER), 1.0)},
    ),
    "fifteen days in a term": (
        lambda rows, who: (suspended(rows, who, FIRST, 20.0), suspended(rows, who, DAYS[35], 10.0)),
        "",
        {"over_5_days_out_without_provision": (str(DAYS[5]), 10.0)},
    ),
    "fifteen days and a lunchtime": (
        lambda rows, who: (suspended(rows, who, FIRST, 30.0), suspended(rows, who, DAYS[40], None, kind="LNCH")),
        "",
        {
            "over_15_days_in_a_term": (str(DAYS[40]), 15.5),
            "over_5_days_out_without_provision": (str(DAYS[5]), 15.0),
        },
    ),
    "forty-five days at two schools": (
        lambda rows, who: [
            suspended(rows, who, DAYS[at], 30.0, where) for at, where in ((0, "oak"), (75, "oak"), (125, "elm"))
        ],
        "",
        {"over_5_days_out_without_provision": (str(DAYS[80]), 15.0)},
    ),
    "and half a day more": (
        lambda rows, who: [
            suspended(rows, who, DAYS[at], length, where)
            for at, length, where in ((0, 30.0, "oak"), (75, 30.0, "oak"), (125, 30.0, "elm"), (150, 1.0, "elm"))
        ],
        "",
        {
            "over_15_days_in_a_term": (str(DAYS[150]), 15.5),
            "over_45_days_in_a_year": (str(DAYS[150]), 45.5),
            "over_5_days_out_without_provision": (str(DAYS[80]), 15.0),
        },
    ),
    "five days out": (lambda rows, who: suspended(rows, who, DAYS[3], 10.0), "", {}),
    "six days out by two suspensions on end": (
        lambda rows, who: (suspended(rows, who, DAYS[3], 6.0), suspended(rows, who, DAYS[6], 6.0)),
        "",
        {"over_5_days_out_without_provision": (str(DAYS[8]), 6.0)},
    ),
    "six days out, taught elsewhere from the sixth": (
        lambda rows, who: (
            suspended(rows, who, DAYS[3], 12.0),
            record(rows, "moves", who, kind="alternative_provision", provider="Millside", start_date=DAYS[8]),
        ),
        "alternative_provision",
        {},
    ),
    "seven days out, marked as taught elsewhere on the sixth alone": (
        lambda rows, who: (
            suspended(rows, who, DAYS[3], 14.0),
            record(rows, "attendance", who, date=DAYS[8], session="AM", code="K"),
        ),
        "",
        {"over_5_days_out_without_provision": (str(DAYS[9]), 7.0)},
    ),
    "gone twenty sessions after a suspension": (
        lambda rows, who: (
            suspended(rows, who, DAYS[10], 2.0),
            change(rows, who, end_date=DAYS[20], destination="Ash"),
        ),
        "left_the_roll",
        {"off_roll_within_20_sessions_of_a_suspension": (str(DAYS[20]), 20.0)},
    ),
    "gone a day later": (
        lambda rows, who: (
            suspended(rows, who, DAYS[10], 2.0),
            change(rows, who, end_date=DAYS[21], destination="Ash"),
        ),
        "left_the_roll",
        {},
    ),
    "part-time for six weeks": (lambda rows, who: part_time(rows, who, 42), "part_time_timetable", {}),
    "part-time for a day more": (
        lambda rows, who: part_time(rows, who, 43),
        "part_time_timetable",
        {"part_time_over_six_weeks_without_review": ("2025-10-20", 43.0)},
    ),
    "part-time and reviewed": (lambda rows, who: part_time(rows, who, 60, review=20), "part_time_timetable", {}),
    "part-time and reviewed in a meeting": (
        lambda rows, who: part_time(rows, who, 60, meeting=30),
        "part_time_timetable",
        {},
    ),
    "part-time, reviewed too soon": (
        lambda rows, who: part_time(rows, who, 63, review=20),
        "part_time_timetable",
        {"part_time_over_six_weeks_without_review": ("2025-11-09", 63.0)},
    ),
    "marked B with no provider": (
        lambda rows, who: marked(rows, who, "B"),
        "",
        {"b_or_d_marks_without_provider": (str(DAYS[0]), 4.0)},
    ),
    "marked B, a provider for one of two days": (
        lambda rows, who: (
            marked(rows, who, "B"),
            record(rows, "moves", who, kind="alternative_provision", provider="Millside", start_date=DAYS[0],
                   end_date=DAYS[0]),
        ),
        "alternative_provision",
        {"b_or_d_marks_without_provider": (str(DAYS[1]), 2.0)},
    ),
    "marked D with another school": (
        lambda rows, who: (marked(rows, who, "D"), enrolled(rows, who, start_date=DAYS[0], status="S")),
        "",
        {},
    ),
    "marked D with none": (
        lambda rows, who: marked(rows, who, "D"),
        "",
        {"b_or_d_marks_without_provider": (str(DAYS[0]), 4.0)},
    ),
    "at a provider that is not registered": (
        lambda rows, who: record(rows, "moves", who, kind="alternative_provision", provider="Millside",
                                 provider_registered="No", start_date=DAYS[3]),
        "alternative_provision",
        {"unregistered_provision": (str(DAYS[3]), 1.0)},
    ),
    "off site to no named place": (
        lambda rows, who: record(rows, "moves", who, kind="off_site_direction", start_date=DAYS[3]),
        "off_site_direction",
        {"no_destination": (str(DAYS[3]), 1.0)},
    ),
    "Year 11, the day before the census": (
        lambda rows, who: change(rows, who, end_date=date(2026, 1, 14), year_group="Year 11", destination="college"),
        "left_the_roll",
        {"year_11_exit_before_january_census": ("2026-01-14", 1.0)},
    ),
    "Year 11, on the day of the census": (
        lambda rows, who: change(rows, who, end_date=date(2026, 1, 15), year_group="Year 11", destination="college"),
        "left_the_roll",
        {},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def said() -> dict[str, Any]:
    """The report of a school in which each of the first pupils is one of the cases."""
    rows = small_trust({"oak": 60, "elm": 60})
    for number, (happens, _, _) in enumerate(CASES.values()):
        happens(rows, f"oak{number}")
    return made("movements", rows, END).as_json()


@pytest.mark.parametrize("case", CASES)
def test_a_case(said: dict[str, Any], case: str) -> None:
    _, kind, alerts = CASES[case]
    who = Opaque(b"").of("pupil", f"oak{list(CASES).index(case)}")
    found = {each["alert"]: (each["date"], each["amount"]) for each in said["alerts"] if each["case"] == who}
    assert found == alerts
    assert [each["kind"] for each in said["register"] if each["case"] == who] == ([kind] if kind else [])


def test_exits_are_those_of_the_ladder_each_pupil_once(said: dict[str, Any]) -> None:
    kinds = [kind for _, kind, _ in CASES.values()]
    silent = kinds.count("unexplained_exit") + kinds.count("off_roll")
    oak = next(each for each in said["schools"] if each["school_id"] == "oak")
    assert (oak["unexplained_exits"], oak["pupils"], oak["per_100"]) == (
        silent,
        60,
        pytest.approx(silent / 0.6),
    )
    assert oak["exits"] == silent + kinds.count("managed_move") + kinds.count("permanent_exclusion")
    assert oak["expected"] == pytest.approx(silent * 60 / 121, abs=1e-4)  # one came to Elm
    assert oak["lower"] <= oak["expected"] <= oak["upper"]


def test_twenty_open_days_must_pass_before_an_ending_is_called_unexplained() -> None:
    rows = small_trust()
    change(rows, "oak0", end_date=NOVEMBER)
    for days, unexplained in ((20, 0), (28, 1)):
        told = made("movements", rows, NOVEMBER + timedelta(days=days)).as_json()["schools"]
        oak = next(each for each in told if each["school_id"] == "oak")
        assert (oak["unexplained_exits"], oak["not_yet_known"]) == (unexplained, 1 - unexplained)


def test_the_register_says_who_decided_why_where_to_and_days_out() -> None:
    rows = small_trust()
    how = {"initiated_by": "school", "decided_by": "headteacher", "reason": "behaviour support"}
    record(rows, "moves", "oak0", kind="offsite_direction", start_date=DAYS[3], end_date=DAYS[12], provider="Millside",
           provider_registered="yes", review_date=DAYS[8], **how)  # fmt: skip
    (line,) = made("movements", rows, END).as_json()["register"]
    assert {name: line[name] for name in how} == how
    assert (line["kind"], line["days_out"], line["returned"]) == ("off_site_direction", 10, "yes")
    assert (line["review_date"], line["provider"]) == (str(DAYS[8]), "Millside")
    assert "oak" not in line["case"]


def test_the_census_is_the_third_thursday() -> None:
    assert [january_census(year) for year in (2026, 2027)] == [date(2026, 1, 15), date(2027, 1, 21)]


def test_what_is_expected_is_exact() -> None:
    found = expected_among(100, 200, 4)
    assert (found.expected, found.lower, found.upper) == (2.0, 0, 4)
    assert expected_among(50, 50, 4).upper is None
    many = expected_among(500, 4000, 40)
    assert (many.expected, many.upper, many.above(12), many.above(13)) == (5.0, 12, False, True)


def test_the_school_that_off_rolls_is_outside_and_no_other(planted: Planted) -> None:
    schools = planted.report("movements").as_json()["schools"]
    assert [each["school_id"] for each in schools if each["outside_limits"]] == [planted.off_rolling]


def test_exits_agree_with_a_count_pupil_by_pupil(planted: Planted) -> None:
    tables = {
        name: planted.store.tables()[name].to_pandas()
        for name in ("enrolments", "moves", "suspensions", "calendar")
    }
    slow = _slow_unexplained(tables, planted.end)
    schools = planted.report("movements").as_json()["schools"]
    assert {
        each["school_id"]: each["unexplained_exits"] for each in schools if each["unexplained_exits"]
    } == slow


def _slow_unexplained(tables: dict[str, Any], as_of: date) -> dict[str, int]:
    """Walks every enrolment: ended before the year's last day, no next one, no destination, no move that names it."""
    silent: dict[str, set[str]] = {}
    rows = tables["enrolments"].to_dict("records")
    days = {school: sorted(held["date"].dt.date) for school, held in tables["calendar"].groupby("school_id")}
    for row in tables["moves"].to_dict("records"):
        if row["kind"] == "off_roll":
            silent.setdefault(row["school_id"], set()).add(row["pupil_id"])
    named = {(row["pupil_id"], row["school_id"]) for row in tables["moves"].to_dict("records")
             if row["kind"] in ("managed_move", "elective_home_education")}  # fmt: skip
    named |= {
        (row["pupil_id"], row["school_id"])
        for row in tables["suspensions"].to_dict("records")
        if row["category"] == "PERM"
    }
    for row in rows:
        end, school = row["end_date"], row["school_id"]
        if (
            end is None
            or str(end) == "NaT"
            or end.date() > as_of
            or row["destination"] in ("",)
            or isinstance(row["destination"], str)
        ):
            continue
        after = [day for day in days[school] if day > end.date()]
        elsewhere = any(
            other is not row and other["pupil_id"] == row["pupil_id"] and other["start_date"] > end
            for other in rows
        )
        if len(after) >= 20 and not elsewhere and (row["pupil_id"], school) not in named:
            silent.setdefault(school, set()).add(row["pupil_id"])
    explained = {
        school: {pupil for pupil in held if (pupil, school) in named} for school, held in silent.items()
    }
    return {
        school: len(held - explained[school]) for school, held in silent.items() if held - explained[school]
    }


def test_the_workbook_has_no_formula_and_the_same_bytes_each_time() -> None:
    rows = small_trust()
    record(
        rows, "moves", "oak0", kind="alternative_provision", start_date=FIRST, provider="=1+1", reason="@now"
    )
    book = made("movements", rows, END).as_xlsx()
    cells = [cell for sheet in load_workbook(io.BytesIO(book)) for line in sheet.iter_rows() for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert [cell.value for cell in cells if cell.value in ("'=1+1", "'@now")] == ["'@now", "'=1+1"]
    assert book == made("movements", rows, END).as_xlsx()


def test_a_school_that_takes_twelve_off_roll_on_one_day_is_outside_the_limits() -> None:
    rows = small_trust({"oak": 200, "elm": 200, "ash": 200})
    for number in range(12):
        change(rows, f"oak{number}", end_date=NOVEMBER)
    said = {school["school_id"]: school for school in made("movements", rows, END).as_json()["schools"]}
    assert (said["oak"]["unexplained_exits"], said["oak"]["outside_limits"]) == (12, True)
    assert not said["elm"]["outside_limits"]


def test_one_or_two_who_left_are_not_told_apart_on_paper() -> None:
    """One exit and two of schools of one size: the same page, but for how many lines the register has."""
    pages = []
    for leavers in (1, 2):
        rows = small_trust()
        for number in range(leavers):
            change(rows, f"oak{number}", end_date=NOVEMBER)
        report = made("movements", rows, END, school_id="oak")
        pages.append(report.as_html() + report.in_words())
        assert "1 or 2 of 40 pupils left" in pages[-1]
    one, two = (re.sub(r"[12] lines?", "lines", page) for page in pages)
    assert one == two
