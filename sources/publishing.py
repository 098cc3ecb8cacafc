"""Publishing a load: its files move in, and one atomic rename of the manifest makes them the store's."""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sources.receipt import Receipt
from sources.store import Store, on_disk, replace_whole


def publish(store: Store, work: Path, manifest: Mapping[str, Any], receipt: Receipt) -> None:
    """Moves the load's files, quarantine and receipt in, and last replaces the manifest: until then the store is as
    it was, whenever the load dies."""
    for path in sorted((work / "tables").rglob("*.parquet")):
        _move(path, store.tables_folder / path.relative_to(work / "tables"))
    quarantine = store.root / "quarantine" / f"load-{receipt.load:06}"
    shutil.rmtree(quarantine, ignore_errors=True)
    if (work / "quarantine").exists():
        for path in sorted((work / "quarantine").iterdir()):
            _move(path, quarantine / path.name)
    replace_whole(
        store.root / "receipts" / f"load-{receipt.load:06}.json", json.dumps(receipt.as_json(), indent=1)
    )
    store.write_manifest(manifest)


def sweep(store: Store) -> None:
    """Removes Parquet files that the manifest does not name: what a load that died has left."""
    named = {store.tables_folder / file["path"] for file in store.manifest()["files"]}
    for stray in set(store.tables_folder.rglob("*.parquet")) - named:
        stray.unlink()


def _move(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(path, target)
    on_disk(target.parent)
