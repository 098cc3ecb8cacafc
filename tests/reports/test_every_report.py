"""What holds of every report: nobody is named, nothing runs, alone as beside, the same bytes, calm words."""

import io
import json
import re
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from reports.run import REPORTS, Report
from tests.reports.conftest import Planted
from tests.reports.small_trust import made, open_days, small_trust

NAMES = sorted(set(REPORTS) - {"lost-learning", "support"})
ONE_BY_ONE = [*NAMES, pytest.param("support", marks=pytest.mark.slow)]  # the one that takes long


@pytest.fixture(scope="module", params=ONE_BY_ONE)
def both(request: pytest.FixtureRequest, planted: Planted) -> tuple[Report, Report]:
    """The report of one school, and of all."""
    return planted.report(request.param, school_id=planted.unheard), planted.report(request.param)


def test_nobody_is_named(both: tuple[Report, Report]) -> None:
    for each in both:
        for said in (each.as_html(), each.in_words(), json.dumps(each.as_json())):
            assert not re.search(r"\bp\d{6}\b", said)


def test_a_school_is_told_the_same_alone_as_beside_the_others(both: tuple[Report, Report]) -> None:
    alone, beside = (each.as_json() for each in both)
    mine = alone["schools"][0]["school_id"]
    assert alone["schools"] == [each for each in beside["schools"] if each["school_id"] == mine]
    assert alone.get("trust") == beside.get("trust")


def test_the_page_needs_nothing_else_and_its_words_are_calm(both: tuple[Report, Report]) -> None:
    for each in both:
        page = each.as_html()
        assert not re.search(r"<script|https?:|@import|url\(|<link|<img|src=", page)
        assert not re.search(
            r"(?i)\b(risk level|high-risk|flagged|offender|perpetrator|target|predict|red)\b", page
        )
        assert page.count("<caption>") == page.count("<table")
        assert page.count("<h1>") == 1


def test_every_figure_says_how_it_is_made(both: tuple[Report, Report]) -> None:
    said = both[1].as_json()
    assert {"report", "from", "to", "schools", "definitions"} <= set(said)
    assert "suppression" in said["definitions"]
    assert all(words.endswith(".") or "Licence" in words for words in said["definitions"].values())


def test_nothing_in_the_workbook_runs_and_it_is_the_same_each_time(both: tuple[Report, Report]) -> None:
    book = both[1].as_xlsx()
    cells = (cell for sheet in load_workbook(io.BytesIO(book)) for line in sheet.iter_rows() for cell in line)
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert book == both[1].as_xlsx()


@pytest.mark.parametrize("name", [name for name in NAMES if name != "strategy"])
def test_where_nothing_is_recorded_every_report_says_so_and_none_fails(name: str) -> None:
    report = made(name, small_trust(), open_days()[60])
    assert json.loads(json.dumps(report.as_json()))["schools"]
    assert report.as_html().count("<h2>") >= 2
    assert re.search(r"0 pupils|No |Too few", report.in_words())
    assert report.as_xlsx()


def test_a_week_without_a_feed_is_not_a_week_lost(planted: Planted) -> None:
    friday = planted.unheard_from + timedelta(days=4)
    week = planted.report(
        "lost-learning", from_=planted.unheard_from, as_of=friday, school_id=planted.unheard
    )
    (school,) = week.as_json()["schools"]
    assert (school["sessions_possible"], school["sessions_lost_in_all"], school["rate"]) == (0, 0, None)
    assert "No learning lost is recorded" in week.as_html()
    days = [str(planted.unheard_from + timedelta(days=number)) for number in range(5)]
    year = planted.report("lost-learning")
    held = {part["school_id"]: part["open_days_without_a_register"] for part in year.as_json()["schools"]}
    assert held == {school: days if school == planted.unheard else [] for school in held}
    for form in (year.as_html(), year.in_words()):
        assert "no register is held of 5 open days between" in form
    assert week.as_xlsx()
