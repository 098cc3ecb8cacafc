"""Lessons missed while in school, and late arrivals to lessons."""

import re

from watchlists.concerns.counting import A_PATTERN, over_days
from watchlists.language import marked, said
from watchlists.phrases import counted
from watchlists.records import Lesson, Record
from watchlists.sentences import Row, Sentence

MISSED = marked("Missed {lessons} while in school in the last {days}{beside}.")
LATE = marked("Arrived late to {lessons} in the last {days}{beside}.")
MARKS = {"absent": marked("Lesson {period}: absent"), "late": marked("Lesson {period}: late")}
MORNING_PERIODS = 3  # as the features read them: periods 1 to 3 are the morning


def lessons(record: Record) -> Sentence | None:
    """ "Missed 4 lessons while in school in the last 15 school days; none in September." """
    return _sentence(record, "absent", MISSED, "lessons_missed") or _sentence(
        record, "late", LATE, "lessons_late"
    )


def lessons_marked(record: Record, mark: str) -> list[Lesson]:
    """Lessons with that mark in sessions for which the pupil was in school."""
    here = {(row.date, row.session) for row in record.attendance if row.came}
    days = {day for day, _ in here}
    return [
        lesson for lesson in record.lessons
        if lesson.mark == mark
        and ((lesson.date, half) in here if (half := _half(lesson.period)) else lesson.date in days)
    ]  # fmt: skip


def _sentence(record: Record, mark: str, words: str, kind: str) -> Sentence | None:
    count = over_days(record, lessons_marked(record, mark))
    if count is None or len(count.found) < A_PATTERN:
        return None
    found, days = counted(len(count.found), "lesson"), counted(count.out_of, "school day")
    return Sentence(
        said(words, lessons=found, days=days, beside=count.comparison),
        "lessons",
        kind,
        count.facts,
        tuple(Row(row.date, said(MARKS[row.mark], period=row.period), "lessons") for row in count.found),
        weekly=kind,
        eased=count.eased,
    )


def _half(period: str) -> str | None:
    number = re.search(r"\d+", period)
    if number is None:
        return None
    return "AM" if int(number.group()) <= MORNING_PERIODS else "PM"
