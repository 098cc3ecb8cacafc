"""A folder of exports as small as a head of year could check: one school, two pupils, one week."""

import dataclasses
import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from configs.settings import load_settings
from sources.ingest import ingest
from sources.receipt import Receipt
from sources.store import Store

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
    """All rows the store holds of a table, with known_on and known_until, dates as text, in a fixed order."""
    return plain_rows(store.tables()[table].to_pyarrow())


def set_aside(store: Store, table: str, load_number: int = 1) -> list[dict[str, Any]]:
    """The quarantined rows of a table in one load."""
    aside = plain_rows(pq.read_table(store.root / f"quarantine/load-{load_number:06}/{table}.parquet"))
    return sorted(aside, key=lambda row: int(row["line"]))


def plain_rows(table: pa.Table) -> list[dict[str, Any]]:
    """The rows of a table as a person would write them, in a fixed order."""
    plain_values = [
        {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
        for row in table.to_pylist()
    ]
    return sorted(plain_values, key=lambda row: [str(value) for value in row.values()])


def bytes_of(root: Path) -> dict[str, str]:
    """sha256 of every file under a folder."""
    files = [path for path in root.rglob("*") if path.is_file()]
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
