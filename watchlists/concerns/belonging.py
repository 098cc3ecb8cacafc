"""What pupils themselves said about belonging, beside what they said before."""

from datetime import date

from watchlists.language import marked, said
from watchlists.phrases import month, school_year
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
    than = said("the survey before") if this == that else that
    words = (
        marked("Said in {month}’s survey they feel more part of school than in {before}.")
        if way == "more"
        else marked("Said in {month}’s survey they feel less part of school than in {before}.")
    )
    return Sentence(
        said(words, month=this, before=than),
        BELONGING,
        f"belonging_{way}",
        {"now": now.date, "before": before.date, "score_now": now.score, "score_before": before.score},
        tuple(Row(day, said("Survey answered"), "surveys") for day in (before.date, now.date)),
        new_on=now.date,
    )


def _month(day: date, as_of: date) -> str:
    if school_year(day) == school_year(as_of):
        return month(day)
    return said("{month} {year}", month=month(day), year=day.year)
