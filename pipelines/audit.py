"""The audit log as the shell writes it: with the clock of the moment."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from configs.refusals import BadData
from sources.audit import append, broken_at

__all__ = ["broken_at", "note", "whole"]


def note(store: Path, event: str, **facts: Any) -> None:
    """Adds one line. `facts` are counts, dates, hashes and names of staff; never a pupil's data."""
    append(store, datetime.now(UTC), event, **facts)


def whole(store: Path) -> str:
    """That every line of the log is as it was written; refused (BadData) from the first that is not."""
    line = broken_at(store)
    if line is not None:
        raise BadData(
            f"The audit log of {store} is not as it was written from line {line} on: a line was changed or taken away. "
            "Compare it with your last copy of the store."
        )
    return f"The audit log of {store} is whole."
