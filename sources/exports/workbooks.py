"""Excel workbooks as rows of texts, read a row at a time and never unpacked into more memory than a table needs."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

from configs.refusals import BadData
from sources.reading import MOST_COLUMNS

MOST_UNPACKED = 2 << 30  # bytes of one workbook
MOST_SQUEEZED = 1000  # times smaller that a part may be packed
MOST_BESIDE = 256 << 20  # bytes of all but the sheets: among them the texts, which are held in memory
LONGEST_ROW = 4 << 20  # bytes of one row, which is held in memory: Excel's most columns at 250 bytes each


def sheets(path: Path) -> list[str]:
    """The names of a workbook's sheets.

    Refused (BadData): what is no whole workbook, or unpacks to far more than an export holds.
    """
    _check_packed(path)
    return [str(name) for name in _workbook(path).sheetnames]


def sheet_rows(path: Path, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """Every row, as far as a table may be wide: a lone cell far to the right makes no row of 16,384."""
    try:
        rows = _workbook(path)[sheet].iter_rows(max_col=MOST_COLUMNS, values_only=True)
        for line, row in enumerate(rows, start=1):
            blank = row.count(None) == len(row)
            yield line, [] if blank else [_as_text(cell) for cell in row]
    except BadData:
        raise
    except Exception:  # a damaged sheet fails in as many ways as XML and zip can
        raise BadData(f"{path.name}: its sheet is damaged. Save it in Excel again.") from None


def _workbook(path: Path):  # type: ignore[no-untyped-def]
    import openpyxl

    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception:  # openpyxl raises whatever the damage leads to
        raise BadData(f"{path.name} is not a whole Excel file (.xlsx). Save it in Excel again.") from None


def _check_packed(path: Path) -> None:
    """Refuses a zip bomb before it is unpacked, and a workbook with a part that would not fit into memory."""
    try:
        with zipfile.ZipFile(path) as packed:
            beside, pages = _parts(packed)
            bomb = (
                sum(part.file_size for part in (*beside, *pages)) > MOST_UNPACKED
                or sum(part.file_size for part in beside) > MOST_BESIDE
                or any(
                    part.file_size > MOST_SQUEEZED * max(part.compress_size, 1) for part in (*beside, *pages)
                )
                or any(_longest_row(packed, part) > LONGEST_ROW for part in pages)
            )
    except Exception:  # a damaged archive fails in as many ways as zip can
        raise BadData(f"{path.name} is not a whole Excel file (.xlsx). Save it in Excel again.") from None
    if bomb:
        raise BadData(
            f"{path.name} unpacks to far more than an export holds, and was not opened. Export it again."
        )


def _parts(packed: zipfile.ZipFile) -> tuple[list[zipfile.ZipInfo], list[zipfile.ZipInfo]]:
    """The parts of a workbook: what stands beside the sheets, and the sheets."""
    parts = packed.infolist()
    pages = [part for part in parts if part.filename.lower().startswith("xl/worksheets/")]
    return [part for part in parts if part not in pages], pages


def _longest_row(packed: zipfile.ZipFile, sheet: zipfile.ZipInfo) -> int:
    """How many bytes stand between the ends of two rows at most. An end that falls between two blocks is missed, which
    makes two rows one."""
    longest = since = 0
    with packed.open(sheet) as held:
        while (block := held.read(1 << 20)) and longest <= LONGEST_ROW:
            first, *others = block.split(b"row>")
            longest = max(longest, since + len(first), *map(len, others))
            since = len(others[-1]) if others else since + len(first)
    return longest


def _as_text(cell: object) -> str:
    """A cell as text: a true date in ISO, a whole number without a point."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return (
            cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="seconds")
        )
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
