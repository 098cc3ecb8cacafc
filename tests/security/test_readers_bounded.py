"""Files made to take a machine: each ends soon, in little memory and one line, and leaves no store behind."""

import zipfile
from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from configs.refusals import BadData, BadSettings, Refusal
from configs.settings import load_settings
from sources.exports.workbooks import sheet_rows, sheets
from sources.reading import MOST_COLUMNS
from sources.store import Store
from tests.security.bounded import CELL, HEADINGS, ROW, SHEET, TEXT, TEXTS, took, workbook
from tests.sources.a_folder import load, write
from watchlists.people import load_people

MEMORY = 3600  # MB: what a load may take of a true year of marks, and the command's own; the next is for what is none
LITTLE = 1200
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "lol">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    + "]><CTFile><CTFpupilData>&l9;</CTFpupilData></CTFile>"
)


def in_one_line(refusal: Refusal) -> None:
    """A refusal is one line, whatever the file held."""
    assert "\n" not in str(refusal)


FUZZED = settings(deadline=None, suppress_health_check=list(HealthCheck))


def pieces(first: bytes, block: bytes, times: int, last: bytes) -> Iterator[bytes]:
    yield first
    yield from repeat(block, times)
    yield last


def a_row_of_two_million_cells(folder: Path) -> None:
    told = pieces(b"<worksheet><sheetData><row>", CELL * 100_000, 20, b"</row></sheetData></worksheet>")
    workbook(folder / "marks.xlsx", SHEET, told)


def a_lone_cell_at_the_far_end(folder: Path) -> None:
    workbook(folder / "marks.xlsx", far="XFD1048576")


def texts_of_300_mb(folder: Path) -> None:
    workbook(folder / "marks.xlsx", TEXTS, pieces(b"<sst>", TEXT * 1_000_000, 20, b"</sst>"))


def a_sheet_of_3_gb(folder: Path) -> None:
    workbook(folder / "marks.xlsx", SHEET, pieces(b"<worksheet>", ROW * 1_000_000, 96, b"</worksheet>"))


def laughs(folder: Path) -> None:
    (folder / "pupils.xml").write_text(LAUGHS)


def laughs_in_a_workbook(folder: Path) -> None:
    workbook(folder / "marks.xlsx", SHEET, iter([LAUGHS.encode()]))


def brackets(folder: Path) -> None:
    (folder / "students.json").write_text("[" * 5_000_000)


def one_element_without_end(folder: Path) -> None:
    (folder / "pupils.xml").write_text("<CTFile><Pupil>" + "<a>" * 3_000_000)


