"""The day on which each pupil first stepped up within the rehearsed weeks, so that lists can be dated against it.

Only steps that have a day: a suspension or anything above it, a rung of level 2 or more above the pupil's own highest
of the look-back, an exit. Persistent and severe absence are shares of a year read at a window's two ends, so they have
no day of their own and are left out here; the figures at capacity hold them.
"""

from collections.abc import Mapping
from datetime import date

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from configs.ladder import Ladder
from features.calendar import SchoolDays, days_of
from models.leaving import EXIT, leavings
from models.outcomes import latest_day, settled
from models.rungs import SCHOOL_LED, SELF_LED, SPAN, Steps, steps
from sources.spells import spells

PUPIL = ["pupil_id", "school_id"]
STEP_UP = range(2, 8)


def first_steps(
    tables: Mapping[str, ir.Table], weeks: pd.DataFrame, standing: pd.DataFrame, ladder: Ladder, by: date
) -> pd.DataFrame:
    """The first step up of each pupil after the first rehearsed list: pupil_id, school_id, number (the open day),
    first_ever (nothing at suspension or above before it).

    `weeks` says who was on roll; `standing` (pupil_id, school_id, as_of, level_self) what their absence made of them
    on the dates before, because a pupil already persistently absent does not step up to a lower rung.
    """
    known = settled(tables, by)
    days = days_of(tables)
    homes = weeks[PUPIL].drop_duplicates(ignore_index=True)
    record = steps(known, homes, days, ladder)
    dated = pd.concat([_steps_up(record, ladder, standing, days), _exits(known, days, ladder, by)])
    begins = weeks.groupby("school_id")["as_of"].min()
    start = {school: int(days.number(str(school), [day])[0]) for school, day in begins.items()}
    dated = dated.merge(homes, on=PUPIL)
    dated = dated[dated["number"] > dated["school_id"].map(start)]
    first = dated.sort_values([*PUPIL, "number"], kind="stable").drop_duplicates(PUPIL, ignore_index=True)
    codes, number = record.codes(first), first["number"].to_numpy()
    before = record.any_at_least(codes, SCHOOL_LED, 3, np.full(len(first), -1), number - 1)
    return first.assign(first_ever=~before)


def _steps_up(record: Steps, ladder: Ladder, standing: pd.DataFrame, days: SchoolDays) -> pd.DataFrame:
    """Every suspension or more, and every entry to a rung above the pupil's own highest of the look-back."""
    parts = []
    for name in (SCHOOL_LED, SELF_LED):
        for level in STEP_UP:
            codes, number = np.divmod(record.places[name, level], SPAN)
            kept = codes >= 0
            codes, number = codes[kept], number[kept]
            own = record.highest(codes, name, number - 1 - ladder.look_back, number - 1)
            rows = record.pupils[codes].to_frame(index=False).assign(number=number, own=own, level=level)
            if name == SELF_LED:
                rows["own"] = np.maximum(rows["own"], _absence_before(rows, standing, days))
            up = rows["own"] < level
            parts.append(rows[up | (name == SCHOOL_LED and level >= 3)])
    return pd.concat(parts, ignore_index=True)[[*PUPIL, "number"]]


def _absence_before(rows: pd.DataFrame, standing: pd.DataFrame, days: SchoolDays) -> np.ndarray:
    """Each row's self-led level on the last date of training before it; 0 where none is known."""
    held = standing[[*PUPIL, "as_of", "level_self"]].copy()
    held["number"] = days.numbers(held)
    asked = rows[[*PUPIL, "number"]].assign(place=np.arange(len(rows))).sort_values("number", kind="stable")
    found = pd.merge_asof(
        asked, held.drop(columns="as_of").sort_values("number", kind="stable"), on="number", by=PUPIL,
        allow_exact_matches=False,
    )  # fmt: skip
    return found.sort_values("place")["level_self"].fillna(0).to_numpy()


def _exits(known: Mapping[str, ir.Table], days: SchoolDays, ladder: Ladder, by: date) -> pd.DataFrame:
    """Unexplained exits, on the open day after the last one there."""
    enrolments = known["enrolments"].to_pandas()
    calendar = known["calendar"].select("school_id", "date").to_pandas()
    until = pd.Timestamp(latest_day(known, by)).to_datetime64()
    rows = leavings(spells(enrolments, calendar), enrolments, days, ladder, until).rows
    gone = rows[rows["how"] == EXIT]
    return gone[PUPIL].assign(number=gone["number"] + 1)
