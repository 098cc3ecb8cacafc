"""`handrail backup`: the whole store, copied elsewhere while no run is at work, with the sha256 of every file.

Each backup is a folder of its own, named by its moment, and is one only once its manifest lies in it: so the rules of
an object store can let old ones go. What a PostgreSQL holds is in it as the files that a store without one would have.
"""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from configs.refusals import BadSettings
from pipelines import audit
from pipelines.elsewhere import Elsewhere, elsewhere, reached, some_at_once
from pipelines.encrypted_backup import Envelope, new_envelope
from pipelines.findings import no_store
from pipelines.homes import BASES, to_files
from pipelines.lock import only_run
from pipelines.progress import Say
from pipelines.runs import PART
from sources.audit import standing_still
from sources.encryption import key_for
from sources.ingest import work_folder
from sources.store import SPILL, Store, sha256_of
from watchlists.entered import FOLDER as ENTERED

MANIFEST, LAYOUT, ENCRYPTED_LAYOUT = "manifest.json", 1, 2  # an older version refuses what it cannot open
NAMED = "%Y%m%dT%H%M%SZ"
LEFT_OUT = ("lock", "work", SPILL, "prefect")  # of this machine and this moment
MLFLOW = "mlflow.db"
BESIDE_A_BASE = ("-wal", "-shm", "-journal")
Leaving = Callable[[Mapping[str, Path]], AbstractContextManager[Mapping[str, Path]]]


def backup(store: Path, url: str, moment: datetime, say: Say) -> str:
    """The address of the new backup. Refused: another run at work (AnotherRun), no store, a folder inside the store, a
    place or an encryption key that cannot be used (BadSettings)."""
    there, key = elsewhere(url), key_for(store)
    if not (store / "tables").is_dir():
        raise no_store(store)
    if there.files.protocol != "s3" and store.resolve() in (Path(there.path).resolve() / "x").parents:
        raise BadSettings(f"{url} lies in the store: a copy beside what it copies is lost with it.")
    name = moment.strftime(NAMED)
    with only_run(store):
        with work_folder(Store(store), "backup") as work, reached(there):
            if there.files.exists(there.at(name)):
                raise BadSettings(f"{there.at(name)} is there already. Wait a second and back up again.")
            say("copying accounts, names, notes and the audit log as they are at one moment")
            still = _still(store, work)
            files = {path: still.get(path, store / path) for path in (*_others(store), *still)}
            envelope = new_envelope(key) if key else None
            sent = _sent(there, name, files, partial(_leaving, work, envelope), say)
            there.files.pipe_file(there.at(name, MANIFEST), _manifest(sent, moment, envelope))
        audit.note(store, "backed up", backup=name, files=len(sent))
    size = sum(file["size"] for file in sent.values())
    how = ", encrypted" if key else ""
    return f"Backed up {len(sent):,} files, {size / 1e6:,.1f} MB{how}, to {there.name.rstrip('/')}/{name}."


def _still(store: Path, work: Path) -> dict[str, Path]:
    """What pages write to while this runs, as copies of one moment each, by its place in the store."""
    work.chmod(0o700)
    held = to_files(store, work)
    names = [base.file for base in BASES if not held] + [MLFLOW]
    for name in (name for name in names if (store / name).exists()):
        with closing(sqlite3.connect(store / name)) as here, closing(sqlite3.connect(work / name)) as copy:
            here.backup(copy)
        shutil.copymode(store / name, work / name)
    if not held and (store / "audit").is_dir():
        with standing_still(store):
            shutil.copytree(store / "audit", work / "audit")
    if (store / ENTERED).is_dir():
        shutil.copytree(store / ENTERED, work / ENTERED)
    copies = (
        path for path in sorted(work.rglob("*")) if path.is_file() and not path.name.endswith(BESIDE_A_BASE)
    )
    return {str(path.relative_to(work)): path for path in copies}


def _others(store: Path) -> Iterator[str]:
    """Every other file of the store: nothing writes to these while no run is at work."""
    bases = (*(base.file for base in BASES), MLFLOW)
    apart = {*bases, *(name + end for name in bases for end in BESIDE_A_BASE)}
    for path in sorted(store.rglob("*")):
        place = path.relative_to(store)
        left_out = place.parts[0] in (*LEFT_OUT, "audit", ENTERED) or any(
            part.endswith(PART) for part in place.parts
        )
        if path.is_file() and not left_out and str(place) not in apart:
            yield str(place)


def _sent(
    there: Elsewhere, name: str, files: Mapping[str, Path], leaving: Leaving, say: Say
) -> dict[str, dict[str, Any]]:
    """The size and the sha256 of each file as it leaves, and its rights here; all of them now lie there."""
    told: dict[str, dict[str, Any]] = {}
    for some in some_at_once(list(files), say):
        with leaving({place: files[place] for place in some}) as ready:
            for place, path in ready.items():
                told[place] = {
                    "sha256": sha256_of(path),
                    "size": path.stat().st_size,
                    "mode": files[place].stat().st_mode & 0o777,
                }
            there.files.put(
                [str(path) for path in ready.values()], [there.at(name, place) for place in ready]
            )
    return told


@contextmanager
def _leaving(
    work: Path, envelope: Envelope | None, files: Mapping[str, Path]
) -> Iterator[Mapping[str, Path]]:
    """The files as they leave: themselves, or copies that are encrypted and go when they have left."""
    if envelope is None:
        yield files
        return
    with TemporaryDirectory(dir=work) as out:
        copies = {place: Path(out) / str(number) for number, place in enumerate(files)}
        for place, path in files.items():
            envelope.encrypt(path, place, copies[place])
        yield copies


def _manifest(sent: Mapping[str, Any], moment: datetime, envelope: Envelope | None) -> bytes:
    """What lies there, sealed where it is encrypted: written last."""
    told: dict[str, Any] = {
        "layout": ENCRYPTED_LAYOUT if envelope else LAYOUT,
        "made_at": moment.isoformat(timespec="seconds"),
        "files": sent,
    }
    return json.dumps(envelope.sealed(told) if envelope else told, indent=1, sort_keys=True).encode()
