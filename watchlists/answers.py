"""Your view: one of five answers about a listed pupil, with a short note. Not a label, and not counted for anyone."""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from watchlists.language import marked
from watchlists.notebook import moment_last, notebook

SUPPORTED, ACT, NOT_NOW, WRONG, MORE = "supported", "act", "not_now", "wrong", "more"
ANSWERS = {
    SUPPORTED: marked("Already supported"),
    ACT: marked("Will act"),
    NOT_NOW: marked("Not relevant now"),
    WRONG: marked("Information is wrong"),
    MORE: marked("I know more"),
}
LONGEST_NOTE = 200  # characters
COLUMNS = "pupil_id, school_id, answer, note, seen_until, by, at"


@dataclass(frozen=True)
class Answer:
    """One answer: what was said, by whom and when, of a list whose records went up to `seen_until`."""

    pupil_id: str
    school_id: str
    answer: str
    note: str
    seen_until: str
    by: str
    at: datetime

    @property
    def words(self) -> str:
        """The answer as the page says it."""
        return ANSWERS[self.answer]


def save(store: Path, answer: Answer) -> None:
    """Keeps one answer; earlier ones stay."""
    told = {
        **asdict(answer),
        "note": answer.note[:LONGEST_NOTE],
        "at": answer.at.isoformat(timespec="seconds"),
    }
    with notebook(store) as base:
        base.do(
            f"insert into answers ({COLUMNS}) values (:pupil_id, :school_id, :answer, :note, :seen_until, :by, :at)",
            **base.hidden("answers", told),
        )


def of_pupil(store: Path, pupil_id: str) -> list[Answer]:
    """Every answer about a pupil, newest first."""
    return _answers(store, "pupil_id = :value order by number desc", pupil_id)


def latest_of_school(store: Path, school_id: str) -> dict[str, Answer]:
    """The latest answer about each pupil of a school."""
    return {
        answer.pupil_id: answer for answer in _answers(store, "school_id = :value order by number", school_id)
    }


def _answers(store: Path, where: str, value: str) -> list[Answer]:
    with notebook(store) as base:
        rows = base.named(f"select {COLUMNS} from answers where {where}", value=value)
        told = [base.shown("answers", row) for row in rows]
    return [Answer(*moment_last(tuple(row.values()))) for row in told]
