"""The night through Prefect: a real flow, the same bytes, and no pupil in what Prefect keeps."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from pipelines.runs import current
from tests.pipelines.trust import exports, handrail, trained_store

MONDAY = "2026-03-09"


pytestmark = pytest.mark.slow


@pytest.fixture
def store(tmp_path: Path) -> Path:
    own = tmp_path / "store"
    shutil.copytree(trained_store(), own)
    settings = (own / "settings.yaml").read_text(encoding="utf-8")
    (own / "settings.yaml").write_text(settings.replace("orchestration: plain", "orchestration: prefect"))
    return own


def run_of(store: Path) -> Path:
    return store / "runs" / str(current(store))


def test_a_real_flow_makes_the_same_list_as_plain_functions(store: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    shutil.copytree(trained_store(), plain)
    assert handrail("nightly", "--store", plain, "--as-of", MONDAY).returncode in (0, 6)
    done = handrail("nightly", "--store", store, "--as-of", MONDAY)
    assert done.returncode in (0, 6), done.stderr
    assert "without it" not in done.stderr
    for name in ("features.parquet", "scores.parquet", "watchlist.parquet", "cards.json"):
        assert (run_of(store) / name).read_bytes() == (run_of(plain) / name).read_bytes(), name
    _prefect_knows_the_run_and_no_pupil(store / "prefect" / "prefect.db")


def _prefect_knows_the_run_and_no_pupil(database: Path) -> None:
    with closing(sqlite3.connect(database)) as held:
        flows = {name for (name,) in held.execute("select name from flow")}
        tasks = {name.split("-")[0] for (name,) in held.execute("select name from task_run")}
        kept = "\n".join(held.iterdump())
    assert flows == {"nightly"}
    assert {"features", "scores", "list", "publish"} <= tasks
    pupils = pd.read_csv(exports() / "people.csv", dtype=str, keep_default_na=False)["pupil_id"]
    assert not [pupil for pupil in pupils if pupil in kept]


def test_a_lost_prefect_does_not_lose_the_list(store: Path) -> None:
    done = handrail("nightly", "--store", store, "--as-of", MONDAY, PREFECT_API_URL="http://127.0.0.1:9/api",
                    PREFECT_CLIENT_MAX_RETRIES="0")  # fmt: skip
    assert done.returncode in (0, 6), done.stderr
    assert "Prefect could not be used" in done.stderr
    assert (run_of(store) / "watchlist.parquet").exists()
