"""The list as an Excel workbook: the page's words as text cells, what each column means, and how fresh it is."""

import io
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from watchlists.exports import COLUMNS, EXPIRES_AFTER, PURPOSE, delete_by, inert, row_of
from watchlists.language import said, translated
from watchlists.opaque import Opaque
from watchlists.people import Person
from watchlists.phrases import full_date

WIDTHS = (26, 12, 8, 18, 48, 40, 22, 28, 16, 34)


def list_xlsx(
    rows: Iterable[Any], people: Mapping[str, Person], opaque: Opaque, facts: Mapping[str, Any], school: str,
    as_of: date,
) -> bytes:  # fmt: skip
    """The listed pupils of one school as a workbook: every cell text, no formula, no rank; it says when it expires."""
    book = Workbook()
    book.remove(cast("Worksheet", book.active))
    marks = [said(PURPOSE), f"{school}. {said('List of {day}.', day=full_date(as_of))} {delete_by(as_of)}"]
    listed = [row_of(row, people, opaque, as_of) for row in rows]
    _sheet(book, said("List"), marks, [said(name) for name, _ in COLUMNS], listed)
    meanings = [(said(name), said(meaning)) for name, meaning in COLUMNS]
    purpose = [said(PURPOSE)]
    _sheet(book, said("What columns mean"), purpose, [said("Column"), said("What it means")], meanings)
    _sheet(book, said("How fresh"), purpose, [said("Of"), said("Until")], _freshness(facts, as_of))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _freshness(facts: Mapping[str, Any], as_of: date) -> list[tuple[str, str]]:
    feeds = sorted((facts.get("freshness") or {}).items())
    return [
        (said("The list"), full_date(as_of)),
        *(
            (
                said("{feed} recorded", feed=translated(name).capitalize()),
                full_date(date.fromisoformat(str(day)[:10])),
            )
            for name, day in feeds
        ),
        (said("Method in use"), str(facts.get("model_id", ""))),
        (said("Delete this file by"), full_date(as_of + EXPIRES_AFTER)),
    ]


def _sheet(
    book: Workbook, title: str, marks: list[str], header: Iterable[str], rows: Iterable[Iterable[object]]
) -> None:
    sheet = book.create_sheet(title)
    for line in (*([mark] for mark in marks), header, *rows):
        sheet.append([inert(cell) for cell in line])
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.data_type = "s"  # text, whatever it looks like
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=cell.row > len(marks), vertical="top")
            cell.font = Font(bold=cell.row <= len(marks) + 1)
    for place, width in enumerate(WIDTHS[: sheet.max_column]):
        sheet.column_dimensions[chr(ord("A") + place)].width = width
    sheet.freeze_panes = f"B{len(marks) + 2}"
    sheet.oddHeader.center.text = said(PURPOSE)
    sheet.page_setup.orientation = "landscape"
