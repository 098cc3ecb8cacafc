"""A pretend trust in a store, with a model that may publish names, and the commands that a timer runs every night.

What is measured is whether nights survive, not whether the model is good: its gate is opened wide, it learns one
outcome, and little is drawn.
"""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import yaml

from sources.pretend import simulate

LAST_DAY, TRAINED = date(2026, 7, 21), date(2026, 3, 2)
YEARS, SEED = 2, 9
A_ROLLING_MONTH = timedelta(days=31)  # what a night's export holds of dated records
OPEN = {
    "lift": {"at_least": 0.0, "lower_end": 0.0}, "gain": {"at_least": 0.0, "lower_end": 0.0},
    "calibration": {"between": [0.0, 99.0], "ends_between": [0.0, 99.0]},
    "recall_first": {"at_least": 0.0, "lower_end": 0.0},
    "fairness": {"recall_at_least": 0.0, "omission_at_most": 99.0, "groups": ["sex"], "least_positives": 30},
    "leak": {"auroc_at_most": 1.0, "purest_at_most": 1.0},
    "drift": {"records_at_most": 99.0, "scores_at_most": 99.0, "calibration_between": [0.0, 99.0]},
    "least_outcomes": 1,
}  # fmt: skip
SETTINGS: Mapping[str, Any] = {
    "extends": "handrail.yaml", "orchestration": "plain", "outcomes": ["escalation"],
    "training": {"every": 20, "folds": 2, "bags": 2, "pairs": 0, "least_outcomes": 10}, "gate": OPEN,
}  # fmt: skip
HAPPENED = ("date", "start_date", "referred_on")
ALWAYS_WHOLE = ("schools", "calendar", "pupils", "communities", "people")
ENDS = ("end_date", "started_on", "ended_on")
PLANNED = ("support", "moves")  # whose ends may lie ahead


def command(*words: object) -> list[str]:
    """`handrail` with these words, as a process is started."""
    return [sys.executable, "-m", "pipelines", *map(str, words)]


def handrail(*words: object, **how: Any) -> subprocess.CompletedProcess[str]:
    """Runs the command to its end."""
    return subprocess.run(command(*words), capture_output=True, text=True, check=False, **how)  # noqa: S603 - our own


def done(*words: object) -> None:
    """Runs a command that must succeed."""
    told = handrail(*words)
    assert told.returncode == 0, told.stderr


def trained(work: Path, schools: int, pupils: int, until: date = TRAINED) -> Path:
    """A store of the trust's records up to a day, with its model; the whole exports lie in `whole`."""
    simulate(work / "whole", schools=schools, pupils=pupils, years=YEARS, seed=SEED, end=LAST_DAY)
    (work / "settings.yaml").write_text(yaml.safe_dump(dict(SETTINGS)), encoding="utf-8")
    export(work / "whole", work / "first", until, since=date.min)
    store = work / "store"
    done("ingest", work / "first", "--store", store, "--settings", work / "settings.yaml", "--seen-on", until)
    done("train", "--store", store, "--as-of", min(TRAINED, until))
    return store


def export(whole: Path, to: Path, until: date, since: date | None = None, without: str = "") -> Path:
    """The trust's exports as an evening would give them: nothing that happened after it or, of dated records, more than
    a month before; none of the registers of a school left out."""
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir()
    first = str(since or until - A_ROLLING_MONTH)
    for path in sorted(path for path in whole.iterdir() if path.is_file()):
        rows = _as_text(path)
        day = next((name for name in HAPPENED if name in rows.columns), None)
        if day and path.stem not in ALWAYS_WHOLE:
            rows = rows.filter(f"{day} <= '{until}'")
            if path.stem not in ("enrolments", "needs"):
                rows = rows.filter(f"{day} >= '{first}'")
        ends = {*ENDS} & {*rows.columns} if path.stem not in PLANNED else set()
        if ends:
            masked = ", ".join(f"if({name} <= '{until}', {name}, NULL) AS {name}" for name in sorted(ends))
            rows = rows.project(f"* REPLACE ({masked})")
        if path.stem == "attendance":
            rows = rows.filter(f"school_id <> '{without}'")
        rows.write_csv(str(to / f"{path.stem}.csv"), header=True)
    return to


def open_days(whole: Path, after: date) -> list[date]:
    """The days after one on which any school is open, in order."""
    held = _as_text(whole / "calendar.csv").project("date").distinct().fetchall()
    return [date.fromisoformat(day) for (day,) in sorted(held) if day > str(after)]


def _as_text(path: Path) -> duckdb.DuckDBPyRelation:
    """The rows of a file, every value as it would stand in a CSV."""
    if path.suffix == ".csv":
        return duckdb.sql(f"FROM read_csv('{path}', all_varchar = true)")
    return duckdb.sql(f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM '{path}'")
