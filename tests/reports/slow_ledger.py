"""The ledger written slowly and plainly, session by session: what the fast one must agree with."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from configs.settings import attendance_codes

Row = Mapping[str, Any]
SESSION = Fraction(180)


def slow_ledger(
    rows: Mapping[str, Sequence[Row]], start: date, as_of: date
) -> dict[tuple[str, str], dict[str, Fraction]]:
    """(pupil, school) → sessions possible and what took them, by exact fractions."""
    known = {name: list(_known(held, as_of)) for name, held in rows.items()}
    days: dict[tuple[str, str, date], list[Row]] = defaultdict(list)
    for mark in _once(known["attendance"], known["enrolments"]):
        if start <= mark["date"] <= as_of:
            days[mark["pupil_id"], mark["school_id"], mark["date"]].append(mark)
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (pupil, school, day), marks in days.items():
        found[pupil, school].update(_day(known, pupil, school, day, marks))
    return {who: dict(columns) for who, columns in found.items()}  # type: ignore[misc]


def _known(held: Iterable[Row], as_of: date) -> Iterable[Row]:
    for row in held:
        happened = row.get("date") or row.get("start_date") or date.min
        since = row.get("known_on") or happened
        if (
            happened <= as_of
            and since <= as_of
            and not (row.get("known_until") and row["known_until"] <= as_of)
        ):
            end = row.get("end_date")
            yield {**row, "end_date": end if end and end <= as_of else None}


def _class(mark: Row) -> str:
    return attendance_codes()[mark["code"]]


def _once(marks: Iterable[Row], enrolments: Sequence[Row]) -> Iterable[Row]:
    """Marks of possible sessions; where two schools hold one, only that of the pupil's main, latest school."""
    held: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for mark in marks:
        if _class(mark) in ("present", "approved", "authorised", "unauthorised"):
            held[mark["pupil_id"], mark["date"], mark["session"]].append(mark)

    def home(mark: Row) -> tuple[Any, ...]:
        main = [e["start_date"] for e in enrolments
                if (e["pupil_id"], e["school_id"]) == (mark["pupil_id"], mark["school_id"])
                and e.get("status") not in ("S", "G", "P")]  # fmt: skip
        return (not main, -max(main).toordinal() if main else 0, mark["school_id"])

    for same in held.values():
        yield min(same, key=home)


def _day(
    known: Mapping[str, list[Row]], pupil: str, school: str, day: date, marks: list[Row]
) -> Counter[str]:
    mine = {name: [r for r in known.get(name, ()) if (r["pupil_id"], r["school_id"]) == (pupil, school)]
            for name in ("suspensions", "moves", "removals")}  # fmt: skip
    marked = {(m["date"], m["session"]) for m in known["attendance"]
              if (m["pupil_id"], m["school_id"], m["code"]) == (pupil, school, "E")}  # fmt: skip
    open_days = sorted({r["date"] for r in known["calendar"] if r["school_id"] == school})
    columns: Counter[str] = Counter()
    unclaimed = late = Fraction(0)
    for mark in marks:
        columns["possible"] += Fraction(1)  # type: ignore[assignment]
        column = _absence(mark)
        if column is None and any(
            _covers(s, day, mark["session"], open_days, marked) for s in mine["suspensions"]
        ):
            column = "suspension"
        if column is None and day in open_days and any(_off_site(move, day) for move in mine["moves"]):
            column = "off_site"
        if column:
            columns[column] += Fraction(1)  # type: ignore[assignment]
        else:
            unclaimed += 1
            late += min(Fraction(1), Fraction(str(mark.get("minutes_late") or 0)) / SESSION)
    removed = sum((Fraction(str(r["sessions"])) for r in mine["removals"] if r["date"] == day), Fraction(0))
    columns["internal_exclusion"] += min(removed, unclaimed)  # type: ignore[assignment]
    columns["lateness"] += min(late, unclaimed - min(removed, unclaimed))  # type: ignore[assignment]
    return columns


def _absence(mark: Row) -> str | None:
    special = {"E": "suspension", "C2": "part_time_timetable"}
    plain = {"authorised": "absence_authorised", "unauthorised": "absence_unauthorised"}
    return special.get(mark["code"]) or plain.get(_class(mark))


def _covers(row: Row, day: date, session: str, open_days: list[date], marked: set[tuple[date, str]]) -> bool:
    """Walks the school's sessions from the first E of the suspension's first open day, or from its morning."""
    if row["category"] == "LNCH" or not row["sessions"]:
        return False
    ahead = [(d, s) for d in open_days if d >= row["start_date"] for s in ("AM", "PM")]
    if not ahead:
        return False
    first = ahead[0][0]
    if (first, "AM") not in marked and (first, "PM") in marked:
        ahead = ahead[1:]
    return (day, session) in ahead[: math.ceil(row["sessions"])]


def _off_site(move: Row, day: date) -> bool:
    kinds = ("off_site_direction", "offsite_direction", "alternative_provision")
    return (
        move["kind"] in kinds
        and move["start_date"] <= day
        and not (move["end_date"] and move["end_date"] < day)
    )
