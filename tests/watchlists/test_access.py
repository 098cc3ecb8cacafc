"""Every member of staff, every pupil, every page: what is not allowed looks like what does not exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from sources.audit import broken_at
from tests.watchlists.a_visit import (
    LEAD,
    MONDAY,
    PASSWORD,
    Clock,
    address,
    audit_of,
    publish,
    visit,
)
from watchlists.access import accounts
from watchlists.access.roles import Account
from watchlists.access.sessions import begin
from watchlists.build import Built
from watchlists.opaque import opaque_of
from watchlists.people import load_people
from watchlists.web.app import create_app


def staff(name: str, role: str, *schools: str, years: str = "", groups: str = "") -> Account:
    return Account(
        name, name.title(), role, frozenset(schools), frozenset(years.split()), frozenset(groups.split())
    )


STAFF = (
    staff("year.nine", "pastoral", "s1", years="9"),
    staff("oak", "pastoral", "s1", groups="Oak"),
    staff("elsewhere", "pastoral", "s2", years="9"),
    staff("senco", "senco", "s1"),
    staff("dsl", "safeguarding", "s2"),
    staff("head", "head", "s1"),
    staff("trust", "trust", "*"),
    staff("governor", "governor", "s1"),
)
SCHOOL_PAGES = (
    "",
    "?group=Oak",
    "/print?for=support",
    "/list.csv?for=support",
    "/pupils?year=9",
    "/mistakes",
)


def group_of(pupil: str) -> str:
    """Every pupil's tutor group: three to a year, across years."""
    return ("Oak", "Ash", "Elm")[int(pupil[1:]) % 3]


def allowed(account: Account, pupil: str, school: str, year: str) -> bool:
    """Who may see whom, said once more and plainly."""
    if "*" not in account.schools and school not in account.schools:
        return False
    if account.role in ("senco", "safeguarding", "head"):
        return True
    return account.role == "pastoral" and (year in account.years or group_of(pupil) in account.tutor_groups)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, built: Built) -> Path:
    store = publish(tmp_path_factory.mktemp("access"), built)
    people = "pupil_id,first_name,last_name,preferred_name,tutor_group\n"
    people += "".join(
        f"{pupil},First{pupil},Last{pupil},,{group_of(pupil)}\n" for pupil in built.roll["pupil_id"]
    )
    (store / "people.csv").write_text(people, encoding="utf-8")
    load_people(store / "people.csv", store)
    return store


@pytest.fixture(params=STAFF, ids=lambda account: account.name)
def visitor(request: pytest.FixtureRequest, store: Path) -> Iterator[tuple[Account, TestClient]]:
    with visit(store, request.param) as client:
        yield request.param, client


def test_every_pupil_page_opens_to_those_who_look_after_the_pupil_alone(
    visitor: tuple[Account, TestClient], store: Path, built: Built
) -> None:
    account, client = visitor
    stranger = client.get("/pupil/unknown")
    for row in built.roll.iloc[::5].itertuples():
        answer = client.get(address(store, "pupil", row.pupil_id))
        if allowed(account, row.pupil_id, row.school_id, row.year_group):
            assert answer.status_code == 200
            assert f"Last{row.pupil_id}" in answer.text
        else:
            assert (answer.status_code, answer.text) == (404, stranger.text)


@pytest.mark.parametrize("page", SCHOOL_PAGES)
@pytest.mark.parametrize("school", ["s1", "s2"])
def test_every_list_names_only_ones_own_pupils(
    visitor: tuple[Account, TestClient], store: Path, built: Built, school: str, page: str
) -> None:
    account, client = visitor
    answer = client.get(address(store, "school", school) + page)
    rows = built.roll if page.startswith("/pupils") else built.watch_list
    rows = rows[rows["school_id"] == school]
    if page.startswith("/pupils"):
        rows = rows[rows["year_group"] == "9"]
    if page == "?group=Oak":
        rows = rows[rows["pupil_id"].map(group_of) == "Oak"]
    own = {row.pupil_id for row in rows.itertuples()
           if allowed(account, row.pupil_id, row.school_id, row.year_group)}  # fmt: skip
    sees_names = school in account.schools and account.role in ("pastoral", "senco", "safeguarding", "head")
    nobody = page.startswith(("/pupils", "?group")) and not own  # what holds none of one's own is no page
    if not (sees_names and nobody):
        assert answer.status_code == (200 if sees_names else 404)
    assert set(re.findall(r"First([pq]\d+) ", answer.text)) == (set() if page == "/mistakes" else own)


@pytest.mark.parametrize("school", ["s1", "s2"])
def test_totals_open_to_leaders_alone_and_name_nobody(
    visitor: tuple[Account, TestClient], store: Path, school: str
) -> None:
    account, client = visitor
    answer = client.get(address(store, "school", school) + "/totals")
    leads = account.role in ("head", "safeguarding", "trust", "governor")
    here = "*" in account.schools or school in account.schools
    assert answer.status_code == (200 if leads and here else 404)
    assert "First" not in answer.text
    assert "/pupil/" not in answer.text


