"""The drill: a store is copied elsewhere and found whole there; whatever is then spoilt is named by `doctor`."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from models import shelf
from pipelines import runs
from pipelines.cli import handrail
from pipelines.doctor import examine
from pipelines.findings import Patient
from sources.audit import append
from sources.exports.keys import read_key, remember_key
from sources.store import Store
from tests.sources.a_folder import load, write

TODAY = date(2025, 7, 1)  # the calendar of the week ends on 3 September


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a key and a small store: a list, a model, an audit log."""
    folder = tmp_path_factory.mktemp("first")
    store = folder / "store"
    load(write(folder / "exports"), Store(store))
    for number in range(3):
        append(store, datetime(2025, 9, 4, tzinfo=UTC), "ingested", load=number)
    part = runs.begin(store, date(2025, 9, 3))
    runs.write_json(part / "cards.json", {"schools": {}, "pupils": {}})
    runs.make_current(
        store, runs.finish(part, {"as_of": "2025-09-03", "published": True}), runs.fence_of(part)
    )
    model = shelf.save(store / "models", {}, {}, {"outcomes": {}, "gate": {"passed": True}})
    shelf.promote(store / "models", model.id, "test", "first", "2025-09-03")
    remember_key(read_key(folder / "key"), store)
    return folder


@pytest.fixture
def restored(first: Path, tmp_path: Path) -> Path:
    """The store as it lies after it was copied elsewhere, and the key beside it."""
    shutil.copy2(first / "key", tmp_path / "key")
    return Path(shutil.copytree(first / "store", tmp_path / "store"))


def key_of(store: Path) -> Path:
    return store.parent / "key"


def faults(store: Path, today: date = TODAY) -> list[str]:
    return [found.words for found in examine(Patient(store, key_of(store), today)) if not found.fine]


def flip(path: Path) -> None:
    held = bytearray(path.read_bytes())
    held[len(held) // 2] ^= 1
    path.write_bytes(bytes(held))


def without_line(path: Path, number: int) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[: number - 1] + lines[number:]), encoding="utf-8")


def a_table(store: Path) -> Path:
    return next((store / "tables" / "pupils").rglob("*.parquet"))


def the_run(store: Path) -> Path:
    return store / "runs" / "2025-09-03-1"


def the_model(store: Path) -> Path:
    return store / "models" / shelf.names(store / "models")[0]


SPOILT: list[tuple[str, Callable[[Path], object]]] = [
    ("tables/pupils/load-000001-0000.parquet is not as it was", lambda store: flip(a_table(store))),
    ("tables/pupils/load-000001-0000.parquet is missing", lambda store: a_table(store).unlink()),
    ("tables/manifest.json is missing", lambda store: (store / "tables/manifest.json").unlink()),
    ("a newer version", lambda store: (store / "tables/manifest.json").write_text('{"layout": 99}')),
    ("runs/2025-09-03-1/cards.json is not as it was", lambda store: flip(the_run(store) / "cards.json")),
    ("runs/2025-09-03-1/cards.json is missing", lambda store: (the_run(store) / "cards.json").unlink()),
    ("has no run.json", lambda store: (the_run(store) / "run.json").unlink()),
    ("its folder is missing", lambda store: shutil.rmtree(the_run(store))),
    ("No list is published", lambda store: (store / "current.json").unlink()),
    ("scorecard.parquet was changed", lambda store: flip(the_model(store) / "scorecard.parquet")),
    ("is missing. Train again", lambda store: shutil.rmtree(the_model(store))),
    ("from line 2 on", lambda store: without_line(store / "audit/log.jsonl", 2)),
    ("from line 3 on", lambda store: without_line(store / "audit/log.jsonl", 3)),
    ("log.jsonl is missing", lambda store: shutil.rmtree(store / "audit")),
    ("is missing: the next export", lambda store: key_of(store).unlink()),
    ("not the one that", lambda store: key_of(store).write_text("another key of a good length")),
    ("by others", lambda store: key_of(store).chmod(0o644)),
    ("was left by a run", lambda store: (store / "runs/2025-09-04-1.part").mkdir()),
    ("spill was left by a run", lambda store: (store / "spill").mkdir()),
    ("could not be read", lambda store: (the_run(store) / "run.json").write_text("{")),
]  # fmt: skip


def test_a_store_that_was_restored_elsewhere_is_whole(restored: Path) -> None:
    assert faults(restored) == []


@pytest.mark.parametrize(("named", "spoil"), SPOILT, ids=[named for named, _ in SPOILT])
def test_what_is_spoilt_is_named(restored: Path, named: str, spoil: Callable[[Path], object]) -> None:
    spoil(restored)
    assert any(named in fault for fault in faults(restored)), faults(restored)


def test_a_calendar_that_ends_within_thirty_days_is_named_and_one_that_goes_on_is_not(restored: Path) -> None:
    assert faults(restored, date(2025, 8, 4)) == []
    assert any(
        "School oak: its calendar ends on 2025-09-03" in one for one in faults(restored, date(2025, 8, 5))
    )


def test_a_key_in_the_store_is_named(restored: Path) -> None:
    shutil.copy2(key_of(restored), restored / "key")
    found = examine(Patient(restored, restored / "key", TODAY))
    assert any("lies in the store" in one.words for one in found if not one.fine)


def asked(store: Path, *options: str) -> Result:
    return CliRunner().invoke(handrail, ["doctor", "--store", str(store), *options])


def test_the_command_says_a_line_each_and_exits_one(restored: Path) -> None:
    key = ("--key-file", str(key_of(restored)))
    done = asked(restored, *key)
    assert done.exit_code == 1  # the calendar has ended by now
    assert {line.partition(": ")[0] for line in done.output.splitlines()} == {"fine", "to mend"}
    told = json.loads(asked(restored, *key, "--json").output)
    assert told["fine"] is False
    assert [found["words"] for found in told["findings"] if not found["fine"]] == faults(
        restored, date(2030, 1, 1)
    )


def test_no_store_is_said_and_none_is_made(tmp_path: Path) -> None:
    done = asked(tmp_path / "none")
    assert done.exit_code == 1
    assert "There is no store" in done.output
    assert not (tmp_path / "none").exists()
