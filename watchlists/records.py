"""A listed pupil's own dated rows, fetched once from the tables as they were known."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import ibis.expr.types as ir

from configs.settings import attendance_codes
from features.measures import NEVER_READ, SUSPENDED
from watchlists.phrases import school_year
from watchlists.school_time import SchoolTime

CLASSES = attendance_codes()
AGREED_AWAY = ("C2", "S")  # a part-time timetable, study leave: arranged by the school, not missed


class Mark(NamedTuple):
    """One session's attendance mark."""

    date: date
    session: str
    code: str
    minutes_late: float | None

    @property
    def expected(self) -> bool:
        """Whether the pupil was expected. Suspended sessions, and codes R, T and Y5, are never spoken of."""
        kind = CLASSES.get(self.code)
        spoken = self.code not in (*NEVER_READ, *AGREED_AWAY, SUSPENDED)
        return spoken and kind in ("present", "approved", "authorised", "unauthorised")

    @property
    def came(self) -> bool:
        """Whether the pupil was in school or at an approved activity."""
        return CLASSES.get(self.code) in ("present", "approved")

    @property
    def late(self) -> bool:
        """Whether the pupil came after the start, before or after the register closed."""
        return self.code in ("L", "U")

    @property
    def missed(self) -> bool:
        """Whether an expected session was missed: arriving after the register closed is late, not missed."""
        return self.expected and not self.came and not self.late


class Lesson(NamedTuple):
    """One lesson's mark."""

    date: date
    period: str
    mark: str


class Incident(NamedTuple):
    """One recorded incident."""

    date: date
    category: str
    action: str | None


class Recognition(NamedTuple):
    """One positive recognition."""

    date: date
    category: str


class Removal(NamedTuple):
    """One stay in internal exclusion."""

    date: date
    sessions: float | None


class Suspension(NamedTuple):
    """One suspension."""

    start_date: date
    category: str
    sessions: float | None


class Move(NamedTuple):
    """One move or part-time timetable."""

    start_date: date
    kind: str
    end_date: date | None
    review_date: date | None


class Support(NamedTuple):
    """One kind of support, from its first day."""

    start_date: date
    kind: str
    end_date: date | None


class Meeting(NamedTuple):
    """One meeting."""

    date: date
    kind: str


class Survey(NamedTuple):
    """One survey answer of the pupil's own, from 0 to 1."""

    date: date
    scale: str
    score: float


ROWS: dict[str, Any] = {
    "attendance": Mark, "lessons": Lesson, "incidents": Incident, "achievements": Recognition,
    "removals": Removal, "suspensions": Suspension, "moves": Move, "support": Support, "meetings": Meeting,
    "surveys": Survey,
}  # fmt: skip
DATES = ("date", "start_date", "end_date", "review_date")
OF_THIS_SCHOOL = ("attendance", "lessons")


