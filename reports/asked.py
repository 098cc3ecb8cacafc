"""What is asked of a report, and the parts of the tables that every report reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import ibis.expr.types as ir
import pandas as pd

from configs.refusals import BadData, BadSettings, nearest
from configs.settings import Settings
from reports.lists import Lists, no_lists
from reports.periods import Period, periods
from watchlists.opaque import Opaque

EVERY_SCHOOL = "All schools"
Known = Mapping[str, ir.Table]


@dataclass(frozen=True)
class Asked:
    """The day, the first day, the one school if only one is wanted, the settings, the key of opaque ids, the
    Department's pupil attendance file where another than the figures held is to stand beside, and the lists published
    so far."""

    as_of: date
    settings: Settings
    from_: date | None = None
    school_id: str | None = None
    opaque: Opaque = field(default_factory=lambda: Opaque(b""))
    england: Path | None = None
    lists: Lists = field(default_factory=no_lists)

    @property
    def period(self) -> Period:
        """The dates of the report: from 1 September unless another first day is asked for."""
        return periods(self.as_of, self.from_)[0]


@dataclass(frozen=True)
class School:
    """A school by its id, name and phase."""

    school_id: str
    name: str
    phase: str
    la_code: str
    area_code: str


@dataclass(frozen=True)
class Schools:
    """Every school held, by name, and what they are called together."""

    held: tuple[School, ...]
    together: str


def schools_of(known: Known, asked: Asked) -> Schools:
    """The schools held. Refused: a school that is not among them, and a store without any."""
    rows = known["schools"].to_pandas().fillna("").sort_values(["name", "school_id"])
    if rows.empty:
        raise BadData("No school is held. Ingest a folder with a schools table first.")
    if asked.school_id is not None and asked.school_id not in set(rows["school_id"]):
        raise BadSettings(
            f"No school '{asked.school_id}' is held{nearest(asked.school_id, rows['school_id'])}."
        )
    trusts = set(rows["trust"]) - {""}
    held = tuple(
        School(
            row["school_id"], row["name"] or row["school_id"], row["phase"], row["la_code"], row["area_code"]
        )
        for row in rows.astype(str).to_dict("records")
    )
    return Schools(held, str(trusts.pop()) if len(trusts) == 1 else EVERY_SCHOOL)


def any_open(known: Known) -> list[date]:
    """The days on which any school was open, in order."""
    days = known["calendar"].select("date").distinct().to_pandas()["date"]
    return sorted(pd.to_datetime(days).dt.date)


def frame(table: ir.Table, *columns: str) -> pd.DataFrame:
    """Some columns of a table, its dates as dates that compare."""
    rows: pd.DataFrame = table.select(*columns).to_pandas()
    for name in columns:
        if table.schema()[name].is_date():
            rows[name] = pd.to_datetime(rows[name]).astype("datetime64[s]")
    return rows
