"""`handrail subject-access`: all that is held on one pupil, as JSON for another system and as a page to read and hand
over. It looks wherever `handrail forget` removes, so that what one shows and the other takes are the same."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from configs.refusals import BadSettings
from features.tonight import KEPT_AT
from pipelines import audit, runs
from pipelines.forgetting import SPEAKS_OF, pupil_id_of
from pipelines.moment import now
from pipelines.subject_page import page_of
from pipelines.users import operator
from sources.audit import lines_that_name
from sources.held import Row, rows_in, rows_on
from sources.store import Store
from watchlists.notebook import PEOPLE, SAID, notebook
from watchlists.opaque import opaque_of
from watchlists.people import everyone

AS_JSON, AS_PAGE = "held.json", "held.html"
Held = dict[str, list[Row]]


def subject_access(store_root: Path, pupil: str, to: Path, key_file: Path) -> str:
    """Writes all that is held to the new folder `to`, readable by its owner alone, and says how much there is. Refused
    (BadSettings): a pupil who is not held, and a folder that is in the store or has something in it."""
    if store_root.resolve() in (to.resolve(), *to.resolve().parents):
        raise BadSettings(f"{to} lies in the store, where it would be kept. Give --to another place.")
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise BadSettings(f"{to} is there already and is not empty. Give --to a new folder.")
    pupil_id = pupil_id_of(Store(store_root), pupil, key_file)
    held = all_held(store_root, pupil_id)
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    day = now().date()
    audit.note(store_root, "subject access", pupil=opaque_of(store_root).of("pupil", pupil_id), by=operator())
    told = {"pupil_id": pupil_id, "made_on": str(day), "held": held}
    _write(to / AS_JSON, json.dumps(told, indent=1, ensure_ascii=False, default=_plain))
    _write(to / AS_PAGE, page_of(json.loads(json.dumps(held, default=_plain)), day))
    rows = sum(map(len, held.values()))
    return (
        f"{rows:,} records on the pupil are in {to}: {AS_PAGE} to read and hand over, {AS_JSON} for another system. "
        "Read them first: notes may speak of other people. The look is in the audit log."
    )


def all_held(store_root: Path, pupil_id: str) -> Held:
    """Everything held on a pupil, by where it is held; only what holds anything."""
    opaque = opaque_of(store_root).of("pupil", pupil_id)
    person = everyone(store_root).get(pupil_id)
    found: Held = {
        "name": [asdict(person)] if person else [],
        **rows_on(Store(store_root), pupil_id),
        **dict(_said_by_staff(store_root, pupil_id)),
        "lists and scores": list(_in_runs(store_root, pupil_id, opaque)),
        "running totals": rows_in(kept, pupil_id) if (kept := store_root / KEPT_AT).exists() else [],
        "audit log": list(lines_that_name(store_root, opaque)),
    }
    return {name: rows for name, rows in found.items() if rows}


def _said_by_staff(store_root: Path, pupil_id: str) -> Iterator[tuple[str, list[Row]]]:
    if not PEOPLE.begun(store_root):
        return
    with notebook(store_root) as base:
        for table in SAID:
            rows = base.named(f"select * from {table} where pupil_id = :pupil", pupil=pupil_id)
            yield f"said by staff: {table}", [base.shown(table, row) for row in rows]


def _in_runs(store_root: Path, pupil_id: str, opaque: str) -> Iterator[Row]:
    """What each list that is still kept says, a row for each file of it."""
    for name, _ in runs.runs_of(store_root):
        for path in sorted((store_root / "runs" / name).iterdir()):
            if path.suffix == ".parquet":
                said: list[Any] = rows_in(path, pupil_id)
            elif path.suffix == ".json":
                said = list(_speaks_of(runs.read_json(path), {pupil_id, opaque}))
            else:
                continue  # the list as CSV is the list once more
            yield from ({"list": name, "file": path.name, "says": row} for row in said)


def _speaks_of(facts: Any, names: set[str]) -> Iterator[Any]:
    """What facts say of a pupil: entries under one of their ids, and entries that name it."""
    if isinstance(facts, dict):
        for key, value in facts.items():
            if key in names:
                yield value
            else:
                yield from _speaks_of(value, names)
    elif isinstance(facts, list):
        for one in facts:
            if isinstance(one, dict) and any(one.get(name) in names for name in SPEAKS_OF):
                yield one
            else:
                yield from _speaks_of(one, names)


def _write(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else str(value)
