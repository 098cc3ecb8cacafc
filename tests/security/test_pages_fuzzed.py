"""Whatever is asked of the pages, by whomever: never a fault of ours, never a name for who may not see it."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from reports.pages.routes import add_reports
from tests.security.every_address import described
from tests.watchlists.a_visit import MONDAY, PASSWORD, Clock, address, publish
from tests.watchlists.test_access import STAFF, allowed, group_of
from tests.watchlists.test_access_matrix import routes
from watchlists.access import accounts, sessions
from watchlists.access.roles import Account
from watchlists.build import Built
from watchlists.opaque import opaque_of
from watchlists.people import load_people
from watchlists.web.app import create_app
from watchlists.web.visitor import form_token

HERE = "http://127.0.0.1"
OTHERS = ["PUT", "DELETE", "OPTIONS", "HEAD", "TRACE", "POST"]
NAMED = re.compile(r"(?:First|Last)([pq]\d{3})")
FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
ODD = st.sampled_from(
    ["../../secret", "..%2f..%2faccounts.db", "%00", "\u202e", "'; drop table accounts; --", "{{7*7}}", "\ud7ff",
     "CON", "/etc/passwd", "-1", str(10**30), "x" * 3000, "%c3%28", "s1", "p000"]
)  # fmt: skip


class Fuzzed:
    """The pages of one store, and whoever may ask: each of the staff, and somebody who is not signed in."""

    def __init__(self, store: Path, built: Built) -> None:
        self.store, self.clock = store, Clock()
        self.app = create_app(store, self.clock)
        add_reports(self.app)
        self.roll = {row.pupil_id: row for row in built.roll.itertuples()}
        for account in STAFF:
            accounts.add(store, account, PASSWORD, MONDAY)
        kinds = built.roll.groupby(["school_id", "year_group"]).head(2)["pupil_id"]
        listed = built.watch_list.groupby("school_id").head(3)["pupil_id"]
        pupils = [address(store, "pupil", pupil).rpartition("/")[2] for pupil in sorted({*kinds, *listed})]
        schools = [address(store, "school", school).rpartition("/")[2] for school in ("s1", "s2")]
        reports = ["lost-learning", "movements", "practice"]
        links = {"pupil": pupils, "school": schools, "name": reports, "token": ["right", "", "0" * 64]}
        schema = schemathesis.openapi.from_dict(described(self.app, links))
        self.operations = [operation.ok() for operation in schema.get_all_operations()]

    @property
    def ways(self) -> st.SearchStrategy[Any]:
        """What may be asked: as the schema says, and as it says not."""
        modes = [
            operation.as_strategy(generation_mode=mode)
            for operation in self.operations
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        ]
        return st.one_of(*modes)

    def ask(self, account: Account | None, data: st.DataObject) -> None:
        """Draws one request, asks it as that account, and holds the answer to what must be so of any."""
        case = data.draw(self.ways)
        path = self.tampered(case.formatted_path, data)
        method = data.draw(st.sampled_from([case.method] * len(OTHERS) + OTHERS))
        cookie = sessions.begin(self.store, account.name, self.clock()) if account else "nobody's"
        with TestClient(self.app, base_url=HERE, follow_redirects=False) as client:
            client.cookies.set("handrail", cookie)
            answer = client.request(
                method, HERE + path, params=_flat(case.query), content=self.body(case, cookie, data),
                headers=_headers(case),
            )  # fmt: skip
        assert answer.status_code < 500, (method, path)
        named = NAMED.findall(answer.text + str(answer.headers))
        assert not [pupil for pupil in named if account is None or not self.may(account, pupil)], (
            method,
            path,
        )

    def tampered(self, path: str, data: st.DataObject) -> str:
        """The address, of which one in four has a part that no page has."""
        if data.draw(st.integers(0, 3)):
            return path
        parts = path.split("/")
        parts[data.draw(st.integers(1, len(parts) - 1))] = data.draw(ODD)
        return "/".join(parts)

    def may(self, account: Account, pupil: str) -> bool:
        """Whether the account may see the pupil by name."""
        row = self.roll[pupil]
        return allowed(account, pupil, row.school_id, row.year_group)

    def body(self, case: Any, cookie: str, data: st.DataObject) -> bytes:
        """The form, with a token that is right where it is to be; or bytes that are no form."""
        if data.draw(st.integers(0, 9)) == 0:
            return data.draw(
                st.sampled_from([b"&" * 500, b"a=1&" * 60, b"%ff%00=%c3%28", b"\xff\xfe", b"{}"])
            )
        fields = dict(case.body) if isinstance(case.body, dict) else {}
        if fields.get("token") == "right":
            fields["token"] = form_token(opaque_of(self.store).key, cookie)
        return urlencode(fields, doseq=True, errors="replace").encode()


def _flat(query: Any) -> dict[str, Any]:
    return {str(name): str(value) for name, value in (query or {}).items()}


def _headers(case: Any) -> dict[str, str]:
    sent = {str(name): str(value) for name, value in (case.headers or {}).items()}
    plain = {
        name: value
        for name, value in sent.items()
        if value.isascii() and value.isprintable() and name.isascii()
    }
    return {"content-type": "application/x-www-form-urlencoded", **plain}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, built: Built) -> Fuzzed:
    store = publish(tmp_path_factory.mktemp("fuzzed"), built)
    people = "pupil_id,first_name,last_name,preferred_name,tutor_group\n"
    people += "".join(
        f"{pupil},First{pupil},Last{pupil},,{group_of(pupil)}\n" for pupil in built.roll["pupil_id"]
    )
    (store / "people.csv").write_text(people, encoding="utf-8")
    load_people(store / "people.csv", store)
    return Fuzzed(store, built)


def as_whom(*staff: Account) -> pytest.MarkDecorator:
    """Once for each, and once for somebody who is not signed in."""
    return pytest.mark.parametrize("account", [None, *staff], ids=lambda who: who.name if who else "nobody")


@as_whom(STAFF[0], STAFF[-1])
@FEW
@given(data=st.data())
def test_whatever_is_asked_there_is_no_fault_and_no_name_too_many(
    pages: Fuzzed, account: Account | None, data: st.DataObject
) -> None:
    pages.ask(account, data)


@pytest.mark.slow
@as_whom(*STAFF)
@MANY
@given(data=st.data())
def test_however_much_is_asked_there_is_no_fault_and_no_name_too_many(
    pages: Fuzzed, account: Account | None, data: st.DataObject
) -> None:
    pages.ask(account, data)


def test_every_address_is_asked(pages: Fuzzed) -> None:
    asked = {(operation.method.upper(), operation.path) for operation in pages.operations}
    assert asked == set(routes(pages.app))
