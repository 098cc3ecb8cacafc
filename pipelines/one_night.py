"""One night from its date to a published list, as the command and the scheduled flow both do it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from configs.refusals import Refusal
from pipelines.lock import writing

if TYPE_CHECKING:
    from pipelines.night import Night
    from pipelines.nightly import Published

Say = Callable[[str], None]
LOG_CHANGED = (
    "The list was published, but the audit log is not as it was written: a line was changed or taken away. `handrail "
    "audit` says from which line on; compare it with your last copy of the store."
)


class LogChanged(Refusal):
    """The list stands and the log does not: whoever spoils a line must neither stop the list nor go unnoticed."""


def one_night(store: Path, as_of: date | None, say: Say) -> "tuple[Night, Published]":
    """Publishes the list of a day, or finds it published; what the night was, and what it left. Nobody else may be at
    work on the store (AnotherRun), and the clock may not stand before the last night's (BadSettings)."""
    with writing(store):
        from pipelines.audit import (
            refuse_clock_set_back,  # a second run is refused before it has read so much
        )
        from pipelines.flows import run_nightly
        from pipelines.moment import now
        from pipelines.nightly import already_done, tonight
        from pipelines.retention import let_go
        from sources.store import Store

        refuse_clock_set_back(store, now())
        let_go(store)
        night = tonight(store, as_of)
        return night, already_done(night) or run_nightly(night, Store(store).settings.orchestration, say)