def test_a_year_group_of_others_is_no_page(store: Path) -> None:
    with visit(store, STAFF[0]) as client:
        assert client.get(address(store, "school", "s1") + "?year=9").status_code == 200
        assert client.get(address(store, "school", "s1") + "?year=7").status_code == 404
    with visit(store, STAFF[1]) as client:
        assert client.get(address(store, "school", "s1") + "?group=Oak").status_code == 200
        assert client.get(address(store, "school", "s1") + "?group=Elm").status_code == 404


def test_who_left_the_list_is_named_to_those_who_look_after_them_alone(tmp_path: Path, built: Built) -> None:
    off = [{"pupil_id": f"gone{year}", "school_id": "s1", "year_group": year, "why": "no longer on roll here."}
           for year in ("7", "9")]  # fmt: skip
    publish(tmp_path, built, off_list=off)
    nameless = opaque_of(tmp_path).nameless
    for account, sees in ((STAFF[0], ["gone9"]), (STAFF[3], ["gone7", "gone9"])):
        with visit(tmp_path, account) as client:
            text = client.get(address(tmp_path, "school", "s1")).text
            assert [pupil for pupil in ("gone7", "gone9") if nameless(pupil) in text] == sees


def test_an_account_removed_in_mid_session_is_out_at_the_next_click(store: Path) -> None:
    leaver = staff("leaver", "senco", "s1")
    with visit(store, leaver) as client:
        assert client.get(address(store, "school", "s1")).status_code == 200
        accounts.remove(store, "leaver")
        answer = client.get(address(store, "school", "s1"), follow_redirects=False)
        assert answer.headers["location"].startswith("/sign-in")


def test_each_view_print_export_and_denial_is_in_the_log_without_a_name(tmp_path: Path, built: Built) -> None:
    publish(tmp_path, built)
    school, pupil = address(tmp_path, "school", "s1"), built.watch_list["pupil_id"][0]
    with visit(tmp_path, STAFF[3]) as client:
        for path in (
            school, f"{school}/print?for=support", f"{school}/list.csv?for=support",
            address(tmp_path, "pupil", pupil), address(tmp_path, "school", "s2"), "/pupil/guessed",
        ):  # fmt: skip
            client.get(path)
    lines = audit_of(tmp_path)
    assert [line["event"] for line in lines] == [
        "viewed",
        "printed",
        "exported",
        "viewed",
        "denied",
        "denied",
    ]
    assert {line["by"] for line in lines} == {"senco"}
    assert lines[3]["pupil"] == opaque_of(tmp_path).of("pupil", pupil)
    text = (tmp_path / "audit" / "log.jsonl").read_text()
    assert pupil not in text
    assert "guessed" not in text
    assert broken_at(tmp_path) is None


def test_where_the_log_cannot_be_written_nobody_sees_a_pupil(tmp_path: Path, built: Built) -> None:
    publish(tmp_path, built)
    (tmp_path / "audit" / "log.jsonl").mkdir(parents=True)  # no one, root among them, can append to a folder
    school = address(tmp_path, "school", "s1")
    with visit(tmp_path) as client:
        for path in ("/", school, f"{school}/print?for=support", f"{school}/list.csv?for=support", f"{school}/about",
                     address(tmp_path, "pupil", built.watch_list["pupil_id"][0])):  # fmt: skip
            answer = client.get(path)
            assert answer.status_code == 503, path
            assert "No pupil can be shown now" in answer.text
            assert not [
                p for p in built.watch_list["pupil_id"] if opaque_of(tmp_path).of("pupil", p) in answer.text
            ]


NONSENSE = (
    "/school/%00", "/pupil/" + "x" * 5000, "/school/x?year=%00%ff", "/pupil/%F0%9F%98%80", "/pupil/'; drop table--",
    "/school/..%2f..%2faccounts.db", "/static/%2e%2e/app.py", "/pupil/a/b/c/d",
)  # fmt: skip


@pytest.mark.parametrize("path", NONSENSE)
def test_no_address_breaks_the_pages(store: Path, path: str) -> None:
    with visit(store, LEAD) as client:
        assert client.get(path).status_code == 404


def test_a_fault_of_ours_shows_nothing_of_it(tmp_path: Path, built: Built) -> None:
    publish(tmp_path, built)
    (tmp_path / "runs" / "run-1" / "cards.json").write_text("{")
    app = create_app(tmp_path, Clock())
    accounts.add(tmp_path, LEAD, PASSWORD, MONDAY)
    client = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
    client.cookies.set("handrail", begin(tmp_path, LEAD.name, MONDAY))
    answer = client.get("/")
    assert (answer.status_code, "Something went wrong" in answer.text) == (500, True)
    assert answer.headers["cache-control"] == "no-store"
    assert "Traceback" not in answer.text
