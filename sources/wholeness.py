"""Whether a file is whole: its last line, its newest day beside the days before, and what it was, for the receipt."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import duckdb

from configs.refusals import BadData
from sources.reading import Found, ends_unfinished
from sources.store import Store, quoted, sha256_of
from sources.tables import TABLES

SMALL = 64 * 1024  # bytes: a file so small may have been ended by hand
WEEKS, LEAST_WEEKS = 4, 2
LEAST_MARKS = 10  # a weekday that usually has fewer says nothing when it has half


def fingerprint(found: Found) -> list[dict[str, str | int]]:
    """The name, bytes and sha256 of the files a table was read from, for the receipt."""
    return [
        {
            "file": path.name,
            "bytes": path.stat().st_size,
            "sha256": sha256_of(path) if found.exports else found.told[0],
        }
        for path in found.exports or (found.path,)
    ]


def check_end(found: Found) -> None:
    """Refuses a CSV over 64 KiB that stops without a line break: it was most likely cut short."""
    if ends_unfinished(found) and found.path.stat().st_size > SMALL:
        raise BadData(f"{found.name} stops in the middle of its last line, without a line break, as a file cut short "
                      "does. Export or copy it again.")  # fmt: skip


def check_last_row(found: Found, rows_in: int, held: duckdb.DuckDBPyConnection) -> None:
    """Refuses a small CSV that stops without a line break and whose last row cannot be used."""
    if ends_unfinished(found):
        ((line,),) = held.sql("SELECT max(line) FROM aside").fetchall()
        if line is not None and line > rows_in:
            raise BadData(f"{found.name} stops in the middle of its last row (line {line}), as a file cut short does. "
                          "Export or copy it again.")  # fmt: skip


class ShortDay(NamedTuple):
    """A school's newest day with far fewer marks than that weekday usually has."""

    school_id: str
    day: date
    marks: int
    usual: float

    def __str__(self) -> str:
        return (
            f"school {self.school_id} has {self.marks:,} marks on {self.day}, its newest day, and had "
            f"{self.usual:,.0f} on that weekday in the four weeks before."
        )


def short_days(
    found: Found, store: Store, reach: Mapping[str, str], least: float, held: duckdb.DuckDBPyConnection
) -> list[ShortDay]:
    """The schools whose newest day has far fewer marks than that weekday had in the four weeks before. Refused
    (BadData) where that is so of every school in the file: then it is the file that was cut short.

    The days of `fresh` and of the store are counted together. With fewer than two such weekdays, or of fewer than ten
    marks, nothing is judged.
    """
    days = held.sql("SELECT school_id, max(date) FROM fresh GROUP BY ALL ORDER BY 1").fetchall()
    newest = {school: day for school, day in days if str(day) >= reach.get(school, "")}
    short = _too_few(newest, store, least, held) if newest and least else []
    if short and len(short) == held.sql("SELECT count(DISTINCT school_id) FROM good").fetchall()[0][0]:
        raise BadData(
            f"{found.name}: {short[0]} The file is probably not whole: export it again, or, if the school was truly so "
            "empty, lower least_of_same_weekday in the settings."
        )
    return short


def _too_few(
    newest: Mapping[str, date], store: Store, least: float, held: duckdb.DuckDBPyConnection
) -> list[ShortDay]:
    first = str(date.fromordinal(min(newest.values()).toordinal() - 7 * WEEKS))
    files = [file for file in store.files("attendance") if file["last"] >= first]
    values = ", ".join(f"({quoted(school)}, DATE '{day}')" for school, day in newest.items())
    short = held.sql(f"""
        WITH newest (school_id, newest) AS (VALUES {values}), days AS (
            SELECT CAST(school_id AS VARCHAR) AS school_id, date, count(*) AS n FROM fresh
            WHERE correction = 0 AND date >= DATE '{first}' GROUP BY ALL
            UNION ALL SELECT school_id, date, count(*) FROM ({store.view(TABLES["attendance"], files)})
            WHERE known_until IS NULL AND date >= DATE '{first}' GROUP BY ALL
        ), counted AS (SELECT school_id, date, CAST(sum(n) AS BIGINT) AS n FROM days GROUP BY ALL)
        SELECT now.school_id, now.date, now.n, median(earlier.n) AS usual
        FROM newest JOIN counted now ON now.school_id = newest.school_id AND now.date = newest.newest
        JOIN counted earlier ON earlier.school_id = now.school_id AND now.date - earlier.date IN (7, 14, 21, 28)
        GROUP BY ALL HAVING count(*) >= {LEAST_WEEKS} AND usual >= {LEAST_MARKS} AND now.n < {least} * usual
        ORDER BY 1""").fetchall()
    return [ShortDay(*row) for row in short]
