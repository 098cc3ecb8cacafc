"""Reading a file of a canonical table: every value as text, every row accounted for, nothing guessed.

A file that is not what it says is refused, with its name, what was found and how to mend it.
"""

import csv
import hashlib
import io
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb

from configs.refusals import BadData, nearest
from sources.disguises import what_it_is
from sources.store import named, quoted
from sources.tables import TABLES, Table

FORMATS = (".csv", ".parquet")
LONGEST_ROW = 2_000_000  # bytes; a longer one is no row of a school's records
MOST_COLUMNS = 1_000
KNOWN_ON, WITHDRAWN_ON = META = ("known_on", "withdrawn_on")
REASON = "from_reason"
RAGGED = {
    "MISSING COLUMNS": "the row has too few columns",
    "TOO MANY COLUMNS": "the row has too many columns",
    "INVALID ENCODING": "the row is not in UTF-8",
    "UNQUOTED VALUE": "a quotation mark stands in the wrong place",
    "LINE SIZE OVER MAXIMUM": "the row is longer than 2 MB",
}


@dataclass(frozen=True)
class Found:
    """The file of one table, as found in the folder: its columns in the file's order, its size and last change.

    A *staged* file is Parquet made from one or several exports read through a profile: the canonical columns as
    text, and of each row the export (`from_file`) and the line there (`from_line`) that it came from, and, where
    nothing can be made of it, why (`from_reason`). `date_words` say how the dates of the source were to be written,
    and `exports` are the files it was made from.
    """

    table: Table
    path: Path
    columns: tuple[str, ...]
    state: tuple[int, int]
    staged: bool = False
    date_words: str = "YYYY-MM-DD"
    exports: tuple[Path, ...] = ()

    @cached_property
    def told(self) -> tuple[str, int]:
        """The file's sha256 and how many lines it has, an unfinished last one among them: read once for both."""
        hashed, lines, last = hashlib.sha256(), 0, b"\n"
        with self.path.open("rb") as handle:
            while block := handle.read(1 << 22):
                hashed.update(block)
                lines, last = lines + block.count(b"\n"), block[-1:]
        return hashed.hexdigest(), lines + (last != b"\n")

    @property
    def is_csv(self) -> bool:
        """Whether it is text."""
        return self.path.suffix == ".csv"

    @property
    def name(self) -> str:
        """What people call it: the file's name, or the table's where it was made from exports."""
        return self.table.name if self.staged else self.path.name

    @property
    def unknown(self) -> tuple[str, ...]:
        """Columns that are not Handrail's: ignored, and said once."""
        return tuple(name for name in self.columns if name not in META and not self.table.has(name))

    @property
    def wanted(self) -> tuple[str, ...]:
        """The columns to read, known_on and withdrawn_on among them where the source gives them."""
        return tuple(name for name in self.columns if name in META or self.table.has(name))


def find(folder: Path, table: Table, held: duckdb.DuckDBPyConnection) -> Found | None:
    """The file of a table in the folder, its header checked; None where there is none.

    Refused (BadData): two files for one table, a file that is no CSV or Parquet, a column twice, a required
    column missing.
    """
    present = [path for ending in FORMATS if (path := folder / f"{table.name}{ending}").is_file()]
    if not present:
        return None
    if len(present) > 1:
        raise BadData(f"{present[0].name} and {present[1].name} are both in {folder}. Keep one of them.")
    path = present[0]
    columns = _csv_header(path) if path.suffix == ".csv" else _parquet_header(path, held)
    _check_columns(path, table, columns)
    return Found(table, path, tuple(columns), _state(path))


def staged(
    table: Table,
    path: Path,
    columns: tuple[str, ...],
    date_words: str = "YYYY-MM-DD",
    exports: tuple[Path, ...] = (),
) -> Found:
    """A Parquet file of one table made from exports (see `Found`)."""
    return Found(table, path, columns, _state(path), staged=True, date_words=date_words, exports=exports)


def check_unchanged(found: Found) -> None:
    """Refuses a file that was still being written while it was read."""
    if _state(found.path) != found.state:
        raise BadData(
            f"{found.name} changed while it was being read. Wait until it is whole and ingest again."
        )


