"""`handrail doctor`: what is wrong with a store, in plain lines, and how to mend it. It reads and changes nothing.

No line holds a pupil's data: files, runs, models, schools, dates.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from models import shelf
from pipelines import runs
from pipelines.audit import lines, whole
from pipelines.findings import Check, Finding, Patient, looked, told
from pipelines.homes import left_behind
from pipelines.withdrawn import AGE
from sources.encryption import VARIABLE, key_for
from sources.exports.keys import MARK, check_key, read_key
from sources.store import MANIFEST, SPILL, Store, sha256_of
from watchlists.hidden import PLAIN
from watchlists.notebook import PEOPLE, encryption_begun, refuse_unreadable

LAST_RUNS = 30
CALENDAR_AHEAD = timedelta(days=30)
OTHERS = 0o077  # what a file lets its group and everyone else do


def examine(patient: Patient) -> list[Finding]:
    """What was found, in the order of CHECKS."""
    return looked(patient, CHECKS)


def _tables(patient: Patient) -> Iterator[str]:
    store = Store(patient.store)
    if not (store.tables_folder / MANIFEST).exists():
        yield f"tables/{MANIFEST} is missing. Restore your last copy, or run `handrail ingest` on a new store."
    for file in store.manifest()["files"]:
        yield from _changed(store.tables_folder, file["path"], file["sha256"], "tables/")


def _runs(patient: Patient) -> Iterator[str]:
    folders = [
        path for path in (patient.store / "runs").glob("*") if path.is_dir() and path.suffix != runs.PART
    ]
    for folder in sorted(folders, key=_night)[-LAST_RUNS:]:
        yield from told(_run(folder), f"The run {folder.name} is as it was published.")


def _night(run: Path) -> tuple[str, int]:
    as_of, _, number = run.name.rpartition("-")
    return as_of, int(number) if number.isdigit() else 0


def _run(folder: Path) -> Iterator[str]:
    if not (folder / runs.RUN).exists():
        yield f"runs/{folder.name} has no {runs.RUN}, so it is no whole list. Restore it, or remove the folder."
        return
    for name, seal in runs.read_json(folder / runs.RUN)["files"].items():
        yield from _changed(folder, name, seal, f"runs/{folder.name}/")


def _current(patient: Patient) -> Iterator[str]:
    name = runs.current(patient.store)
    if name is None:
        yield f"No list is published: there is no {runs.CURRENT}. Run `handrail nightly`."
        return
    folder = patient.store / "runs" / name
    faults = (
        ["its folder is missing"] if not folder.is_dir() else list(told(_run(folder), f"{name} is whole."))
    )
    if faults:
        yield f"{runs.CURRENT} names the run {name}, which is not whole: {faults[0]}"


def _changed(folder: Path, name: str, seal: str, where: str) -> Iterator[str]:
    path = folder / name
    if not path.is_file():
        yield f"{where}{name} is missing. Restore it from your last copy."
    elif sha256_of(path) != seal:
        yield f"{where}{name} is not as it was written. Restore it from your last copy."


def _models(patient: Patient) -> Iterator[str]:
    models = patient.store / "models"
    on_it, champion = shelf.names(models), shelf.champion(models)
    wanted = {name for name in (champion, shelf.newest(models)) if name}
    for name in sorted({*on_it, *wanted}):
        read = shelf.load if name == champion else shelf.read
        yield from told(_read(read, models, name), f"The model {name} is as it was trained.")


def _read(read: Callable[[Path, str], object], models: Path, name: str) -> Iterator[str]:
    """Nothing, or the refusal of a model that cannot be read."""
    read(models, name)
    yield from ()


def _audit(patient: Patient) -> Iterator[str]:
    if Store(patient.store).manifest()["loads"] and not lines(patient.store):
        yield "audit/log.jsonl is missing, though records were loaded. Restore it from your last copy."
    whole(patient.store)
    yield from ()


def _homes(patient: Patient) -> Iterator[str]:
    for name in left_behind(patient.store):
        yield (
            f"{name} is left in the store though the database is used: nothing reads it, nobody is forgotten in it. "
            "Remove it, or run `handrail to-database` if it was never copied there."
        )


def _key(patient: Patient) -> Iterator[str]:
    path, needed = patient.key_file, (patient.store / MARK).exists()
    if patient.store.resolve() in path.resolve().parents:
        yield f"The key {path} lies in the store: whoever copies the one has the other. Move it (HANDRAIL_KEY_FILE)."
    if not path.exists():
        if needed:
            yield f"The key {path} is missing: the next export cannot be joined to this store. Restore your copy of it."
        return
    if path.stat().st_mode & OTHERS:
        yield f"The key {path} can be read or changed by others. Run `chmod 600 {path}`."
    if needed:
        check_key(read_key(path), patient.store)


def _encryption(patient: Patient) -> Iterator[str]:
    path, key = os.environ.get(VARIABLE, ""), key_for(patient.store)
    if key and Path(path).stat().st_mode & OTHERS:
        yield f"The encryption key {path} can be read or changed by others. Run `chmod 600 {path}`."
    if encryption_begun(patient.store):
        refuse_unreadable(patient.store)
    elif key and PEOPLE.begun(patient.store):  # by a version that had none; what only looks adds no table
        yield PLAIN


def _disk(patient: Patient) -> Iterator[str]:
    held = sum(path.stat().st_size for path in patient.store.rglob("*") if path.is_file())
    free = shutil.disk_usage(patient.store).free
    if free < held:
        yield (f"The disk has {free / 1e9:.1f} GB free and the store is {held / 1e9:.1f} GB. Make room: "
               "a night writes to one side before it replaces anything.")  # fmt: skip


def _calendar(patient: Patient) -> Iterator[str]:
    latest: Mapping[str, Any] = Store(patient.store).manifest()["latest"].get("calendar", {})
    for school, day in sorted(latest.items()):
        if date.fromisoformat(day) < patient.today + CALENDAR_AHEAD:
            yield f"School {school}: its calendar ends on {day}. Export the open days that follow, and ingest them."


def _left_over(patient: Patient) -> Iterator[str]:
    for path in sorted([*patient.store.rglob(f"*{runs.PART}"), *patient.store.glob(SPILL)]):
        yield f"{path.relative_to(patient.store)} was left by a run that was cut short. Nothing reads it: remove it."


LOG: Check[Patient] = (_audit, "The audit log is whole.")
KEY: Check[Patient] = (
    _key,
    "The key lies apart from the store, is the right one and is its owner's alone, or none is needed yet.",
)
ENCRYPTION: Check[Patient] = (
    _encryption, "Names and notes are encrypted with the key that is given, or plain where none is.",
)  # fmt: skip
DISK: Check[Patient] = (_disk, "The disk has room for as much again as the store.")
CALENDAR: Check[Patient] = (_calendar, "Every school's calendar goes on for 30 days or more.")
CHECKS: tuple[Check[Patient], ...] = (
    (_tables, "Every file of the records is there and as it was written."),
    (_runs, f"The last runs (up to {LAST_RUNS}) are as they were published."),
    (_current, "The list that pages show is a whole run."),
    AGE,
    (_models, "Every model is as it was trained."),
    LOG,
    (_homes, "Accounts, names, notes and the audit log are in one place."),
    KEY,
    ENCRYPTION,
    DISK,
    CALENDAR,
    (_left_over, "Nothing is left over from a run that was cut short."),
)
