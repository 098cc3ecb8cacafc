"""What is set aside can be looked at, mended and tried again; and nothing of it is lost on the way."""

import csv
import dataclasses
from datetime import date
from pathlib import Path

import pytest

from configs.refusals import BadData, BadSettings
from configs.settings import load_settings
from sources.readmission import readmit, rows_aside, write_to_mend
from sources.store import Store
from tests.sources.a_folder import WEEK, load, rows, write

MENDED_ON = date(2025, 10, 8)
SETTINGS = dataclasses.replace(load_settings(), quarantine_share=0.001)
BAD_MARKS = (
    WEEK["attendance"]
    + """
        ben,oak,2025-09-02,AM,£
        cat,oak,2025-09-02,AM,/
        ben,oak"""
)


def a_store_with_rows_aside(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    load(write(tmp_path / "export", attendance=BAD_MARKS), store)
    return store


def test_rows_aside_say_where_they_stood_why_and_what_to_do(tmp_path: Path) -> None:
    found = rows_aside(a_store_with_rows_aside(tmp_path))
    assert [(row.file, row.line, row.rule) for row in found] == [
        ("attendance.csv", 6, "code_unknown"), ("attendance.csv", 7, "pupil_id_orphan"),
        ("attendance.csv", 8, "missing_columns"),
    ]  # fmt: skip
    assert "profile" in found[0].remedy
    assert "student report" in found[1].remedy


def test_a_row_whose_pupil_has_arrived_comes_back_and_the_rest_stays(tmp_path: Path) -> None:
    store = a_store_with_rows_aside(tmp_path)
    load(write(tmp_path / "later", pupils=WEEK["pupils"] + "\n        cat,,F,",
               enrolments=WEEK["enrolments"] + "\n        cat,oak,2025-09-01,,7"), store)  # fmt: skip
    receipt = readmit(store, SETTINGS, MENDED_ON)
    marks = receipt.tables["attendance"]
    assert (marks.rows_in, marks.kept, marks.quarantined, marks.duplicates) == (3, 1, 2, 0)
    (came_back,) = [mark for mark in rows(store, "attendance") if mark["pupil_id"] == "cat"]
    assert came_back["known_on"] == "2025-10-08"  # until then nobody could have used it
    assert [(row.file, row.line, row.reason) for row in rows_aside(store)] == [
        ("attendance.csv", 6, "code is not an attendance code"), ("attendance.csv", 8, "the row has too few columns"),
    ]  # fmt: skip


def test_rows_mended_in_a_spreadsheet_come_back(tmp_path: Path) -> None:
    store, sheet = a_store_with_rows_aside(tmp_path), tmp_path / "mend.csv"
    assert write_to_mend(store, sheet, "attendance") == 3
    with sheet.open(encoding="utf-8", newline="") as file:
        told = list(csv.DictReader(file))
    told[0]["code"] = "O"
    told[2].update(pupil_id="ben", school_id="oak", date="2025-09-03", session="AM", code="/")
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, told[0])
        writer.writeheader()
        writer.writerows(told)
    receipt = readmit(store, SETTINGS, MENDED_ON, sheet)
    assert receipt.tables["attendance"].kept == 2
    assert [row.rule for row in rows_aside(store)] == ["pupil_id_orphan"]


def test_trying_again_what_is_not_mended_changes_nothing(tmp_path: Path) -> None:
    store = a_store_with_rows_aside(tmp_path)
    before = store.data_hash()
    assert readmit(store, SETTINGS, MENDED_ON).load == 0
    assert store.data_hash() == before
    assert len(rows_aside(store)) == 3


def test_with_nothing_aside_and_with_a_spoilt_file_it_says_so(tmp_path: Path) -> None:
    store = Store(tmp_path / "clean")
    load(write(tmp_path / "export"), store)
    with pytest.raises(BadSettings, match="nothing to try again"):
        readmit(store, SETTINGS, MENDED_ON)
    (tmp_path / "mend.csv").write_text("pupil_id,code\nben,/\n", encoding="utf-8")
    with pytest.raises(BadData, match=r"mend\.csv has lost one of its columns load, table, number"):
        readmit(a_store_with_rows_aside(tmp_path), SETTINGS, MENDED_ON, tmp_path / "mend.csv")
