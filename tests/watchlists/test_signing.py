"""The door: right passwords, slow guessing, sessions that end, forms that only our pages make."""

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from configs.refusals import BadSettings
from tests.watchlists.a_visit import LEAD, PASSWORD, Clock, address, audit_of, post, publish, token_in, visit
from watchlists.access import accounts
from watchlists.access.passwords import hashed, right
from watchlists.access.roles import Account
from watchlists.access.sessions import LONGEST, UNUSED
from watchlists.access.throttle import BY_NAME, REST
from watchlists.build import Built
from watchlists.web.app import create_app

pytestmark = pytest.mark.kept

SECRET = hashed(PASSWORD)


@pytest.fixture
def store(tmp_path: Path, built: Built) -> Path:
    accounts.add(tmp_path, LEAD, PASSWORD, Clock()())
    return publish(tmp_path, built)


def sign_in(client: TestClient, password: str = PASSWORD, name: str = "lead", **more: str) -> Any:
    return post(client, "/sign-in", "/sign-in", name=name, password=password, **more)


def test_signing_in_opens_the_page_that_was_asked_for(store: Path) -> None:
    school = address(store, "school", "s1")
    with visit(store, None) as client:
        answer = client.get(f"{school}?year=9")
        assert str(answer.url).endswith("year%3D9")
        way = re.findall(r'name="next" value="([^"]+)"', answer.text)[0]
        answer = sign_in(client, next=way)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{school}?year=9")
        assert client.get(school).status_code == 200
        assert "Ms R. Okafor" in client.get(school).text


