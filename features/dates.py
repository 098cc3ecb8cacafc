"""Every date of each school's calendar with the school's own count of open days, for facts that are told by the day."""

from collections.abc import Mapping, Sequence
from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from features.calendar import SchoolDays, days_of


def every_date(tables: Mapping[str, ir.Table], moments: Sequence[date]) -> ir.Table:
    """A row for each school and date, from its first open day to the last as-of date: school_id, date, number (open
    days so far, that date's own included), open, weekday (Monday 0) and read_on, the first as-of date not before it."""
    days = days_of(tables)
    asked = np.sort(np.array(list(moments), dtype="datetime64[D]"))
    frame = pd.concat(
        [_of_school(days, school, asked) for school in sorted(days.open_days)], ignore_index=True
    )
    held = ibis.memtable(frame)
    return held.mutate(date=held.date.cast("date"), read_on=held.read_on.cast("date"))


def _of_school(days: SchoolDays, school: str, asked: np.ndarray) -> pd.DataFrame:
    open_days = days.open_days[school]
    dates = np.arange(open_days[0], asked[-1] + 1)
    return pd.DataFrame(
        {
            "school_id": school,
            "date": dates.astype("datetime64[s]"),
            "number": np.searchsorted(open_days, dates, side="right").astype("int64"),
            "open": np.isin(dates, open_days),
            "weekday": (dates.astype("int64") + 3) % 7,  # 1 January 1970 was a Thursday
            "read_on": asked[np.searchsorted(asked, dates, side="left")].astype("datetime64[s]"),
        }
    )
