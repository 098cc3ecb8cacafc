"""The whole report on two small schools: figures, JSON, page and text; the same whoever asks."""

import io
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from configs.refusals import BadData, BadSettings
from configs.settings import load_settings
from reports.lost_learning.england import official_figures
from reports.run import Report, report
from tests.small_tables import tables_of

FIRST = date(2025, 9, 1)
DAYS = [FIRST + timedelta(days=7 * week + day) for week in range(2) for day in range(5)]
LAST_YEAR = [day - timedelta(days=364) for day in DAYS]
END = DAYS[-1]
COLUMNS = {"absence_authorised", "absence_unauthorised", "lateness", "internal_exclusion", "part_time_timetable",
           "suspension", "off_site"}  # fmt: skip
SIZES = {"oak": 48, "elm": 40}

OFFICIAL = Path(__file__).parents[3] / "shared" / "data" / "dfe" / "EES_ytd_data.csv"


def rows() -> dict[str, list[dict[str, Any]]]:
    """Oak, of 24 pupils in each of two years, and Elm, of 36 and of 4; every fourth pupil is ill each Monday."""
    held: dict[str, list[dict[str, Any]]] = {
        name: []
        for name in ("schools", "calendar", "pupils", "enrolments", "attendance", "needs", "removals")
    }
    for school, size in SIZES.items():
        held["schools"].append({"school_id": school, "name": school.title(), "phase": "secondary", "la_code": "801",
                                "trust": "Copse"})  # fmt: skip
        held["calendar"] += [{"school_id": school, "date": day} for day in (*LAST_YEAR, *DAYS)]
        for number in range(size):
            _pupil(held, school, number, "7" if number < (24 if school == "oak" else 36) else "Y8")
    return held


def _pupil(held: dict[str, list[dict[str, Any]]], school: str, number: int, year: str) -> None:
    who = {"pupil_id": f"{school}{number}", "school_id": school}
    held["pupils"].append({"pupil_id": who["pupil_id"], "sex": "MF"[number % 2],
                           "ethnicity": "BCRB" if number < 3 else "WBRI"})  # fmt: skip
    held["enrolments"].append({**who, "start_date": date(2024, 9, 1), "year_group": year})
    if number % 4 == 0:
        held["needs"].append({"pupil_id": who["pupil_id"], "kind": "fsm", "code": "FSM", "start_date": FIRST})
    for day in (*LAST_YEAR, *DAYS):
        ill = number % 4 == 0 and day.weekday() == 0
        held["attendance"] += [{**who, "date": day, "session": session, "code": "I" if ill else "/"}
                               for session in ("AM", "PM")]  # fmt: skip
    if school == "oak" and number < 4:
        held["removals"].append({**who, "date": DAYS[1], "sessions": 0.5})


@pytest.fixture(scope="module")
def tables() -> Iterator[dict[str, Any]]:
    return tables_of(rows())  # type: ignore[return-value]


def asked(tables: dict[str, Any], **more: Any) -> Report:
    return report("lost-learning", tables, load_settings(), **{"as_of": END, **more})


def test_the_figures_of_a_school_are_those_of_its_ledger(tables: dict[str, Any]) -> None:
    elm, oak = asked(tables).as_json()["schools"]
    assert (oak["school_id"], oak["pupils"], oak["sessions_possible"]) == ("oak", 48, 48 * 20)
    assert oak["sessions_lost"] == {
        **dict.fromkeys(COLUMNS, 0.0),
        "absence_authorised": 48.0,
        "internal_exclusion": 2.0,
    }
    assert oak["rate"] == pytest.approx(50 / 960, abs=1e-6)
    assert oak["days_per_100_pupils"] == pytest.approx(25 / 48 * 100, abs=0.01)
    assert oak["children_out_on_an_average_day"] == 2.5
    assert oak["sessions_attended"] + sum(oak["sessions_lost"].values()) == oak["sessions_possible"]
    assert elm["sessions_lost"]["absence_authorised"] == 40.0


def test_the_trust_is_the_sum_of_its_schools(tables: dict[str, Any]) -> None:
    said = asked(tables).as_json()
    trust = said["trust"]
    assert trust["name"] == "Copse"
    for column in COLUMNS:
        assert trust["sessions_lost"][column] == sum(
            school["sessions_lost"][column] for school in said["schools"]
        )
    assert trust["children_out_on_an_average_day"] == 4.5
    assert trust["year_ago"]["sessions_lost"]["absence_authorised"] == 88.0
    halves = trust["half_terms"]
    assert sum(half["sessions_possible"] for half in halves) == trust["sessions_possible"]


def test_small_groups_and_year_groups_are_left_out_with_what_would_give_them_away(
    tables: dict[str, Any],
) -> None:
    elm, oak = asked(tables).as_json()["schools"]
    assert [(year["year_group"], year["suppressed"]) for year in elm["year_groups"]] == [
        ("7", True),
        ("8", True),
    ]
    assert [year["suppressed"] for year in oak["year_groups"]] == [True, True]
    assert all(year["sessions_lost"] is None for year in elm["year_groups"])
    ethnicity = [group for group in oak["groups"] if group["characteristic"] == "ethnicity"]
    assert ethnicity == [
        {"characteristic": "ethnicity", "group": name, "pupils": None, "rate": None, "ratio": None, "low": None,
         "high": None, "suppressed": True} for name in ("BCRB", "WBRI")
    ]  # fmt: skip
    fsm = next(
        group for group in oak["groups"] if (group["characteristic"], group["group"]) == ("fsm", "yes")
    )
    assert (fsm["pupils"], fsm["rate"], fsm["suppressed"]) == (10, 0.202, False)


