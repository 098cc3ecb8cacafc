"""MLflow's own tables in the store's PostgreSQL: everything of a training but its pupils, and nothing else of ours."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.registry import champion_version, database, log_training, promote
from sources.audit import append, lines
from tests.a_server import PASSWORD, PROGRAMS, Server, a_server, free_port
from tests.models.test_registry import PARAMS, TAGS, logged, model_folder
from tests.watchlists.a_visit import MONDAY
from watchlists.people import hold_people

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not PROGRAMS, reason="needs Debian's postgresql")]


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with a_server() as server:
        monkeypatch.setenv("HANDRAIL_DATABASE", server.address)
        yield server


def test_a_training_is_mirrored_there_and_holds_nobody(own: Server, tmp_path: Path) -> None:
    told: list[str] = []
    hold_people([("pupil-4711", "Zoë", "Quillfeather", "", "9 Oak")], tmp_path)
    append(tmp_path, MONDAY, "trained", model="abc123")
    assert logged(tmp_path, told) == "1"
    assert promote(tmp_path, "1", told.append)
    assert champion_version(tmp_path, told.append) == "1"
    assert told == []
    assert not database(tmp_path).exists()
    assert own.say("select count(*) from mlflow.params") == str(len(PARAMS))
    assert set(own.say("select value from mlflow.tags").splitlines()) >= set(TAGS.values())
    assert own.say("select distinct user_id from mlflow.runs") == "unknown"
    dumped = everything_in(own, "mlflow")
    assert "abc123" in dumped
    assert "pupil-4711" not in dumped
    assert "Quillfeather" not in dumped
    assert "Quillfeather" in everything_in(own, "public")
    assert [line["event"] for line in lines(tmp_path)] == ["trained"]


def everything_in(server: Server, schema: str) -> str:
    names = server.say(
        f"select table_name from information_schema.tables where table_schema = '{schema}'"
    ).split()
    assert names
    return "\n".join(server.say(f'select * from {schema}."{name}"') for name in names)


def test_a_server_that_is_away_is_said_in_one_line_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "HANDRAIL_DATABASE", f"postgresql://handrail:hush-hush@127.0.0.1:{free_port()}/handrail"
    )
    told: list[str] = []
    assert log_training(tmp_path, model_folder(tmp_path), "m", {}, {}, [], TAGS, told.append) is None
    (line,) = told
    assert line.startswith("MLflow could not record this training (DatabaseAway")
    assert "hush" not in line


def test_no_password_is_told_whatever_mlflow_says(own: Server, tmp_path: Path) -> None:
    own.say("create schema mlflow")  # another's, in which the role may make nothing
    told = subprocess.run(
        [sys.executable, "-c", f"from pathlib import Path; from models.registry import promote\n"
         f"promote(Path({str(tmp_path)!r}), '1', print)"],
        env=dict(os.environ), capture_output=True, text=True, check=False, timeout=200,
    )  # fmt: skip
    assert "MLflow could not name version 1 champion" in told.stdout
    assert PASSWORD not in told.stdout + told.stderr
    assert "a-pass%2Fword%40nowhere" not in told.stdout + told.stderr
