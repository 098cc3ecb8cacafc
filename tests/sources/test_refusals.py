"""What is refused: one line that names the file and the remedy, no pupil's data in it, and the store untouched."""

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from configs.refusals import BadData, BadSettings
from configs.settings import load_settings
from sources import reading
from sources.ingest import ingest
from sources.store import LAYOUT, Store
from tests.sources.a_folder import SEEN, WEEK, bytes_of, load, write

ATTENDANCE = "pupil_id,school_id,date,session,code\n"
CASES: dict[str, tuple[dict[str, str | bytes | None], list[str]]] = {
    "a required table is missing": ({"pupils": None}, ["lacks pupils.csv"]),
    "a required table is misnamed": ({"pupils": None, "pupil": WEEK["pupils"]}, ["pupils.csv", "did you mean 'pupil'"]),
    "a required table has no rows": ({"calendar": "school_id,date"}, ["calendar.csv has no rows"]),
    "a required table is empty": ({"calendar": b""}, ["calendar.csv", "'school_id' is missing"]),
    "a column is missing": (
        {"attendance": "pupil_id,school_id,date,session,mark\nann,oak,2025-09-01,AM,/"}, ["'code' is missing"]),
    "a column is renamed": (
        {"attendance": "pupil_id,school_id,date,sesion,code\nann,oak,2025-09-01,AM,/"},
        ["attendance.csv", "'session' is missing", "is it 'sesion'?"]),
    "a column's case is changed": (
        {"attendance": "Pupil_ID,school_id,date,session,code\nann,oak,2025-09-01,AM,/"}, ["is it 'Pupil_ID'?"]),
    "a column is there twice": (
        {"calendar": "school_id,date,date\noak,2025-09-01,2025-09-01"}, ["calendar.csv", "'date' is there twice"]),
    "a web page": ({"attendance": b"<!DOCTYPE html><html>Sign in</html>"}, ["attendance.csv is a web page"]),
    "a web page after blank lines": ({"attendance": b"\n\n <html><body>Sign in"}, ["attendance.csv is a web page"]),
    "UTF-16 without its mark": ({"attendance": ATTENDANCE.encode("utf-16-le")}, ["UTF-16", "Save it as CSV UTF-8"]),
    "a workbook": ({"attendance": b"PK\x03\x04" + b"\0" * 99}, ["a zip archive or an Excel workbook"]),
    "a gzip archive": ({"attendance": b"\x1f\x8b\x08" + b"\0" * 99}, ["attendance.csv is a gzip archive"]),
    "a PDF": ({"attendance": b"%PDF-1.7\n"}, ["attendance.csv is a PDF"]),
    "NUL bytes in the heading": ({"attendance": b"pupil_id,\0school_id\n"}, ["NUL byte in its first line"]),
    "a last row cut short": (
        {"attendance": (ATTENDANCE + "ann,oak,2025-09-01,AM,/\nann,oak,2025-0").encode()},
        ["attendance.csv stops in the middle of its last row (line 3)"]),
    "a long file without its last line break": (
        {"attendance": (ATTENDANCE + "ann,oak,2025-09-01,AM,/\n" * 3000).encode().rstrip()},
        ["attendance.csv stops in the middle of its last line"]),
    "UTF-16": ({"attendance": ATTENDANCE.encode("utf-16")}, ["UTF-16", "Save it as CSV UTF-8"]),
    "a heading that is not UTF-8": ({"attendance": "pupil_id,élève\n".encode("cp1252")}, ["line 1", "UTF-8"]),
    "semicolons": ({"calendar": "school_id;date\noak;2025-09-01"}, ["not separated by commas"]),
    "a million columns": ({"calendar": b"a," * 1_000_000}, ["1,000,001 columns"]),
    "a quotation mark never closed": (
        {"attendance": ATTENDANCE + 'ann,oak,2025-09-01,AM,/\nann,oak,2025-09-01,"PM,/\nben,oak,2025-09-01,AM,/'},
        ["attendance.csv, line 3", "quotation mark"]),
    "rows that two readers count differently": (
        {"attendance": ATTENDANCE + 'ann,oak,2025-09-01,AM, "/\n/"\nann,oak,2025-09-01,PM,/'},
        ["attendance.csv: 2 rows were read", "accounted for"]),
    "lines that end in two ways": (
        {"attendance": (ATTENDANCE + "ann,oak,2025-09-01,AM,/\r\nann,oak,2025-09-01,PM,/\n").encode()},
        ["attendance.csv", "do not all end in the same way"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_refused_in_one_line_and_nothing_is_written(case: str, tmp_path: Path) -> None:
    changes, expected = CASES[case]
    store = Store(tmp_path / "store")
    with pytest.raises(BadData) as refusal:
        load(write(tmp_path / "export", **changes), store)
    for words in expected:
        assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert "ann" not in str(refusal.value).replace("cannot", "")
    assert not store.root.exists()


def test_a_missing_folder_is_a_slip_of_the_command(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"no folder .*nowhere"):
        load(tmp_path / "nowhere", Store(tmp_path / "store"))


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"half"])
def test_a_damaged_parquet_file_is_refused(damage: bytes, tmp_path: Path) -> None:
    folder = write(tmp_path / "export", attendance=None)
    (folder / "attendance.parquet").write_bytes(damage)
    with pytest.raises(BadData, match=r"attendance\.parquet is not a whole Parquet file"):
        load(folder, Store(tmp_path / "store"))


def test_two_files_for_one_table_are_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "export")
    (folder / "pupils.parquet").write_bytes(b"")
    with pytest.raises(BadData, match=r"pupils\.csv and pupils\.parquet"):
        load(folder, Store(tmp_path / "store"))


