"""Every member of staff × every kind of pupil × every address of the application: who may, and nobody else.

An address that is not in RULES fails the first test: whoever adds a page says here whom it opens to.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from configs.openid import Provider
from tests.watchlists.a_visit import MONDAY, Clock, address, publish, token_in, visit
from tests.watchlists.test_access import STAFF, allowed, group_of
from watchlists import answers, holds
from watchlists.access.openid import OpenId
from watchlists.access.roles import Account
from watchlists.build import Built
from watchlists.entered import Support, enter
from watchlists.mistakes import Mistake, open_mistakes, report
from watchlists.people import load_people
from watchlists.web.app import create_app

OPEN, SIGNED_IN, OWN_FORM = (
    "whoever asks",
    "whoever is signed in",
    "whoever is signed in, with the form's token",
)
WORKS, NAMES, TOTALS = (
    "whoever works at the school",
    "whoever may see names there",
    "whoever may see totals there",
)
PUPIL, WHOLE = "whoever looks after the pupil", "whoever looks after every pupil of the school"
RECORD = "whoever looks after the pupil, of whom that record is told"
RULES = {
    ("GET", "/health"): OPEN, ("GET", "/sign-in"): OPEN, ("POST", "/sign-in"): OPEN,
    ("GET", "/sign-in/elsewhere"): OPEN, ("GET", "/sign-in/back"): OPEN,
    ("GET", "/"): SIGNED_IN, ("GET", "/still-here"): SIGNED_IN, ("GET", "/about"): SIGNED_IN,
    ("GET", "/about/card"): SIGNED_IN,
    ("GET", "/account"): SIGNED_IN, ("GET", "/privacy"): SIGNED_IN, ("GET", "/accessibility"): SIGNED_IN,
    ("POST", "/account"): OWN_FORM, ("POST", "/sign-out"): OWN_FORM,
    ("GET", "/school/{school}/about"): WORKS,
    ("GET", "/school/{school}"): NAMES, ("GET", "/school/{school}/print"): NAMES,
    ("GET", "/school/{school}/list.csv"): NAMES, ("GET", "/school/{school}/list.xlsx"): NAMES,
    ("GET", "/school/{school}/pupils"): NAMES, ("POST", "/school/{school}/pupils"): NAMES,
    ("GET", "/school/{school}/mistakes"): NAMES, ("GET", "/school/{school}/totals"): TOTALS,
    ("POST", "/school/{school}/mistakes/{mistake}"): PUPIL,
    ("GET", "/pupil/{pupil}"): PUPIL, ("POST", "/pupil/{pupil}/view"): PUPIL,
    ("POST", "/pupil/{pupil}/support"): PUPIL, ("POST", "/pupil/{pupil}/review"): PUPIL,
    ("POST", "/pupil/{pupil}/hold"): WHOLE,
    ("GET", "/pupil/{pupil}/records/{record}"): RECORD, ("POST", "/pupil/{pupil}/records/{record}"): RECORD,
}  # fmt: skip
OF_PUPIL = [(route, rule) for route, rule in RULES.items() if rule in (PUPIL, WHOLE, RECORD)]
OF_SCHOOL = [(route, rule) for route, rule in RULES.items() if rule in (WORKS, NAMES, TOTALS)]
OPENS = (200, 303, 422)  # 422: the form is known and wants more, so that nothing is changed by asking
NO_ANSWERS = Provider("Nobody", "http://127.0.0.1:9", "handrail", "x")


def routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Every method and path that the application answers, mounted files apart."""
    for route in _within(app.router):
        yield from ((method, route.path) for method in sorted(route.methods or ()))


def _within(router: Any) -> Iterator[APIRoute]:
    for route in getattr(router, "routes", ()):
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from _within(route.original_router)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, built: Built) -> Path:
    store = publish(tmp_path_factory.mktemp("matrix"), built)
    people = "pupil_id,first_name,last_name,preferred_name,tutor_group\n"
    people += "".join(f"{pupil},F,L{pupil},,{group_of(pupil)}\n" for pupil in built.roll["pupil_id"])
    (store / "people.csv").write_text(people, encoding="utf-8")
    load_people(store / "people.csv", store)
    return store


@dataclass(frozen=True)
class Someone:
    """One pupil, and what stands in the addresses about them."""

    pupil_id: str
    school_id: str
    year_group: str
    school: str
    pupil: str
    record: str


EVERY = "every pupil"


