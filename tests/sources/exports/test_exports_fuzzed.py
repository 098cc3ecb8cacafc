"""Damaged exports: each ends in rows that all add up, or in one refusal. Never in anything else."""

import csv
import io
import tempfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from configs.profile import shipped_profiles
from configs.refusals import Refusal
from sources.exports.files import recognise
from sources.exports.keys import Key
from sources.exports.mapping import map_rows
from sources.exports.pupils import Register
from sources.exports.raw import raw_of_table
from sources.exports.values import Setting
from tests.sources.exports.a_system import ANN, BEN

EXPORTS = shipped_profiles()
MARKS = f'UPN,Name,Date,Session,Mark\r\n{ANN},Zoë,01/09/2025,AM,/\r\n{BEN},"Lee, Ben",02/09/2025,PM,L\r\n'
EVENTS = f"""StudentId,UPN,EventDate,EventName,EventType,Points
1,{ANN},01/09/2025,Out,Negative,2
2,{BEN},02/09/2025,Kind,Odd,1
"""
WIDE = f"UPN;Name;01/09/2025 AM;01/09/2025 PM\n{ANN};Zoë;/;\\\n{BEN};Ben;;O\n"
WHOLE = [
    text.encode(encoding) for text in (MARKS, EVENTS, WIDE) for encoding in ("utf-8", "cp1252", "utf-16")
]
PIECES = st.sampled_from([
    b'"', b",", b";", b"\n", b"\r", b"\r\n", b"\x00", b"\xff", b"\xe9", b"\x81", b"\t", b"=1+1", b"x" * 5000,
    "Ω".encode(), b"\xef\xbb\xbf", b"\xff\xfe",
])  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """An export with a few bytes put in, taken out, said twice or cut off."""
    content = draw(st.sampled_from(WHOLE))
    for _ in range(draw(st.integers(0, 4))):
        at, to = sorted((draw(st.integers(0, len(content))), draw(st.integers(0, len(content)))))
        piece = draw(st.one_of(PIECES, st.binary(max_size=3)))
        content = draw(st.sampled_from([
            content[:at] + piece + content[at:], content[:at] + content[min(to, at + 3):], content[:to] + content[at:to]
            + content[to:], content[:at],
        ]))  # fmt: skip
    return content


def rows_of(content: bytes) -> tuple[int, int] | None:
    """How many rows were read, and how many were mapped or left aside, None where the file was refused or not known."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as held:
        work, path = Path(folder) / "work", Path(folder) / "export.csv"
        (work / "parts").mkdir(parents=True)
        path.write_bytes(content)
        try:
            found = recognise(path, EXPORTS)
            if found is None:
                return None
            raw = raw_of_table(found, work, held)
            setting = Setting(raw.export.dates, "2025-09-15", "'8014000'")
            mapped = map_rows(raw, Register(Key(b"a key that is long enough")), setting, work / "parts", held)
        except Refusal as refusal:
            said = str(refusal)
            return None if "\n" not in said and ANN not in said else (1, 0)
        paths = [str(path) for parts in mapped.parts.values() for path in parts]
        written = held.sql(f"SELECT count(*) FROM read_parquet({paths})").fetchall()[0][0] if paths else 0
        return raw.rows + raw.ragged, int(written) + mapped.left


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged())
def test_a_damaged_export_is_refused_or_adds_up(content: bytes) -> None:
    found = rows_of(content)
    assert found is None or found[0] == found[1]


@pytest.mark.slow
@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged())
def test_many_damaged_exports_are_refused_or_add_up(content: bytes) -> None:
    found = rows_of(content)
    assert found is None or found[0] == found[1]


@pytest.mark.parametrize("content", [MARKS.encode(), EVENTS.encode("cp1252"), MARKS.encode("utf-16")])
def test_a_whole_export_has_as_many_rows_as_python_counts(content: bytes) -> None:
    text = content.decode("utf-16" if content[:1] == b"\xff" else "cp1252")
    expected = len(list(csv.reader(io.StringIO(text, newline="")))) - 1
    assert rows_of(content) == (expected, expected)
