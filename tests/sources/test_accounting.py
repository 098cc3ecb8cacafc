"""rows in = kept + set aside + duplicates, always, whatever a file holds; Python's own CSV reader counts the rows."""

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from configs.refusals import BadData
from sources.store import Store
from tests.sources.a_folder import WEEK, load, rows, write

FIELDS = st.one_of(
    st.sampled_from(["ann", "ben", "cat", "oak", "2025-09-01", "2025-09-02", "31/02/2025", "AM", "PM", "/", "\\", "I",
                     "£", "", " ", "5", "-1", "1e400"]),
    st.text(max_size=8),
)  # fmt: skip
GOOD = st.tuples(
    st.sampled_from(["ann", "ben"]), st.just("oak"), st.sampled_from(["2025-09-01", "2025-09-02"]),
    st.sampled_from(["AM", "PM"]), st.sampled_from(["/", "\\", "I"]),
)  # fmt: skip
HEADING = "pupil_id,school_id,date,session,code\n"


@given(st.lists(st.one_of(GOOD.map(list), st.lists(FIELDS, min_size=1, max_size=7)), max_size=12))
@settings(max_examples=30, deadline=None)
def test_every_row_written_is_accounted_for(written: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(written)
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        content = (HEADING + "ann,oak,2025-09-03,AM,/\n" + text.getvalue()).encode("utf-8", "surrogatepass")
        store = Store(root / "store")
        receipt = load(write(root / "export", attendance=content), store)
        marks = receipt.tables["attendance"]
        assert marks.rows_in == len(written) + 1
        assert marks.rows_in == marks.kept + marks.quarantined + marks.duplicates
        assert sum((marks.reasons or {}).values()) == marks.quarantined
        assert len(rows(store, "attendance")) == marks.kept
        for table in receipt.tables.values():
            assert table.rows_in == table.kept + table.quarantined + table.duplicates


@given(st.binary(max_size=60).map(lambda raw: raw.replace(b"\x00", b"")))
@settings(max_examples=40, deadline=None)
def test_any_bytes_are_accounted_for_or_refused(damage: bytes) -> None:
    content = (HEADING + "ann,oak,2025-09-01,AM,/\n").encode() + damage + b"\nann,oak,2025-09-01,PM,/\n"
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        try:
            marks = load(write(root / "export", attendance=content), Store(root / "store")).tables[
                "attendance"
            ]
        except BadData:
            return
        assert marks.rows_in == marks.kept + marks.quarantined + marks.duplicates
        assert marks.kept >= 1


@given(st.permutations(WEEK["attendance"].strip().splitlines()[1:]), st.integers(0, 3))
@settings(max_examples=10, deadline=None)
def test_the_order_of_rows_and_repeats_change_nothing(lines: list[str], repeat: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        one, other = Store(root / "one"), Store(root / "other")
        load(write(root / "export"), one)
        load(write(root / "turned", attendance="\n".join([HEADING.strip(), *lines, lines[repeat]])), other)
        assert one.data_hash() == other.data_hash()
        assert rows(one, "attendance") == rows(other, "attendance")
