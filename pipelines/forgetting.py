"""`handrail forget`: a pupil, or all from before a day, out of the store for good: tables, names, lists and scores."""

import csv
import os
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from configs.refusals import BadSettings
from features.tonight import KEPT_AT
from pipelines import audit, runs
from pipelines.lock import writing
from sources.exports.keys import read_key
from sources.exports.pupils import Register
from sources.forgetting import Removed, forget_before, forget_pupils, leavers
from sources.store import Store, on_disk
from watchlists.entered import forget_said
from watchlists.exports import quoted_csv
from watchlists.notebook import refuse_unreadable
from watchlists.opaque import opaque_of
from watchlists.people import forget_people

SPEAKS_OF = ("pupil_id", "case")  # a register of moves has opaque ids


def forget(store_root: Path, pupil: str, key_file: Path) -> str:
    """Removes one pupil, named by their id in the store or by UPN, and says how much was removed."""
    store = Store(store_root)
    with writing(store_root):
        refuse_unreadable(store_root)
        pupil_id = pupil_id_of(store, pupil, key_file)
        removed = forget_pupils(store, [pupil_id])
        _forget_elsewhere(store_root, [pupil_id], removed)
    return _in_words(removed, "The pupil's records are gone.")


def forget_all_before(store_root: Path, day: date) -> str:
    """Removes what happened before a day and everyone who had left by then, and says how much was removed."""
    store = Store(store_root)
    with writing(store_root):
        refuse_unreadable(store_root)
        removed, gone = forget_before(store, day)
        _forget_elsewhere(store_root, gone, removed)
        for name, run in runs.runs_of(store_root):
            if run["as_of"] < str(day) and name != runs.current(store_root):
                runs.remove(store_root, name)
                removed["old lists"] += 1
    return _in_words(
        removed, f"What happened before {day} is gone, and so is all of {len(gone):,} pupils who had left."
    )


def forget_leavers(store_root: Path, day: date) -> int:
    """Forgets everyone whose last enrolment had ended before a day; returns how many. The caller holds the store."""
    store = Store(store_root)
    refuse_unreadable(store_root)  # first: whose records are gone is found no more, and the name would stay
    if gone := leavers(store, day):
        _forget_elsewhere(store_root, gone, forget_pupils(store, gone))
    return len(gone)


def pupil_id_of(store: Store, pupil: str, key_file: Path) -> str:
    """The id that the store has for a pupil, named by it or by UPN; refused where it has none, without repeating what
    was asked."""
    held = store.tables()
    if held["pupils"].filter(held["pupils"].pupil_id == pupil).count().execute():
        return pupil
    if key_file.exists():
        register = Register(read_key(key_file))
        aliases = held["aliases"].select("pupil_id", "kind", "alias").to_pandas()
        register.remember(aliases.itertuples(index=False, name=None))
        found = register.of_upn(pupil)
        if found:
            return found
    raise BadSettings("The store holds no pupil of that id or UPN. Ids are in the analysts' files; for a UPN the key "
                      "must be at hand (HANDRAIL_KEY_FILE).")  # fmt: skip


def _forget_elsewhere(store_root: Path, pupils: Iterable[str], removed: Removed) -> None:
    gone = set(pupils)
    if not gone:
        return
    removed["names"] += forget_people(store_root, gone)
    removed["what staff said"] += forget_said(store_root, gone)
    (store_root / KEPT_AT).unlink(missing_ok=True)  # last night's totals: the next counts them afresh
    opaque = opaque_of(store_root)
    told_of = gone | {opaque.of("pupil", pupil) for pupil in gone}
    for name, _ in runs.runs_of(store_root):
        removed["lists and scores"] += _forget_in_run(store_root / "runs" / name, told_of)
    audit.note(store_root, "forgotten", pupils=len(gone), rows=removed.total())


def _forget_in_run(run: Path, gone: set[str]) -> int:
    """Rewrites each file of a finished run without those pupils, and last its receipt; returns how many rows went."""
    removed = sum(_forget_in_file(path, gone) for path in sorted(run.iterdir()) if path.name != runs.RUN)
    receipt = runs.read_json(run / runs.RUN)
    told = _pruned(receipt, gone)
    if removed or told != receipt:
        runs.reseal(run, told)
    return removed


def _forget_in_file(path: Path, gone: set[str]) -> int:
    if path.suffix == ".parquet":
        table = pd.read_parquet(path)
        kept = table[~table["pupil_id"].isin(gone)]
        return _replaced(path, len(table) - len(kept), lambda part: kept.to_parquet(part, index=False))
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        left = [row for row in rows if not gone & set(row)]
        return _replaced(path, len(rows) - len(left), lambda part: part.write_bytes(quoted_csv(left)))
    facts = runs.read_json(path)
    pruned = _pruned(facts, gone)
    return _replaced(path, int(pruned != facts), lambda part: runs.write_json(part, pruned))


def _replaced(path: Path, removed: int, write: Callable[[Path], object]) -> int:
    """Puts a new file in the old one's place where there is something to remove; returns how much."""
    if removed:
        part = path.with_name(path.name + ".part")
        write(part)
        on_disk(part)
        os.replace(part, path)
    return removed


def _pruned(facts: Any, gone: set[str]) -> Any:
    """Facts without what is said of those pupils: entries under their id, and entries that name it."""
    if isinstance(facts, dict):
        return {key: _pruned(value, gone) for key, value in facts.items() if key not in gone}
    if isinstance(facts, list):
        return [
            _pruned(one, gone)
            for one in facts
            if not (isinstance(one, dict) and any(one.get(name) in gone for name in SPEAKS_OF))
        ]
    return facts


def _in_words(removed: Removed, sentence: str) -> str:
    told = ", ".join(f"{name} {count:,}" for name, count in sorted(removed.items()) if count)
    return f"{sentence} Rows removed: {told or 'none'}."
