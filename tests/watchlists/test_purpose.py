"""Whatever leaves the pages leaves with a purpose, which the audit log keeps."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.watchlists.a_visit import address, publish, visit
from watchlists.build import Built
from watchlists.web.purpose import NO_PURPOSE, PURPOSES

FILES = ("/print", "/list.csv", "/list.xlsx")


@pytest.fixture
def store(tmp_path: Path, built: Built) -> Path:
    return publish(tmp_path, built)


def lines(store: Path) -> list[dict[str, Any]]:
    log = store / "audit" / "log.jsonl"
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []


@pytest.mark.parametrize("file", FILES)
def test_without_a_purpose_there_is_a_question_and_no_pupil(store: Path, built: Built, file: str) -> None:
    with visit(store) as client:
        for asked in ("", "?for=", "?for=curiosity", "?year=9"):
            answer = client.get(address(store, "school", "s1") + file + asked)
            assert answer.status_code == NO_PURPOSE
            assert "What is it for?" in answer.text
            assert not [pupil for pupil in built.watch_list["pupil_id"] if pupil in answer.text]
    assert [line for line in lines(store) if line["event"] in ("printed", "exported")] == []


@pytest.mark.parametrize("file", FILES)
def test_each_choice_leads_to_the_same_file_and_is_kept(store: Path, file: str) -> None:
    with visit(store) as client:
        asked = client.get(f"{address(store, 'school', 's1')}{file}?year=9").text
        there = [unescape(found) for found in re.findall(r'<li><a href="([^"]+)"', asked)]
        assert len(there) == len(PURPOSES)
        for each in there:
            answer = client.get(each)
            assert answer.status_code == 200, each
            assert "What is it for?" not in answer.text
    kept = [
        (line["purpose"], line["year"]) for line in lines(store) if line["event"] in ("printed", "exported")
    ]
    assert kept == [(purpose, "9") for purpose in PURPOSES]


def test_the_paper_with_reasons_keeps_its_purpose(store: Path) -> None:
    with visit(store) as client:
        sheet = client.get(f"{address(store, 'school', 's1')}/print?year=9&for=family").text
        other = unescape(re.findall(r'href="([^"]+)">With reasons', sheet)[0])
        assert client.get(other).status_code == 200
    assert [(line["purpose"], line["reasons"]) for line in lines(store)] == [
        ("family", False),
        ("family", True),
    ]


def test_the_question_says_nothing_of_what_is_there(store: Path) -> None:
    with visit(store) as client:
        known, unknown = (
            re.sub(r"/school/\w+", "", client.get(f"{school}/list.csv").text)
            for school in (address(store, "school", "s1"), "/school/unknown")
        )
    assert known == unknown


def test_an_address_that_attacks_stays_an_address(store: Path) -> None:
    with visit(store) as client:
        answer = client.get("/school/x%22%3E%3Cscript%3E/list.csv?year=%22%3E%3Cscript%3E")
        assert "<script>" not in answer.text
        assert 'href="//' not in answer.text


def test_whoever_is_not_signed_in_is_asked_to_first(store: Path) -> None:
    with visit(store, None) as client:
        answer = client.get("/school/x/list.csv", follow_redirects=False)
        assert answer.headers["location"].startswith("/sign-in")
