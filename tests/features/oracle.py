"""The slow, obvious truth: every feature of the catalogue worked out one pupil, one date and one row at a time.

It shares no code with the engine: no windows, no slots, no running sums. Where the two disagree, one is wrong.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from configs.settings import attendance_codes

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]
HAPPENED = {
    "suspensions": "start_date",
    "moves": "start_date",
    "support": "start_date",
    "needs": "start_date",
}
NEVER = {"R", "T", "Y5"}
LONG_AGO = 380


def known(rows: Rows, table: str, as_of: date) -> list[Row]:
    """The rows that had happened and were known by then, and were not yet superseded."""
    day = HAPPENED.get(table, "date")
    return [
        row for row in rows.get(table, ())
        if row[day] <= as_of
        and (row.get("known_on") or row[day]) <= as_of
        and not (row.get("known_until") and row["known_until"] <= as_of)
    ]  # fmt: skip


def open_days(rows: Rows, school: str, until: date) -> list[date]:
    return sorted(
        {row["date"] for row in rows["calendar"] if row["school_id"] == school and row["date"] <= until}
    )


def kind_of(code: str) -> str:
    return attendance_codes().get(code, "")


def counts(rows: Rows, pupil: str, as_of: date, measure: str) -> list[tuple[date, int]]:
    """(date, amount) of everything a measure counts for the pupil, as known then."""

    def own(table: str) -> list[Row]:
        return [row for row in known(rows, table, as_of) if row["pupil_id"] == pupil]

    code_sets = {
        "marks": lambda c: c not in {"-", "!", "#", "Z"},
        "possible": lambda c: (
            kind_of(c) in {"present", "approved", "authorised", "unauthorised"} and c not in NEVER
        ),
        "attended": lambda c: kind_of(c) in {"present", "approved"},
        "absent": lambda c: kind_of(c) in {"authorised", "unauthorised"} and c not in NEVER | {"E"},
        "unauthorised": lambda c: kind_of(c) == "unauthorised",
        "illness": lambda c: c in {"I", "I01", "I02"},
        "late": lambda c: c in {"L", "U"},
        "part_time": lambda c: c == "C2",
        "off_site": lambda c: c in {"B", "D", "K"},
    }
    if measure in code_sets:
        return [(row["date"], 1) for row in own("attendance") if code_sets[measure](row["code"])]
    if measure == "late_minutes":
        return [(row["date"], round(row.get("minutes_late") or 0)) for row in own("attendance")]
    if measure in {"lessons_missed", "lessons_late"}:
        mark = "absent" if measure == "lessons_missed" else "late"
        return [
            (row["date"], 1)
            for row in own("lessons")
            if row["mark"] == mark and _in_school(own("attendance"), row)
        ]
    incident = {
        "incidents": lambda r: True,
        "severe_incidents": lambda r: (r.get("severity") or 0) >= 2,
        "gravest_incidents": lambda r: (r.get("severity") or 0) >= 3,
        "sent_out": lambda r: (
            (r.get("action") or "").lower() in {"sent out", "sent_out", "removed from lesson", "detention"}
        ),
    }
    if measure in incident:
        return [(row["date"], 1) for row in own("incidents") if incident[measure](row)]
    amounts = {"removed_hundredths": "removals", "suspended_hundredths": "suspensions"}
    if measure in amounts:
        table = amounts[measure]
        return [(row[HAPPENED.get(table, "date")], round(100 * (row["sessions"] or 0))) for row in own(table)]
    table = {"recognitions": "achievements", "support_started": "support"}.get(measure, measure)
    found = [
        row for row in own(table)
        if table != "moves" or row["kind"] not in {"elective_home_education", "off_roll", "safeguarding_separation"}
    ]  # fmt: skip
    return [(row[HAPPENED.get(table, "date")], 1) for row in found]


def _in_school(marks: Sequence[Row], lesson: Row) -> bool:
    digits = "".join(ch for ch in lesson["period"] if ch.isdigit())
    session = "PM" if digits and int(digits) > 3 else "AM"
    return any(
        mark["date"] == lesson["date"]
        and mark["session"] == session
        and kind_of(mark["code"]) in {"present", "approved"}
        for mark in marks
    )


class Oracle:
    """All features of one pupil on one date, each by name."""

    def __init__(self, rows: Rows, pupil: str, school: str, as_of: date) -> None:
        self.rows, self.pupil, self.school, self.as_of = rows, pupil, school, as_of
        self.days = open_days(rows, school, as_of)

    def number(self, day: date) -> int:
        return sum(1 for opened in self.days if opened <= day)

    def total(self, measure: str, window: int | None, pupil: str | None = None) -> int:
        found = counts(self.rows, pupil or self.pupil, self.as_of, measure)
        if window is None:
            return sum(amount for _, amount in found)
        return sum(amount for day, amount in found if self.number(day) > len(self.days) - window)

    def share(self, measure: str, out_of: str, window: int | None, least: int = 0) -> float:
        whole = self.total(out_of, window) + least
        return self.total(measure, window) / whole if whole else math.nan

    def change(self, measure: str, out_of: str, recent: int, before: int) -> float:
        now, whole = self.total(measure, recent), self.total(out_of, recent)
        then, whole_then = self.total(measure, before) - now, self.total(out_of, before) - whole
        return now / whole - then / whole_then if whole and whole_then else math.nan

    def since(self, measure: str) -> float:
        last = [
            self.number(day) for day, amount in counts(self.rows, self.pupil, self.as_of, measure) if amount
        ]
        return float(min(len(self.days) - max(last), LONG_AGO)) if last else float(LONG_AGO)

    def around(self, measure: str, out_of: str, window: int, peers: Sequence[str]) -> float:
        whole = sum(self.total(out_of, window, peer) for peer in peers)
        return sum(self.total(measure, window, peer) for peer in peers) / whole if whole else math.nan

    def active(self, table: str) -> list[Row]:
        return [
            row for row in known(self.rows, table, self.as_of)
            if row["pupil_id"] == self.pupil and not (row.get("end_date") and row["end_date"] < self.as_of)
        ]  # fmt: skip

    def need(self, kind: str, codes: set[str] | None = None) -> float:
        return float(
            any(r["kind"] == kind and (codes is None or r["code"] in codes) for r in self.active("needs"))
        )

    def sen_ever(self) -> float:
        found = [r for r in known(self.rows, "needs", self.as_of) if r["pupil_id"] == self.pupil]
        return float(any(r["kind"] == "sen_provision" and r["code"] in set("KEAPS") for r in found))

    def surveys(self) -> list[float]:
        found = [
            r for r in known(self.rows, "surveys", self.as_of)
            if r["pupil_id"] == self.pupil and r["scale"] == "belonging"
        ]  # fmt: skip
        return [row["score"] for row in sorted(found, key=lambda r: r["date"], reverse=True)]
