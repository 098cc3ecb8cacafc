"""Files of rows as systems save them: which encoding, which separator, where the headings stand; Excel too.

A file that DuckDB can read as it stands is left alone. Any other is copied, row by row, into plain CSV beside the
load, each row with the line it stood on, so that there is one way to read rows after this.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from configs.profile import Export
from configs.refusals import BadData
from sources.exports.headings import Fit, best, nearest_fit
from sources.exports.workbooks import sheet_rows, sheets

TABLE_ENDINGS = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm")
SEPARATORS = (",", ";", "\t", "|")
HEAD_BYTES, HEAD_ROWS = 1 << 18, 30
LINE = "from_line"
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
NOT_TABLES = {
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file",
    b"\xd0\xcf\x11\xe0": "an old Excel file (.xls)",
}
LONGEST_CELL = 2_000_000


@dataclass(frozen=True)
class Layout:
    """How a file of rows is written: `header` counts the lines before its headings; `sheet` is set for Excel."""

    encoding: str
    separator: str
    header: int
    sheet: str = ""

    @property
    def plain(self) -> bool:
        """Whether it is CSV in UTF-8 with commas and its headings first."""
        return (
            self.encoding in ("utf-8", "utf-8-sig")
            and self.separator == ","
            and self.header == 0
            and not self.sheet
        )


@dataclass(frozen=True)
class Recognised:
    """A file of rows, how it is written, and the export that it is."""

    path: Path
    layout: Layout
    fit: Fit


def recognise(path: Path, exports: Sequence[Export]) -> Recognised | None:
    """The export that the file is, or None where no profile knows its headings.

    Refused (BadData): a web page, PDF or compressed file by another name, an encoding that the profile does not
    declare, a column that is there twice, a workbook that is damaged or unpacks to far more than it should.
    """
    found = [
        Recognised(path, layout, fit)
        for layout, headings in _candidates(path)
        if (fit := best(exports, headings, path.name))
    ]
    if not found:
        return None
    first = max(found, key=lambda one: (len(one.fit.columns) + len(one.fit.sessions), -one.layout.header))
    if first.fit.twice:
        heading = first.fit.headings[first.fit.columns[first.fit.twice[0]]]
        raise BadData(f"{path.name}: column '{heading}' is there twice. Remove one and ingest again.")
    return Recognised(path, _settled(path, first), first.fit)


def nearest_export(path: Path, exports: Sequence[Export]) -> Fit | None:
    """The export that an unknown file is most like, for a hint."""
    fits = [near for _, headings in _candidates(path) if (near := nearest_fit(exports, headings))]
    return min(fits, key=lambda near: (len(near.missing), -len(near.columns)), default=None)


def headings_of(path: Path) -> tuple[Layout, list[str]]:
    """How a file is written and its headings, where no profile knows it: the first row with most cells filled."""
    return max(_candidates(path), key=lambda one: (len([cell for cell in one[1] if cell]), -one[0].header))


def rewrite(found: Recognised, target: Path) -> Path:
    """A copy in plain CSV of the columns that are wanted and no others: the line each row stood on, then each column
    by its name in the profile, `session N` for the heading of a session. Rows that are wholly blank are left out."""
    wanted = names_by_place(found.fit)
    width = len(found.fit.headings)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([LINE, *wanted.values()])
        for line, row in cells(found.path, found.layout):
            if line > found.layout.header + 1 and any(cell.strip() for cell in row):
                writer.writerow([line, *_wanted_cells(row, list(wanted), width, bool(found.layout.sheet))])
    return target


def _wanted_cells(row: list[str], wanted: list[int], width: int, sheet: bool) -> list[str]:
    """The wanted cells of a row; a row of text that is too short or too long stays so, and is set aside for it."""
    if len(row) < width and not sheet:
        return []
    too_many = [""] * len(row[width:]) if any(row[width:]) else []
    return [*(row[n] if n < len(row) else "" for n in wanted), *too_many]


def names_by_place(fit: Fit) -> dict[int, str]:
    """The name of each wanted column by its place in the file."""
    named = {place: name for name, place in fit.columns.items()}
    return dict(sorted({**named, **{place: f"session {place}" for place in fit.sessions}}.items()))


def cells(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """Every row of a file as (line, texts), from its first line."""
    yield from sheet_rows(path, layout.sheet) if layout.sheet else _csv_rows(path, layout)


def _candidates(path: Path) -> list[tuple[Layout, list[str]]]:
    """Each row near the top that might be the headings, in each way the file might be written."""
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return [
            (Layout("utf-8", ",", line - 1, sheet), row)
            for sheet in sheets(path)
            for line, row in _first(sheet_rows(path, sheet))
        ]
    encoding, head = _head(path)
    return [
        (Layout(encoding, separator, line - 1), [cell.strip() for cell in row])
        for separator in SEPARATORS
        if separator in head
        for line, row in _first(_rows_of(io.StringIO(head, newline=""), separator, path))
        if len(row) > 1
    ]


def _first(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    for n, row in enumerate(rows):
        if n == HEAD_ROWS:
            return
        yield row


def _head(path: Path) -> tuple[str, str]:
    """The file's likely encoding, and its first rows as text."""
    with path.open("rb") as file:
        start = file.read(HEAD_BYTES)
    for magic, what in NOT_TABLES.items():
        if start.startswith(magic):
            raise BadData(
                f"{path.name} is {what}, not rows. Export it as CSV or Excel (.xlsx) and ingest again."
            )
    if start.startswith(b"PK"):
        raise BadData(
            f"{path.name} is a zip or Excel file under another name. Give it its own ending, or unpack it."
        )
    if start.lstrip(codecs.BOM_UTF8).lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise BadData(f"{path.name} is a web page: the export probably asked for a sign-in. Export again.")
    encoding = next((name for bom, name in BOMS if start.startswith(bom)), _without_bom(start))
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    return encoding, decoder.decode(start)