def a_csv_that_is_a_zip(folder: Path) -> None:
    with zipfile.ZipFile(folder / "attendance.csv", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("attendance.csv", b"0" * 500_000_000)


def a_million_columns(folder: Path) -> None:
    (folder / "attendance.csv").write_bytes(b"pupil_id," * 1_000_000 + b"\n")


def names_without_end(folder: Path) -> None:
    (folder / "people.csv").write_text("pupil_id,first_name,last_name\nann," + "x" * 50_000_000 + ",Lee\n")


def a_million_names_of_columns(folder: Path) -> None:
    (folder / "people.csv").write_text("pupil_id,first_name,last_name" + ",x" * 1_000_000 + "\nann,Ann,Lee\n")


def a_parquet_of_ten_million_rows(folder: Path) -> None:
    """Few bytes: the same row again and again."""
    row = {"pupil_id": "ann", "school_id": "oak", "date": "2025-09-01", "session": "AM", "code": "/"}
    same = pa.table({name: pa.repeat(pa.scalar(value), 1_000_000) for name, value in row.items()})
    (folder / "attendance.csv").unlink()
    with pq.ParquetWriter(folder / "attendance.parquet", same.schema, compression="zstd") as file:
        for _ in range(10):
            file.write_table(same)


BOMBS = (
    a_row_of_two_million_cells, a_lone_cell_at_the_far_end, texts_of_300_mb, a_sheet_of_3_gb, laughs,
    laughs_in_a_workbook, brackets, one_element_without_end, a_csv_that_is_a_zip, a_million_columns, names_without_end,
    a_million_names_of_columns, a_parquet_of_ten_million_rows,
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.__name__.replace("_", " "))
def test_what_is_made_to_take_the_machine_takes_little(tmp_path: Path, bomb: Callable[[Path], None]) -> None:
    folder, store = write(tmp_path / "week"), tmp_path / "store"
    bomb(folder)
    ended = took(
        "ingest", folder, "--store", store, "--key-file", tmp_path / "key", "--school", "oak", at=tmp_path
    )
    assert ended.returncode in (0, 3), ended.said
    assert "Traceback" not in ended.said
    assert ended.megabytes < (LITTLE if ended.returncode else MEMORY)
    if ended.returncode:
        assert not store.exists()
        assert len(ended.said.strip().splitlines()[-1]) < 500


def test_a_workbook_whose_row_would_not_fit_is_not_opened(tmp_path: Path) -> None:
    told = pieces(b"<worksheet><sheetData><row>", CELL * 100_000, 3, b"</row></sheetData></worksheet>")
    with pytest.raises(BadData, match="unpacks to far more than an export holds"):
        sheets(workbook(tmp_path / "marks.xlsx", SHEET, told))


def test_a_lone_cell_far_away_makes_no_wide_rows(tmp_path: Path) -> None:
    path = workbook(tmp_path / "marks.xlsx", far="XFD5000")
    read = list(sheet_rows(path, sheets(path)[0]))
    assert [row[:5] for _, row in read if row] == [HEADINGS]
    assert max(len(row) for _, row in read) == MOST_COLUMNS
    assert len(read) == 5000


def test_a_fault_in_the_names_leaves_no_store(tmp_path: Path) -> None:
    folder = write(tmp_path / "week")
    (folder / "people.csv").write_text("pupil_id,first_name,last_name\n,Ann,Lee\n", encoding="utf-8")
    ended = took("ingest", folder, "--store", tmp_path / "store", at=tmp_path)
    assert (ended.returncode, "row 2: pupil_id is empty" in ended.said) == (3, True)
    assert not (tmp_path / "store").exists()


@FUZZED
@given(
    st.binary(max_size=300)
    | st.text(max_size=200).map(
        lambda text: ("pupil_id,first_name,last_name\n" + text).encode("utf-8", "replace")
    )
)
def test_any_names_at_all_are_held_or_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "people.csv").write_bytes(content)
    try:
        assert load_people(tmp_path / "people.csv", tmp_path) >= 0
    except Refusal as refusal:
        in_one_line(refusal)


@FUZZED
@given(
    st.binary(max_size=200)
    | st.text("abchorizn:{}[]-&*!|>'\"\n 0123456789extds./", max_size=80).map(str.encode)
)
def test_any_settings_at_all_are_read_or_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "own.yaml").write_bytes(content)
    try:
        assert load_settings(tmp_path / "own.yaml")
    except BadSettings as refusal:
        in_one_line(refusal)


NO_SETTINGS = (
    b"\xff\xfe", b"extends: own.yaml", b"extends: [1]", b"[" * 3000, b"a: !!python/object/apply:os.system ['true']",
    b"1: 2", b"? [a]\n: 1", b"extends: /etc/passwd", b"extends: .", b"\x00", b"horizon: 2025-13-45", b"ladder: 1",
)  # fmt: skip


@pytest.mark.parametrize("content", NO_SETTINGS)
def test_settings_that_are_none_are_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "own.yaml").write_bytes(content)
    with pytest.raises(BadSettings) as refused:
        load_settings(tmp_path / "own.yaml")
    in_one_line(refused.value)


@pytest.fixture(scope="module")
def marks(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The week's marks as Parquet."""
    folder = tmp_path_factory.mktemp("whole")
    load(write(folder / "week"), Store(folder / "first"))
    held = Store(folder / "first").tables()["attendance"].drop("known_on", "known_until").to_pyarrow()
    pq.write_table(
        held.cast(pa.schema([(name, pa.string()) for name in held.column_names])), folder / "marks.parquet"
    )
    return (folder / "marks.parquet").read_bytes()


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_damaged_parquet_is_counted_or_refused(
    tmp_path_factory: pytest.TempPathFactory, marks: bytes, data: st.DataObject
) -> None:
    place, whole = tmp_path_factory.mktemp("parquet"), bytearray(marks)
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(whole) - 1))
        if data.draw(st.integers(0, 4)):
            whole[at] = data.draw(st.integers(0, 255))
        else:
            del whole[at : at + data.draw(st.integers(1, 200))]
    folder = write(place / "damaged", attendance=None)
    (folder / "attendance.parquet").write_bytes(whole)
    try:
        receipt = load(folder, Store(place / "store"))
    except Refusal as refusal:
        in_one_line(refusal)
        wrong = (place / "store" / "tables").exists()
    else:
        told = receipt.tables["attendance"]
        wrong = told.rows_in != told.kept + told.quarantined + told.duplicates
    assert not wrong
