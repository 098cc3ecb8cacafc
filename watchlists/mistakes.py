"""Data issues: what staff say is wrong in the records, until someone has put it right where it was first written."""

from dataclasses import asdict, dataclass
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
    told = {
        **asdict(mistake),
        "note": mistake.note[:MOST_WORDS],
        "at": mistake.at.isoformat(timespec="seconds"),
    }
    with notebook(store) as base:
        base.do(
            "insert into mistakes (pupil_id, school_id, what, note, by, at)"
            " values (:pupil_id, :school_id, :what, :note, :by, :at)",
            **base.hidden("mistakes", told),
        )


def open_mistakes(store: Path, school_id: str) -> list[Mistake]:
    """The school's reports that nobody has settled, oldest first."""
    with notebook(store) as base:
        rows = base.named(
            "select number, pupil_id, school_id, what, note, by, at from mistakes"
            " where school_id = :school and settled_at = '' order by number",
            school=school_id,
        )
        told = [base.shown("mistakes", row) for row in rows]
    return [Mistake(*moment_last(tuple(row.values()))) for row in told]


def settle(store: Path, number: int, by: str, at: datetime) -> None:
    """Marks a report as settled: put right where it was first written, or found to be right."""
    with notebook(store) as base:
        base.do(
            "update mistakes set settled_by = :by, settled_at = :at where number = :number and settled_at = ''",
            by=by, at=at.isoformat(timespec="seconds"), number=number,
        )  # fmt: skip
