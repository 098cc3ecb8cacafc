"""Attacks tried and held, beside those that the tests of each part try: paths, names that are code, floods."""

import html
import io
import json
import os
import re
import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import click
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from configs.refusals import Refusal
from pipelines.cli import handrail
from reports.pages.routes import add_reports
from reports.run import REPORTS
from sources.store import Store
from tests.reports.small_trust import made, open_days, small_trust
from tests.security.a_server import Server, serving
from tests.small_tables import marks
from tests.sources.a_folder import WEEK, bytes_of, load, plain, rows, write
from tests.watchlists.a_visit import LEAD, MONDAY, PASSWORD, Clock, post, publish, visit
from watchlists.access import accounts, passwords, sessions
from watchlists.access.roles import Account
from watchlists.build import Built
from watchlists.web.app import create_app
from watchlists.web.pace import MOST, SPAN, Pace

SCHOOLS = (
    "../../evil",
    "/etc/evil",
    "..",
    "CON",
    "[a-z]*",
    "a'b",
    "a;drop table x",
    "a\\b",
    "%2e%2e%2f",
    "{{7*7}}",
)
LEADS_OUT = (
    "/static/../app.py", "/static/..%2f..%2f..%2f..%2fpyproject.toml", "/static/%2e%2e/%2e%2e/app.py", "//etc/passwd",
    "/static//etc/passwd", "/static/%00", "/static/..%5c..%5capp.py", "/static/CON", "/styles/..%2fpage.py",
    "/pupil/..%2f..%2f..%2fetc%2fpasswd", "/school/%2e%2e%2f%2e%2e/print", "/about/card/../../secret",
    "/reports/..%2f..%2frun.json", "/%2e%2e/%2e%2e/etc/passwd", "http://127.0.0.1/secret", "/secret", "/accounts.db",
    "/people.db", "/audit/log.jsonl", "/.git/config", "*", "/\xff\xfe",
)  # fmt: skip
WRONG = "no password of anybody's"
NO_IDS = (
    "../../etc/passwd",
    "/etc/passwd",
    "..",
    "%2e%2e",
    "a'; drop table x; --",
    "*",
    "",
    "{{7*7}}",
    "x" * 5000,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, built: Built) -> Path:
    store = publish(tmp_path_factory.mktemp("attacks") / "store", built)
    accounts.add(store, LEAD, PASSWORD, MONDAY)
    return store


@pytest.mark.slow
@pytest.mark.parametrize("school", SCHOOLS)
def test_a_school_s_id_leads_to_no_file_of_another_name(tmp_path: Path, school: str) -> None:
    folder, store = tmp_path / "week", Store(tmp_path / "store")
    folder.mkdir()
    for name, text in WEEK.items():
        (folder / f"{name}.csv").write_text(plain(text).replace("oak", school), encoding="utf-8")
    load(folder, store)
    assert {row["school_id"] for row in rows(store, "attendance")} == {school}
    written = {path.split("/")[0] for path in bytes_of(tmp_path)}
    assert written == {"week", "store"}
    assert not [path for path in bytes_of(store.root) if "evil" in path or ".." in path]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a [1]*", "a'b", "a;drop", "{a,b}", "..."])
def test_the_name_of_a_folder_is_no_pattern_and_no_code(tmp_path: Path, name: str) -> None:
    write(tmp_path / "a 1")  # what the pattern would lead to
    load(write(tmp_path / name), Store(tmp_path / f"store {name}"))
    assert len(rows(Store(tmp_path / f"store {name}"), "attendance")) == 4


@pytest.fixture(scope="module")
def server(store: Path) -> Iterator[Server]:
    """The pages of the store on a real server, beside which lies a file that nobody may have."""
    for name in ("secret", "people.db"):
        (store / name).write_bytes(b"nobody's business")
    with serving(whole_app(store)) as server:
        yield server


def whole_app(store: Path, clock: Clock | None = None) -> FastAPI:
    """The application as `handrail serve` has it, reports among it."""
    app = create_app(store, clock or Clock())
    add_reports(app)
    return app


def test_no_path_leads_out_of_the_pages(server: Server, store: Path) -> None:
    cookie = f"Cookie: handrail={sessions.begin(store, LEAD.name, MONDAY)}"
    for path, more in product(LEADS_OUT, ((), (cookie,))):
        answer = server.get(path, *more)
        assert re.match(rb"HTTP/1.1 (303|307|4\d\d) ", answer), answer[:100]
        for secret in (b"root:", b"nobody's business", b"create_app", b"[project]", str(store).encode()):
            assert secret not in answer


def test_a_model_elsewhere_is_not_shown(server: Server, store: Path, tmp_path: Path) -> None:
    (tmp_path / "card.html").write_text("nobody's business")
    (store / "models").mkdir()
    facts = store / "runs" / "run-1" / "run.json"
    held = facts.read_text()
    cookie = f"Cookie: handrail={sessions.begin(store, LEAD.name, MONDAY)}"
    for model in (os.path.relpath(tmp_path, store / "models"), str(tmp_path), "..", "../x\0"):
        facts.write_text(json.dumps({**json.loads(held), "model_id": model}))
        assert b"nobody's business" not in server.get("/about/card", cookie), model
    facts.write_text(held)


