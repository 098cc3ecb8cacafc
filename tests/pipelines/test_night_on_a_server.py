"""A store that moved to a PostgreSQL: its night, its training and its refusals, as IT would run them."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from tests.a_server import PASSWORD, PROGRAMS, Server, a_server
from tests.pipelines.trust import exports, handrail, trained_store
from watchlists import entered, holds
from watchlists.entered import Support

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not PROGRAMS, reason="needs Debian's postgresql")]
DAY, LATER = date(2026, 3, 9), date(2026, 3, 16)
NOW = datetime(2026, 3, 9, 8, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained_store(), tmp_path / "store"))


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, store: Path) -> Iterator[Server]:
    """A server of the test's own, its address in a file, as IT would give it to every command."""
    with a_server() as server:
        (tmp_path / "address").write_text(server.address + "\n", encoding="utf-8")
        monkeypatch.setenv("HANDRAIL_DATABASE_FILE", str(tmp_path / "address"))
        yield server


def run_of(store: Path) -> Path:
    return store / "runs" / json.loads((store / "current.json").read_text())["run"]


def test_a_night_heeds_what_the_server_holds_and_publishes_nothing_without_it(
    own: Server, store: Path, tmp_path: Path
) -> None:
    lines = len((store / "audit" / "log.jsonl").read_text().splitlines())
    moved = handrail("to-database", "--store", store)
    assert moved.returncode == 0, moved.stderr
    assert f"{lines} lines of the audit log" in moved.stdout
    shutil.rmtree(store / "audit")
    for name in ("people.db", "accounts.db"):
        (store / name).unlink(missing_ok=True)

    assert handrail("nightly", "--store", store, "--as-of", str(DAY)).returncode in (0, 6)
    scores = pd.read_parquet(run_of(store) / "scores.parquet")
    out, helped = (scores.iloc[number] for number in (0, 1))
    holds.hold(store, holds.Hold(out["pupil_id"], out["school_id"], "objection", "Ms R. Okafor", NOW))
    other_machine = Support(
        helped["pupil_id"], helped["school_id"], "mentoring", DAY, None, DAY, "Ms R. Okafor"
    )
    entered.enter(tmp_path / "pages", other_machine)
    assert handrail("ingest", exports(), "--store", store).returncode == 0
    assert handrail("nightly", "--store", store, "--as-of", str(DAY)).returncode in (0, 6)
    assert out["pupil_id"] not in set(pd.read_parquet(run_of(store) / "scores.parquet")["pupil_id"])
    assert run_of(store).name.endswith("-2")
    assert (store / "entered" / "support.csv").read_text().count("mentoring") == 1
    assert "is whole" in handrail("audit", "--store", store).stdout

    before = run_of(store)
    own.stop()
    night = handrail("nightly", "--store", store, "--as-of", str(LATER))
    assert night.returncode == 1
    assert night.stderr.splitlines()[-1].startswith("handrail: The database 127.0.0.1:")
    assert "Traceback" not in night.stderr
    assert PASSWORD not in night.stderr
    assert run_of(store) == before
    own.start()
    assert handrail("nightly", "--store", store, "--as-of", str(LATER)).returncode in (0, 6)
    assert run_of(store) != before
    held = {path.name for path in store.iterdir()}
    assert not held & {"people.db", "accounts.db", "audit"}


def test_a_training_is_mirrored_on_the_server_and_names_nobody(own: Server, store: Path) -> None:
    pupils = set(pd.read_csv(exports() / "pupils.csv", dtype=str)["pupil_id"])
    trained = handrail("train", "--store", store, "--as-of", str(LATER))
    assert trained.returncode in (0, 6), trained.stderr
    assert "MLflow could not" not in trained.stderr + trained.stdout
    assert int(own.say("select count(*) from mlflow.metrics")) > 100
    names = own.say("select table_name from information_schema.tables where table_schema = 'mlflow'").split()
    told = "\n".join(own.say(f'select * from mlflow."{name}"') for name in names)
    assert pupils
    assert not [pupil for pupil in pupils if pupil in told]