def _without_bom(start: bytes) -> str:
    """UTF-16 without a mark has a zero in every other byte; text that is no UTF-8 is taken for Windows-1252."""
    if len(start) > 3 and start[1::2].count(0) > len(start) // 4:
        return "utf-16-le"
    if len(start) > 3 and start[0::2].count(0) > len(start) // 4:
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _settled(path: Path, found: Recognised) -> Layout:
    """The layout with the encoding that the whole file is in, which the profile must have declared."""
    layout, export = found.layout, found.fit.export
    if layout.sheet:
        return layout
    for encoding in (layout.encoding, "cp1252"):
        if _plain(encoding) in export.encodings and _undecodable(path, encoding) is None:
            return Layout(encoding, layout.separator, layout.header)
        if _plain(encoding) == "utf-16":
            break
    raise _not_as_declared(path, _plain(layout.encoding), export)


def _plain(encoding: str) -> str:
    """An encoding as profiles name it."""
    return "utf-16" if encoding.startswith("utf-16") else encoding.removesuffix("-sig")


def _not_as_declared(path: Path, encoding: str, export: Export) -> BadData:
    declared, again = " or ".join(export.encodings), "Save it as CSV UTF-8 and ingest again."
    if encoding == "utf-16" and encoding in export.encodings:
        return BadData(f"{path.name} is UTF-16, and is damaged or cut off. Export it again.")
    if encoding == "utf-16":
        return BadData(f"{path.name} is UTF-16; {export.title} is read in {declared}. {again}")
    line = _undecodable(path, "utf-8")
    return BadData(f"{path.name}, line {line} is not in {declared}, in which {export.title} is read. {again}")


def _undecodable(path: Path, encoding: str) -> int | None:
    """The first line that is not in that encoding, cut off in the middle of a letter among it; None where all is."""
    decoder, lines = codecs.getincrementaldecoder(encoding)(), 1
    with path.open("rb") as file:
        while True:
            block = file.read(1 << 22)
            try:
                lines += decoder.decode(block, final=not block).count("\n")
            except UnicodeDecodeError as error:
                return lines + block[: error.start].count(b"\n")
            if not block:
                return None


def _csv_rows(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding=layout.encoding, newline="") as file:
        yield from _rows_of(file, layout.separator, path)


def _rows_of(file: Iterator[str], separator: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(LONGEST_CELL)
    reader, line = csv.reader(file, delimiter=separator), 0
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            why = "a value is longer than 2 MB" if "limit" in str(error) else "it cannot be read as rows"
            raise BadData(f"{path.name}, line {line}: {why}. Export it again.") from None