def rows(found: Found) -> str:
    """SQL for the file's rows: every column of the table, META and, where exports were read, why nothing can be made
    of a row, as text, blank as null, in the file's order."""
    trimmed = ", ".join(f"nullif(trim({named(name)}), '') AS {named(name)}" for name in _every(found))
    return f"SELECT {trimmed} FROM ({as_written(found)})"


def _every(found: Found) -> tuple[str, ...]:
    return (*(column.name for column in found.table.columns), *META, *([REASON] if found.staged else []))


def as_written(found: Found) -> str:
    """SQL for the file's rows as `rows` gives them, but with the blanks around each value that the file has."""
    source = _csv_source(found) if found.is_csv else f"read_parquet({quoted(str(found.path))})"
    columns = (
        f"CAST({named(name)} AS VARCHAR) AS {named(name)}"
        if name in found.columns
        else f"NULL::VARCHAR AS {named(name)}"
        for name in _every(found)
    )
    as_is = found.is_csv or found.staged
    return f"SELECT {', '.join(columns)} FROM {source if as_is else _days_as_dates(found, source)}"


def origins(found: Found) -> str:
    """SQL for where each row of a staged file came from: its place in the file, from_file and from_line."""
    return (
        "SELECT file_row_number AS place, CAST(from_file AS VARCHAR) AS from_file,"
        f" CAST(from_line AS BIGINT) AS from_line, {REASON if REASON in found.columns else 'NULL::VARCHAR'} AS {REASON}"
        f" FROM read_parquet({quoted(str(found.path))}, file_row_number = true)"
    )


def take_ragged(found: Found, held: duckdb.DuckDBPyConnection, whole_rows: int) -> int:
    """Makes the table `ragged` (line, rule, reason, text) of the rows that are no rows, and returns how many.

    Refused (BadData): rows that cannot be accounted for, as when a quotation mark is opened and never closed.
    """
    words = " ".join(f"WHEN {quoted(kind)} THEN {quoted(why)}" for kind, why in RAGGED.items())
    held.execute("CREATE OR REPLACE TABLE ragged (line BIGINT, rule VARCHAR, reason VARCHAR, text VARCHAR)")
    if not found.is_csv:
        return 0
    held.execute(
        "INSERT INTO ragged SELECT line, lower(replace(min(error_type), ' ', '_')),"
        f" CASE min(error_type) {words} ELSE 'the row is not CSV' END, ltrim(any_value(csv_line), chr(10) || chr(13))"
        " FROM reject_errors GROUP BY line"
    )
    forget_rejects(held)
    ragged, swallowing = held.sql(
        "SELECT count(*), min(line) FILTER (rule = 'unquoted_value' AND contains(text, chr(10))) FROM ragged"
    ).fetchall()[0]
    if swallowing:
        raise BadData(f"{found.name}, line {swallowing}: a quotation mark is opened and not closed, and the rows "
                      "after it cannot be told apart. Export it again.")  # fmt: skip
    _check_every_row_read(found, whole_rows + ragged)
    return int(ragged)


def forget_rejects(held: duckdb.DuckDBPyConnection) -> None:
    """Drops what DuckDB noted of rows that are no rows."""
    held.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")


def ends_unfinished(found: Found) -> bool:
    """Whether a CSV stops without a line break, as one cut short does."""
    if not found.is_csv:
        return False
    with found.path.open("rb") as handle:
        if not handle.seek(0, io.SEEK_END):
            return False
        handle.seek(-1, io.SEEK_END)
        return handle.read(1) not in (b"\n", b"\r")


def unreadable(found: Found, error: duckdb.Error) -> BadData:
    """The refusal of a file that DuckDB cannot read; it never repeats the file's own words."""
    if not found.is_csv:
        return BadData(f"{found.name} is not a whole Parquet file. Copy or export it again.")
    if "state machine" in str(error):
        return BadData(f"{found.name}: its lines do not all end in the same way. Save it as CSV UTF-8 again.")
    return BadData(f"{found.name} cannot be read as CSV UTF-8. Export it again.")


def _state(path: Path) -> tuple[int, int]:
    return path.stat().st_size, path.stat().st_mtime_ns


