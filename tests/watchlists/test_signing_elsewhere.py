"""Signing in with the school's Microsoft or Google: a real provider on a real socket, honest and otherwise."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from configs.openid import Provider, provider_from
from configs.refusals import BadSettings
from tests.watchlists.a_provider import ANOTHER, CLIENT, SECRET, Pretender, provider
from tests.watchlists.a_visit import PASSWORD, Clock, audit_of, publish
from watchlists.access import accounts
from watchlists.access.elsewhere import LASTS, link
from watchlists.access.openid import OpenId
from watchlists.access.roles import Account
from watchlists.build import Built
from watchlists.web.app import create_app

pytestmark = pytest.mark.kept

OKAFOR = Account("okafor", "Ms R. Okafor", "senco", frozenset(("s1",)), email="R.Okafor@example.school")
VERIFIED = {"email": "r.okafor@example.school", "email_verified": True}


@pytest.fixture
def elsewhere() -> Iterator[Pretender]:
    with provider() as held:
        yield held


@pytest.fixture
def clock() -> Clock:
    """The tokens are of this moment, so the pages' clock is too."""
    held = Clock()
    held.moment = datetime.now(UTC)
    return held


@pytest.fixture
def store(tmp_path: Path, built: Built, clock: Clock) -> Path:
    accounts.add(tmp_path, OKAFOR, None, clock())
    return publish(tmp_path, built)


@pytest.fixture
def browser(store: Path, elsewhere: Pretender, clock: Clock) -> Iterator[TestClient]:
    with a_browser(store, elsewhere, clock) as client:
        yield client


def a_browser(store: Path, elsewhere: Pretender, clock: Clock) -> TestClient:
    openid = OpenId(Provider("Microsoft", elsewhere.issuer, CLIENT, SECRET))
    app = create_app(store, clock, openid=openid)
    return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


def to_the_provider(client: TestClient, way: str = "/account") -> str:
    """The address the provider sends the browser back to."""
    answer = client.get("/sign-in/elsewhere", params={"next": way})
    assert answer.status_code == 303
    back: str = httpx.get(answer.headers["location"]).headers["location"]
    return back


def journey(client: TestClient, way: str = "/account") -> Any:
    return client.get(to_the_provider(client, way))


def signed_in(client: TestClient) -> bool:
    return client.get("/account").status_code == 200


def test_an_account_with_that_verified_address_is_let_in_and_kept_to_that_person(
    browser: TestClient, elsewhere: Pretender, store: Path, clock: Clock
) -> None:
    assert "Sign in with Microsoft" in browser.get("/sign-in").text
    elsewhere.user |= VERIFIED
    answer = journey(browser, "/account?x=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?x=1")
    page = browser.get("/account").text
    assert "Ms R. Okafor" in page
    assert "Present password" not in page  # there is none to change
    elsewhere.user["email"] = "married.name@example.school"  # the person is known by now, not the address
    with a_browser(store, elsewhere, clock) as again:
        assert journey(again).status_code == 303
    elsewhere.user = {"sub": "somebody else", **VERIFIED}  # given the address of whoever left
    with a_browser(store, elsewhere, clock) as other:
        assert journey(other).status_code == 401
        assert not signed_in(other)


def test_whoever_has_no_account_is_told_a_code_that_can_be_linked(
    browser: TestClient, elsewhere: Pretender, store: Path
) -> None:
    elsewhere.user |= {"email": "stranger@example.school", "email_verified": True}
    answer = journey(browser)
    assert (answer.status_code, signed_in(browser)) == (401, False)
    code = answer.text.partition("accounts: ")[2][:12]
    refused = audit_of(store)[-1]
    assert (refused["event"], refused["code"]) == ("sign-in refused", code)
    assert "stranger" not in str(audit_of(store))
    link(store, "okafor", code)
    assert journey(browser).status_code == 303
    assert signed_in(browser)
    with pytest.raises(BadSettings, match="already opens the account okafor"):
        link(store, "somebody", code)
    with pytest.raises(BadSettings, match="did you mean 'okafor'"):
        link(store, "okafr", "another code")


@pytest.mark.parametrize(
    "said", [{}, {"email_verified": False}, {"email_verified": "false"}, {"xms_edov": 0}]
)
def test_an_address_that_nobody_verified_opens_nothing(
    browser: TestClient, elsewhere: Pretender, said: dict[str, Any]
) -> None:
    elsewhere.user |= {"email": OKAFOR.email, **said}
    assert journey(browser).status_code == 401
    assert not signed_in(browser)


def test_an_address_of_two_accounts_opens_neither(
    browser: TestClient, elsewhere: Pretender, store: Path, clock: Clock
) -> None:
    twin = Account("twin", "Twin", "head", frozenset(("s1",)), email=OKAFOR.email)
    accounts.add(store, twin, PASSWORD, clock())
    elsewhere.user |= VERIFIED
    assert journey(browser).status_code == 401


def test_an_account_without_a_password_opens_by_no_password(browser: TestClient) -> None:
    from tests.watchlists.a_visit import post

    for password in ("", PASSWORD):
        assert post(browser, "/sign-in", "/sign-in", name="okafor", password=password).status_code == 401


