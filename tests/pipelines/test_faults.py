"""What goes wrong at night: two runs at once, a run killed half-way, a model changed by hand."""

import fcntl
import hashlib
import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from configs.refusals import BadData
from models import shelf
from pipelines.runs import current
from tests.pipelines.trust import handrail, trained_store

pytestmark = pytest.mark.slow
MONDAY, NEXT = "2026-03-02", "2026-03-09"
KILLED = """
import os, signal, sys
from pathlib import Path
from pipelines import nightly, runs
from datetime import date
step = sys.argv[2]
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if step in dict(nightly.STEPS):
    nightly.STEPS = tuple((name, die if name == step else work) for name, work in nightly.STEPS)
else:
    setattr(runs, step, die)
nightly.run_plainly(nightly.tonight(Path(sys.argv[1]), date.fromisoformat(sys.argv[3])), print)
"""


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with Monday's list published."""
    own = tmp_path_factory.mktemp("first") / "store"
    shutil.copytree(trained_store(), own)
    assert handrail("nightly", "--store", own, "--as-of", MONDAY).returncode in (0, 6)
    return own


@pytest.fixture(scope="module")
def undisturbed(first_night: Path) -> Path:
    """The same store with the next Monday's list, made by a run that nothing disturbed."""
    own = first_night.with_name("undisturbed")
    shutil.copytree(first_night, own)
    assert handrail("nightly", "--store", own, "--as-of", NEXT).returncode in (0, 6)
    return own


@pytest.fixture
def store(first_night: Path, tmp_path: Path) -> Path:
    own = tmp_path / "store"
    shutil.copytree(first_night, own)
    return own


def test_a_second_run_at_once_is_refused(store: Path) -> None:
    with (store / "lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = handrail("nightly", "--store", store, "--as-of", NEXT)
    assert done.returncode == 5
    assert "Another run is at work" in done.stderr


@pytest.mark.parametrize("step", ["features", "scores", "list", "finish", "make_current"])
def test_a_night_killed_anywhere_leaves_the_last_whole_list_and_loses_nothing(
    store: Path, undisturbed: Path, step: str
) -> None:
    before = current(store)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(store), step, NEXT], capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert current(store) == before
    assert handrail("nightly", "--store", store, "--as-of", NEXT).returncode in (0, 6)
    ours, theirs = (folder / "runs" / str(current(folder)) for folder in (store, undisturbed))
    for path in theirs.iterdir():
        assert (ours / path.name).read_bytes() == path.read_bytes(), path.name
    assert not list((store / "runs").glob("*.part"))


@pytest.mark.parametrize("file", ["scorecard.parquet", "manifest.json"])
def test_a_bit_flipped_in_the_model_is_refused(store: Path, file: str) -> None:
    model = shelf.newest(store / "models")
    path = store / "models" / str(model) / file
    held = bytearray(path.read_bytes())
    held[len(held) // 2] ^= 1
    path.write_bytes(bytes(held))
    done = handrail("nightly", "--store", store, "--as-of", NEXT)
    assert done.returncode == 3
    assert "changed after training" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_model_of_another_catalogue_is_refused(store: Path) -> None:
    models = store / "models"
    name = str(shelf.newest(models))
    manifest = json.loads((models / name / "manifest.json").read_text(encoding="utf-8"))
    text = json.dumps({**manifest, "catalogue_hash": "0" * 64}, indent=1, sort_keys=True)
    other = hashlib.sha256(text.encode()).hexdigest()[:12]
    shutil.copytree(models / name, models / other)
    (models / other / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(BadData, match="another feature catalogue"):
        shelf.load(models, other)


def test_a_pickle_planted_among_the_models_never_runs(store: Path, tmp_path: Path) -> None:
    marker = tmp_path / "ran"

    class Planted:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, (f"touch {marker}",)

    folder = store / "models" / str(shelf.newest(store / "models"))
    for name in ("model.pkl", "MLmodel"):
        (folder / name).write_bytes(pickle.dumps(Planted()))
    assert handrail("nightly", "--store", store, "--as-of", NEXT).returncode in (0, 6)
    assert not marker.exists()
