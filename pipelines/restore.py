"""`handrail restore`: a backup put back into an empty folder, every file held against its sha256 before it counts."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from configs.refusals import BadData, BadSettings
from pipelines import audit
from pipelines.backup import ENCRYPTED_LAYOUT, LAYOUT, MANIFEST
from pipelines.elsewhere import Elsewhere, elsewhere, reached, some_at_once
from pipelines.encrypted_backup import ENCRYPTED, Envelope, envelope_of
from pipelines.progress import Say
from pipelines.runs import PART
from sources.encryption import VARIABLE, key_for
from sources.store import sha256_of

SHOWN = 3  # files named in a refusal
Files = Mapping[str, Mapping[str, Any]]


def restore(url: str, store: Path, say: Say) -> str:
    """Puts the backup at `url`, or the newest of those that lie there, into the folder `store`, and says so.

    Refused: a folder that holds anything, an encrypted backup without its key (BadSettings), no whole backup there, and
    one with a file that is missing or not as it was written (BadData): then nothing is put back.
    """
    if store.exists() and (not store.is_dir() or any(store.iterdir())):
        raise BadSettings(
            f"{store} is not empty. Restore into a new folder, and only then put it in the old one's place."
        )
    there, key = elsewhere(url), key_for(store)
    aside = store.with_name(store.name + PART)
    shutil.rmtree(aside, ignore_errors=True)
    try:
        with reached(there):
            name = _newest(there)
            manifest = _manifest(there, name)
            files, envelope = manifest["files"], envelope_of(manifest, key)
            _fetch(there, name, files, aside, say)
        _refuse_changed(there.at(name) if name else there.name, files, aside)
        _settle(files, aside, envelope)
        os.replace(aside, store)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    audit.note(store, "restored", backup=name or PurePosixPath(there.path).name)
    plain = f" It was not encrypted, though {VARIABLE} is given." if key and not envelope else ""
    return (
        f"Restored {len(files):,} files to {store}, each as it was backed up.{plain} "
        f"Now run `handrail doctor --store {store}`."
    )


def _newest(there: Elsewhere) -> str:
    """The newest backup's folder, or "" where the address is that of one."""
    if there.files.exists(there.at(MANIFEST)):
        return ""
    held = there.files.ls(there.path, detail=False) if there.files.exists(there.path) else []
    names = sorted((PurePosixPath(path).name for path in held), reverse=True)
    for name in names:
        if there.files.exists(there.at(name, MANIFEST)):
            return name
    raise BadData(f"There is no whole backup at {there.name}: none with a {MANIFEST}.")


def _manifest(there: Elsewhere, name: str) -> dict[str, Any]:
    try:
        held: dict[str, Any] = json.loads(there.files.cat_file(_at(there, name, MANIFEST)))
        layout, files = held["layout"], held["files"]
        how = held.get(ENCRYPTED)
        as_laid_out = (layout == ENCRYPTED_LAYOUT) == bool(how and bytes.fromhex(how["salt"]) and how["key"])
        places = all(_stays_inside(place) for place in files)
        told = all({"sha256", "size", "mode"} <= set(file) for file in files.values())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadData(f"{MANIFEST} of the backup cannot be read. Restore another.") from error
    if layout not in (LAYOUT, ENCRYPTED_LAYOUT):
        raise BadData("The backup was laid out by another version of Handrail. Restore with that version.")
    if not (places and told and as_laid_out):
        raise BadData(f"{MANIFEST} of the backup is not as Handrail writes it. Nothing was put back.")
    return held


def _stays_inside(place: str) -> bool:
    """Whether a file would lie in the folder and nowhere else."""
    path = PurePosixPath(place)
    return not path.is_absolute() and bool(path.parts) and ".." not in path.parts and "\0" not in place


def _fetch(there: Elsewhere, name: str, files: Files, aside: Path, say: Say) -> None:
    """Fetches what is there; what is not is found by the look at every file that follows."""
    aside.mkdir(parents=True, mode=0o700)
    lying = set(there.files.find(there.at(name) if name else there.path))
    places = sorted(place for place in files if _at(there, name, place) in lying)
    for some in some_at_once(places, say):
        for place in some:
            (aside / place).parent.mkdir(parents=True, exist_ok=True)
        there.files.get([_at(there, name, place) for place in some], [str(aside / place) for place in some])


def _refuse_changed(where: str, files: Files, aside: Path) -> None:
    wrong = list(_changed(files, aside))
    if wrong:
        more = f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        raise BadData(
            f"The backup {where} is not as it was written: {', '.join(wrong[:SHOWN])}{more}. Nothing was put back. "
            "Restore another."
        )


def _changed(files: Files, aside: Path) -> Iterator[str]:
    for place, told in sorted(files.items()):
        path = aside / place
        if not path.is_file():
            yield f"{place} (missing)"
        elif sha256_of(path) != told["sha256"]:
            yield f"{place} (changed)"


def _settle(files: Files, aside: Path, envelope: Envelope | None) -> None:
    """Every file as it was in the store: what it says, and who may read it."""
    for place, told in files.items():
        if envelope:
            envelope.decrypt(aside / place, place)
        (aside / place).chmod(int(told["mode"]) & 0o777)


def _at(there: Elsewhere, name: str, place: str) -> str:
    return there.at(*([name] if name else []), place)
