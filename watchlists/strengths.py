"""What is going well, from the same rows: at least one sentence for every pupil, honest if little is kept."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import takewhile

from features.measures import SUSPENDED
from watchlists.concerns.belonging import feeling
from watchlists.language import marked, said
from watchlists.phrases import (
    SCHOOL_YEAR_BEGINS,
    WEEKDAYS,
    counted,
    listed_in_words,
    long_day,
    school_year,
)
from watchlists.records import AGREED_AWAY, Mark, Record
from watchlists.school_time import Holiday
from watchlists.sentences import LITTLE_RECORDED, Row, Sentence

MOST_STRENGTHS = 3
NOUNS = {"mornings": "morning", "attended": "session"}
ON_TIME = (
    marked("On time for {number} of the last {sessions}."),
    marked("On time for all of the last {sessions}."),
)
ATTENDED = (
    marked("Attended {number} of the last {sessions}."),
    marked("Attended all of the last {sessions}."),
)
STREAK = 10  # sessions, or open days without an incident: shorter is chance
LAST_MORNINGS, LAST_SESSIONS = 30, 60
NEARLY_EVERY_MORNING = 0.9
NEARLY_EVERY_SESSION = 0.95  # nine of ten is where absence is called persistent: no praise
WEEKS_OF_A_DAY = 2
RECENTLY = 20  # open days
IN_SCHOOL = ("/", "\\", "L")
UNSAID_BESIDE = {
    "attended": ("absence", "unauthorised", "part_time"),
    "mornings": ("lateness",),
    "no_incidents": ("incidents",),
    "attended_since": (),
    "weekdays": (),
    "recognised": (),
    "belonging_more": (),
    "no_suspensions": (),
}


def strengths(record: Record, concerned: Sequence[str] = ()) -> tuple[Sentence, ...]:
    """One to three strengths, one of a family; one that a concern seems to contradict only if alone."""
    found = [sentence for write in WRITTEN if (sentence := write(record))]
    beside = [row for row in found if not set(UNSAID_BESIDE[row.kind]) & set(concerned)]
    first_of_family = {row.family: row for row in reversed(beside or found)}
    told = [row for row in found if first_of_family.get(row.family) is row]
    return tuple(told[:MOST_STRENGTHS]) or (Sentence(said(LITTLE_RECORDED), "little", "little_recorded", {}),)


def recognised(record: Record) -> Sentence | None:
    """ "Received 4 recognitions since half term." """
    holiday = record.time.last_holiday
    start = holiday.first_after if holiday else record.time.last(RECENTLY).start
    recently = said("in the last {days}", days=counted(RECENTLY, "school day"))
    return _received(record, start, since(holiday) if holiday else recently)


def recognised_this_year(record: Record) -> Sentence | None:
    """ "Received 1 recognition this school year." """
    return _received(record, date(school_year(record.as_of), SCHOOL_YEAR_BEGINS, 1), said("this school year"))


def _received(record: Record, start: date, words: str) -> Sentence | None:
    found = [row for row in record.achievements if row.date >= start]
    if not found:
        return None
    rows = (Row(row.date, said("Recognition recorded as {category}", category=row.category), "achievements")
            for row in found)  # fmt: skip
    return Sentence(
        said("Received {recognitions} {when}.", recognitions=counted(len(found), "recognition"), when=words),
        "recognitions", "recognised",
        {"count": len(found), "start": start},
        tuple(rows),
    )  # fmt: skip


def attended_since(record: Record) -> Sentence | None:
    """ "In school for every session since 3 November.": a run of at least ten sessions, to the last mark."""
    marks = [mark for mark in _to_be_in(record) if school_year(mark.date) == school_year(record.as_of)]
    run = list(takewhile(lambda mark: mark.came, reversed(marks)))
    if len(run) < STREAK:
        return None
    start = run[-1].date
    if len(run) < len(marks) and marks[-len(run) - 1].date == start:
        start = next((mark.date for mark in reversed(run) if mark.date > start), start)
    whole_year = len(run) == len(marks)
    when = said("this school year") if whole_year else said("since {day}", day=long_day(start, record.as_of))
    here = all(mark.code in IN_SCHOOL for mark in run)
    words = (
        marked("In school for every session {when}.") if here else marked("Attended every session {when}.")
    )
    return Sentence(said(words, when=when), "absence", "attended_since", {"start": start})


def weekdays(record: Record) -> Sentence | None:
    """ "In school every Thursday and Friday since half term.": days on which none was missed."""
    holiday = record.time.last_holiday
    if holiday is None:
        return None
    marks = [mark for mark in _to_be_in(record) if mark.date >= holiday.first_after]
    by_day = {number: [mark for mark in marks if mark.date.weekday() == number] for number in range(7)}
    whole = [
        WEEKDAYS[number]
        for number, held in by_day.items()
        if len({mark.date for mark in held}) >= WEEKS_OF_A_DAY
        and all(mark.code in IN_SCHOOL for mark in held)
    ]
    met = sum(bool(held) for held in by_day.values())
    if not whole or len(whole) >= met:
        return None
    days = listed_in_words([said(day) for day in whole])
    return Sentence(
        said("In school every {days} {since}.", days=days, since=since(holiday)), "absence", "weekdays",
        {"start": holiday.first_after, "days": ", ".join(whole)},
    )  # fmt: skip


def mornings(record: Record) -> Sentence | None:
    """ "On time for 29 of the last 30 mornings." """
    marks = [mark for mark in record.expected() if mark.session == "AM"][-LAST_MORNINGS:]
    return _most(
        marks, ON_TIME, "mornings", lambda mark: mark.came and not mark.late, "lateness",
        NEARLY_EVERY_MORNING,
    )  # fmt: skip


def attended(record: Record) -> Sentence | None:
    """ "Attended 58 of the last 60 sessions." """
    marks = record.expected()[-LAST_SESSIONS:]
    return _most(marks, ATTENDED, "attended", lambda mark: mark.came, "absence", NEARLY_EVERY_SESSION)


def no_incidents(record: Record) -> Sentence | None:
    """ "No incidents recorded in the last 12 school days.", in a school that records incidents."""
    if "incidents" not in record.kept:
        return None
    year = record.time.this_year
    last = record.incidents[-1].date if record.incidents else None
    start = max(last + timedelta(days=1) if last else record.joined, record.joined)
    days = record.time.days_between(start, record.as_of)
    if days < STREAK:
        return None
    whole_year = len(year) >= STREAK and start <= year[0]
    recently = said("in the last {days}", days=counted(days, "school day"))
    words = said("this school year") if whole_year else recently
    days = record.time.days_between(max(start, year[0]), record.as_of) if whole_year else days
    return Sentence(
        said("No incidents recorded {when}.", when=words),
        "incidents",
        "no_incidents",
        {"school_days": days, "last": last},
    )


def no_suspensions(record: Record) -> Sentence | None:
    """ "No suspensions recorded, this year or last.", of a pupil who was here for both."""
    last_year = date(school_year(record.as_of) - 1, 9, 30)
    if record.suspensions or "suspensions" not in record.kept or record.joined > last_year:
        return None
    text = said("No suspensions recorded, this year or last.")
    return Sentence(text, "suspensions", "no_suspensions", {"count": 0})


def belongs_more(record: Record) -> Sentence | None:
    """ "Said in November's survey they feel more part of school than in September." """
    return feeling(record, "more")


WRITTEN: tuple[Callable[[Record], Sentence | None], ...] = (
    recognised,
    attended_since,
    weekdays,
    mornings,
    no_incidents,
    attended,
    belongs_more,
    recognised_this_year,
    no_suspensions,
)


def since(holiday: Holiday) -> str:
    """ "since half term", "since Easter"."""
    return said("since {day}", day=holiday.name)


def _to_be_in(record: Record) -> list[Mark]:
    """Expected sessions, and those arranged to be away: "every session" must be true of both."""
    return [mark for mark in record.attendance if mark.expected or mark.code in (SUSPENDED, *AGREED_AWAY)]


def _most(
    marks: Sequence[Mark],
    words: tuple[str, str],
    kind: str,
    is_one: Callable[[Mark], bool],
    family: str,
    share: float,
) -> Sentence | None:
    number = sum(map(is_one, marks))
    if len(marks) < STREAK or number < share * len(marks):
        return None
    sessions = counted(len(marks), NOUNS[kind])
    text = said(words[number == len(marks)], number=number, sessions=sessions)
    return Sentence(text, family, kind, {"count": number, "out_of": len(marks)})
