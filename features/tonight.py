"""Tonight's features from last night's totals, where they can be trusted, and from nothing where they cannot.

`features/totals.parquet` in the store keeps one row a pupil, with what it was made from: the date, the catalogue, the
calendar, the code and every file then held. Where any of that is no longer so, or it is another store's, or it is not
there, the totals are counted afresh; what is published never depends on which.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from configs.settings import attendance_codes
from configs.source_code import code_hash
from features.calendar import SchoolDays, days_of
from features.carried import Nights, carried_totals
from features.catalogue import CATALOGUE, catalogue_hash, wanted
from features.cohort import PUPIL, Cohort
from features.engine import as_matrix, features_of, spine_of, with_states
from features.facts import DATED
from features.kept import cohort_of
from features.totals import window_totals
from features.wanted import Wanted, last_name, total_name
from sources.store import File, Store, on_disk
from sources.tables import TABLES

KEPT_AT = Path("features") / "totals.parquet"
LAYOUT = 1
LINEAGE = b"handrail"


@dataclass(frozen=True)
class Kept:
    """Totals of one night and what they were made from."""

    totals: pa.Table
    lineage: Mapping[str, Any]

    @property
    def as_of(self) -> date:
        """The date they are of."""
        return date.fromisoformat(self.lineage["as_of"])


def features_tonight(store: Store, as_of: date) -> pd.DataFrame:
    """`features.engine.feature_matrix` of one date, byte for byte, at a cost in proportion to what is new since the
    last night; keeps tonight's totals for the next."""
    tables, asked = store.tables(), wanted(CATALOGUE)
    days = days_of(tables)
    cohort = cohort_of(spine_of(tables, days, [as_of]))
    kept = _trusted(store, days, as_of)
    totals = _afresh(tables, cohort, days, as_of, asked) if kept is None else _carried(
        store, tables, cohort, days, as_of, asked, kept)  # fmt: skip
    new = store.manifest()["files"] if kept is None else _not_settled(store, kept)
    _keep(store, Kept(totals, _lineage(store, days, as_of, _pending(store, tables, new, as_of))))
    rows = with_states(tables, cohort, [as_of], CATALOGUE).join(ibis.memtable(totals), PUPIL)
    return as_matrix(features_of(rows, CATALOGUE), CATALOGUE)


def _afresh(
    tables: Mapping[str, ir.Table], cohort: Cohort, days: SchoolDays, as_of: date, asked: Wanted
) -> pa.Table:
    rows = window_totals(tables, cohort, days, [as_of], asked)
    counted: pa.Table = rows.select(*PUPIL, *_names(asked)).to_pyarrow()
    return counted


def _names(asked: Wanted) -> list[str]:
    return [total_name(*total) for total in asked.totals] + [last_name(name) for name in asked.last]


def _carried(
    store: Store, tables: Mapping[str, ir.Table], cohort: Cohort, days: SchoolDays, as_of: date, asked: Wanted,
    kept: Kept,
) -> pa.Table:  # fmt: skip
    """Last night's totals moved on, and those of pupils that could not be carried counted afresh."""
    was = _seen(
        store, tables, "was", [file for file in _facts(store) if file["path"] in kept.lineage["files"]]
    )
    touched = _touched(store, tables, kept)
    before, roll = kept.totals.to_pandas(types_mapper=_whole), cohort.homes.select(*PUPIL).to_pandas()
    moved = carried_totals(before, roll, was, tables, touched, Nights(kept.as_of, as_of, days), asked)
    carried = pa.Table.from_pandas(moved, schema=kept.totals.schema, preserve_index=False)
    if len(moved) == len(roll):
        return carried
    carried_over = ibis.memtable(moved[list(PUPIL)])
    others = Cohort(*(part.anti_join(carried_over, PUPIL) for part in (cohort.rows, cohort.homes)))
    return pa.concat_tables([carried, _afresh(tables, others, days, as_of, asked).cast(carried.schema)])


def _whole(kind: pa.DataType) -> Any:
    """Last days may be empty, and stay whole numbers."""
    return pd.Int32Dtype() if kind == pa.int32() else None


def _seen(
    store: Store, tables: Mapping[str, ir.Table], prefix: str, files: list[File]
) -> dict[str, ir.Table]:
    """The tables of dated facts as these files alone tell them; without a file, as the tables are."""
    engine: Any = tables["calendar"].get_backend()
    seen = {}
    for name in DATED:
        own = [file for file in files if file["table"] == name]
        engine.raw_sql(f"CREATE OR REPLACE VIEW {prefix}_{name} AS {store.view(TABLES[name], own)}")
        seen[name] = engine.table(f"{prefix}_{name}")
    return seen