def test_one_school_is_told_the_same_alone_as_beside_the_others(tables: dict[str, Any]) -> None:
    alone, beside = asked(tables, school_id="oak").as_json(), asked(tables).as_json()
    assert alone["schools"] == [school for school in beside["schools"] if school["school_id"] == "oak"]
    assert alone["trust"] == beside["trust"]


def test_the_same_records_give_the_same_bytes(tables: dict[str, Any]) -> None:
    first, again = asked(tables), asked(tables_of({name: held[::-1] for name, held in rows().items()}))
    assert json.dumps(first.as_json()) == json.dumps(again.as_json())
    assert first.as_html() == again.as_html()


def test_the_page_needs_nothing_else_and_names_no_pupil(tables: dict[str, Any]) -> None:
    for school in (None, "oak"):
        page = asked(tables, school_id=school).as_html()
        assert not re.search(r"<script|https?:|@import|url\(|<link|<img|src=", page)
        assert not re.search(r"\b(oak|elm)\d", page)
        assert "Days lost per 100 pupils" in page
        assert "Too few pupils to show" in page
        assert not re.search(r"(?i)\b(risk|flagged|offender|target|#f00|red)\b", page)
        assert page.count("<caption>") == page.count("<table")


def test_the_terminal_has_a_row_for_each_school_and_for_the_trust(tables: dict[str, Any]) -> None:
    said = asked(tables).in_words()
    assert [line.split()[0] for line in said.splitlines()[4:7]] == ["Elm", "Oak", "Copse"]
    assert "too few pupils to show" in said


def test_official_figures_stand_beside(tables: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "EES_ytd_data.csv"
    path.write_text(
        "time_period,geographic_level,country_name,la_name,old_la_code,education_phase,possible_sessions,"
        "authorised_absence,unauthorised_absence,reason_e_authorised_excluded,"
        "reason_c2_authorised_temp_reduced_timetable\n"
        "202526,National,England,,,Secondary,1000,60,30,5,15\n"
        "202526,National,England,,,Primary,1000,40,10,0,0\n"
        "202526,Local authority,England,Bristol,801,Secondary,1000,70,40,6,14\n"
        "202526,Local authority,England,Kent,886,Secondary,1000,1,1,0,0\n",
        encoding="utf-8",
    )
    oak = asked(tables, school_id="oak", england=path).as_json()["schools"][0]
    assert [(row["where"], row["period"]) for row in oak["official"]] == [
        ("England", "2025/26"),
        ("Bristol", "2025/26"),
    ]
    assert oak["official"][0]["rates"] == {
        "absence_authorised": 0.04, "absence_unauthorised": 0.03, "part_time_timetable": 0.015, "suspension": 0.005
    }  # fmt: skip
    assert "Bristol" in asked(tables, school_id="oak", england=path).as_html()
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(BadData, match="EES_ytd_data"):
        asked(tables, england=path)


def test_what_a_person_can_mend_is_refused_in_one_line(tables: dict[str, Any]) -> None:
    with pytest.raises(BadSettings, match="did you mean 'lost-learning'"):
        report("lost-lerning", tables, load_settings(), END)
    with pytest.raises(BadSettings, match="No school 'oaks' is held"):
        asked(tables, school_id="oaks")
    with pytest.raises(BadData, match="No attendance is held"):
        asked(tables, as_of=date(2027, 9, 10))


def test_without_a_file_the_figures_handrail_holds_stand_beside(tables: dict[str, Any]) -> None:
    oak = asked(tables, school_id="oak").as_json()["schools"][0]
    assert [(row["where"], row["level"], row["phase"]) for row in oak["official"]] == [
        ("England", "England", "Secondary"),
        ("Bristol, City of", "authority", "Secondary"),
    ]


@pytest.mark.skipif(not OFFICIAL.is_file(), reason="the department's file is not beside this checkout")
def test_the_figures_held_are_those_of_the_department_s_file() -> None:
    for la_code, phase in (("801", "secondary"), ("886", "primary"), ("330", "special"), ("", "")):
        held, given = official_figures(None, la_code, phase), official_figures(OFFICIAL, la_code, phase)
        assert {row.where: row.period for row in held} == {row.where: row.period for row in given}
        for row in held:
            other = next(each for each in given if each.where == row.where)
            assert row.rates == pytest.approx(other.rates, abs=1e-5)


def test_the_workbook_has_the_ledger_and_nothing_that_runs(tables: dict[str, Any]) -> None:
    made = asked(tables)
    book = load_workbook(io.BytesIO(made.as_xlsx()))
    sheet = next(sheet for sheet in book if sheet.title.endswith("Sessions lost by school"))
    lines = {line[0]: line for line in sheet.iter_rows(min_row=2, values_only=True)}
    assert lines["Oak"][1:3] == (48, 960)
    assert sum(lines["Oak"][3:]) == 960
    assert not [
        cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.data_type == "f"
    ]
    assert made.as_xlsx() == made.as_xlsx()
