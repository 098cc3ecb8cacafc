"""Ledgers that a head of year could check: one pupil, one week, the marks as the register shows them."""

from datetime import date, timedelta
from typing import Any

import pytest

from reports.lost_learning.ledger import COLUMNS
from tests.reports.reading import ledger_of
from tests.small_tables import marks

MONDAY = date(2025, 9, 8)
WEEK = [MONDAY + timedelta(days=day) for day in range(5)]
MON, TUE, WED, THU, FRI = WEEK
ANN = {"pupil_id": "ann", "school_id": "oak"}
IN = "/" + "\\"
ALL_IN = IN * 5

CASES: dict[str, tuple[str, dict[str, list[dict[str, Any]]], dict[str, float]]] = {
    "in all week": (ALL_IN, {}, {}),
    "ill on Monday, truant on Tuesday": ("II OO" + IN * 3, {}, {"absence_authorised": 2, "absence_unauthorised": 2}),
    "after the register closed is unauthorised": ("U\\" + IN * 4, {}, {"absence_unauthorised": 1}),
    "E is suspension even with no suspension recorded": ("EE EE" + IN * 3, {}, {"suspension": 4}),
    "closed to the pupil or educated elsewhere is not possible": ("DD YX" + IN * 3, {}, {}),
    "a suspension claims the sessions it covers that were marked present": (
        ALL_IN, {"suspensions": [{"start_date": MON, "category": "SUSP", "sessions": 3.0}]}, {"suspension": 3}),
    "a suspension begins with its first E": (
        "/E E\\" + IN * 3, {"suspensions": [{"start_date": MON, "category": "SUSP", "sessions": 2.0}]},
        {"suspension": 2}),
    "from the sixth day B is still the suspension": (
        "EE EE BB" + IN * 2, {"suspensions": [{"start_date": MON, "category": "SUSP", "sessions": 6.0}]},
        {"suspension": 6}),
    "ill while suspended is illness, and uses the session up": (
        "II" + IN * 4, {"suspensions": [{"start_date": MON, "category": "SUSP", "sessions": 3.0}]},
        {"absence_authorised": 2, "suspension": 1}),
    "a lunchtime exclusion takes no session": (
        ALL_IN, {"suspensions": [{"start_date": MON, "category": "LNCH", "sessions": 1.0}]}, {}),
    "a suspension of no recorded length claims nothing": (
        "EE" + IN * 4, {"suspensions": [{"start_date": MON, "category": "PERM", "sessions": None}]},
        {"suspension": 2}),
    "off-site claims its days, the last included": (
        "BB BB" + IN * 3, {"moves": [{"kind": "alternative_provision", "start_date": TUE, "end_date": WED}]},
        {"off_site": 4}),
    "B without a move is attended": ("BB" + IN * 4, {}, {}),
    "suspension comes before off-site": (
        ALL_IN, {"suspensions": [{"start_date": MON, "category": "SUSP", "sessions": 2.0}],
                 "moves": [{"kind": "off_site_direction", "start_date": MON, "end_date": TUE}]},
        {"suspension": 2, "off_site": 2}),
    "part-time is C2, whatever the move says": (
        "/C2 /C2" + "//", {"moves": [{"kind": "part_time_timetable", "start_date": MON, "end_date": None}]},
        {"part_time_timetable": 2}),
    "a third of a session in internal exclusion": (
        ALL_IN, {"removals": [{"date": MON, "sessions": 0.33}]}, {"internal_exclusion": 0.33}),
    "internal exclusion never takes more than what is left of the day": (
        "I\\" + IN * 4, {"removals": [{"date": MON, "sessions": 4.0}, {"date": TUE, "sessions": 0.5}]},
        {"absence_authorised": 1, "internal_exclusion": 1.5}),
    "internal exclusion comes after off-site": (
        ALL_IN, {"removals": [{"date": MON, "sessions": 1.0}],
                 "moves": [{"kind": "off_site_direction", "start_date": MON, "end_date": MON}]}, {"off_site": 2}),
}  # fmt: skip


@pytest.mark.parametrize(("register", "records", "lost"), CASES.values(), ids=CASES)
def test_a_week(register: str, records: dict[str, list[dict[str, Any]]], lost: dict[str, float]) -> None:
    assert of_week(week(register), records) == (_possible(register), {**dict.fromkeys(COLUMNS, 0.0), **lost})


