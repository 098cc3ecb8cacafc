"""Spells: a year's end is not a leaving."""

from datetime import date

import pandas as pd
import pytest

from sources.spells import spells

CALENDAR = pd.DataFrame(
    [("oak", day) for day in (date(2025, 7, 21), date(2025, 9, 3), date(2025, 9, 4), date(2025, 9, 5))]
    + [("elm", date(2025, 8, 4))],
    columns=["school_id", "date"],
)
SUMMER = "ann oak 2024-09-03 2025-07-21 8"


@pytest.mark.parametrize(
    ("stays", "expected"),
    [
        ([SUMMER, "ann oak 2025-09-03 - 9"], [("2024-09-03", None)]),
        ([SUMMER, "ann oak 2025-09-04 - 9"], [("2024-09-03", "2025-07-21"), ("2025-09-04", None)]),
        ([SUMMER], [("2024-09-03", "2025-07-21")]),
        (
            ["ann oak 2025-09-03 2025-09-05 9", "ann oak 2025-09-04 2025-09-04 9"],
            [("2025-09-03", "2025-09-05")],
        ),
        (["ann oak 2025-09-03 - 9", "ann oak 2025-09-05 2025-09-05 9"], [("2025-09-03", None)]),
        (
            ["ann oak 2025-09-03 2025-09-03 9", "ann oak 2025-09-04 2025-09-05 9"],
            [("2025-09-03", "2025-09-05")],
        ),
    ],
    ids=[
        "over the summer",
        "back a day late",
        "left",
        "one within the other",
        "open around another",
        "next day",
    ],
)
def test_rows_with_no_open_day_between_are_one_stay(
    stays: list[str], expected: list[tuple[str, str | None]]
) -> None:
    assert stays_of(stays) == [("ann", "oak", *stay) for stay in expected]
    assert stays_of(stays[::-1]) == [("ann", "oak", *stay) for stay in expected]


def test_only_the_school_s_own_open_days_count_and_each_school_has_its_own_stays() -> None:
    assert stays_of([SUMMER, "ann elm 2025-09-03 - 9", "ben oak 2025-09-03 - 9"]) == [
        ("ann", "elm", "2025-09-03", None),
        ("ann", "oak", "2024-09-03", "2025-07-21"),
        ("ben", "oak", "2025-09-03", None),
    ]


def stays_of(rows: list[str]) -> list[tuple[str, str, str, str | None]]:
    """Spells of enrolments written "pupil school start end year", a dash for an open end."""
    split = [row.split() for row in rows]
    frame = pd.DataFrame(split, columns=["pupil_id", "school_id", "start_date", "end_date", "year_group"])
    frame["end_date"] = frame["end_date"].replace("-", None)
    made = spells(frame, CALENDAR)
    return [
        (pupil, school, str(start)[:10], None if pd.isna(end) else str(end)[:10])
        for pupil, school, start, end in made.itertuples(index=False)
    ]