@pytest.mark.parametrize(
    "way", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(store: Path, way: str) -> None:
    with visit(store, None) as client:
        assert sign_in(client, next=way).headers["location"] == "/"


def test_a_wrong_password_and_an_unknown_name_look_alike(store: Path) -> None:
    with visit(store, None) as client:
        wrong, unknown = sign_in(client, "wrong password"), sign_in(client, "wrong password", "nobody")
        assert wrong.status_code == unknown.status_code == 401
        assert wrong.text == unknown.text
        assert "set-cookie" not in wrong.headers or "handrail=" not in wrong.headers["set-cookie"]
    assert [line["name"] for line in audit_of(store)] == ["lead", "unknown"]


def test_guessing_is_throttled_and_the_right_password_waits_too(store: Path) -> None:
    clock = Clock()
    with visit(store, None, clock) as client:
        assert [sign_in(client, "wrong password").status_code for _ in range(BY_NAME)] == [401] * BY_NAME
        assert sign_in(client).status_code == 429
        clock.on(seconds=REST + 1)
        assert sign_in(client).status_code == 303


def test_the_cookie_is_closed_to_scripts_and_other_sites(store: Path) -> None:
    with visit(store, None) as client:
        cookie = sign_in(client).headers["set-cookie"]
        assert re.search(r"handrail=.*HttpOnly.*SameSite=lax", cookie)
    app = create_app(store, Clock(), ["list.example.school"], https=True)
    with TestClient(app, base_url="https://list.example.school") as client:
        cookie = sign_in(client).headers["set-cookie"]
        assert re.search(r"__Host-handrail=.*HttpOnly.*Path=/.*SameSite=lax; Secure", cookie)
        assert client.get("/about").status_code == 200
        assert "strict-transport-security" in client.get("/about").headers


def test_a_session_brought_from_outside_is_never_used(store: Path) -> None:
    with visit(store, None) as client:
        client.cookies.set("handrail", "chosen-by-an-attacker")
        sign_in(client)
        held = [cookie.value for cookie in client.cookies.jar if cookie.name == "handrail"]
        assert held[-1] != "chosen-by-an-attacker"
    with visit(store, None) as other:
        other.cookies.set("handrail", "chosen-by-an-attacker")
        assert other.get("/about", follow_redirects=False).status_code == 303


def test_signing_in_again_ends_the_session_before(store: Path) -> None:
    with visit(store) as client:
        before = client.cookies["handrail"]
        client.cookies.clear()
        client.cookies.set("handrail", before, domain="127.0.0.1")
        sign_in(client)
    with visit(store, None) as other:
        other.cookies.set("handrail", before)
        assert other.get("/about", follow_redirects=False).status_code == 303


def test_a_session_ends_unused_and_at_the_end_of_the_day(store: Path) -> None:
    clock = Clock()
    with visit(store, LEAD, clock) as client:
        for _ in range(int(LONGEST / UNUSED * 2) - 1):
            assert client.get("/about", follow_redirects=False).status_code == 200
            clock.on(seconds=UNUSED / 2)
        clock.on(seconds=UNUSED / 2 + 1)
        assert client.get("/about", follow_redirects=False).status_code == 303
    with visit(store, LEAD, clock) as client:
        clock.on(seconds=UNUSED + 1)
        assert client.get("/about", follow_redirects=False).status_code == 303


def test_signing_out_ends_the_session_on_the_server(store: Path) -> None:
    with visit(store) as client:
        held = client.cookies["handrail"]
        assert post(client, "/sign-out", "/about").status_code == 303
        client.cookies.set("handrail", held)
        assert client.get("/about", follow_redirects=False).status_code == 303


@pytest.mark.parametrize("path", ["/sign-out", "/account"])
def test_a_form_of_another_site_does_nothing(store: Path, path: str) -> None:
    with visit(store) as client:
        for token in ("", "0" * 64):
            assert (
                client.post(path, data={"token": token, "old": PASSWORD, "new": "x" * 20}).status_code == 403
            )
        assert client.get("/about", follow_redirects=False).status_code == 200
    with visit(store, None) as client:
        page = client.get("/sign-in").text
        client.cookies.clear()  # another browser, shown somebody else's form
        fields = {"token": token_in(page), "name": "lead", "password": PASSWORD}
        assert client.post("/sign-in", data=fields).status_code == 403


def test_a_form_larger_than_any_of_ours_is_refused(store: Path) -> None:
    with visit(store) as client:
        assert client.post("/account", data={"new": "x" * 30_000}).status_code == 413
        assert client.post("/account", content="&".join(["new=x"] * 60)).status_code == 413


def test_a_new_password_ends_every_session(store: Path) -> None:
    with visit(store) as client, visit(store) as other:
        new = "quiet river stone lamp"
        assert post(client, "/account", "/account", old="wrong", new=new, again=new).status_code == 422
        assert (
            post(client, "/account", "/account", old=PASSWORD, new="short", again="short").status_code == 422
        )
        assert post(client, "/account", "/account", old=PASSWORD, new=new, again=new).status_code == 303
        assert other.get("/about", follow_redirects=False).status_code == 303
        assert sign_in(other, new).status_code == 303


def test_no_password_is_kept_as_it_is(store: Path, kept_in: str) -> None:
    assert right(PASSWORD, SECRET)
    assert not right("wrong password", SECRET)
    assert not right(PASSWORD, None)
    kept = accounts.password_of(store, "lead")
    assert kept is not None
    assert kept.startswith("$argon2id$")
    if kept_in == "files":
        assert PASSWORD.encode() not in b"".join(path.read_bytes() for path in store.glob("accounts.db*"))
        assert (store / "accounts.db").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("account", "says"),
    [
        (Account("Two Words", "", "head", frozenset("s")), "cannot be a sign-in name"),
        (Account("a", "", "heed", frozenset("s")), "did you mean 'head'"),
        (Account("a", "", "head", frozenset()), "which schools"),
        (Account("a", "", "pastoral", frozenset("s")), "looks after"),
        (Account("a", "", "head", frozenset("s"), frozenset("9")), "not by year"),
        (LEAD, "already"),
    ],
)
def test_an_account_that_makes_no_sense_is_refused(store: Path, account: Account, says: str) -> None:
    with pytest.raises(BadSettings, match=says):
        accounts.add(store, account, PASSWORD, Clock()())


def test_an_easy_password_is_refused(store: Path) -> None:
    for easy in ("short", "aaaaaaaaaaaaaa", "lead-lead-lead-"):
        with pytest.raises(BadSettings, match="will not do"):
            accounts.change_password(store, "lead", easy)
