"""Who was on roll: the denominator of every report that counts pupils and not sessions."""

from datetime import date

import pandas as pd

from features.cohort import NOT_COUNTED
from reports.asked import Asked, Known, frame
from reports.year_groups import one_name

OWN = ["pupil_id", "school_id"]


def on_roll(known: Known, asked: Asked) -> pd.DataFrame:
    """A row for each pupil and school of those on roll at any time in the period: pupil_id, school_id, year_group.

    Subsidiary and guest registrations are not counted. The year group is that of the latest enrolment there.
    """
    return on_roll_between(known, asked.period.start, asked.period.end)


def on_roll_between(known: Known, first: date, last: date) -> pd.DataFrame:
    """The same, of any dates, both included."""
    rows = known["enrolments"]
    rows = rows.filter(
        rows.start_date <= last,
        rows.end_date.isnull() | (rows.end_date >= first),
        rows.status.isnull() | rows.status.notin(NOT_COUNTED),
    ).mutate(year_group=one_name(rows.year_group))
    held = frame(rows, *OWN, "start_date", "year_group").sort_values([*OWN, "start_date"], kind="stable")
    return held.drop_duplicates(OWN, keep="last").drop(columns="start_date").reset_index(drop=True)