def _csv_header(path: Path) -> list[str]:
    with path.open("rb") as handle:
        start = handle.read(LONGEST_ROW)
    disguise = what_it_is(start)
    if disguise:
        raise BadData(f"{path.name} {disguise}")
    try:
        first = start.splitlines()[0].decode("utf-8-sig") if start else ""
        text = start.decode("utf-8-sig", errors="replace") if first.count('"') % 2 else first
        return next(csv.reader(io.StringIO(text, newline="")), [])
    except UnicodeDecodeError:
        raise BadData(
            f"{path.name}, line 1 is not in UTF-8. Save it as CSV UTF-8 and ingest again."
        ) from None
    except csv.Error:
        raise BadData(f"{path.name}, line 1 cannot be read as column names. Export it again.") from None


def _parquet_header(path: Path, held: duckdb.DuckDBPyConnection) -> list[str]:
    try:
        return [
            row[0] for row in held.sql(f"DESCRIBE SELECT * FROM read_parquet({quoted(str(path))})").fetchall()
        ]
    except duckdb.Error:
        raise BadData(f"{path.name} is not a whole Parquet file. Copy or export it again.") from None


def _check_columns(path: Path, table: Table, columns: list[str]) -> None:
    if len(columns) > MOST_COLUMNS:
        raise BadData(f"{path.name} has {len(columns):,} columns. Check that it is the right file.")
    if len(columns) == 1 and any(mark in columns[0] for mark in ";\t|"):
        raise BadData(f"{path.name} is not separated by commas. Save it as CSV with commas and ingest again.")
    wanted = Counter(name for name in columns if name in META or table.has(name))
    for name, times in wanted.items():
        if times > 1:
            raise BadData(f"{path.name}: column '{name}' is there twice. Remove one and ingest again.")
    for column in table.columns:
        if column.required and column.name not in wanted:
            raise BadData(
                f"{path.name}: column '{column.name}' is missing{nearest_of(column.name, columns)}. "
                f"Expected {', '.join(c.name for c in table.columns if c.required)}."
            )


def nearest_of(name: str, columns: list[str]) -> str:
    """The column most like a missing one, as a hint, unless it is itself a canonical name."""
    ours = {column.name for table in TABLES.values() for column in table.columns}
    return nearest(name, [column for column in columns if column not in ours]).replace(
        "did you mean", "is it"
    )


def _csv_source(found: Found) -> str:
    """read_csv over text alone; a column that is not Handrail's goes by its place, so that no name can collide."""
    names = [name if name in found.wanted else f"ignored {n}" for n, name in enumerate(found.columns)]
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in names)
    return (
        f"read_csv({quoted(str(found.path))}, header = true, auto_detect = false, columns = {{{columns}}}, delim = ',',"
        f" quote = '\"', escape = '\"', nullstr = '', max_line_size = {LONGEST_ROW}, store_rejects = true)"
    )


def _days_as_dates(found: Found, source: str) -> str:
    """Parquet dates that were written as midnights are days."""
    dates = [column.name for column in found.table.columns if column.kind == "date"] + [*META]
    days = ", ".join(
        f"CASE WHEN typeof({named(name)}) LIKE 'TIMESTAMP%' AND CAST({named(name)} AS VARCHAR) LIKE '% 00:00:00'"
        f" THEN left(CAST({named(name)} AS VARCHAR), 10) ELSE CAST({named(name)} AS VARCHAR) END AS {named(name)}"
        for name in dates if name in found.columns
    )  # fmt: skip
    return f"(SELECT * REPLACE ({days}) FROM {source})" if days else source


def _check_every_row_read(found: Found, read: int) -> None:
    """As many rows were read as the file has lines; where values hold line breaks, as it has records."""
    if read == found.told[1] - 1:
        return
    csv.field_size_limit(LONGEST_ROW)
    with found.path.open(encoding="utf-8-sig", errors="replace", newline="") as text:
        try:
            records = sum(1 for record in csv.reader(text) if record) - 1
        except csv.Error:
            records = -1
    if max(records, 0) != read:
        check_unchanged(found)
        raise BadData(f"{found.name}: {read:,} rows were read and not all can be accounted for: a quotation mark "
                      "or a line break stands where it should not. Export it again.")  # fmt: skip
