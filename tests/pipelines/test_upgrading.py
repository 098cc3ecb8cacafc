"""A store of any earlier version is brought up to date by the first command that writes, whole or not at all."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from configs.refusals import BadData
from configs.settings import load_settings
from pipelines.audit import whole
from pipelines.doctor import examine
from pipelines.findings import Patient
from pipelines.nightly import already_done, tonight
from pipelines.pages import serve_pages
from pipelines.runs import runs_of
from pipelines.upgrading import bring_up_to_date
from sources.store import LAYOUT, Store
from tests.pipelines.older_stores import EARLIER, LEAD, RUN
from tests.pipelines.trust import handrail
from tests.sources.a_folder import WEEK, load, rows, write
from watchlists.access import accounts, sessions
from watchlists.holds import held
from watchlists.people import everyone
from watchlists.web.app import create_app

Make = Callable[[Path], None]
earlier = pytest.mark.parametrize("make", EARLIER, ids=[make.__name__ for make in EARLIER])
RECORDED = Path(__file__).parent / "recorded" / "layout-1"
MORNING = datetime(2025, 9, 3, 8, tzinfo=UTC)


@pytest.fixture
def store(make: Make, tmp_path: Path) -> Path:
    make(tmp_path / "store")
    return tmp_path / "store"


def layout(store: Path) -> int:
    return int(json.loads((store / "tables" / "manifest.json").read_text(encoding="utf-8"))["layout"])


@earlier
def test_nothing_that_was_held_is_lost(store: Path, make: Make) -> None:
    before = Store(store).data_hash()
    bring_up_to_date(store)
    assert layout(store) == LAYOUT
    assert Store(store).data_hash() == before
    assert {pupil: person.name for pupil, person in everyone(store).items()} == {
        "ann": "Ann Archer", "ben": "Benny Null"
    }  # fmt: skip
    assert held(store) == {}
    assert "whole" in whole(store)
    if (store / "accounts.db").exists():
        assert [account.full_name for account in accounts.everyone(store)] == [LEAD[1]]
        assert accounts.password_of(store, LEAD[0]) == "no hash"


@earlier
def test_the_gate_has_every_rule_of_today(store: Path, make: Make) -> None:
    bring_up_to_date(store)
    assert Store(store).settings.gate == load_settings().gate


@earlier
def test_doctor_finds_it_whole(store: Path, make: Make) -> None:
    bring_up_to_date(store)
    found = examine(Patient(store, store.parent / "key", date(2025, 7, 1)))
    assert [each.words for each in found if not each.fine] == []


@earlier
def test_an_old_list_is_still_read_by_pages_and_by_the_night(store: Path, make: Make) -> None:
    bring_up_to_date(store)
    night = tonight(store, date(2025, 9, 2))
    receipts = dict(runs_of(store))
    receipts[RUN]["settings_hash"] = night.settings_hash
    (store / "runs" / RUN / "run.json").write_text(json.dumps(receipts[RUN]), encoding="utf-8")
    done = already_done(night)
    assert done is not None
    assert "Facts alone." in done.words
    if (store / "accounts.db").exists():
        client = TestClient(create_app(store, lambda: MORNING), base_url="http://127.0.0.1")
        client.cookies.set("handrail", sessions.begin(store, LEAD[0], MORNING))
        assert "Oak School" in client.get("/").text


def test_what_the_first_version_of_this_layout_wrote_is_read_as_if_loaded_today(tmp_path: Path) -> None:
    """`recorded/layout-1` is the week of `a_folder` as `handrail ingest` of commit 450e6a6 wrote it, byte for byte."""
    old, new, week = Store(tmp_path / "store"), Store(tmp_path / "today"), write(tmp_path / "week")
    shutil.copytree(RECORDED, old.root)
    load(week, new)
    bring_up_to_date(old.root)
    assert layout(old.root) == LAYOUT
    assert {name: rows(old, name) for name in WEEK} == {name: rows(new, name) for name in WEEK}
    assert sorted(person.name for person in everyone(old.root).values()) == ["Ann Archer", "Benny Null"]
    assert "whole" in whole(old.root)
    assert not [each.words for each in examine(Patient(old.root, tmp_path / "key", date(2025, 7, 1)))
                if not each.fine and "No list is published" not in each.words]  # fmt: skip
    again = load(week, old)
    assert (again.load, sum(table.kept for table in again.tables.values())) == (0, 0)


@earlier
def test_it_is_done_once(store: Path, make: Make) -> None:
    bring_up_to_date(store)
    before = {path: path.read_bytes() for path in store.rglob("*") if path.is_file()}
    bring_up_to_date(store)
    assert before == {path: path.read_bytes() for path in store.rglob("*") if path.is_file()}


@earlier
def test_a_reader_changes_nothing(store: Path, make: Make) -> None:
    before = {path: path.read_bytes() for path in store.rglob("*") if path.is_file()}
    assert examine(Patient(store, store.parent / "key", date(2025, 7, 1)))
    assert len(Store(store).tables()["pupils"].to_pandas()) == 2
    assert before == {path: path.read_bytes() for path in store.rglob("*") if path.is_file()}


CUT_SHORT = """
import os, signal, sys
from pathlib import Path
from pipelines.upgrading import bring_up_to_date
left = int(sys.argv[2])
plain = os.replace
def replace(*moved):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    plain(*moved)
os.replace = replace
bring_up_to_date(Path(sys.argv[1]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("after", range(3))
def test_killed_in_the_middle_it_is_the_old_store_and_the_next_command_finishes(
    tmp_path: Path, after: int
) -> None:
    """Settings, receipt, manifest: killed before each of the three is put in place."""
    store = tmp_path / "store"
    EARLIER[0](store)
    killed = subprocess.run([sys.executable, "-c", CUT_SHORT, str(store), str(after)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert layout(store) == 1
    assert not [each.words for each in examine(Patient(store, tmp_path / "key", date(2025, 7, 1)))
                if not each.fine and ".part" not in each.words]  # fmt: skip
    bring_up_to_date(store)
    assert layout(store) == LAYOUT
    assert not list(store.rglob("*.part"))
    assert "whole" in whole(store)


def test_a_store_of_a_newer_version_is_refused_in_one_line_and_left_as_it_is(tmp_path: Path) -> None:
    store = tmp_path / "store"
    EARLIER[-1](store)
    manifest = Store(store).manifest()
    Store(store).write_manifest({**manifest, "layout": LAYOUT + 1})
    before = {path: path.read_bytes() for path in store.rglob("*") if path.is_file()}
    done = handrail("nightly", "--store", store)
    assert done.returncode == 3
    assert "newer version of Handrail" in done.stderr
    assert "Traceback" not in done.stderr
    with pytest.raises(BadData, match="newer version"):
        serve_pages(store, "127.0.0.1", 8300)
    assert before == {path: path.read_bytes() for path in before}


@pytest.mark.slow
@earlier
def test_the_next_night_publishes_on_it(store: Path, make: Make) -> None:
    done = handrail("nightly", "--store", store, "--as-of", "2025-09-03")
    assert done.returncode == 6, done.stderr  # facts alone, as before
    assert layout(store) == LAYOUT
    assert len(runs_of(store)) == 2
