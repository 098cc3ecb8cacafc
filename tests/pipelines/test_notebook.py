"""The notebook that an analyst starts from runs from end to end on a store, and shows nobody."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.pipelines.trust import exports, trained_store

pytestmark = pytest.mark.slow
NOTEBOOK = Path(__file__).parent.parent.parent / "notebooks" / "start_here.py"
SAY = """
import sys, runpy
app = runpy.run_path(sys.argv[1])["app"]
outputs, held = app.run()
print(held["gate"].to_string(), held["methods"]["escalation"].to_string(), held["judging"]["lead"].to_string())
"""


def test_it_runs_from_end_to_end_and_names_nobody() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SAY, NOTEBOOK], capture_output=True, text=True, check=False,
        env={**os.environ, "HANDRAIL_STORE": str(trained_store()), "PYTHONPATH": str(NOTEBOOK.parent.parent)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "handrail" in done.stdout
    pupils = pd.read_csv(exports() / "pupils.csv", dtype=str)["pupil_id"]
    assert not [pupil for pupil in pupils if pupil in done.stdout]


def test_it_is_a_script_too() -> None:
    done = subprocess.run(
        [sys.executable, NOTEBOOK, "--", "--store", str(trained_store())], capture_output=True, text=True,
        check=False, env={**os.environ, "PYTHONPATH": str(NOTEBOOK.parent.parent)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
