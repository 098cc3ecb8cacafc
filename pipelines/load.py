"""`handrail ingest`: a folder of exports into the store, names to the people database alone."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from configs.profile import Export, read_profile, shipped_profiles
from configs.refusals import BadSettings
from configs.settings import Settings, load_settings
from pipelines import audit
from pipelines.lock import writing
from sources.exports.explain import explained, in_words
from sources.exports.folder import read_exports
from sources.exports.keys import check_key, read_key, remember_key
from sources.exports.sorting import Sorted, sort_folder
from sources.ingest import PEOPLE, find_all, ingest, ingest_found, notes_on, work_folder
from sources.receipt import Receipt
from sources.store import Store, replace_whole
from watchlists.entered import entered_folder
from watchlists.notebook import refuse_unreadable
from watchlists.people import hold_people, names_in

Say = Callable[[str], None]
PROFILES = "profiles"


@dataclass(frozen=True)
class Asked:
    """What an ingest was asked: the folder, the day its records were received, and where exports do not say it, how
    they are to be read."""

    folder: Path
    seen_on: date
    key_file: Path
    settings_file: Path | None = None
    school: str | None = None
    profiles: Sequence[Path] = ()


def load(asked: Asked, store_root: Path, say: Say) -> Receipt:
    """Ingests the folder and returns the receipt. Settings and profiles given are kept in the store, so that every
    later command reads the same."""
    store = Store(store_root)
    refuse_unreadable(store_root)
    settings = load_settings(asked.settings_file) if asked.settings_file else store.settings
    files = sort_folder(asked.folder, profiles_of(store_root, asked.profiles))
    people = asked.folder / PEOPLE
    names = (
        names_in(people) if people.exists() else []
    )  # read first: a fault in it leaves the store untouched
    new = not store_root.exists()
    try:
        with writing(store_root):
            receipt = _load(asked, files, store, settings, say)
            if asked.settings_file:
                store.keep_settings(settings)
            for path in asked.profiles:
                replace_whole(store_root / PROFILES / path.name, path.read_text(encoding="utf-8"))
            _load_entered(store, settings, asked.seen_on, say)
            hold_people(names, store_root)
            audit.note(store_root, "ingested", load=receipt.load, data_hash=receipt.data_hash)
    finally:
        if new and not (store_root / "tables").exists() and not (store_root / "quarantine").exists():
            _leave_no_trace(store_root)
    return receipt


def profiles_of(store_root: Path, given: Sequence[Path]) -> tuple[Export, ...]:
    """Every export that is known: of the profiles given, of those the store keeps, and of those Handrail ships."""
    kept = [
        path
        for path in sorted((store_root / PROFILES).glob("*.yaml"))
        if path.name not in {g.name for g in given}
    ]
    return (*(export for path in (*given, *kept) for export in read_profile(path)), *shipped_profiles())


def _load(asked: Asked, files: Sorted, store: Store, settings: Settings, say: Say) -> Receipt:
    if not files.known:
        return ingest(asked.folder, store, asked.seen_on, settings, say, files.unread())
    if store.root.resolve() in asked.key_file.resolve().parents:
        raise BadSettings(f"The key may not lie in the store ({asked.key_file}): whoever copies the one would have the "
                          "other. Give HANDRAIL_KEY_FILE another place.")  # fmt: skip
    made = not asked.key_file.exists()
    key = read_key(asked.key_file)
    check_key(key, store.root)
    with work_folder(store, "exports") as work:
        read = read_exports(files, store, key, str(asked.seen_on), asked.school, work, say)
        notes = notes_on(read.found, read.notes)
        if made:
            notes.append(f"A key was made in {asked.key_file}. Keep a copy of it apart from the store: without it the "
                         "next export cannot be joined to this one.")  # fmt: skip
        receipt = ingest_found(read.found, notes, store, asked.seen_on, settings, say)
    remember_key(key, store.root)
    hold_people(read.people, store.root)
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


def explain_folder(folder: Path, store_root: Path, profiles: Sequence[Path], as_json: bool) -> str:
    """How each file of the folder would be read, as JSON or in words; nothing is written."""
    files = explained(sort_folder(folder, profiles_of(store_root, profiles)))
    return json.dumps(files, indent=1) if as_json else in_words(files)
