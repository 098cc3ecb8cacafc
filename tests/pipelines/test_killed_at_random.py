"""A real `handrail nightly`, killed at moments drawn by lot in each of its steps: pages always have a whole list, and
the night that is let through at last gives the bytes of one that nothing disturbed."""

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines import audit, runs
from pipelines.nightly import STEPS
from sources.store import sha256_of
from tests.pipelines.trust import handrail, trained_store
from tests.sources.a_folder import bytes_of

pytestmark = pytest.mark.slow
MONDAY, NEXT = "2026-03-02", "2026-03-09"
SEED = 41
MOST = 2.0  # seconds after a step has begun


def killed(store: Path, step: str, after: float) -> int:
    """Runs the night, kills it so long after a step began, and gives its exit code."""
    words = [sys.executable, "-m", "pipelines", "nightly", "--store", str(store), "--as-of", NEXT]
    with subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as night:
        assert night.stderr is not None
        for line in night.stderr:
            if line.rstrip().endswith(f"making the {step}"):
                break
        time.sleep(after)
        night.kill()
    return int(night.returncode)


def whole_list(store: Path) -> str:
    """The name of the run that pages show, every file of it as it was sealed."""
    name = str(runs.current(store))
    for file, seal in runs.receipt(store, name)["files"].items():
        assert sha256_of(store / "runs" / name / file) == seal, file
    audit.whole(store)
    return name


def test_whenever_it_is_killed_the_list_is_whole_and_the_next_night_is_as_if_nothing_had_been(
    tmp_path: Path,
) -> None:
    store, undisturbed = tmp_path / "store", tmp_path / "undisturbed"
    shutil.copytree(trained_store(), store)
    assert handrail("nightly", "--store", store, "--as-of", MONDAY).returncode in (0, 6)
    shutil.copytree(store, undisturbed)
    assert handrail("nightly", "--store", undisturbed, "--as-of", NEXT).returncode in (0, 6)
    draw = random.Random(SEED)
    codes = [killed(store, step, draw.uniform(0, MOST)) for step, _ in STEPS if whole_list(store)]
    assert -signal.SIGKILL in codes
    assert handrail("nightly", "--store", store, "--as-of", NEXT).returncode in (0, 6)
    assert whole_list(store) == f"{NEXT}-1"
    assert bytes_of(store / "runs") == bytes_of(undisturbed / "runs")
    assert bytes_of(store / "features") == bytes_of(undisturbed / "features")
