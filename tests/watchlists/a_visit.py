"""A store with a list published in it, and members of staff who visit its pages."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from sources.audit import lines
from tests.watchlists.a_school import AS_OF
from watchlists.access import accounts, sessions
from watchlists.access.roles import Account
from watchlists.build import Built
from watchlists.cards import write_cards
from watchlists.opaque import opaque_of
from watchlists.web.app import create_app

RUN = {
    "as_of": AS_OF.isoformat(), "model_id": "m1", "gate": "passed", "gate_words": "Passed 4 of 4.",
    "freshness": {"attendance": AS_OF.isoformat()}, "off_list": [], "how_sure": {"of_ten": 4, "n": 412},
    "baselines": [{"way": "Most suspensions last year", "of_ten": 3}, {"way": "Any 10 pupils", "of_ten": 0}],
    "schools": {"s1": "Thornmere <b>School</b>", "s2": "Ash Primary"},
}  # fmt: skip
MONDAY = datetime(2025, 11, 24, 8, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"  # noqa: S105 - nobody's
LEAD = Account("lead", "Ms R. Okafor", "safeguarding", frozenset(("s1", "s2")))


class Clock:
    """A clock that the test winds on."""

    def __init__(self) -> None:
        self.moment = MONDAY

    def __call__(self) -> datetime:
        return self.moment

    def on(self, **more: float) -> None:
        self.moment += timedelta(**more)


def publish(store: Path, built: Built, name: str = "run-1", **facts: Any) -> Path:
    folder = store / "runs" / name
    folder.mkdir(parents=True)
    built.watch_list.to_parquet(folder / "watchlist.parquet")
    built.roll.to_parquet(folder / "roll.parquet")
    write_cards(folder, built.cards)
    (folder / "run.json").write_text(json.dumps({**RUN, **facts}), encoding="utf-8")
    (store / "current.json").write_text(json.dumps({"run": name}), encoding="utf-8")
    return store


def visit(store: Path, account: Account | None = LEAD, clock: Clock | None = None) -> TestClient:
    """A browser of that member of staff, signed in (or nobody's)."""
    clock = clock or Clock()
    client = TestClient(create_app(store, clock), base_url="http://127.0.0.1")
    if account is not None:
        if account.name not in accounts.names(store):
            accounts.add(store, account, PASSWORD, clock())
        client.cookies.set("handrail", sessions.begin(store, account.name, clock()))
    return client


def address(store: Path, kind: str, identity: str) -> str:
    return f"/{kind}/{opaque_of(store).of(kind, identity)}"


def token_in(page: str) -> str:
    """The token that the page's forms carry."""
    return re.findall(r'name="token" value="([0-9a-f]+)"', page)[0]


def post(client: TestClient, path: str, page: str, **fields: str) -> Any:
    """Sends a form as the page at `page` would."""
    return client.post(
        path, data={"token": token_in(client.get(page).text), **fields}, follow_redirects=False
    )


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", re.sub(r"<title>.*?</title>", " ", page)).split())


def audit_of(store: Path) -> list[dict[str, Any]]:
    """The audit log's lines."""
    return lines(store)