def test_a_run_elsewhere_is_not_read(store: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    shutil.copytree(store / "runs" / "run-1", outside)
    facts = json.loads((outside / "run.json").read_text())
    (outside / "run.json").write_text(json.dumps({**facts, "schools": {"s1": "Elsewhere"}}))
    pointer = store / "current.json"
    held = pointer.read_text()
    with visit(store) as client:
        client = TestClient(client.app, base_url="http://127.0.0.1", raise_server_exceptions=False)
        client.cookies.set("handrail", sessions.begin(store, LEAD.name, MONDAY))
        for run in (os.path.relpath(outside, store / "runs"), str(outside), "..", "run-1/../../../outside"):
            pointer.write_text(json.dumps({"run": run}))
            assert "Elsewhere" not in client.get("/account").text, run
    pointer.write_text(held)


COMMANDS = (
    ("report", "{}"), ("report", "movements", "--school", "{}"), ("explain", "{}"), ("models", "diff", "{}", "{}"),
    ("models", "promote", "{}", "--by", "Ada", "--reason", "x"), ("users", "remove", "{}"),
    ("users", "link", "{}", "{}"), ("users", "add", "{}", "--role", "head", "--school", "{}"), ("forget", "{}"),
    ("quarantine", "{}"),
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_an_id_given_to_a_command_is_an_id_and_no_path(tmp_path: Path, command: tuple[str, ...]) -> None:
    store = tmp_path / "store"
    load(write(tmp_path / "week"), Store(store))
    (tmp_path / "etc").mkdir()
    before = bytes_of(tmp_path / "etc"), bytes_of(store / "tables")
    for attack in NO_IDS:
        arguments = [part.format(attack) for part in command]
        with pytest.raises((Refusal, click.ClickException)) as refused:
            handrail.main([*arguments, "--store", str(store)], standalone_mode=False)
        assert "\n" not in str(refused.value)
    assert (bytes_of(tmp_path / "etc"), bytes_of(store / "tables")) == before


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(REPORTS) - {"support"}))
def test_a_school_s_name_that_attacks_stays_a_name_in_every_report(name: str) -> None:
    attacks = ('=cmd|" /C calc"!A0', '<script>alert(1)</script>{{7*7}}" onmouseover="x')
    held = small_trust()
    for row, attack in zip(held["schools"], attacks, strict=True):
        row["name"] = attack
    for school in ("oak", "elm"):
        held["attendance"] += marks(f"{school}1", school, open_days()[:50], "/O" * 50)
    report = made(name, held, open_days()[60])
    page = report.as_html()
    assert "<script" not in page
    assert not re.search(r"<[^>]*\sonmouseover\s*=", re.sub(r'"[^"]*"', '""', page))
    assert (attacks[1] in html.unescape(page)) == ("alert(1)" in page)
    book = load_workbook(io.BytesIO(report.as_xlsx()))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert not [cell.value for cell in cells if cell.data_type == "f" or str(cell.value).startswith("=")]


def test_as_much_work_is_done_for_an_unknown_name_as_for_a_known_one(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []

    class Counted:
        def verify(self, held: str, password: str) -> bool:
            checked.append(held)
            return hasher.verify(held, password)

    hasher = passwords._HASHER
    without = Account("elsewhere", "Elsewhere", "head", frozenset(("s1",)))
    accounts.add(store, without, None, MONDAY)
    passwords._nobodys()
    monkeypatch.setattr(passwords, "_HASHER", Counted())
    with visit(store, None) as client:
        for name in ("lead", "nobody", "elsewhere"):
            assert post(client, "/sign-in", "/sign-in", name=name, password=WRONG).status_code == 401
    kinds = {held.rpartition("$")[0].rpartition("$")[0] for held in checked}
    assert (len(checked), len(kinds)) == (3, 1)  # each checked once, at the same cost


def test_a_body_without_end_is_refused_before_it_has_come(server: Server) -> None:
    start = "POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    said = server.says(f"{start}Content-Length: 9999999999\r\n\r\n".encode(), b"x" * 40_000, patience=5)
    assert said.startswith(b"HTTP/1.1 413")
    chunk = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
    said = server.says(f"{start}Transfer-Encoding: chunked\r\n\r\n".encode(), chunk * 3, patience=5)
    assert said.startswith(b"HTTP/1.1 413")


def test_headers_without_end_are_refused(server: Server) -> None:
    said = server.says(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X-A: " + b"x" * 200_000, patience=5)
    assert said == b"" or said.startswith(b"HTTP/1.1 4")


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n", b"\x00\x01\x02\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
    ],
)  # fmt: skip
def test_what_is_no_http_is_answered_with_a_refusal_and_the_server_lives(server: Server, sent: bytes) -> None:
    said = server.says(sent, patience=2)
    assert not said.startswith((b"HTTP/1.1 2", b"HTTP/1.1 5"))
    assert server.get("/health").endswith(b"ok")


def test_whoever_asks_too_fast_waits_and_nobody_else_does(store: Path) -> None:
    moments = [0.0]
    app = whole_app(store)
    app.add_middleware(Pace, cookie="handrail", seconds=lambda: moments[0])
    with (
        TestClient(app, base_url="http://127.0.0.1") as client,
        TestClient(app, base_url="http://127.0.0.1") as other,
    ):
        other.cookies.set("handrail", "another session")
        assert {client.get("/health").status_code for _ in range(MOST)} == {200}
        answer = client.get("/health")
        assert (answer.status_code, answer.headers["retry-after"]) == (429, str(SPAN))
        assert answer.headers["cache-control"] == "no-store"
        assert client.get("/static/handrail.css").status_code == 200  # a page that was given is shown whole
        assert other.get("/health").status_code == 200
        moments[0] += SPAN
        assert client.get("/health").status_code == 200
