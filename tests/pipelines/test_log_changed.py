"""The audit log is looked at every night. Where a line of it was changed the list is still published, and that is told:
in the receipt, on the pages, by the command and its exit code. A list that anybody could stop by spoiling a line would
be the weaker, and a log that nobody reads proves nothing."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from models import shelf
from pipelines import flows, one_night, runs
from pipelines.cli import handrail
from pipelines.night import Night
from pipelines.nightly import DRIFT, STOPS, Published, publish, tonight
from sources.audit import append, broken_at
from sources.store import Store
from tests.sources.a_folder import load, write
from watchlists.stopping import Stops

DAY = date(2025, 9, 2)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """The week, a model that chooses nobody, and a log of three lines."""
    root = tmp_path / "store"
    load(write(tmp_path / "exports"), Store(root))
    facts = {
        "outcomes": {},
        "gate": {"passed": False, "criteria": []},
        "rows": {},
        "as_of": str(DAY),
        "evaluations": {},
    }
    shelf.record_training(root / "models", shelf.save(root / "models", {}, {}, facts).id, str(DAY))
    for number in range(3):
        append(root, datetime(2025, 9, 2, tzinfo=UTC), "viewed", page=number)
    return root


def as_if_made(night: Night, *_: Any) -> Published:
    """The night's last step, after steps that found nothing to say."""
    part = runs.begin(night.store, night.as_of)
    runs.write_json(part / "list.json", {"listed": 0, "turnover": {}, "compared_with": None})
    runs.write_json(part / STOPS, Stops({}).facts())
    runs.write_json(part / DRIFT, {"alarms": []})
    return publish(night, part)


def a_line_taken_away(log: Path) -> None:
    lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
    log.write_text("".join([lines[0], *lines[2:]]), encoding="utf-8")


def a_line_made_nonsense(log: Path) -> None:
    lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
    log.write_text("".join([lines[0], "nothing to see\n", *lines[2:]]), encoding="utf-8")


@pytest.mark.parametrize("spoil", [a_line_taken_away, a_line_made_nonsense])
def test_the_list_is_published_and_the_receipt_says_from_which_line_on(
    store: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(store / "audit" / "log.jsonl")
    done = as_if_made(tonight(store, DAY))
    assert runs.current(store) == done.run
    assert runs.read_json(store / "runs" / done.run / runs.RUN)["log_broken_at"] == 2
    assert "not as it was written from line 2 on" in done.words


def test_a_whole_log_is_not_spoken_of(store: Path) -> None:
    done = as_if_made(tonight(store, DAY))
    assert runs.read_json(store / "runs" / done.run / runs.RUN)["log_broken_at"] is None
    assert "audit log" not in done.words
    assert broken_at(store) is None


def test_the_command_publishes_and_exits_one(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "run_nightly", as_if_made)  # the steps before the last take seconds
    a_line_taken_away(store / "audit" / "log.jsonl")
    done = CliRunner().invoke(handrail, ["nightly", "--store", str(store), "--as-of", str(DAY)])
    assert isinstance(done.exception, one_night.LogChanged)
    assert done.exception.exit_code == 1
    assert runs.current(store) == f"{DAY}-1"