@pytest.fixture(scope="module", params=["one of each kind", pytest.param(EVERY, marks=pytest.mark.slow)])
def pupils(request: pytest.FixtureRequest, store: Path, built: Built) -> list[Someone]:
    """Of each school, year group and tutor group two pupils: one on the list where there is one, one who is not; or
    every pupil. Each has support that was entered and can be reviewed."""
    on_list = built.roll["pupil_id"].isin(built.watch_list["pupil_id"])
    kinds = built.roll.assign(listed=on_list, group=built.roll["pupil_id"].map(group_of))
    if request.param != EVERY:
        kinds = kinds.groupby(["school_id", "year_group", "group", "listed"], as_index=False).first()
    found, day, rows = [], MONDAY.date(), cast("Iterator[Any]", kinds.itertuples())
    with visit(store, Account("everybody", "Everybody", "senco", frozenset(("*",)))) as client:
        for row in rows:
            enter(store, Support(row.pupil_id, row.school_id, "mentoring", day, None, day, "Ms R. Okafor"))
            school, pupil = address(store, "school", row.school_id), address(store, "pupil", row.pupil_id)
            record = next(iter(re.findall(r"/records/([a-z0-9]+)", client.get(pupil).text)), "none")
            links = (school.rpartition("/")[2], pupil.rpartition("/")[2], record)
            found.append(Someone(row.pupil_id, row.school_id, row.year_group, *links))
    assert len(found) > 20
    return found


@pytest.fixture(params=STAFF, ids=lambda account: account.name)
def visitor(request: pytest.FixtureRequest, store: Path) -> Iterator[tuple[Account, TestClient, str]]:
    with visit(store, request.param) as client:
        client.follow_redirects = False
        yield request.param, client, token_in(client.get("/account").text)


def test_every_address_has_a_rule(store: Path) -> None:
    assert set(routes(create_app(store, Clock(), openid=OpenId(NO_ANSWERS)))) == set(RULES)


def test_only_the_door_is_open_to_whoever_asks(store: Path) -> None:
    app = create_app(store, Clock(), openid=OpenId(NO_ANSWERS))
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        for (method, path), rule in RULES.items():
            answer = client.request(method, path.format(school="x", pupil="y", mistake="1", record="z"))
            leads_in = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
            assert leads_in == (rule != OPEN), (method, path)


@pytest.mark.parametrize("school", ["s1", "s2", "unknown"])
def test_every_address_of_a_school(
    visitor: tuple[Account, TestClient, str], store: Path, school: str
) -> None:
    account, client, token = visitor
    works = school != "unknown" and ("*" in account.schools or school in account.schools)
    opens = {
        WORKS: works,
        NAMES: works and account.role in ("pastoral", "senco", "safeguarding", "head"),
        TOTALS: works and account.role in ("head", "safeguarding", "trust", "governor"),
    }
    for (method, path), rule in OF_SCHOOL:
        there = address(store, "school", school)
        answer = client.request(
            method, path.replace("/school/{school}", there), data={"token": token}, params={"for": "support"}
        )
        assert (answer.status_code in OPENS, answer.status_code) == (opens[rule], 200 if opens[rule] else 404)


def test_every_address_of_every_pupil(
    visitor: tuple[Account, TestClient, str], store: Path, pupils: list[Someone]
) -> None:
    account, client, token = visitor
    missing = client.get("/pupil/unknown").text
    for pupil in pupils:
        may = allowed(account, pupil.pupil_id, pupil.school_id, pupil.year_group)
        opens = {
            PUPIL: may,
            WHOLE: may and account.role != "pastoral",
            RECORD: may and pupil.record != "none",
        }
        report(store, Mistake(0, pupil.pupil_id, pupil.school_id, "", "", "", MONDAY))
        mistake = max(held.number for held in open_mistakes(store, pupil.school_id))
        form = {"token": token, "support": f"mentoring {MONDAY.date()}"}
        for (method, path), rule in OF_PUPIL:
            there = path.format(school=pupil.school, pupil=pupil.pupil, record=pupil.record, mistake=mistake)
            answer = client.request(method, there, data=form if method == "POST" else None)
            assert (answer.status_code in OPENS) == opens[rule], (method, there, answer.status_code)
            if not opens[rule]:
                assert answer.text == missing
        assert answers.of_pupil(store, pupil.pupil_id) == []
    assert holds.held(store) == {}


def test_the_tokens_of_others_open_nothing(visitor: tuple[Account, TestClient, str], store: Path) -> None:
    account, client, _ = visitor
    stranger = token_in(visit(store, STAFF[0] if account != STAFF[0] else STAFF[1]).get("/account").text)
    for method, path in RULES:
        if method == "POST" and path != "/sign-in":
            there = path.format(school="x", pupil="y", mistake="1", record="z")
            for token in ("", stranger):
                assert client.post(there, data={"token": token}).status_code == 403, path


def test_no_address_gives_another_system_numbers_by_pupil(store: Path, built: Built) -> None:
    """Pages, files for people and a line for a monitor; the only JSON is how long one's own sign-in lasts."""
    links = {"school": address(store, "school", "s1").rpartition("/")[2], "record": "none",
             "pupil": address(store, "pupil", built.watch_list["pupil_id"][0]).rpartition("/")[2]}  # fmt: skip
    with visit(store, Account("everybody", "Everybody", "safeguarding", frozenset(("*",)))) as client:
        for method, path in RULES:
            if method == "GET" and RULES[method, path] != OPEN:
                answer = client.get(path.format_map(links), headers={"Accept": "application/json"})
                assert ("json" in answer.headers["content-type"]) == (path == "/still-here"), path
