"""What one night is."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.staleness import Silent


@dataclass(frozen=True)
class Night:
    """One night's work: the store, the date, the model, what makes it the same night as another, and the schools whose
    registers have ended."""

    store: Path
    as_of: date
    model_id: str
    data_hash: str
    settings_hash: str
    note: str = ""
    silent: tuple[Silent, ...] = ()
