"""Dates as runs and tables give them back."""

from datetime import date
from typing import Any

from watchlists.web.runs import Run


def as_of(run: Run) -> date:
    """The day the run's records are read as known on."""
    return day_of(run.facts["as_of"])


def day_of(value: Any) -> date:
    """A date as Parquet or JSON gives it back."""
    return date.fromisoformat(str(value)[:10])
