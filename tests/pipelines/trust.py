"""A small pretend trust, ingested and trained once for all the tests of the shell."""

import functools
import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from sources.pretend import simulate

LAST_DAY = date(2026, 7, 21)
PLAIN = "extends: handrail.yaml\norchestration: plain\ntraining: {every: 20, folds: 2}\n"


@functools.cache
def exports() -> Path:
    """Two schools of 300 over two years, as canonical tables."""
    folder = Path(tempfile.mkdtemp(prefix="handrail-")) / "exports"
    simulate(folder, schools=2, pupils=300, years=2, seed=5, end=LAST_DAY)
    return folder


def handrail(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the command as its user would, in a process of its own."""
    command = [sys.executable, "-m", "pipelines", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


@functools.cache
def trained_store() -> Path:
    """A store with that trust in it and a model on its shelf."""
    store = exports().parent / "store"
    settings = exports().parent / "settings.yaml"
    settings.write_text(PLAIN, encoding="utf-8")
    done = handrail("ingest", exports(), "--store", store, "--settings", settings)
    assert done.returncode == 0, done.stderr
    done = handrail("train", "--store", store, "--as-of", "2026-03-09", "--json")
    assert done.returncode in (0, 6), done.stderr
    return store
