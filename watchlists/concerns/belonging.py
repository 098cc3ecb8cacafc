"""What pupils themselves said about belonging, beside what they said before."""

from datetime import date

from watchlists.phrases import school_year
from watchlists.records import Record
from watchlists.sentences import Row, Sentence

A_YEAR = 190  # open days
BELONGING = "belonging"


def belonging(record: Record) -> Sentence | None:
    """ "Said in November's survey they feel less part of school than in September.", or none."""
    return feeling(record, "less")


def feeling(record: Record, way: str) -> Sentence | None:
    """The last two answers compared: "less" part of school than before, or "more"; else none."""
    answers = [row for row in record.surveys if row.scale == BELONGING]
    if len(answers) < 2 or not record.time.within_last(answers[-1].date, A_YEAR):
        return None
    before, now = answers[-2:]
    if before.date == now.date or (now.score < before.score) != (way == "less") or now.score == before.score:
        return None
    this, that = _month(now.date, record.as_of), _month(before.date, record.as_of)
    than = "the survey before" if this == that else that
    return Sentence(
        f"Said in {this}’s survey they feel {way} part of school than in {than}.",
        BELONGING,
        f"belonging_{way}",
        {"now": now.date, "before": before.date, "score_now": now.score, "score_before": before.score},
        (Row(before.date, "Survey answered", "surveys"), Row(now.date, "Survey answered", "surveys")),
        new_on=now.date,
    )


def _month(day: date, as_of: date) -> str:
    return f"{day:%B}" if school_year(day) == school_year(as_of) else f"{day:%B} {day.year}"