@dataclass(frozen=True)
class Record:
    """All that sentences about one pupil may be written from: rows by date, up to `as_of`.

    `joined` is the pupil's first day at the school; `kept` the tables in which the school records anything at
    all, so that an empty table is not praised as a good term; `marked_until` the day of its last register.
    """

    pupil_id: str
    school_id: str
    time: SchoolTime
    joined: date
    kept: frozenset[str]
    marked_until: date | None
    attendance: tuple[Mark, ...] = ()
    lessons: tuple[Lesson, ...] = ()
    incidents: tuple[Incident, ...] = ()
    achievements: tuple[Recognition, ...] = ()
    removals: tuple[Removal, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    moves: tuple[Move, ...] = ()
    support: tuple[Support, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    surveys: tuple[Survey, ...] = ()

    @property
    def as_of(self) -> date:
        """The day the rows are read as known on."""
        return self.time.as_of

    def expected(self) -> list[Mark]:
        """The sessions at which the pupil was expected, in order."""
        return [mark for mark in self.attendance if mark.expected]


def fetch_records(
    known: Mapping[str, ir.Table], pupils: Iterable[tuple[str, str]], as_of: date
) -> dict[str, Record]:
    """The record of each (pupil_id, school_id), by pupil."""
    listed = dict(pupils)
    schools = sorted(set(listed.values()))
    times = school_times(known["calendar"], schools, as_of)
    joined = _joined(known["enrolments"], listed)
    kept, marked_until = _kept(known, schools, as_of)
    rows = {name: _rows(known[name], name, listed, as_of) for name in ROWS if name in known}
    return {
        pupil: Record(
            pupil, school, times[school], joined.get(pupil, as_of), frozenset(kept[school]),
            marked_until.get(school),
            **{name: tuple(by_pupil.get(pupil, ())) for name, by_pupil in rows.items()},
        )
        for pupil, school in sorted(listed.items())
    }  # fmt: skip


def latest_days(known: Mapping[str, ir.Table], schools: list[str], as_of: date) -> dict[str, dict[str, date]]:
    """The latest date that each school recorded anything, by table."""
    latest: dict[str, dict[str, date]] = {school: {} for school in schools}
    for name, kind in ROWS.items():
        table = known.get(name)
        if table is None or "school_id" not in table.columns:
            continue
        dated = table[kind._fields[0]].cast("date")
        rows = table.filter(table.school_id.isin(schools), dated <= as_of).group_by("school_id")
        for row in rows.agg(latest=dated.max()).to_pyarrow().to_pylist():
            latest[row["school_id"]][name] = row["latest"]
    return latest


def school_times(calendar: ir.Table, schools: list[str], as_of: date) -> dict[str, SchoolTime]:
    """Each school's open days up to `as_of`."""
    days: dict[str, list[date]] = {school: [] for school in schools}
    held = calendar.select("school_id", date=calendar.date.cast("date"))
    for row in held.filter(held.date <= as_of, held.school_id.isin(schools)).to_pyarrow().to_pylist():
        days[row["school_id"]].append(row["date"])
    return {school: SchoolTime(as_of, tuple(sorted(set(held_days)))) for school, held_days in days.items()}


def _joined(enrolments: ir.Table, listed: dict[str, str]) -> dict[str, date]:
    rows = enrolments.filter(enrolments.pupil_id.isin(list(listed)))
    first = rows.group_by("pupil_id", "school_id").agg(joined=rows.start_date.cast("date").min())
    return {
        row["pupil_id"]: row["joined"]
        for row in first.to_pyarrow().to_pylist()
        if listed[row["pupil_id"]] == row["school_id"]
    }


def _kept(
    known: Mapping[str, ir.Table], schools: list[str], as_of: date
) -> tuple[dict[str, set[str]], dict[str, date]]:
    latest = latest_days(known, schools, as_of)
    marked = {school: days["attendance"] for school, days in latest.items() if "attendance" in days}
    return {school: set(days) for school, days in latest.items()}, marked


def _rows(table: ir.Table, name: str, listed: dict[str, str], as_of: date) -> dict[str, list[Any]]:
    """Each pupil's rows of one table, in order of date and then of their other columns."""
    kind = ROWS[name]
    fields = [field for field in kind._fields if field in table.columns]
    here = ["school_id"] if name in OF_THIS_SCHOOL else []
    held = table.filter(table.pupil_id.isin(list(listed))).select("pupil_id", *here, *fields)
    held = held.mutate(**{field: held[field].cast("date") for field in fields if field in DATES})
    held = held.filter(held[kind._fields[0]] <= as_of)
    if name in OF_THIS_SCHOOL:
        held = held.filter(held.date >= date(school_year(as_of) - 1, 9, 1))
    found: dict[str, list[Any]] = defaultdict(list)
    for row in held.to_pyarrow().to_pylist():
        if not here or row["school_id"] == listed[row["pupil_id"]]:
            found[row["pupil_id"]].append(kind(*(row.get(field) for field in kind._fields)))
    return {pupil: sorted(rows, key=_in_order) for pupil, rows in found.items()}


def _in_order(row: tuple[object, ...]) -> tuple[object, ...]:
    return (row[0], *(str(value) for value in row[1:]))
