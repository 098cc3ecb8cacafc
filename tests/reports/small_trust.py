"""A small trust as rows, to which a test adds the one thing it is about."""

from datetime import date, timedelta
from typing import Any

from configs.settings import load_settings
from reports.run import Report, report
from tests.small_tables import tables_of

Rows = dict[str, list[dict[str, Any]]]
FIRST = date(2025, 9, 1)  # a Monday
HALF_TERMS = ((0, 7), (8, 15), (18, 23), (24, 29), (32, 37), (38, 46))  # weeks that are open


def open_days(weeks: tuple[tuple[int, int], ...] = HALF_TERMS) -> list[date]:
    """Every weekday of the open weeks."""
    return [
        FIRST + timedelta(days=7 * week + day)
        for first, last in weeks
        for week in range(first, last)
        for day in range(5)
    ]


def small_trust(sizes: dict[str, int] | None = None, weeks: tuple[tuple[int, int], ...] = HALF_TERMS) -> Rows:
    """Oak and Elm, of 40 pupils each unless said; all of Year 9, on roll since last year, and nothing recorded."""
    rows: Rows = {name: [] for name in (
        "schools", "calendar", "pupils", "enrolments", "attendance", "suspensions", "moves", "meetings", "needs",
        "incidents", "removals", "referrals", "surveys", "training", "communities", "support",
    )}  # fmt: skip
    for school, size in (sizes or {"oak": 40, "elm": 40}).items():
        rows["schools"].append({"school_id": school, "name": school.title(), "phase": "secondary", "la_code": "801",
                                "trust": "Copse"})  # fmt: skip
        rows["calendar"] += [{"school_id": school, "date": day} for day in open_days(weeks)]
        for number in range(size):
            pupil = f"{school}{number}"
            rows["pupils"].append({"pupil_id": pupil, "sex": "MF"[number % 2], "ethnicity": "WBRI"})
            rows["enrolments"].append({"pupil_id": pupil, "school_id": school, "start_date": date(2024, 9, 2),
                                       "year_group": "9", "status": "C"})  # fmt: skip
    return rows


def change(rows: Rows, pupil: str, **more: Any) -> None:
    """Changes a pupil's enrolment."""
    next(row for row in rows["enrolments"] if row["pupil_id"] == pupil).update(more)


def made(name: str, rows: Rows, as_of: date, **more: Any) -> Report:
    """The report on those rows."""
    return report(name, tables_of(rows), load_settings(), as_of, **more)
