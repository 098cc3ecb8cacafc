"""A folder of exports as small as a head of year could check: one school, two pupils, one week."""

import dataclasses
import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from configs.settings import load_settings
from sources.ingest import ingest
from sources.receipt import Receipt
from sources.store import Store
from sources.tables import TABLES

SEEN = date(2025, 10, 1)
WEEK = {
    "schools": """
        school_id,name,phase,la_code,trust
        oak,Oak School,secondary,999,""",
    "calendar": """
        school_id,date
        oak,2025-09-01
        oak,2025-09-02
        oak,2025-09-03""",
    "pupils": """
        pupil_id,date_of_birth,sex,ethnicity
        ann,2013-10-09,F,
        ben,,M,""",
    "enrolments": """
        pupil_id,school_id,start_date,end_date,year_group
        ann,oak,2025-09-01,,7
        ben,oak,2025-09-01,,7""",
    "attendance": """
        pupil_id,school_id,date,session,code
        ann,oak,2025-09-01,AM,/
        ann,oak,2025-09-01,PM,\\
        ann,oak,2025-09-02,AM,I
        ben,oak,2025-09-01,AM,L""",
}  # fmt: skip


def plain(text: str) -> str:
    """The text without the indentation it has in a test."""
    return "\n".join(line.strip() for line in text.strip().splitlines()) + "\n"


def write(folder: Path, **changes: str | bytes | None) -> Path:
    """Writes the week, with some tables given anew (text), as they are (bytes), or left out (None)."""
    folder.mkdir(exist_ok=True)
    for name, text in {**WEEK, **changes}.items():
        if isinstance(text, bytes):
            (folder / f"{name}.csv").write_bytes(text)
        elif text is not None:
            (folder / f"{name}.csv").write_text(plain(text), encoding="utf-8")
    return folder


def load(folder: Path, store: Store, seen_on: date = SEEN, may_set_aside: float = 1.0) -> Receipt:
    """Ingests the folder; unless said otherwise any share of rows may be set aside."""
    settings = dataclasses.replace(load_settings(), quarantine_share=may_set_aside)
    return ingest(folder, store, seen_on, settings)


def rows(store: Store, table: str) -> list[dict[str, Any]]:
    """All rows the store holds of a table, with known_on and known_until, blank as None, in a fixed order."""
    frame = store.tables()[table].to_pandas()
    return _plain_rows(frame, [column.name for column in TABLES[table].columns] + ["known_on", "known_until"])


def set_aside(store: Store, table: str, load_number: int = 1) -> list[dict[str, Any]]:
    """The quarantined rows of a table in one load."""
    return _plain_rows(pd.read_parquet(store.root / f"quarantine/load-{load_number:06}/{table}.parquet"), ["line"])


def _plain_rows(frame: pd.DataFrame, order: list[str]) -> list[dict[str, Any]]:
    for name in frame.columns:
        if frame[name].dtype.kind == "M" or (frame[name].dropna().map(type) == date).any():
            frame[name] = pd.to_datetime(frame[name]).dt.strftime("%Y-%m-%d")
    frame = frame.astype(object).where(frame.notna(), None)
    made: list[dict[str, Any]] = frame.to_dict("records")
    return sorted(made, key=lambda row: tuple(str(row[name]) for name in order))


def bytes_of(root: Path) -> dict[str, str]:
    """sha256 of every file under a folder."""
    files = [path for path in root.rglob("*") if path.is_file()]
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
