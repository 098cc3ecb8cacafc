"""Every reader, every report's page, every school: what is not allowed looks like what does not exist."""

import json
import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from configs.settings import load_settings
from reports.asked import Asked
from reports.pages.contents import REPORTS
from reports.pages.routes import add_reports
from reports.published import file_of, publish
from sources.audit import broken_at
from tests.reports.small_trust import change, open_days, small_trust
from tests.small_tables import marks, tables_of
from tests.watchlists.a_visit import PASSWORD, Clock, audit_of
from watchlists.access import accounts, sessions
from watchlists.access.roles import Account
from watchlists.build import COLUMNS
from watchlists.opaque import opaque_of
from watchlists.people import load_people
from watchlists.web.app import create_app

DAY = open_days()[80]
GONE = "oak3"  # off roll, and nobody says where to


def staff(name: str, role: str, *schools: str, years: str = "") -> Account:
    return Account(name, name.title(), role, frozenset(schools), frozenset(years.split()))


STAFF = (
    staff("year.nine", "pastoral", "oak", years="9"), staff("senco", "senco", "oak"),
    staff("dsl", "safeguarding", "elm"), staff("head", "head", "oak"), staff("two", "head", "oak", "elm"),
    staff("trust", "trust", "*"), staff("governor", "governor", "oak"),
)  # fmt: skip
SEES_TOTALS = {
    "dsl": {"elm"},
    "head": {"oak"},
    "two": {"oak", "elm"},
    "trust": {"oak", "elm"},
    "governor": {"oak"},
}
SEES_NAMES = {"dsl", "head", "two"}
SEES_TOGETHER = {"two", "trust"}
PAGES = ("", *(f"/{name}" for name in REPORTS), *(f"/{name}/workbook?for=governance" for name in REPORTS))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two schools with its reports; one pupil of Oak left with no explanation."""
    store = tmp_path_factory.mktemp("reports")
    rows, days = small_trust(), open_days()[:81]
    change(rows, GONE, end_date=date(2025, 10, 6))
    for school in ("oak", "elm"):
        for number in range(40):
            present = days[:10] if f"{school}{number}" == GONE else days
            rows["attendance"] += marks(f"{school}{number}", school, present, "/\\" * len(present))
    folder = store / "runs" / "run-1"
    folder.mkdir(parents=True)
    publish(folder, tables_of(rows), Asked(DAY, load_settings(), opaque=opaque_of(store)))
    facts = {"as_of": str(DAY), "gate": "passed", "schools": {"oak": "Oak", "elm": "Elm"}, "off_list": []}
    (folder / "run.json").write_text(json.dumps(facts))
    school = {"latest": {}, "stale": [], "year_groups": ["9"], "open_days": [], "first_list": True}
    (folder / "cards.json").write_text(json.dumps({"schools": {"oak": school, "elm": school}, "pupils": {}}))
    nobody = pd.DataFrame({name: pd.Series(dtype="str") for name in COLUMNS})
    nobody.to_parquet(folder / "watchlist.parquet")
    (store / "current.json").write_text('{"run": "run-1"}')
    people = "pupil_id,first_name,last_name,preferred_name,tutor_group\n"
    people += "".join(f"{s}{n},First{s}{n},Last{s}{n},,Oak\n" for s in ("oak", "elm") for n in range(40))
    (store / "people.csv").write_text(people, encoding="utf-8")
    load_people(store / "people.csv", store)
    return store


@pytest.fixture(params=STAFF, ids=lambda account: account.name)
def visitor(request: pytest.FixtureRequest, store: Path) -> tuple[Account, TestClient]:
    return request.param, visit(store, request.param)


def visit(store: Path, account: Account | None) -> TestClient:
    clock = Clock()
    app = create_app(store, clock)
    add_reports(app)
    client = TestClient(app, base_url="http://127.0.0.1")
    if account is not None:
        if account.name not in accounts.names(store):
            accounts.add(store, account, PASSWORD, clock())
        client.cookies.set("handrail", sessions.begin(store, account.name, clock()))
    return client


def at(store: Path, school: str) -> str:
    return f"/school/{opaque_of(store).of('school', school)}/reports"


@pytest.mark.parametrize("school", ["oak", "elm"])
def test_a_school_s_reports_open_to_those_who_see_its_totals_alone(
    visitor: tuple[Account, TestClient], store: Path, school: str
) -> None:
    account, client = visitor
    stranger = client.get("/school/unknown/reports")
    for page in PAGES:
        answer = client.get(at(store, school) + page)
        if school in SEES_TOTALS.get(account.name, set()):
            assert answer.status_code == 200, page
            assert not re.search(r"First(oak|elm)|Last(oak|elm)|\b(oak|elm)\d", answer.text)
        else:
            assert (answer.status_code, answer.text) == (404, stranger.text)


def test_all_schools_side_by_side_open_to_those_who_see_the_totals_of_every_one(
    visitor: tuple[Account, TestClient],
) -> None:
    account, client = visitor
    stranger = client.get("/school/unknown/reports")
    for page in PAGES:
        answer = client.get(f"/reports{page}")
        if account.name in SEES_TOGETHER:
            assert answer.status_code == 200, page
        else:
            assert (answer.status_code, answer.text) == (404, stranger.text)


def test_a_school_s_page_names_no_other_school(store: Path) -> None:
    client = visit(store, staff("governor", "governor", "oak"))
    for page in PAGES:
        assert "Elm" not in client.get(at(store, "oak") + page).text


@pytest.mark.parametrize("school", ["oak", "elm"])
def test_the_register_names_pupils_to_those_who_see_every_pupil_of_the_school(
    visitor: tuple[Account, TestClient], store: Path, school: str
) -> None:
    account, client = visitor
    answer = client.get(f"{at(store, school)}/movements/register")
    if account.name in SEES_NAMES and school in SEES_TOTALS[account.name]:
        assert answer.status_code == 200
        assert ("Lastoak3" in answer.text) == (school == "oak")
        assert GONE not in answer.text.replace("Firstoak3", "").replace("Lastoak3", "")
    else:
        assert answer.status_code == 404


def test_nobody_reads_a_report_without_signing_in(store: Path) -> None:
    client = visit(store, None)
    for page in (f"{at(store, 'oak')}/needs", "/reports", "/reports/needs/workbook?for=governance"):
        assert "password" in client.get(page).text.lower()


def test_every_view_and_every_refusal_is_in_the_log_and_no_pupil_is(store: Path) -> None:
    client = visit(store, staff("head", "head", "oak"))
    for page in ("/needs", "/movements/register", "/needs/workbook?for=governance"):
        client.get(at(store, "oak") + page)
    client.get(at(store, "elm") + "/needs")
    told = [(line["event"], line.get("act")) for line in audit_of(store)[-4:]]
    assert told == [
        ("viewed report needs", None), ("viewed register of moves", None), ("exported report needs", None),
        ("denied", "viewed report needs"),
    ]  # fmt: skip
    assert not re.search(r"(oak|elm)\d", json.dumps(audit_of(store)))
    assert broken_at(store) is None


def test_nothing_in_a_page_is_styled_or_run_but_by_files_of_ours(store: Path) -> None:
    client = visit(store, staff("head", "head", "oak"))
    for page in PAGES[: len(REPORTS) + 1]:
        answer = client.get(at(store, "oak") + page)
        assert not re.search(r'<script(?! src="/static/)|<style|\sstyle=|\son\w+=', answer.text)
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        for sheet in re.findall(r'href="(/styles/[a-z.]+)"', answer.text):
            assert client.get(sheet).status_code == 200


def test_a_report_that_is_no_report_and_one_that_was_not_made(store: Path) -> None:
    client = visit(store, staff("head", "head", "oak"))
    assert client.get(at(store, "oak") + "/league-table").status_code == 404
    path = store / "runs" / "run-1" / file_of("services")
    held = path.read_bytes()
    path.unlink()
    try:
        answer = client.get(at(store, "oak") + "/services")
        assert "made with the next list" in answer.text
        assert client.get(at(store, "oak") + "/services/workbook?for=governance").status_code == 404
    finally:
        path.write_bytes(held)
