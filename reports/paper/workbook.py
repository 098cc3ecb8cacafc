"""A paper as a workbook: a sheet of how to read it, then a sheet for each table; nothing in it runs.

Words are stored as text whatever they begin with, and those that a spreadsheet would run are marked as quoted.
The same paper gives the same bytes.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from reports.paper.charts import Bars, Course, Intervals
from reports.paper.saying import day
from reports.paper.text import bars_table, course_table, intervals_table
from reports.paper.values import Cell, Paper, Table
from watchlists.exports import PURPOSE, inert

TITLE_LONGEST, NARROWEST, WIDEST = 28, 10, 60
AT = (1980, 1, 1, 0, 0, 0)  # the first moment a zip file can hold
MODIFIED = re.compile(rb"(<dcterms:(?:modified|created)[^>]*>)[^<]*")


def as_xlsx(paper: Paper) -> bytes:
    """The workbook's bytes."""
    book = Workbook()
    _reading(book.active, paper)
    for number, table in enumerate(tables_of(paper), start=1):
        _sheet(book.create_sheet(_title(number, table.caption)), table)
    held = io.BytesIO()
    book.save(held)
    return _without_clock(held.getvalue(), paper)


def tables_of(paper: Paper) -> Iterator[Table]:
    """Every table of the paper, those under its charts among them."""
    for section in paper.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                yield block
            elif isinstance(block, Intervals):
                yield intervals_table(block)
            elif isinstance(block, Bars):
                yield bars_table(block)
            elif isinstance(block, Course):
                yield course_table(block)


def _reading(sheet: Any, paper: Paper) -> None:
    sheet.title = "How to read this"
    rows = [(paper.title, ""), (paper.whose, f"{day(paper.start)} to {day(paper.end)}"), (PURPOSE, ""),
            (paper.lead, ""), *((figure.name, f"{figure.value} ({figure.beside})") for figure in paper.figures),
            ("", ""), *((name.replace("_", " ").capitalize(), words) for name, words in paper.definitions.items()),
            *(("What this cannot see", words) for words in paper.cannot_see)]  # fmt: skip
    for number, row in enumerate(rows, start=1):
        for place, words in enumerate(row, start=1):
            _write(sheet.cell(number, place), words)
            sheet.cell(number, place).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 34, 110


def _sheet(sheet: Any, table: Table) -> None:
    for place, head in enumerate(table.heads, start=1):
        _write(sheet.cell(1, place), head)
        sheet.cell(1, place).font = Font(bold=True)
        sheet.cell(1, place).alignment = Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(table.rows, start=2):
        for place, cell in enumerate(row, start=1):
            _write(
                sheet.cell(number, place),
                round(cell, max(table.places, 1)) if isinstance(cell, float) else cell,
            )
    for place, head in enumerate(table.heads, start=1):
        longest = max([len(head) / 2, *(len(str(row[place - 1])) for row in table.rows if len(row) >= place)])
        sheet.column_dimensions[get_column_letter(place)].width = min(max(longest + 2, NARROWEST), WIDEST)
    _write(sheet.cell(len(table.rows) + 3, 1), table.caption)
    _write(sheet.cell(len(table.rows) + 4, 1), PURPOSE)
    sheet.freeze_panes = "B2"


def _write(square: Any, cell: Cell) -> None:
    """Numbers as numbers, words as text: a formula is never stored as one."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        square.value = cell
        return
    square.value = inert(cell)
    square.data_type = "s"
    square.quotePrefix = square.value.startswith("'")


def _title(number: int, caption: str) -> str:
    """A sheet's name: unlike all others, and short enough."""
    return f"{number} {re.sub(r'[^0-9A-Za-z ]', '', caption)}"[:TITLE_LONGEST].strip()


def _without_clock(book: bytes, paper: Paper) -> bytes:
    """The same workbook, dated by the paper and not by the clock."""
    moment = datetime(paper.end.year, paper.end.month, paper.end.day).isoformat().encode()  # noqa: DTZ001
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = MODIFIED.sub(rb"\g<1>" + moment + b"Z", content)
            new.writestr(zipfile.ZipInfo(name, AT), content, zipfile.ZIP_DEFLATED)
    return held.getvalue()
