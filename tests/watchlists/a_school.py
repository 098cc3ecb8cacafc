"""A school year to write sentences about: term dates, a pupil's record from a few marks, random records."""

import random
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from watchlists.records import (
    Incident,
    Lesson,
    Mark,
    Meeting,
    Move,
    Recognition,
    Record,
    Removal,
    Support,
    Survey,
    Suspension,
)
from watchlists.school_time import SchoolTime

AS_OF = date(2025, 11, 21)  # a Friday, three weeks after half term
CLOSED = (
    (date(2024, 10, 28), date(2024, 11, 1)),
    (date(2024, 12, 21), date(2025, 1, 5)),
    (date(2025, 2, 17), date(2025, 2, 21)),
    (date(2025, 4, 5), date(2025, 4, 21)),
    (date(2025, 5, 26), date(2025, 5, 30)),
    (date(2025, 7, 23), date(2025, 9, 2)),
    (date(2025, 10, 27), date(2025, 10, 31)),
)
LAST_AUTUMN = date(2024, 9, 4)
KEPT = frozenset(("attendance", "lessons", "incidents", "achievements", "removals", "suspensions"))
CODES = (
    *"//////////",
    "L",
    "L",
    "U",
    "I",
    "M",
    "O",
    "G",
    "N",
    "E",
    "C2",
    "B",
    "D",
    "R",
    "T",
    "Y5",
    "S",
    "C",
    "-",
)


def open_days(start: date, end: date) -> list[date]:
    """Weekdays that are not in a holiday."""
    days = [start + timedelta(days=number) for number in range((end - start).days + 1)]
    return [day for day in days if day.weekday() < 5 and not any(a <= day <= b for a, b in CLOSED)]


def school_time(as_of: date = AS_OF, start: date = LAST_AUTUMN) -> SchoolTime:
    """The school's open days up to `as_of`."""
    return SchoolTime(as_of, tuple(open_days(start, as_of)))


def marks(codes: dict[tuple[date, str], str], days: Iterable[date]) -> tuple[Mark, ...]:
    """A mark for every session of those days: present unless another code is given."""
    return tuple(
        Mark(day, session, codes.get((day, session), "/" if session == "AM" else "\\"), None)
        for day in days
        for session in ("AM", "PM")
    )


def record(as_of: date = AS_OF, joined: date = LAST_AUTUMN, **rows: Any) -> Record:
    """A pupil who was always present, unless told otherwise."""
    time = school_time(as_of)
    held = {"attendance": marks({}, open_days(max(joined, LAST_AUTUMN), as_of)), **rows}
    return Record(
        "p1",
        "s1",
        time,
        joined,
        rows.pop("kept", KEPT),
        as_of,
        **{name: tuple(value) for name, value in held.items() if name not in ("kept", "marked_until")},
    )


def random_record(seed: int) -> Record:
    """Any record at all: from a pupil of three days to one of two years, from empty to crowded."""
    draw = random.Random(seed)
    as_of = draw.choice(open_days(date(2025, 9, 3), AS_OF) + open_days(date(2024, 12, 1), date(2025, 6, 1)))
    days = open_days(LAST_AUTUMN, as_of)
    joined = draw.choice([LAST_AUTUMN, draw.choice(days), days[-min(len(days), 3)]])
    mine = [day for day in days if day >= joined]
    kept = KEPT if draw.random() < 0.8 else frozenset(("attendance",))

    def some(most: int) -> list[date]:
        recent = mine[-draw.choice([5, 20, 60, 400]) :]
        return sorted(draw.choice(recent) for _ in range(draw.choice([0, 0, 1, 2, draw.randint(0, most)])))

    return Record(
        "p1",
        "s1",
        SchoolTime(as_of, tuple(days)),
        joined,
        kept,
        as_of,
        attendance=_random_marks(draw, mine),
        lessons=tuple(
            Lesson(day, draw.choice(["1", "P4", "tutor"]), draw.choice(["absent", "late", "present"]))
            for day in some(30)
        ),
        incidents=tuple(
            Incident(day, "defiance", draw.choice(["sent out", "detention", None])) for day in some(20)
        ),
        achievements=tuple(Recognition(day, "effort") for day in some(9)),
        removals=tuple(Removal(day, draw.choice([None, 0.5, 1.0, 3.0])) for day in some(6)),
        suspensions=tuple(
            Suspension(
                day,
                draw.choice(["SUSP", "SUSP", "FIXD", "LNCH", "PERM"]),
                draw.choice([1.0, 2.0, 3.0, 16.0, None]),
            )
            for day in sorted(set(some(14)))
        ),
        moves=tuple(_random_move(draw, day, as_of) for day in some(2)),
        support=tuple(Support(day, draw.choice(["mentoring", "check_in"]), None) for day in some(2)),
        meetings=tuple(Meeting(day, draw.choice(["reintegration", "pastoral_contact"])) for day in some(2)),
        surveys=tuple(Survey(day, draw.choice(["belonging", "safety"]), draw.random()) for day in some(4)),
    )


def _random_marks(draw: random.Random, days: list[date]) -> tuple[Mark, ...]:
    calm = draw.choice([0.0, 0.5, 0.9, 0.97, 1.0])
    bad = draw.sample(CODES, 3) if draw.random() < 0.5 else CODES
    sessions = ("AM",) if draw.random() < 0.1 else ("AM", "PM")
    upto = len(days) - draw.choice([0, 0, 0, 6])
    return tuple(
        Mark(day, half, "/" if draw.random() < calm else draw.choice(bad), draw.choice([None, 5.0, 1.0]))
        for day in days[: max(0, upto)]
        for half in sessions
    )


def _random_move(draw: random.Random, start: date, as_of: date) -> Move:
    kind = draw.choice(
        ["part_time_timetable", "managed_move", "off_site_direction", "safeguarding_separation"]
    )
    end = draw.choice([None, as_of, start])
    return Move(start, kind, end, draw.choice([None, start + timedelta(days=30)]))
