"""Dates as runs and tables give them back."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from watchlists.language import marked, said
from watchlists.phrases import SHORT, week_day, week_day_name
from watchlists.too_old import list_of
from watchlists.web.runs import Run

HERE = ZoneInfo("Europe/London")
SATURDAY, NOON = 5, 12


def local(moment: datetime) -> str:
    """A moment as a school's clock shows it: "Mon 17 Nov, 8:52"."""
    there = moment.astimezone(HERE)
    return said("{day}, {time}", day=week_day(there.date()), time=on_the_clock(moment))


def on_the_clock(moment: datetime) -> str:
    """The time of day as a school's clock shows it: "8:52"."""
    there = moment.astimezone(HERE)
    return f"{there.hour}:{there:%M}"


def next_update(updated_at: str, moment: datetime) -> str:
    """When the next list comes, as "Tue 6 am": the next weekday at that time of the school's clock; "" where unknown.

    >>> next_update("06:00", datetime(2025, 11, 24, 8, tzinfo=HERE))
    'Tue 6 am'
    >>> next_update("18:30", datetime(2025, 11, 21, 19, tzinfo=HERE))
    'Mon 6:30 pm'
    """
    if not updated_at:
        return ""
    there, at = moment.astimezone(HERE), time.fromisoformat(updated_at)
    days = (there + timedelta(days=number) for number in range(there.time() >= at, 7))
    day = next(day for day in days if day.weekday() < SATURDAY)
    words = marked("{day} {hour} am") if at.hour < NOON else marked("{day} {hour} pm")
    hour = f"{at.hour % NOON or NOON}" + (f":{at:%M}" if at.minute else "")
    return said(words, day=week_day_name(day.date())[:SHORT], hour=hour)


def as_of(run: Run, school_id: str = "") -> date:
    """The day the run's records are read as known on; of a school that kept an earlier list, that list's day."""
    return list_of(run.schools.get(school_id, {}), run.facts)


def day_of(value: Any) -> date:
    """A date as Parquet or JSON gives it back."""
    return date.fromisoformat(str(value)[:10])
