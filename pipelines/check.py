"""`handrail check`: whether what tonight needs is here and sound, said before two o'clock. It changes nothing.

`doctor` looks at what a store has become; this looks at what the next night is made from.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from models import shelf
from pipelines.audit import refuse_clock_set_back
from pipelines.doctor import CALENDAR, DISK, ENCRYPTION, KEY, LOG
from pipelines.dpia import refuse_unassessed
from pipelines.findings import Check, Finding, Patient, looked
from pipelines.load import profiles_of
from pipelines.nightly import NOT_TRAINED
from pipelines.staleness import stale_in_words, stale_schools
from pipelines.withdrawn import AGE
from sources.exports.sorting import sort_folder
from sources.store import Store


@dataclass(frozen=True)
class Tonight(Patient):
    """A store before its night: also the folder of exports that will be ingested, and the moment."""

    exports: Path | None
    moment: datetime


def before_the_night(tonight: Tonight) -> list[Finding]:
    """What was found, in the order of CHECKS; of the exports only where a folder is named."""
    return looked(tonight, [*(EXPORTS if tonight.exports else ()), *CHECKS])


def _settings(tonight: Tonight) -> Iterator[str]:
    settings = Store(tonight.store).settings
    if settings.engine == "spark":
        try:
            import pyspark  # noqa: F401 - whether it is there
        except ImportError:
            yield "The settings ask for Spark, and it is not installed. Install handrail[spark], or set engine: duckdb."


def _writable(tonight: Tonight) -> Iterator[str]:
    for folder in (tonight.store, *(tonight.store / name for name in ("tables", "runs", "audit"))):
        if folder.exists() and not os.access(folder, os.W_OK):
            yield f"{folder} may not be written by the user who asked. Run the check as the user who runs the night."


def _clock(tonight: Tonight) -> Iterator[str]:
    refuse_clock_set_back(tonight.store, tonight.moment)
    yield from ()


def _assessed(tonight: Tonight) -> Iterator[str]:
    refuse_unassessed(tonight.store)
    yield from ()


def _exports(tonight: Tonight) -> Iterator[str]:
    folder = tonight.exports
    if folder is None:
        return
    files = sort_folder(folder, profiles_of(tonight.store, ()))
    if not files.canonical and not files.known:
        yield f"{folder} holds no file that Handrail knows. Export into it again, or see what `handrail profile` says."
    yield from files.unread()


def _models(tonight: Tonight) -> Iterator[str]:
    models = tonight.store / "models"
    name = shelf.champion(models) or shelf.newest(models)
    if name is None:
        yield NOT_TRAINED
    elif not shelf.load(models, name).passed:
        yield f"The model {name} has not passed its gate: tonight publishes facts alone. See `handrail models list`."


def _registers(tonight: Tonight) -> Iterator[str]:
    """Registers that end too early, unless an export was written since the last load: tonight's ingest may mend it."""
    store = Store(tonight.store)
    store.days_held()
    if not _newer_exports(tonight):
        yield from stale_in_words(stale_schools(store.tables(), tonight.today, store.settings.stale_after))


def _newer_exports(tonight: Tonight) -> bool:
    written = [path.stat().st_mtime for path in tonight.exports.iterdir()] if tonight.exports else []
    loaded = [path.stat().st_mtime for path in (tonight.store / "receipts").glob("load-*.json")]
    return bool(written) and max(written) > max(loaded, default=0)


EXPORTS: tuple[Check[Tonight], ...] = ((_exports, "Every file of the exports is one that Handrail knows."),)
CHECKS: tuple[Check[Tonight], ...] = (
    (_settings, "The settings can be read."),
    (_writable, "The store can be written."),
    (_clock, "The clock does not stand before the last night's."),
    (_registers, "The registers are new enough for a list, or newer exports wait."),
    AGE,
    CALENDAR,
    (_models, "There is a model, and it has passed its gate."),
    KEY,
    ENCRYPTION,
    (_assessed, "The impact assessment is named, or nobody here is real."),
    LOG,
    DISK,
)
