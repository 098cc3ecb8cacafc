"""A leak planted in the records themselves: a need put on file after a suspension, dated back to the start."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from configs.settings import load_settings
from features.catalogue import CATALOGUE
from models.gate import judge
from models.judging.leaks import Suspect, suspect
from models.matrices import training_rows
from sources.ingest import ingest
from sources.store import Store
from tests.models.test_gate import NO_GROUPS, handrail_row
from tests.pipelines.trust import LAST_DAY, exports

pytestmark = pytest.mark.slow
NAMES = [feature.name for feature in CATALOGUE]


def found_in(folder: Path, at: Path) -> Suspect:
    """What the check finds of suspension over every closed window of the trust in a folder."""
    store, settings = Store(at), load_settings()
    ingest(folder, store, LAST_DAY, settings)
    rows = training_rows(store.tables(), settings, LAST_DAY)
    held_out = rows.matrix[["pupil_id", "school_id"]].assign(y=rows.labels["suspension"])
    return suspect("suspension", held_out, rows.matrix, NAMES, seed=1, draws=50)


def leak_in(found: Suspect) -> tuple[str, str]:
    verdict = judge(handrail_row(), NO_GROUPS, load_settings().gate, [found])
    return verdict.criteria[-1].verdict, verdict.criteria[-1].words


@pytest.fixture(scope="module")
def leaking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The trust, but whoever was ever suspended has social care on record from before anything happened."""
    folder = tmp_path_factory.mktemp("leak") / "exports"
    shutil.copytree(exports(), folder, ignore=shutil.ignore_patterns("truth"))
    needs = pd.read_csv(folder / "needs.csv", dtype=str)
    suspended = pd.read_csv(folder / "suspensions.csv", dtype=str)["pupil_id"].unique()
    late = pd.DataFrame(
        {"pupil_id": suspended, "kind": "social_care", "code": "CIN", "start_date": "2024-09-02"}
    )
    pd.concat([needs[needs["kind"] != "social_care"], late]).to_csv(folder / "needs.csv", index=False)
    return folder


def test_honest_records_pass(tmp_path: Path) -> None:
    verdict, words = leak_in(found_in(exports(), tmp_path / "store"))
    assert verdict == "pass", words


def test_a_need_dated_back_to_before_the_suspension_is_caught(leaking: Path, tmp_path: Path) -> None:
    found = found_in(leaking, tmp_path / "store")
    verdict, words = leak_in(found)
    assert verdict == "fail", found
    assert "social" in words
