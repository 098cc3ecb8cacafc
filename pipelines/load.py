"""`handrail ingest`: a folder of exports into the store, names to the people database alone."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from configs.settings import Settings, load_settings
from pipelines import audit
from pipelines.lock import only_run
from sources.ingest import find_all, ingest, ingest_found
from sources.receipt import Receipt
from sources.store import Store
from watchlists.entered import entered_folder
from watchlists.people import load_people

Say = Callable[[str], None]


def load(folder: Path, store_root: Path, seen_on: date, settings_file: Path | None, say: Say) -> Receipt:
    """Ingests the folder and returns the receipt. Settings given are kept in the store for every later command."""
    store = Store(store_root)
    settings = load_settings(settings_file) if settings_file else store.settings
    new = not store_root.exists()
    try:
        with only_run(store_root):
            receipt = ingest(folder, store, seen_on, settings, say)
            if settings_file:
                store.keep_settings(settings)
            _load_entered(store, settings, seen_on, say)
            if (folder / "people.csv").exists():
                load_people(folder / "people.csv", store_root)
            audit.note(store_root, "ingested", load=receipt.load, data_hash=receipt.data_hash)
    finally:
        if new and not (store_root / "tables").exists() and not (store_root / "quarantine").exists():
            _leave_no_trace(store_root)
    return receipt


def _load_entered(store: Store, settings: Settings, seen_on: date, say: Say) -> None:
    """Support and reviews that staff entered on the pages join the records with the next ingest."""
    entered = entered_folder(store.root)
    if entered:
        ingest_found(find_all(entered), [], store, seen_on, settings, say)


def _leave_no_trace(store_root: Path) -> None:
    """A refused first ingest leaves no store behind it."""
    (store_root / "lock").unlink(missing_ok=True)
    store_root.rmdir()
