"""Two runs at once, a run whose holder died, and a run that is put to sleep and wakes: with real processes."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from configs.refusals import AnotherRun
from pipelines import runs
from pipelines.lock import only_run
from tests.pipelines.trust import handrail, trained_store

HOLDER = """
import sys, time
from pathlib import Path
from pipelines.lock import only_run
with only_run(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""
AT_ONCE = 1.0  # seconds


@contextmanager
def held_by_another(store: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that holds the store."""
    words = [sys.executable, "-c", HOLDER, str(store)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == "held\n"
            yield other
        finally:
            other.kill()


@pytest.mark.parametrize("command", ["nightly", "train"])
def test_a_second_run_is_refused_within_a_second(tmp_path: Path, command: str) -> None:
    """A second more than `handrail --help` takes on this machine at this moment."""
    began = time.monotonic()
    handrail("--help")
    help_took = time.monotonic() - began
    with held_by_another(tmp_path):
        began = time.monotonic()
        done = handrail(command, "--store", tmp_path)
    assert done.returncode == 5
    assert "Another run is at work" in done.stderr
    assert time.monotonic() - began < help_took + AT_ONCE
    assert not (tmp_path / "runs").exists()


def test_a_lock_whose_holder_was_killed_is_free_and_nothing_needs_cleaning_up(tmp_path: Path) -> None:
    with held_by_another(tmp_path) as other:
        with pytest.raises(AnotherRun), only_run(tmp_path):
            pass
        (tmp_path / "lock").write_text(str(os.getpid()))  # what a file says of a process is nothing
        other.kill()
        other.wait()
        with only_run(tmp_path):
            assert (tmp_path / "lock").exists()


@pytest.mark.slow
def test_a_night_put_to_sleep_in_mid_step_publishes_nothing_when_it_wakes(tmp_path: Path) -> None:
    """As when a machine is suspended and its store, on a network disk that forgot the lock, went on elsewhere."""
    store = tmp_path / "store"
    shutil.copytree(trained_store(), store)
    words = [sys.executable, "-m", "pipelines", "nightly", "--store", str(store), "--as-of", "2026-03-02"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as asleep:
        assert asleep.stderr is not None
        while "making the scores" not in asleep.stderr.readline():
            pass
        asleep.send_signal(signal.SIGSTOP)
        later = runs.begin(store, date(2026, 3, 9))
        runs.show(store, runs.finish(later, {"as_of": "2026-03-09", "published": True}), runs.fence_of(later))
        asleep.send_signal(signal.SIGCONT)
        said = asleep.stderr.read()
    assert asleep.returncode == 5, said
    assert "Another run has begun" in said
    assert runs.current(store) == "2026-03-09-1"
    assert [folder.name for folder in (store / "runs").iterdir()] == ["2026-03-09-1"]
