"""The list as a CSV file for a spreadsheet: the page's words, and nothing a spreadsheet would run."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, cast

import pandas as pd

from watchlists.opaque import Opaque
from watchlists.people import Person
from watchlists.phrases import full_date

PURPOSE = "For support. Not evidence for any sanction."
HEADER = ("Pupil", "Tutor group", "Year", "Part of the list", "What we noticed", "Going well", "Change",
          "Support now", "List of", "Use")  # fmt: skip
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def list_csv(rows: pd.DataFrame, people: Mapping[str, Person], opaque: Opaque, as_of: date) -> bytes:
    """The listed pupils of one school as CSV: all quoted, formulas neutralised, no rank."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([f"{PURPOSE} List of {full_date(as_of)}."])
    writer.writerow(HEADER)
    for row in cast("Iterable[Any]", rows.sort_values("rank").itertuples(index=False)):
        person = people.get(row.pupil_id)
        cells = (
            person.name if person else opaque.nameless(row.pupil_id),
            person.tutor_group if person else "",
            row.year_group,
            row.band,
            " ".join(row.concerns),
            " ".join(row.strengths),
            row.changed,
            row.support,
            full_date(as_of),
            PURPOSE,
        )
        writer.writerow([inert(cell) for cell in cells])
    return text.getvalue().encode("utf-8-sig")


def write_list_csv(
    folder: Path,
    school_id: str,
    rows: pd.DataFrame,
    people: Mapping[str, Person],
    opaque: Opaque,
    as_of: date,
) -> Path:
    """`watchlist_<school>.csv` in a run's folder, readable by its owner only."""
    path = folder / f"watchlist_{safe_file_name(school_id)}.csv"
    path.touch(mode=0o600)
    path.write_bytes(list_csv(rows[rows["school_id"] == school_id], people, opaque, as_of))
    return path


def inert(cell: object) -> str:
    """A cell as text that no spreadsheet runs: an apostrophe before a formula sign, no control characters.

    >>> inert("=1+1"), inert("Zoë O’Brien"), inert("  @now")
    ("'=1+1", 'Zoë O’Brien', "'  @now")
    """
    text = "" if cell is None or cell is pd.NA else str(cell)
    dangerous = text.startswith(DANGEROUS) or text.lstrip().startswith(DANGEROUS)
    shown = "".join(
        " " if char in "\t\r\n" else char for char in text if char in "\t\r\n" or _printable(char)
    )
    return f"'{shown}" if dangerous else shown


def safe_file_name(identity: str) -> str:
    """An id as part of a file name: letters, digits, hyphen and underscore."""
    return "".join(char if char.isascii() and (char.isalnum() or char in "-_") else "_" for char in identity)


def _printable(char: str) -> bool:
    return unicodedata.category(char) != "Cc"
