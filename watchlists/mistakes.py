"""Data issues: what staff say is wrong in the records, until someone has put it right where it was first written."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from watchlists.notebook import moment_last, notebook

MOST_WORDS = 200  # characters of a note


@dataclass(frozen=True)
class Mistake:
    """One reported mistake: the record it is about ("" for the whole), a note, by whom and when."""

    number: int
    pupil_id: str
    school_id: str
    what: str
    note: str
    by: str
    at: datetime


def report(store: Path, mistake: Mistake) -> None:
    """Keeps a report; its number is given here."""
    with notebook(store) as base:
        base.do(
            "insert into mistakes (pupil_id, school_id, what, note, by, at)"
            " values (:pupil, :school, :what, :note, :by, :at)",
            pupil=mistake.pupil_id, school=mistake.school_id, what=mistake.what, note=mistake.note[:MOST_WORDS],
            by=mistake.by, at=mistake.at.isoformat(timespec="seconds"),
        )  # fmt: skip


def open_mistakes(store: Path, school_id: str) -> list[Mistake]:
    """The school's reports that nobody has settled, oldest first."""
    with notebook(store) as base:
        rows = base.rows(
            "select number, pupil_id, school_id, what, note, by, at from mistakes"
            " where school_id = :school and settled_at = '' order by number",
            school=school_id,
        )
    return [Mistake(*moment_last(row)) for row in rows]


def settle(store: Path, number: int, by: str, at: datetime) -> None:
    """Marks a report as settled: put right where it was first written, or found to be right."""
    with notebook(store) as base:
        base.do(
            "update mistakes set settled_by = :by, settled_at = :at where number = :number and settled_at = ''",
            by=by, at=at.isoformat(timespec="seconds"), number=number,
        )  # fmt: skip
