"""`handrail backup`: the whole store, copied elsewhere while no run is at work, with the sha256 of every file.

Each backup is a folder of its own, named by its moment, and is one only once its manifest lies in it: so the rules of
an object store can let old ones go. What a PostgreSQL holds is in it as the files that a store without one would have.
"""

import json
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from configs.refusals import BadSettings
from pipelines import audit
from pipelines.elsewhere import Elsewhere, elsewhere, reached, some_at_once
from pipelines.findings import no_store
from pipelines.homes import BASES, to_files
from pipelines.lock import only_run
from pipelines.progress import Say
from pipelines.runs import PART
from sources.audit import standing_still
from sources.ingest import work_folder
from sources.store import Store, sha256_of
from watchlists.entered import FOLDER as ENTERED

MANIFEST, LAYOUT = "manifest.json", 1
NAMED = "%Y%m%dT%H%M%SZ"
LEFT_OUT = ("lock", "work", "prefect")  # of this machine and this moment
MLFLOW = "mlflow.db"
BESIDE_A_BASE = ("-wal", "-shm", "-journal")


def backup(store: Path, url: str, moment: datetime, say: Say) -> str:
    """The address of the new backup. Refused: another run at work (AnotherRun), no store, a folder inside the store, a
    place that cannot be used."""
    there = elsewhere(url)
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
            sent = _sent(there, name, files, say)
            manifest = {"layout": LAYOUT, "made_at": moment.isoformat(timespec="seconds"), "files": sent}
            there.files.pipe_file(
                there.at(name, MANIFEST), json.dumps(manifest, indent=1, sort_keys=True).encode()
            )
        audit.note(store, "backed up", backup=name, files=len(sent))
    size = sum(file["size"] for file in sent.values())
    return f"Backed up {len(sent):,} files, {size / 1e6:,.1f} MB, to {there.name.rstrip('/')}/{name}."


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


def _sent(there: Elsewhere, name: str, files: Mapping[str, Path], say: Say) -> dict[str, dict[str, Any]]:
    """The size, the rights and the sha256 of each file, all of which now lie there."""
    told: dict[str, dict[str, Any]] = {}
    for some in some_at_once(list(files), say):
        for place in some:
            held = files[place].stat()
            told[place] = {
                "sha256": sha256_of(files[place]),
                "size": held.st_size,
                "mode": held.st_mode & 0o777,
            }
        there.files.put([str(files[place]) for place in some], [there.at(name, place) for place in some])
    return told
