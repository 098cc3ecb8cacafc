"""The audit log as the shell writes it: with the clock of the moment."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sources.audit import append, broken_at

__all__ = ["broken_at", "note"]


def note(store: Path, event: str, **facts: Any) -> None:
    """Adds one line. `facts` are counts, dates, hashes and names of staff; never a pupil's data."""
    append(store, datetime.now(UTC), event, **facts)