NOW = int(datetime.now(UTC).timestamp())
LIES: dict[str, dict[str, Any]] = {
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "another audience": {"claims": {"aud": "another-app"}},
    "an audience beside ours": {"claims": {"aud": [CLIENT, "another-app"], "azp": "another-app"}},
    "no audience": {"claims": {"aud": None}},
    "expired": {"claims": {"iat": NOW - 7200, "exp": NOW - 3600}},
    "no expiry": {"claims": {"exp": None}},
    "issued in the future": {"claims": {"iat": NOW + 3600}},
    "not yet": {"claims": {"nbf": NOW + 3600}},
    "the answer to another journey": {"claims": {"nonce": "another"}},
    "no nonce": {"claims": {"nonce": None}},
    "no subject": {"claims": {"sub": None}},
    "not signed": {"header": {"alg": "none"}},
    "signed with the public key as a secret": {"header": {"alg": "HS256"}},
    "signed with another key": {"key": ANOTHER},
    "signed with a key nobody knows": {"header": {"kid": "k2"}},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_token_that_does_not_hold_opens_nothing(
    browser: TestClient, elsewhere: Pretender, store: Path, lie: dict[str, Any]
) -> None:
    elsewhere.user |= VERIFIED
    for name, value in lie.items():
        setattr(elsewhere, name, value)
    answer = journey(browser)
    assert answer.status_code == 401
    assert "did not work" in answer.text
    assert not signed_in(browser)
    assert audit_of(store)[-1]["event"] == "sign-in refused"
    elsewhere.claims, elsewhere.header, elsewhere.key = {}, {}, elsewhere.keys
    assert journey(browser).status_code == 303  # the same journey with the truth leads in


def test_an_answer_serves_once_and_only_in_the_browser_that_asked(
    browser: TestClient, elsewhere: Pretender, store: Path, clock: Clock
) -> None:
    elsewhere.user |= VERIFIED
    back = to_the_provider(browser)
    with a_browser(store, elsewhere, clock) as other:
        assert other.get(back).status_code == 401  # somebody else's journey, sent as a link
        other.get("/sign-in")
        assert other.get(back).status_code == 401
    assert browser.get(back.replace("state=", "state=x")).status_code == 401
    assert browser.get(back).status_code == 303
    browser.cookies.delete("handrail")
    assert browser.get(back).status_code == 401
    late = to_the_provider(browser)
    clock.on(seconds=LASTS + 1)
    assert browser.get(late).status_code == 401


def test_a_provider_that_refuses_or_is_gone_is_said(
    browser: TestClient, elsewhere: Pretender, store: Path, clock: Clock
) -> None:
    elsewhere.user |= VERIFIED
    back = to_the_provider(browser)
    stopped = back.partition("code=")[0] + "error=access_denied&state=" + back.partition("state=")[2]
    assert "did not work" in browser.get(stopped).text
    back = to_the_provider(browser)
    elsewhere.codes.clear()  # the code was used by somebody else, or is too old
    assert browser.get(back).status_code == 401
    elsewhere.issuer = "https://evil.example"  # calls itself by another name than it was configured under
    with a_browser(store, Pretender(issuer=elsewhere.address), clock) as fresh:
        assert fresh.get("/sign-in/elsewhere").status_code == 401
    with a_browser(store, Pretender(issuer="http://127.0.0.1:9"), clock) as nobody:
        assert "did not work" in nobody.get("/sign-in/elsewhere").text


def test_keys_that_turn_over_are_fetched_anew(browser: TestClient, elsewhere: Pretender) -> None:
    from joserfc.jwk import RSAKey

    elsewhere.user |= VERIFIED
    assert journey(browser).status_code == 303
    elsewhere.key = elsewhere.keys = RSAKey.generate_key(2048, {"kid": "k2", "use": "sig"})
    elsewhere.header = {"kid": "k2"}
    assert journey(browser).status_code == 303


def test_without_a_provider_there_is_no_such_door(store: Path) -> None:
    with TestClient(create_app(store, Clock()), base_url="http://127.0.0.1") as client:
        assert client.get("/sign-in/elsewhere").status_code == 404
        assert "Sign in with" not in client.get("/sign-in").text


SOUND = "name: Google\nissuer: https://accounts.google.com\nclient_id: x.apps\nclient_secret_file: secret\n"


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (SOUND + "client_secret: abc\n", "does not belong in a settings file"),
        (SOUND.replace("issuer", "isuer"), "did you mean 'issuer'"),
        (SOUND.replace("client_id: x.apps\n", ""), "'client_id' is missing"),
        (SOUND.replace("https://", "http://"), "must begin with https://"),
        (
            SOUND.replace("accounts.google.com", "login.microsoftonline.com/common/v2.0"),
            "vouches for anybody",
        ),
        (SOUND.replace("client_secret_file: secret\n", ""), "HANDRAIL_OPENID_SECRET"),
        (SOUND.replace("file: secret", "file: nowhere"), "cannot be read"),
        (SOUND.replace("file: secret", "file: empty"), "is empty"),
    ],
)
def test_a_provider_that_makes_no_sense_is_refused(tmp_path: Path, written: str, says: str) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "secret").write_text("hush\n")
    (tmp_path / "openid.yaml").write_text(written)
    with pytest.raises(BadSettings, match=says):
        provider_from(tmp_path / "openid.yaml", {})


def test_the_secret_comes_from_its_file_or_the_environment_and_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush\n")
    (tmp_path / "openid.yaml").write_text(SOUND)
    held = provider_from(tmp_path / "openid.yaml", {})
    assert held.client_secret == "hush"  # noqa: S105 - nobody's
    assert "hush" not in repr(held)
    from_environment = provider_from(tmp_path / "openid.yaml", {"HANDRAIL_OPENID_SECRET": "shh"})
    assert from_environment.client_secret == "shh"  # noqa: S105
