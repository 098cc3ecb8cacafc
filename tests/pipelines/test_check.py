"""Before the night: what it needs is here and sound, or a line says what is not, and how to mend it."""

import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from models import shelf
from pipelines.check import Tonight, before_the_night
from pipelines.cli import handrail
from sources.audit import append
from sources.exports.keys import read_key, remember_key
from sources.store import Store
from tests.sources.a_folder import WEEK, load, write

TERM = "".join(
    f"\noak,{date(2025, 9, 1) + timedelta(days=n)}" for n in range(120)
)  # to 29 December, weekends and all
TONIGHT = datetime(2025, 9, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a key, exports and a store that is ready for its night."""
    folder = tmp_path_factory.mktemp("first")
    store = folder / "store"
    load(write(folder / "exports", calendar="school_id,date" + TERM), Store(store))
    append(store, datetime(2025, 9, 2, tzinfo=UTC), "ingested", load=1)
    model = shelf.save(store / "models", {}, {}, {"outcomes": {}, "gate": {"passed": True}})
    shelf.promote(store / "models", model.id, "test", "first", "2025-09-03")
    remember_key(read_key(folder / "key"), store)
    return folder


@pytest.fixture
def ready(first: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(first, tmp_path / "ready", copy_function=shutil.copy2))


def faults(ready: Path, moment: datetime = TONIGHT) -> list[str]:
    tonight = Tonight(ready / "store", ready / "key", moment.date(), ready / "exports", moment)
    return [found.words for found in before_the_night(tonight) if not found.fine]


def without_exports(ready: Path) -> None:
    shutil.rmtree(ready / "exports")


def no_model(ready: Path) -> None:
    shutil.rmtree(ready / "store" / "models")


def a_model_that_did_not_pass(ready: Path) -> None:
    no_model(ready)
    model = shelf.save(ready / "store" / "models", {}, {}, {"outcomes": {}, "gate": {"passed": False}})
    shelf.record_training(ready / "store" / "models", model.id, "2025-09-03")


def a_list_of_dinners(ready: Path) -> None:
    for name in WEEK:
        (ready / "exports" / f"{name}.csv").unlink()
    (ready / "exports" / "dinners.csv").write_text("day,dish\nMonday,soup\n", encoding="utf-8")


def a_column_gone(ready: Path) -> None:
    (ready / "exports" / "pupils.csv").write_text("pupil_id,sex,ethnicity\nann,F,\n", encoding="utf-8")


def settings_misspelt(ready: Path) -> None:
    (ready / "store" / "settings.yaml").write_text("horizn: 60\n", encoding="utf-8")


def a_line_taken_away(ready: Path) -> None:
    (ready / "store" / "audit" / "log.jsonl").write_text("", encoding="utf-8")


SPOILT: list[tuple[str, Callable[[Path], object]]] = [
    ("There is no folder", without_exports),
    ("no file that Handrail knows", a_list_of_dinners),
    ("dinners.csv was not read", a_list_of_dinners),
    ("date_of_birth", a_column_gone),
    ("horizn", settings_misspelt),
    ("No model has been trained", no_model),
    ("has not passed its gate", a_model_that_did_not_pass),
    ("The audit log", a_line_taken_away),
    ("is missing: the next export", lambda ready: (ready / "key").unlink()),
    ("There is no store", lambda ready: shutil.rmtree(ready / "store")),
]


def test_a_store_that_is_ready_is_said_to_be(ready: Path) -> None:
    assert faults(ready) == []


@pytest.mark.parametrize(("named", "spoil"), SPOILT, ids=[named for named, _ in SPOILT])
def test_what_would_spoil_the_night_is_said_before_it(
    ready: Path, named: str, spoil: Callable[[Path], object]
) -> None:
    spoil(ready)
    assert any(named in fault for fault in faults(ready)), faults(ready)


def test_term_dates_that_end_within_thirty_days_are_said(ready: Path) -> None:
    assert any(
        "calendar ends on 2025-12-29" in fault for fault in faults(ready, TONIGHT + timedelta(days=90))
    )


def test_registers_that_ended_are_said_unless_newer_exports_wait(ready: Path) -> None:
    later = TONIGHT + timedelta(days=10)
    loaded = next((ready / "store" / "receipts").glob("load-*.json")).stat().st_mtime
    for path in (ready / "exports").iterdir():
        os.utime(path, (loaded - 1, loaded - 1))
    assert any("registers" in fault and "2025-09-02" in fault for fault in faults(ready, later))
    os.utime(ready / "exports" / "attendance.csv", (loaded + 1, loaded + 1))
    assert not any("registers" in fault for fault in faults(ready, later))


def test_a_clock_set_back_is_said(ready: Path) -> None:
    assert any("clock says" in fault for fault in faults(ready, datetime(2025, 8, 1, tzinfo=UTC)))


def test_the_command_exits_one_and_changes_nothing(ready: Path) -> None:
    before = {path: path.read_bytes() for path in ready.rglob("*") if path.is_file() and path.name != "lock"}
    done = CliRunner().invoke(
        handrail,
        ["check", "--store", str(ready / "store"), "--key-file", str(ready / "key"), "--exports",
         str(ready / "exports"), "--json"],
    )  # fmt: skip
    assert done.exit_code == 1  # the registers of 2025 have ended by now
    assert not json.loads(done.output)["fine"]
    assert before == {path: path.read_bytes() for path in before}
    here = [path for path in ready.rglob("*") if path.is_file() and path.name != "lock"]
    assert sorted(here) == sorted(before)


def test_a_store_that_may_not_be_written_is_said(ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may write anywhere, so the operating system's own answer is given for it.
    monkeypatch.setattr(os, "access", lambda path, _: Path(path).name != "runs")
    (ready / "store" / "runs").mkdir(exist_ok=True)
    assert any("runs may not be written" in fault for fault in faults(ready))
