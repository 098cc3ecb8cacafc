"""The list as a CSV file for a spreadsheet: the page's words, and nothing a spreadsheet would run."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd

from watchlists.language import marked, said, translated
from watchlists.opaque import Opaque
from watchlists.people import Person
from watchlists.phrases import full_date

EXPIRES_AFTER = timedelta(days=14)  # a list is about one week, and is old news after two
PURPOSE = marked("For support. Not evidence for any sanction.")
COLUMNS = (
    (marked("Pupil"), marked("The name the pupil goes by, or a short code where no name is on file")),
    (marked("Tutor group"), marked("From the register")),
    (marked("Year"), marked("Year group")),
    (
        marked("Part of the list"),
        marked("Talk this week, Keep an eye or New information; as many as the team has time for"),
    ),
    (marked("What we noticed"), marked("From the pupil’s own dated records, beside their own earlier weeks")),
    (marked("Going well"), marked("As true as what we noticed: start with it")),
    (marked("Change"), marked("Beside the last list: New, Still, Easing or Back")),
    (marked("Support now"), marked("Support or a recent meeting on record; others may be helping too")),
    (marked("List of"), marked("The day up to which records were read")),
    (marked("Use"), marked("What the list is for")),
)
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def list_csv(rows: Iterable[Any], people: Mapping[str, Person], opaque: Opaque, as_of: date) -> bytes:
    """The listed pupils of one school as CSV, in the order given: all quoted, formulas neutralised, no rank; it says
    when it expires."""
    marks = (said(PURPOSE), said("List of {day}.", day=full_date(as_of)), delete_by(as_of))
    told = [[" ".join(marks)], [said(name) for name, _ in COLUMNS]]
    told += [[inert(cell) for cell in row_of(row, people, opaque, as_of)] for row in rows]
    return quoted_csv(told)


def delete_by(as_of: date) -> str:
    """ "Delete it by Friday 5 December 2025." """
    return said("Delete it by {day}.", day=full_date(as_of + EXPIRES_AFTER))


def row_of(row: Any, people: Mapping[str, Person], opaque: Opaque, as_of: date) -> tuple[str, ...]:
    """One listed pupil in the words of the page, a value for each of COLUMNS."""
    person = people.get(row.pupil_id)
    return (
        person.name if person else opaque.nameless(row.pupil_id),
        person.tutor_group if person else "",
        str(row.year_group),
        translated(row.band),
        " ".join(row.concerns),
        " ".join(row.strengths),
        _changed(row.changed),
        translated(row.support),
        full_date(as_of),
        said(PURPOSE),
    )


def _changed(changed: str) -> str:
    word, comma, detail = changed.partition(", ")
    return f"{translated(word)}{comma}{detail}"


def analysts_csv(rows: pd.DataFrame) -> bytes:
    """The whole list for analysts, by pseudonym: every column of `watchlist.parquet`, rank among them, all quoted
    and no formula in it."""
    told = [[*rows.columns, "use"]]
    for row in rows.itertuples(index=False):
        cells = [" ".join(cell) if isinstance(cell, list) else cell for cell in row]
        told.append([*map(inert, cells), PURPOSE])
    return quoted_csv(told)


def quoted_csv(rows: Iterable[Iterable[str]]) -> bytes:
    """Rows of texts as CSV that spreadsheets read as it is: all quoted, in UTF-8 with its mark."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")


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


def _printable(char: str) -> bool:
    return unicodedata.category(char) != "Cc"