def test_more_bad_rows_than_allowed_stop_the_load_and_leave_the_store_as_it_was(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(write(tmp_path / "first"), store)
    before = bytes_of(store.root)
    later = WEEK["attendance"] + "\nben,oak,2025-09-02,AM,/\nben,oak,2025-09-02,PM,£\nben,oak,2025-09-03,AM,£"
    with pytest.raises(BadData) as refusal:
        load(write(tmp_path / "second", attendance=later), store, may_set_aside=0.001)
    words = str(refusal.value)
    assert "attendance.csv: 2 of 7 rows" in words
    assert "0.1%" in words
    assert "(2): code is not an attendance code, first on line 7" in words
    after = bytes_of(store.root)
    assert {path: after[path] for path in before} == before
    assert set(after) - set(before) == {"quarantine/refused/attendance.parquet"}


def test_a_share_just_allowed_does_not_stop_the_load(tmp_path: Path) -> None:
    later = WEEK["attendance"] + "\nben,oak,2025-09-02,PM,£"
    receipt = load(write(tmp_path / "export", attendance=later), Store(tmp_path / "store"), may_set_aside=0.2)
    assert receipt.tables["attendance"].quarantined == 1


def test_a_file_still_being_copied_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, whole = write(tmp_path / "export"), reading.as_written

    def growing(found: reading.Found) -> str:
        with found.path.open("a") as file:
            file.write("\n")
        return whole(found)

    monkeypatch.setattr("sources.sifting.as_written", growing)
    with pytest.raises(BadData, match=r"schools\.csv changed while it was being read"):
        load(folder, Store(tmp_path / "store"))


def test_a_file_that_another_process_is_still_writing_is_refused(tmp_path: Path) -> None:
    folder, store = write(tmp_path / "export"), Store(tmp_path / "store")
    copying = """
import sys, time
with open(sys.argv[1], "a", buffering=1) as file:
    for day in range(100000):
        file.write("ben,oak,2025-09-03,AM,/\\n")
        if day == 9: print("copying", flush=True)
        time.sleep(0.001)
"""
    words = [sys.executable, "-c", copying, str(folder / "attendance.csv")]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        try:
            with pytest.raises(BadData, match=r"attendance\.csv changed while it was being read"):
                load(folder, store)
        finally:
            other.kill()
    assert not (store.root / "tables").exists()
    assert load(folder, store).tables["attendance"].kept == 5


def test_by_the_shipped_settings_one_bad_row_of_a_small_table_stops(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="1 of 1 rows"):
        ingest(write(tmp_path / "export", calendar="school_id,date\noak,01/09/2025"), Store(tmp_path / "s"), SEEN,
               load_settings())  # fmt: skip


def test_an_empty_store_says_how_to_fill_it(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="handrail ingest DIR"):
        Store(tmp_path / "store").days_held()


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        ({"layout": LAYOUT + 1}, "newer version of Handrail .* Install that version again"),
        ({}, "too old to be"),
    ],
)
def test_a_store_of_a_layout_that_is_not_known_is_refused(
    tmp_path: Path, layout: dict[str, int], said: str
) -> None:
    store = Store(tmp_path / "store")
    load(write(tmp_path / "export"), store)
    store.write_manifest({"loads": 1, "files": [], **layout})
    with pytest.raises(BadData, match=said):
        store.tables()


@pytest.mark.parametrize("damage", [b"\xff\xfe\x00", b"horizon: [", b"", b"horizn: 60"])
def test_damaged_settings_are_refused_in_one_line(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "settings.yaml").write_bytes(damage)
    with pytest.raises(BadSettings, match=r"settings\.yaml") as refused:
        _ = Store(tmp_path).settings
    assert "\n" not in str(refused.value)


def test_the_store_can_be_moved(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(write(tmp_path / "export"), store)
    moved = Store(Path(shutil.move(store.root, tmp_path / "elsewhere")))
    assert moved.days_held() == (date(2025, 9, 1), date(2025, 9, 2))
    assert len(moved.tables()["attendance"].to_pandas()) == 4
