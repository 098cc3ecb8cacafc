"""A school in a few lines: which days it is open, who is on roll, and what is told of one pupil on one day."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from features.catalogue import CATALOGUE
from features.engine import feature_matrix
from tests.small_tables import Rows, tables_of

ALWAYS = "incidents_20"  # so that there is always something to count


def days(first: str, count: int, *closed: str) -> list[date]:
    """So many weekdays from the first, without those on which the school was closed."""
    shut, found, day = {date.fromisoformat(text) for text in closed}, [], date.fromisoformat(first)
    while len(found) < count:
        if day.weekday() < 5 and day not in shut:
            found.append(day)
        day += timedelta(days=1)
    return found


def opened(school: str, *terms: Sequence[date]) -> list[dict[str, Any]]:
    """The school's calendar."""
    return [{"school_id": school, "date": day} for term in terms for day in term]


def on_roll(pupil: str, school: str, start: str, end: str | None = None, **more: Any) -> dict[str, Any]:
    """One enrolment, in Year 9 unless said otherwise."""
    return {"pupil_id": pupil, "school_id": school, "start_date": date.fromisoformat(start),
            "end_date": date.fromisoformat(end) if end else None, "year_group": "9", **more}  # fmt: skip


def told(rows: Rows, as_of: str, *names: str, pupil: str = "Ada") -> tuple[float, ...]:
    """The named features of one pupil on one day, in the order asked."""
    return told_by_day(rows, [as_of], *names, pupil=pupil)[as_of]


def told_by_day(
    rows: Rows, as_of: Sequence[str], *names: str, pupil: str = "Ada"
) -> dict[str, tuple[float, ...]]:
    """The named features of one pupil on each day."""
    asked = [feature for feature in CATALOGUE if feature.name in {ALWAYS, *names}]
    matrix = feature_matrix(tables_of(rows), [date.fromisoformat(day) for day in as_of], asked)
    found = matrix[matrix["pupil_id"] == pupil]
    return {str(row["as_of"]): tuple(float(row[name]) for name in names) for _, row in found.iterrows()}