def _touched(store: Store, tables: Mapping[str, ir.Table], kept: Kept) -> dict[str, pd.DataFrame]:
    """The pupil_id and date of every row that was not held then, or was and had not happened or was not known, and of
    what it corrects or withdraws, by the table whose facts they bear on. A lesson is read beside the mark of its
    session."""
    pairs = {}
    for name in DATED:
        own = store.files(name)
        new = [file for file in own if file["path"] not in kept.lineage["files"]]
        waiting = [file for file in own if file["path"] in kept.lineage["pending"]]
        if new or waiting:
            pairs[name] = _asked(tables, store.days_touched(TABLES[name], new, waiting, kept.as_of))
    if "attendance" in pairs:
        beside = [pairs[name] for name in ("lessons", "attendance") if name in pairs]
        pairs["lessons"] = pd.concat(beside).drop_duplicates()
    return pairs


def _asked(tables: Mapping[str, ir.Table], sql: str) -> pd.DataFrame:
    engine: Any = tables["calendar"].get_backend()
    found: pd.DataFrame = engine.raw_sql(sql).df()
    return found


def _facts(store: Store) -> list[File]:
    return [file for file in store.manifest()["files"] if file["table"] in DATED]


def _not_settled(store: Store, kept: Kept) -> list[File]:
    """The files that were not held then, or held rows that had not happened or were not known yet."""
    settled = set(kept.lineage["files"]) - set(kept.lineage["pending"])
    return [file for file in _facts(store) if file["path"] not in settled]


def _pending(store: Store, tables: Mapping[str, ir.Table], new: list[File], as_of: date) -> list[str]:
    """The paths, among new files, of the loads that hold rows that have not happened or are not known by `as_of`."""
    waiting: list[str] = []
    for name in DATED:
        own = [file for file in new if file["table"] == name]
        if not own or not _waits(store, tables, name, own, as_of):
            continue
        for load in sorted({file["load"] for file in own}):
            files = [file for file in own if file["load"] == load]
            if _waits(store, tables, name, files, as_of):
                waiting += [file["path"] for file in files]
    return waiting


def _waits(store: Store, tables: Mapping[str, ir.Table], name: str, files: list[File], as_of: date) -> bool:
    return bool(_asked(tables, store.waiting(TABLES[name], files, as_of)).iloc[0, 0])


def _lineage(store: Store, days: SchoolDays, as_of: date, pending: list[str]) -> dict[str, Any]:
    files = {file["path"]: file["sha256"] for file in _facts(store)}
    code = code_hash(Path(__file__).parent, attendance_codes())
    return {"layout": LAYOUT, "as_of": str(as_of), "catalogue": catalogue_hash(), "files": files,
            "calendar": _calendar_hash(days, as_of), "code": code, "pending": pending}  # fmt: skip


def _calendar_hash(days: SchoolDays, until: date) -> str:
    """sha256 over every school's open days up to a date."""
    told = hashlib.sha256()
    for school, held_days in sorted(days.open_days.items()):
        told.update(f"\n{school}\n".encode() + held_days[: days.number(school, [until])[0]].tobytes())
    return told.hexdigest()


def _trusted(store: Store, days: SchoolDays, as_of: date) -> Kept | None:
    """The totals kept, where they are this store's and earlier than tonight; else None."""
    kept = _read(store.root / KEPT_AT)
    if kept is None or kept.lineage.get("layout") != LAYOUT or kept.as_of > as_of:
        return None
    now = _lineage(store, days, kept.as_of, [])
    same = all(kept.lineage[name] == now[name] for name in ("catalogue", "calendar", "code"))
    return kept if same and kept.lineage["files"].items() <= now["files"].items() else None


def _read(path: Path) -> Kept | None:
    try:
        totals = pq.read_table(path)
        return Kept(totals.replace_schema_metadata(None), json.loads(totals.schema.metadata[LINEAGE]))
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError):  # lost or torn: counted afresh
        return None


def _keep(store: Store, kept: Kept) -> None:
    path = store.root / KEPT_AT
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".part")
    lineage = json.dumps(kept.lineage, sort_keys=True).encode()
    pq.write_table(kept.totals.replace_schema_metadata({LINEAGE: lineage}), aside)
    on_disk(aside)
    os.replace(aside, path)
    on_disk(path.parent)
