"""MLflow mirrors every training, holds nothing of any pupil, and can break without breaking anything."""

import math
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from models.registry import champion_version, database, log_training, promote

TAGS = {"data_hash": "d" * 64, "settings_hash": "s" * 64}
METRICS = {f"metric_{number}": number / 7 for number in range(1200)} | {"unsaid": math.nan}
PARAMS = {f"param_{number}": number for number in range(150)}


def model_folder(root: Path) -> Path:
    folder = root / "models" / "abc123"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("scorecard.parquet", "manifest.json", "card.md", "held_out.parquet", "model.pkl"):
        (folder / name).write_bytes(name.encode())
    return folder


def logged(store: Path, tell: list[str], name: str = "abc123") -> str | None:
    picture = store / "curves.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes(b"png")
    return log_training(store, model_folder(store), name, PARAMS, METRICS, [picture], TAGS, tell.append)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two trainings logged and the second made champion."""
    told: list[str] = []
    root = tmp_path_factory.mktemp("store")
    assert champion_version(root, told.append) is None
    assert not database(root).exists()  # asking makes nothing
    assert logged(root, told) == "1"
    assert champion_version(root, told.append) is None  # not champion until told
    assert logged(root, told, "def456") == "2"
    assert promote(root, "2", told.append)
    assert told == []
    return root


def query(store: Path, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(database(store)) as connection:
        return connection.execute(sql).fetchall()


def test_the_champion_is_the_one_that_was_promoted(store: Path) -> None:
    told: list[str] = []
    assert champion_version(store, told.append) == "2"
    assert promote(store, "1", told.append)
    assert champion_version(store, told.append) == "1"
    assert not promote(store, "17", told.append)
    assert champion_version(store, told.append) == "1"
    assert len(told) == 1
    assert "version 17" in told[0]
    assert promote(store, "2", told.append)


def test_parameters_metrics_and_hashes_are_there_and_what_is_no_number_is_not(store: Path) -> None:
    assert query(store, "select count(*) from params") == [(2 * len(PARAMS),)]
    assert query(store, "select count(*) from metrics") == [(2 * 1200,)]
    assert query(store, "select value from metrics where key = 'metric_7'")[0] == (1.0,)
    tags = set(query(store, "select key, value from tags"))
    assert set(TAGS.items()) <= tags
    assert set(query(store, "select key, value from model_version_tags where version = 2")) == {
        *TAGS.items(), ("model_id", "def456"),
    }  # fmt: skip


def test_only_the_models_own_files_and_its_pictures_are_kept(store: Path) -> None:
    source = query(store, "select source from model_versions where version = 2")[0][0]
    folder = Path(str(source).removeprefix("file://"))
    assert folder.is_relative_to(store / "mlflow")
    assert sorted(file.name for file in folder.iterdir()) == ["card.md", "manifest.json", "scorecard.parquet"]
    assert [file.name for file in (folder.parent / "pictures").iterdir()] == ["curves.png"]


def test_nobody_is_named_and_nothing_is_pickled(store: Path) -> None:
    assert query(store, "select distinct user_id from runs") == [("unknown",)]
    kept = [file.name for file in (store / "mlflow").rglob("*") if file.is_file()]
    assert not [name for name in kept if name.endswith((".pkl", ".joblib")) or name == "MLmodel"]


def test_a_store_that_was_moved_does_not_write_to_where_it_was(store: Path, tmp_path: Path) -> None:
    import shutil

    told: list[str] = []
    moved = tmp_path / "moved"
    shutil.copytree(store, moved)
    before = sorted((store / "mlflow").rglob("*"))
    assert logged(moved, told) == "3"
    assert logged(moved, told) == "4"
    assert told == []
    assert sorted((store / "mlflow").rglob("*")) == before


@pytest.mark.parametrize("fault", ["no database", "a folder in its place", "missing picture"])
def test_whatever_breaks_is_said_in_one_line_and_stops_nothing(fault: str, tmp_path: Path) -> None:
    told: list[str] = []
    pictures = []
    if fault == "no database":
        database(tmp_path).write_bytes(b"this is not a database" * 100)
    elif fault == "a folder in its place":
        database(tmp_path).mkdir()
    else:
        pictures = [tmp_path / "absent.png"]
    made = log_training(tmp_path, model_folder(tmp_path), "m", {}, {}, pictures, TAGS, told.append)
    assert made is None
    assert len(told) == 1
    assert "\n" not in told[0]
    assert told[0].startswith("MLflow could not record this training")


def test_without_mlflow_a_training_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlflow.tracking", None)
    told: list[str] = []
    assert log_training(tmp_path, model_folder(tmp_path), "m", {}, {}, [], TAGS, told.append) is None
    assert "ModuleNotFoundError" in told[0]


def test_telemetry_is_off_before_mlflow_is_read_and_nothing_chatters(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path; import sys\n"
        "from models import registry\n"
        "assert 'mlflow' not in sys.modules\n"
        f"registry.promote(Path({str(tmp_path)!r}), '1', print)\n"
        "from mlflow.telemetry.client import get_telemetry_client\n"
        "from mlflow.telemetry.utils import is_telemetry_disabled\n"
        "assert is_telemetry_disabled() and get_telemetry_client() is None\n"
    )
    # Telemetry is also off under a test runner and in CI: both are hidden, so only our own switch speaks.
    silencing = ("CI", "PYTEST", "GITHUB", "DO_NOT_TRACK", "MLFLOW")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(silencing)}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=plain, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1
