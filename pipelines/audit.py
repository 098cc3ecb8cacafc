"""The audit log as the shell writes it: with the clock of the moment."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from configs.refusals import BadData, BadSettings
from pipelines import log
from sources.audit import append, broken_at, last_moment, lines

__all__ = ["broken_at", "lines", "note", "refuse_clock_set_back", "whole"]
CLOCK_MAY_LAG = timedelta(days=1)  # clocks are put right by minutes; a day is another matter


def note(store: Path, event: str, **facts: Any) -> None:
    """Adds one line, and tells it to the log. `facts` are counts, dates, hashes and names of staff; never a pupil's
    data."""
    append(store, datetime.now(UTC), event, **facts)
    log.tell(event, **facts)


def whole(store: Path) -> str:
    """That every line of the log is as it was written; refused (BadData) from the first that is not."""
    line = broken_at(store)
    if line is not None:
        raise BadData(
            f"The audit log of {store} is not as it was written from line {line} on: a line was changed or taken away. "
            "Compare it with your last copy of the store."
        )
    return f"The audit log of {store} is whole."


def refuse_clock_set_back(store: Path, now: datetime) -> None:
    """Refused (BadSettings) where this machine's clock stands more than a day before the log's last line."""
    last = last_moment(store)
    if last is not None and now < last - CLOCK_MAY_LAG:
        raise BadSettings(
            f"This machine's clock says {now:%Y-%m-%d %H:%M} UTC, but the audit log of {store} was last written at "
            f"{last:%Y-%m-%d %H:%M} UTC. Set the clock right and run again."
        )
