"""The same again changes nothing; more of the same adds only what is new; a load that dies leaves no trace."""

import subprocess
import sys
from pathlib import Path

import pytest

from configs.settings import load_settings
from sources.store import Store
from tests.sources.a_folder import WEEK, bytes_of, load, rows, write

DIE = """
import os, signal, sys
from pathlib import Path
from sources.store import Store
from tests.sources.a_folder import load
replace, left = os.replace, int(sys.argv[3])
def die_at(source, target):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(source, target)
os.replace = die_at
load(Path(sys.argv[1]), Store(Path(sys.argv[2])))
"""
MORE = WEEK["attendance"] + "\nben,oak,2025-09-02,AM,/\nben,oak,2025-10-01,AM,/"


def test_the_same_folder_twice_changes_nothing(tmp_path: Path) -> None:
    store, folder = Store(tmp_path / "store"), write(tmp_path / "export")
    load(folder, store)
    before = bytes_of(store.root)
    receipt = load(folder, store)
    assert bytes_of(store.root) == before
    assert (receipt.load, receipt.data_hash) == (0, store.data_hash())
    assert all(table.kept == 0 and table.duplicates == table.rows_in for table in receipt.tables.values())


def test_an_overlapping_folder_adds_only_what_is_new_and_touches_only_its_month(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(write(tmp_path / "first"), store)
    before = bytes_of(store.root / "tables" / "attendance")
    receipt = load(write(tmp_path / "second", attendance=MORE), store).tables["attendance"]
    assert (receipt.rows_in, receipt.kept, receipt.duplicates) == (6, 2, 4)
    after = bytes_of(store.root / "tables" / "attendance")
    assert {path: after[path] for path in before} == before
    assert sorted(set(after) - set(before)) == [
        "month=2025-09/load-000002-0000.parquet", "month=2025-10/load-000002-0001.parquet"
    ]  # fmt: skip
    assert len(rows(store, "attendance")) == 6


def test_the_same_records_give_the_same_hash_in_any_store(tmp_path: Path) -> None:
    one, other = Store(tmp_path / "one"), Store(tmp_path / "elsewhere" / "other")
    load(write(tmp_path / "export"), one)
    load(write(tmp_path / "export"), other)
    assert one.data_hash() == other.data_hash()
    assert bytes_of(one.tables_folder) == bytes_of(other.tables_folder)
    renamed = [{**file, "path": "elsewhere", "load": 9} for file in one.manifest()["files"][::-1]]
    one.write_manifest({**one.manifest(), "files": renamed})
    assert one.data_hash() == other.data_hash()
    load(write(tmp_path / "more", attendance=MORE), other)
    assert one.data_hash() != other.data_hash()


@pytest.mark.parametrize("moment", [1, 3, 6, 7])
def test_a_load_killed_at_any_write_leaves_the_store_as_it_was(moment: int, tmp_path: Path) -> None:
    """The second load writes five files (two of marks), a receipt and the manifest, each put in place by a rename."""
    store, whole = Store(tmp_path / "store"), Store(tmp_path / "whole")
    more = write(
        tmp_path / "more", attendance=MORE, pupils=WEEK["pupils"] + "\neve,,F,", calendar=WEEK["calendar"] +
        "\noak,2025-10-01", enrolments=WEEK["enrolments"] + "\neve,oak,2025-09-02,,7",
    )  # fmt: skip
    for each in (store, whole):
        load(write(tmp_path / "first"), each)
    before, held = (store.tables_folder / "manifest.json").read_bytes(), rows(store, "attendance")
    done = subprocess.run([sys.executable, "-c", DIE, more, store.root, str(moment)], check=False)
    assert done.returncode == -9
    assert (store.tables_folder / "manifest.json").read_bytes() == before
    assert rows(store, "attendance") == held
    for each in (store, whole):
        load(more, each)
    assert bytes_of(store.root) == bytes_of(whole.root)


def test_what_a_dead_load_left_is_swept_by_the_next(tmp_path: Path) -> None:
    store, folder = Store(tmp_path / "store"), write(tmp_path / "export")
    load(folder, store)
    stray = store.tables_folder / "attendance" / "month=2025-09" / "stray.parquet"
    stray.write_bytes(b"half a file")
    (store.root / "work").mkdir()
    assert len(rows(store, "attendance")) == 4
    load(folder, store)
    assert not stray.exists()
    assert not (store.root / "work").exists()


def test_the_receipt_is_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    receipt = load(write(tmp_path / "export"), store)
    assert store.receipts() == [receipt.as_json()]
    marks = receipt.as_json()["tables"]["attendance"]
    assert (marks["rows_in"], marks["kept"], marks["quarantined"], marks["duplicates"]) == (4, 4, 0, 0)
    assert marks["latest"] == "2025-09-02"
    assert receipt.as_json()["data_hash"] == store.data_hash()
    assert max(map(len, receipt.in_words().splitlines()[:6])) <= 80


def test_settings_kept_in_the_store_are_read_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    assert store.settings.horizon == 60
    shipped = load_settings(Path(__file__).parents[2] / "configs" / "oulad.yaml")
    store.keep_settings(shipped)
    assert store.settings == Store(store.root).settings == shipped
