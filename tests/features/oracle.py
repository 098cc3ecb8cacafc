"""The slow, obvious truth: every feature of the catalogue worked out one pupil, one date and one row at a time.

It shares no code with the engine: no windows, no slots, no running sums. Where the two disagree, one is wrong.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from configs.settings import attendance_codes

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]
HAPPENED = {
    "suspensions": "start_date",
    "moves": "start_date",
    "support": "start_date",
    "needs": "start_date",
    "enrolments": "start_date",
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
        "agreed": lambda c: (
            kind_of(c) == "authorised" and c not in NEVER | {"E", "I", "I01", "I02", "C2", "S"}
        ),
        "study_leave": lambda c: c == "S",
        "part_time": lambda c: c == "C2",
        "off_site": lambda c: c == "B",
        "arranged": lambda c: c == "K",
        "elsewhere": lambda c: c == "D",
        "marked_suspended": lambda c: c == "E",
    }
    if measure == "mornings":
        marks = [row for row in own("attendance") if row["session"] == "AM"]
        return [(row["date"], 1) for row in marks if code_sets["possible"](row["code"])]
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
        "disruption": lambda r: r["category"].lower() in {"disruption", "low-level disruption", "defiance"},
        "harm": lambda r: (
            r["category"].lower() in {"fighting", "verbal abuse", "bullying", "racist language"}
        ),
        "truancy": lambda r: r["category"].lower() == "truancy",
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
        self.counted: dict[tuple[str, str], list[tuple[date, int]]] = {}

    def counts(self, measure: str, pupil: str) -> list[tuple[date, int]]:
        if (measure, pupil) not in self.counted:
            self.counted[measure, pupil] = counts(self.rows, pupil, self.as_of, measure)
        return self.counted[measure, pupil]

    def number(self, day: date) -> int:
        return sum(1 for opened in self.days if opened <= day)

    def total(self, measure: str, window: int | None, pupil: str | None = None) -> int:
        found = self.counts(measure, pupil or self.pupil)
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
        last = [self.number(day) for day, amount in self.counts(measure, self.pupil) if amount]
        return float(min(len(self.days) - max(last), LONG_AGO)) if last else float(LONG_AGO)

    def slope(self, measure: str, out_of: str, step: int) -> float:
        """Weighted least squares through three stretches, written out with means."""
        points = []
        for place, back in ((2, 1), (1, 2), (0, 3)):
            whole = self.total(out_of, step * back) - self.total(out_of, step * (back - 1))
            part = self.total(measure, step * back) - self.total(measure, step * (back - 1))
            points += [(place, part / whole, whole)] if whole else []
        if len(points) < 2:
            return math.nan
        weight = sum(w for _, _, w in points)
        x_mean, y_mean = sum(w * x for x, _, w in points) / weight, sum(w * y for _, y, w in points) / weight
        return sum(w * (x - x_mean) * (y - y_mean) for x, y, w in points) / sum(
            w * (x - x_mean) ** 2 for x, _, w in points
        )

    def days_missed(self) -> list[date]:
        return sorted({day for day, amount in self.counts("absent", self.pupil) if amount} & set(self.days))

    def spells(self) -> list[list[date]]:
        """Days missed, those in a row together."""
        found: list[list[date]] = []
        for day in self.days_missed():
            if found and self.number(found[-1][-1]) + 1 == self.number(day):
                found[-1].append(day)
            else:
                found.append([day])
        return found

    def within(self, days: Sequence[date], window: int) -> list[date]:
        return [day for day in days if self.number(day) > len(self.days) - window]

    def longest_spell(self, window: int) -> int:
        """As far as each spell had got by its last day inside the window."""
        return max((len(spell) for spell in self.spells() if self.within(spell, window)), default=0)

    def spell_now(self) -> int:
        spells = self.spells()
        attended = [day for day, amount in self.counts("attended", self.pupil) if amount]
        if not spells or (attended and self.number(max(attended)) >= self.number(spells[-1][-1])):
            return 0
        return len(spells[-1])

    def one_weekday(self, window: int) -> float:
        missed = [day.weekday() for day in self.within(self.days_missed(), window)]
        return max(missed.count(weekday) for weekday in range(5)) - len(missed) / 5

    def suspensions(self) -> list[dict[str, Any]]:
        found = [r for r in known(self.rows, "suspensions", self.as_of)
                 if r["pupil_id"] == self.pupil and r["category"] != "PERM"]  # fmt: skip
        half_day = {"LNCH": 1.0}
        rows = []
        for row in found:
            sessions = half_day.get(row["category"], 0.0) if row["sessions"] is None else row["sessions"]
            out = max(1, math.ceil(sessions / 2))
            back = self.number(row["start_date"]) + out + (row["start_date"] not in self.days)
            rows.append(
                {"start": row["start_date"], "sessions": sessions, "back": back, "category": row["category"]}
            )
        return sorted(rows, key=lambda r: (r["start"], r["back"], r["category"]))

    def suspension_days_left(self, limit: int, since: date) -> float:
        return max(0.0, limit - sum(r["sessions"] for r in self.suspensions() if r["start"] >= since) / 2)

    def repeats(self, soon: int) -> int:
        rows = self.suspensions()
        return sum(
            0 <= self.number(row["start"]) - before["back"] < soon
            for before, row in pairwise(rows)
            if self.number(row["start"]) > len(self.days) - 190
        )

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

    def ever(self, kind: str) -> float:
        found = [r for r in known(self.rows, "needs", self.as_of) if r["pupil_id"] == self.pupil]
        return float(any(r["kind"] == kind for r in found))

    def surveys(self) -> list[float]:
        found = [
            r for r in known(self.rows, "surveys", self.as_of)
            if r["pupil_id"] == self.pupil and r["scale"] == "belonging"
        ]  # fmt: skip
        return [row["score"] for row in sorted(found, key=lambda r: r["date"], reverse=True)]