@pytest.mark.parametrize(
    ("minutes", "removed", "lost"),
    [
        (18.0, 0.0, {"lateness": 0.1}),
        (400.0, 0.0, {"lateness": 1.0}),
        (18.0, 1.0, {"lateness": 0.1, "internal_exclusion": 1.0}),
        (18.0, 1.95, {"lateness": 0.05, "internal_exclusion": 1.95}),
        (18.0, 2.0, {"internal_exclusion": 2.0}),
        (None, 0.0, {}),
    ],
    ids=[
        "18 minutes",
        "never more than the session",
        "and out an hour",
        "what is left",
        "nothing left",
        "no minutes",
    ],
)
def test_late_on_monday(minutes: float | None, removed: float, lost: dict[str, float]) -> None:
    register = week("L\\" + IN * 4)
    register[0]["minutes_late"] = minutes
    records = {"removals": [{"date": MON, "sessions": removed}]}
    assert of_week(register, records) == (10, {**dict.fromkeys(COLUMNS, 0.0), **lost})


def test_late_to_a_session_already_lost_loses_nothing_more() -> None:
    register = week("L\\" + IN * 4)
    register[0]["minutes_late"] = 30.0
    records = {"suspensions": [{"start_date": MON, "category": "SUSP", "sessions": 1.0}]}
    assert of_week(register, records)[1] == {**dict.fromkeys(COLUMNS, 0.0), "suspension": 1.0}


def test_a_suspension_runs_over_a_weekend_and_closed_days() -> None:
    register = week(ALL_IN)
    records = {"suspensions": [{"start_date": MON - timedelta(days=4), "category": "SUSP", "sessions": 6.0}]}
    before = [{"school_id": "oak", "date": MON - timedelta(days=gap)} for gap in (4, 3)]
    assert of_week(register, records, before)[1]["suspension"] == 2


def test_a_session_marked_by_two_schools_counts_at_the_main_one() -> None:
    elm = {"pupil_id": "ann", "school_id": "elm"}
    rows = tables(week(ALL_IN), {})
    rows["schools"].append({**rows["schools"][0], "school_id": "elm"})
    rows["calendar"] += [{"school_id": "elm", "date": day} for day in WEEK]
    rows["enrolments"].append({**elm, "start_date": MON, "year_group": "8", "status": "S"})
    rows["attendance"] += marks("ann", "elm", [MON, TUE], "II II")
    found = ledger_of(rows, MON, FRI)
    assert found["ann", "oak"]["possible"] == 10
    assert sum(each["possible"] for each in found.values()) == 10
    assert sum(each["absence_authorised"] for each in found.values()) == 0


def test_what_was_not_yet_known_is_not_counted() -> None:
    rows = tables(week(ALL_IN), {"removals": [{"date": MON, "sessions": 1.0, "known_on": FRI}]})
    assert ledger_of(rows, MON, THU)["ann", "oak"]["internal_exclusion"] == 0
    assert ledger_of(rows, MON, FRI)["ann", "oak"]["internal_exclusion"] == 1


def week(register: str) -> list[dict[str, Any]]:
    """A week's marks; "C2" is one mark."""
    plain = register.replace(" ", "").replace("C2", "2")
    codes = [code if code != "2" else "C2" for code in plain]
    days = [day for day in WEEK for _ in range(2)]
    return [{**ANN, "date": day, "session": ("AM", "PM")[place % 2], "code": code}
            for place, (day, code) in enumerate(zip(days, codes, strict=False))]  # fmt: skip


def _possible(register: str) -> int:
    return sum(mark["code"] not in ("D", "X", "Y") for mark in week(register))


def tables(
    register: list[dict[str, Any]], records: dict[str, list[dict[str, Any]]]
) -> dict[str, list[dict[str, Any]]]:
    return {
        "schools": [{"school_id": "oak", "name": "Oak", "phase": "secondary", "la_code": "801"}],
        "calendar": [{"school_id": "oak", "date": day} for day in WEEK],
        "enrolments": [{**ANN, "start_date": date(2025, 9, 1), "year_group": "8"}],
        "attendance": register,
        **{name: [{**ANN, **row} for row in held] for name, held in records.items()},
    }


def of_week(
    register: list[dict[str, Any]],
    records: dict[str, list[dict[str, Any]]],
    before: list[dict[str, Any]] | None = None,
) -> tuple[float, dict[str, float]]:
    """Sessions possible, and lost by column."""
    rows = tables(register, records)
    rows["calendar"] += before or []
    found = ledger_of(rows, MON, FRI)["ann", "oak"]
    return found.pop("possible"), {name: pytest.approx(sessions) for name, sessions in found.items()}
