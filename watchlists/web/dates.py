"""Dates as runs and tables give them back."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from watchlists.web.runs import Run

HERE = ZoneInfo("Europe/London")


def local(moment: datetime) -> str:
    """A moment as a school's clock shows it: "Mon 17 Nov, 8:52"."""
    there = moment.astimezone(HERE)
    return f"{there:%a} {there.day} {there:%b}, {there.hour}:{there:%M}"


def as_of(run: Run) -> date:
    """The day the run's records are read as known on."""
    return day_of(run.facts["as_of"])


def day_of(value: Any) -> date:
    """A date as Parquet or JSON gives it back."""
    return date.fromisoformat(str(value)[:10])
