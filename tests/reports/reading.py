"""The ledger of small tables, read as plain numbers of sessions."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from reports.lost_learning.ledger import COLUMNS, ledger, units_of
from reports.periods import NOW, periods, slots
from sources.as_known import as_known
from tests.small_tables import tables_of


def ledger_of(
    rows: Mapping[str, Sequence[Mapping[str, Any]]], start: date, as_of: date
) -> dict[tuple[str, str], dict[str, float]]:
    """(pupil, school) → sessions possible and what took them, over the period."""
    known = as_known(tables_of(rows), as_of)
    calendar = known["calendar"].select("school_id", "date").to_pandas()
    schools = known["schools"].select("school_id").to_pandas()["school_id"]
    frame = ledger(known, slots(calendar, schools, periods(as_of, start))).to_pandas()
    frame = frame[frame["period"] == NOW].groupby(["pupil_id", "school_id"])[["possible", *COLUMNS]].sum()
    frame[list(COLUMNS)] /= units_of()
    return {(str(who[0]), str(who[1])): row.to_dict() for who, row in frame.iterrows()}  # type: ignore[index]
