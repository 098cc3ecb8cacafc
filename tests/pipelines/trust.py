"""A small pretend trust, ingested and trained once for all the tests of the shell, whichever process asks first."""

import fcntl
import functools
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sources.pretend import simulate

LAST_DAY = date(2026, 7, 21)
PLAIN = "extends: handrail.yaml\norchestration: plain\ntraining: {every: 20, folds: 2}\n"


@functools.cache
def _shared() -> Path:
    """A folder of this run of the tests, the same in each of its processes."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    folder = (
        Path(tempfile.gettempdir()) / f"handrail-{run}" if run else Path(tempfile.mkdtemp(prefix="handrail-"))
    )
    folder.mkdir(exist_ok=True)
    return folder


def _once(name: str, make: Callable[[Path], None]) -> Path:
    """What `make` puts into the folder of that name; another process that asks meanwhile waits."""
    with (_shared() / f"{name}.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not (folder := _shared() / name).exists():
            make(folder.with_name(f"{name}.part"))
            folder.with_name(f"{name}.part").rename(folder)
    return folder


@functools.cache
def exports() -> Path:
    """Two schools of 300 over two years, as canonical tables."""
    return _once("exports", lambda to: simulate(to, schools=2, pupils=300, years=2, seed=5, end=LAST_DAY))


def handrail(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the command as its user would, in a process of its own."""
    command = [sys.executable, "-m", "pipelines", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


@functools.cache
def trained_store() -> Path:
    """A store with that trust in it and a model on its shelf."""
    return _once("store", _train)


def _train(store: Path) -> None:
    settings = exports().parent / "settings.yaml"
    settings.write_text(PLAIN, encoding="utf-8")
    done = handrail("ingest", exports(), "--store", store, "--settings", settings)
    assert done.returncode == 0, done.stderr
    done = handrail("train", "--store", store, "--as-of", "2026-03-09", "--json")
    assert done.returncode in (0, 6), done.stderr
