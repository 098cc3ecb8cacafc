"""Whatever bytes a file holds, ingest ends in a receipt that counts every row, or in one refusal, and nothing else."""

import csv
import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.refusals import Refusal
from sources.receipt import TableReceipt
from sources.store import Store
from tests.sources.a_folder import load, write

HEADING = "pupil_id,school_id,date,session,code,minutes_late"
GOOD = [f"{pupil},oak,2025-09-0{day},{session},{code},"
        for pupil in ("ann", "ben") for day in (1, 2, 3) for session, code in (("AM", "/"), ("PM", "\\"))]  # fmt: skip
PLAIN = "\n".join([HEADING, *GOOD]) + "\n"
INSERTS = st.sampled_from(
    [b'"', b'""', b",", b";", b"\t", b"\x00", b"\r", b"\n", b"\r\n", b"\xff", b"\xc3", b"\xe9", "\ufeff".encode(), b" ",
     b"x" * 5000, b'"\n', b',"', b"\\", b"'", b"1e400", b"45750", b"1.2E+12", "\u2028".encode(), b"\x1a", b"\x85"]
)  # fmt: skip
ENCODINGS = st.sampled_from(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7"])
FIELD = st.one_of(
    st.sampled_from(["ann", "ben", "oak", "2025-09-01", "AM", "/", "", "a,b", 'say "hi"', "a\nb", " "]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=6),
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """The file after one to four accidents: bytes flipped, cut out, put in, repeated, or saved in another encoding."""
    raw = draw(st.sampled_from([PLAIN, PLAIN.replace("\n", "\r\n")])).encode()
    for _ in range(draw(st.integers(1, 4))):
        at, length = draw(st.integers(0, len(raw))), draw(st.integers(1, 40))
        accident: Callable[[], bytes] = draw(st.sampled_from([
            lambda raw=raw, at=at: raw[:at] + bytes([raw[at % len(raw)] ^ 0x20]) + raw[at + 1 :] if raw else raw,
            lambda raw=raw, at=at, length=length: raw[:at] + raw[at + length :],
            lambda raw=raw, at=at: raw[:at] + draw(INSERTS) + raw[at:],
            lambda raw=raw, at=at, length=length: raw[:at] + raw[at : at + length] * 2 + raw[at:],
            lambda raw=raw, at=at: raw[:at],
            lambda raw=raw: raw.decode("utf-8", "replace").encode(draw(ENCODINGS)),
        ]))  # fmt: skip
        raw = accident()
    return raw


def marks_of(content: bytes) -> TableReceipt | None:
    """The receipt of the marks in a file; None where it was refused in one line."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        try:
            receipt = load(write(root / "export", attendance=content), Store(root / "store"))
        except Refusal as refusal:
            words = str(refusal)
        else:
            return receipt.tables["attendance"]
        assert words
        assert "\n" not in words
        assert not (root / "store" / "tables").exists()
        return None


def accounted(content: bytes) -> None:
    marks = marks_of(content)
    if marks:
        assert marks.rows_in == marks.kept + marks.quarantined + marks.duplicates
        assert sum((marks.reasons or {}).values()) == marks.quarantined


@given(damaged())
@settings(max_examples=25, deadline=None)
def test_a_damaged_file_is_accounted_for_or_refused(content: bytes) -> None:
    accounted(content)


@pytest.mark.slow
@given(damaged())
@settings(max_examples=600, deadline=None)
def test_many_damaged_files_are_accounted_for_or_refused(content: bytes) -> None:
    accounted(content)


@pytest.mark.slow
@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_bytes_at_all_are_accounted_for_or_refused(content: bytes) -> None:
    accounted(content)
    accounted(PLAIN.encode() + content)


@given(
    st.lists(st.lists(FIELD, min_size=6, max_size=6), min_size=1, max_size=15),
    st.sampled_from(["\n", "\r\n"]),
)
@settings(max_examples=20, deadline=None)
def test_rows_in_are_what_python_counts(written: list[list[str]], line_end: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=line_end, quoting=csv.QUOTE_MINIMAL).writerows(
        [HEADING.split(","), *written]
    )
    expected = sum(1 for row in csv.reader(io.StringIO(text.getvalue(), newline="")) if row) - 1
    marks = marks_of(text.getvalue().encode())
    assert marks is None or marks.rows_in == expected


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode() + b"ann,oak," + b"x" * 10_000_000 + b",AM,/,\n",
        PLAIN.encode() + b'ann,oak,"' + b"x" * 10_000_000 + b'",AM,/,\n',
        b"a," * 1_000_000 + b"\n",
        PLAIN.encode() + b"," * 1_000_000 + b"\n",
        PLAIN.encode() + b"\x00" * 100_000 + b"\n",
        PLAIN.encode() + b"\n" * 100_000,
    ],
    ids=["a field of 10 MB", "quoted", "a million columns", "a million commas", "NUL bytes", "blank lines"],
)
def test_what_is_too_large_to_be_true_ends_in_one_line(content: bytes) -> None:
    accounted(content)
