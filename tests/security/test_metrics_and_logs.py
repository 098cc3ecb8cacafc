"""What a monitor and a log are told: enough to see that all is well, and nobody's name."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest
from fastapi.testclient import TestClient

from pipelines import cli
from pipelines.dpia import name_assessment
from tests.a_server import free_port
from tests.pipelines.trust import exports, handrail, trained_store
from tests.security.a_server import patiently
from tests.sources.a_folder import write
from tests.watchlists.a_visit import LEAD, MONDAY, PASSWORD, Clock, address, publish, visit
from watchlists.access import accounts, sessions
from watchlists.build import Built
from watchlists.web.app import create_app
from watchlists.web.metrics import add_metrics

TOKEN = "long and secret"  # noqa: S105 - nobody's


@pytest.fixture
def store(tmp_path: Path, built: Built) -> Path:
    return publish(tmp_path, built)


def monitor(store: Path, token: str = "", clock: Clock | None = None, *, https: bool = False) -> TestClient:
    """A monitor that asks the pages of the store."""
    app = create_app(store, clock or Clock(), https=https)
    add_metrics(app, token, https=https)
    return TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False, follow_redirects=False)


def told(client: httpx.Client, **headers: str) -> dict[str, str]:
    """What the page says, by name."""
    answer = client.get("/metrics", headers=headers)
    assert answer.headers["content-type"].startswith("text/plain; version=")
    lines = (line for line in answer.text.splitlines() if not line.startswith("#"))
    return dict(line.rsplit(" ", 1) for line in lines)


def test_a_monitor_is_told_whether_the_list_is_fresh_and_the_pages_are_well(
    store: Path, built: Built
) -> None:
    (store / "settings.yaml").write_text("small_numbers: 3\n")
    client = monitor(store)
    client.get("/health")
    client.get("/nowhere/at/all")
    said = told(client)
    assert said["handrail_list_age_days"] == "3.0"
    assert said['handrail_list_info{as_of="2025-11-21",gate="passed",run="run-1"}'] == "1.0"
    assert said["handrail_listed_pupils"] == f"{len(built.watch_list)}.0"
    assert said["handrail_schools"] == "2.0"
    assert said["handrail_audit_whole"] == "1.0"
    assert (said['handrail_requests_total{status="2xx"}'], said['handrail_requests_total{status="4xx"}']) == (
        "1.0",
        "1.0",
    )


def test_a_fault_and_a_log_that_was_changed_show(store: Path) -> None:
    clock = Clock()
    client = monitor(store, clock=clock)
    with visit(store) as other:
        other.get(address(store, "school", "s1"))
        other.get(address(store, "school", "s2"))
    assert told(client)["handrail_audit_whole"] == "1.0"
    log = store / "audit" / "log.jsonl"
    log.write_text("".join(log.read_text().splitlines(keepends=True)[1:]))
    pointer = store / "current.json"
    pointer.write_text("{")
    assert client.get("/metrics").status_code == 500
    clock.on(minutes=16)
    pointer.unlink()
    said = told(client)
    assert said["handrail_audit_whole"] == "0.0"
    assert said['handrail_requests_total{status="5xx"}'] == "1.0"
    assert "handrail_list_age_days" not in said


def test_few_pupils_are_no_number(tmp_path: Path, built: Built) -> None:
    few = replace(built, watch_list=built.watch_list.head(3))
    assert "handrail_listed_pupils" not in told(monitor(publish(tmp_path, few)))


def test_nobody_is_named_to_a_monitor(store: Path, built: Built) -> None:
    text = monitor(store).get("/metrics").text
    assert not re.search(r"\b[pq]\d{3}\b", text)
    assert "Thornmere" not in text


def test_off_this_machine_the_page_opens_to_the_token_alone(store: Path) -> None:
    assert monitor(store, https=True).get("/metrics").status_code == 404
    assert monitor(store, https=True).get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    client = monitor(store, TOKEN, https=True)
    for wrong in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer "}):
        assert client.get("/metrics", headers=wrong).status_code == 404
    assert told(client, Authorization=f"Bearer {TOKEN}")["handrail_audit_whole"] == "1.0"
    assert monitor(store, TOKEN).get("/metrics").status_code == 404  # here too, where one was given


def lines_of(said: str) -> list[dict[str, Any]]:
    """Every line, each of which must be JSON."""
    return [json.loads(line) for line in said.splitlines()]


def test_each_line_of_a_log_is_json_with_the_moment_and_the_command_it_is_of(tmp_path: Path) -> None:
    week, store = write(tmp_path / "week"), tmp_path / "store"
    lines = lines_of(handrail("ingest", week, "--store", store, "--log", "json").stderr)
    assert [line["event"] for line in lines][:: len(lines) - 1] == ["began", "ended"]
    assert len({line["operation"] for line in lines}) == 1
    assert all(re.match(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00$", line["at"]) for line in lines)
    (kept,) = (line for line in lines if line["event"] == "ingested")
    assert kept["load"] == 1
    (refused,) = lines_of(handrail("nightly", "--store", store, HANDRAIL_LOG="json").stderr)[1:]
    assert (refused["event"], refused["exit_code"]) == ("refused", 6)
    assert "handrail train" in refused["words"]


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_fault_of_the_pages_is_logged_by_its_place_and_not_by_its_words(
    store: Path, built: Built, form: str
) -> None:
    cards = store / "runs" / "run-1" / "cards.json"
    held = json.loads(cards.read_text())
    schools = {name: {**card, "withdrawn_from": None} for name, card in held["schools"].items()}
    cards.write_text(json.dumps({"schools": schools, "pupils": {}}))  # a page looks for one in vain
    name_assessment(store, "DPIA 7", "Ms P. Ito")
    accounts.add(store, LEAD, PASSWORD, MONDAY)
    session, port = sessions.begin(store, LEAD.name, datetime.now(UTC)), free_port()
    command = [
        sys.executable,
        "-m",
        "pipelines",
        "serve",
        "--port",
        str(port),
        "--store",
        str(store),
        "--log",
        form,
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as pages:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", cookies={"handrail": session}) as browser:
                patiently(browser, "/health")
                answer = browser.get(address(store, "school", "s1"))
            with httpx.Client(base_url=f"http://127.0.0.1:{port}") as other:
                health = told(other)
        finally:
            pages.terminate()
        _, said = pages.communicate()
    assert (answer.status_code, health['handrail_requests_total{status="5xx"}']) == (500, "1.0")
    assert "KeyError at " in said
    assert not [pupil for pupil in built.roll["pupil_id"] if pupil in said]
    if form == "json":
        assert [line["event"] for line in lines_of(said)] == ["serving", "server"]


def test_a_fault_of_a_command_is_one_line_without_its_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise KeyError("A801400020001")

    monkeypatch.setattr(cli, "handrail", fails)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr().err
    assert ended.value.code == 1
    assert "KeyError at test_metrics_and_logs.py" in said
    assert "A8014" not in said


@pytest.mark.slow
def test_no_log_of_a_night_names_a_pupil(tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copytree(trained_store(), store)
    done = handrail("nightly", "--store", store, "--as-of", "2026-03-09", "--log", "json")
    assert done.returncode in (0, 6), done.stderr
    lines = lines_of(done.stderr)
    (published,) = (line for line in lines if line["event"] == "published")
    assert published["run"].startswith("2026-03-09")
    people = pd.read_csv(exports() / "people.csv", dtype=str, keep_default_na=False)
    words = {*people["pupil_id"], *(people["first_name"] + " " + people["last_name"]), *people["last_name"]}
    spoken = set(re.findall(r"\w[\w'’-]+", done.stdout + done.stderr))
    assert not [word for word in words if word in spoken or (" " in word and word in done.stderr)]
