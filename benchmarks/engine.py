"""The feature engine: thirty-six dates against one, and against merely scanning the columns it reads."""

import time
from collections.abc import Callable
from datetime import date

import pandas as pd

from features.calendar import school_days
from features.catalogue import CATALOGUE, Feature
from features.engine import feature_expression
from features.reads import Share, Since, Total
from sources.store import Store

DATES = 36


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure(store: Store) -> dict[str, float]:
    """`features.36_dates_over_1_date` for the whole catalogue and `features.core_36_dates_over_scan` for counts."""
    tables = store.tables()
    days = school_days(tables["calendar"].select("school_id", "date").to_pandas())
    trust = sorted({day for held in days.open_days.values() for day in pd.to_datetime(held).date})
    dates = trust[-DATES * 5 :: 5][:DATES]
    core = [feature for feature in CATALOGUE if isinstance(feature.read, Total | Share | Since)][:37]

    def count(catalogue: list[Feature] | tuple[Feature, ...], moments: list[date]) -> float:
        held = store.tables()
        return seconds(lambda: feature_expression(held, moments, catalogue).to_pyarrow())

    count(core, dates[-1:])  # the first call pays for imports
    scan = seconds(lambda: _scan(store))
    one, many, core_many = count(CATALOGUE, dates[-1:]), count(CATALOGUE, dates), count(core, dates)
    return {
        "features.36_dates_over_1_date": many / one,
        "features.core_36_dates_over_scan": core_many / scan,
        "features.36_dates_s": many,
    }


def _scan(store: Store) -> None:
    """Reads the columns the counts are made from, and no more."""
    for name in ("attendance", "incidents"):
        rows = store.tables()[name]
        kind = rows.code if name == "attendance" else rows.category
        asked = rows.aggregate(pupils=rows.pupil_id.nunique(), last=rows.date.max(), kinds=kind.nunique())
        asked.to_pandas()
