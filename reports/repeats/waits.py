"""The waits from each step of the period to the next at its level or above, or to the end of what is known."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from features.calendar import SchoolDays
from reports.asked import Asked, Known, frame
from reports.disclosure import EVERYONE, Cell, rounded, suppressed, too_small
from reports.lost_learning.records import OFF_SITE_MOVES
from reports.on_roll import OWN
from reports.repeats.values import READ_ON, SOON, TERM, Again, Kind
from reports.steps import Climbs, first_numbers
from reports.survival import Until, until

MEETING_WITHIN = 10  # open days after the suspension
WAIT = [*OWN, "days", "came"]


def waits(found: Climbs, days: SchoolDays, asked: Asked, kind: Kind) -> pd.DataFrame:
    """A row for each step of the kind that began in the period: pupil_id, school_id, number, days, came.

    A wait ends at the next day with a step at that level or above on the same ladder, or is followed until the
    pupil left that school's roll or the records end.
    """
    rows = found.rows
    rows = rows[(rows["ladder"] == kind.ladder) & rows["level"].isin(kind.levels)].reset_index(drop=True)
    codes = rows["code"].to_numpy(dtype="int64")
    rows = rows[rows["first"].to_numpy() >= first_numbers(found.homes, days, asked)[codes]].reset_index(
        drop=True
    )
    codes = rows["code"].to_numpy(dtype="int64")
    last = rows["last"].to_numpy(dtype="int64")
    following = found.later(kind.ladder, min(kind.levels), codes, last).to_numpy()
    homes = found.homes.iloc[codes].reset_index(drop=True)
    end = homes["left"].to_numpy()
    came = ~np.isnan(following) & (np.nan_to_num(following) <= end)
    spent = np.where(came, following - last, np.maximum(end - last, 0))
    found_waits: pd.DataFrame = homes[OWN].assign(number=last, days=spent, came=came)
    return found_waits


def returns(known: Known, days: SchoolDays, asked: Asked) -> pd.DataFrame:
    """A row for each move off site that began in the period: open days until its end, if the end has come."""
    moves, period = known["moves"], asked.period
    rows = frame(
        moves.filter(moves.kind.isin(OFF_SITE_MOVES), moves.start_date.between(period.start, period.end)),
        *OWN, "start_date", "end_date",
    )  # fmt: skip
    rows = rows[rows["school_id"].isin(list(days.open_days))].reset_index(drop=True)
    rows["came"], rows["days"] = rows["end_date"].notna(), 0.0
    for school, where in rows.groupby("school_id").groups.items():
        ends = rows.loc[where, "end_date"].fillna(pd.Timestamp(asked.as_of))
        first = days.next_number(str(school), rows.loc[where, "start_date"])
        rows.loc[where, "days"] = np.maximum(days.number(str(school), ends) - first + 1, 0).astype("float64")
    kept: pd.DataFrame = rows[WAIT]
    return kept


def with_meetings(rows: pd.DataFrame, known: Known, days: SchoolDays) -> pd.DataFrame:
    """Waits after suspensions that have been over for ten open days, with whether a meeting was recorded (`met`).

    A reintegration meeting of the pupil counts from the suspension's first day to ten open days after its last.
    """
    suspensions, meetings = known["suspensions"], known["meetings"]
    lasting = frame(
        suspensions.filter(suspensions.category.isin(["SUSP", "FIXD"])), *OWN, "start_date", "sessions"
    )
    held = frame(meetings.filter(meetings.kind == "reintegration"), *OWN, "date")
    lasting["number"], held["met_on"] = (
        _numbered(lasting, "start_date", days, True),
        _numbered(held, "date", days),
    )
    lasting["over"] = lasting["number"] + np.ceil(lasting["sessions"].fillna(0.0) / 2) - 1
    over = lasting.groupby([*OWN, "number"], as_index=False).agg(over=("over", "max"))
    both = rows.merge(over, on=[*OWN, "number"])
    latest = [days.count(str(school)) for school in both["school_id"]]
    both = both[both["over"] + MEETING_WITHIN <= np.array(latest, dtype="float64")].reset_index(drop=True)
    near = both.reset_index().merge(held, on=OWN)
    near = near[(near["met_on"] >= near["number"]) & (near["met_on"] <= near["over"] + MEETING_WITHIN)]
    return both.assign(met=both.index.isin(near["index"]))


def _numbered(rows: pd.DataFrame, column: str, days: SchoolDays, onward: bool = False) -> "pd.Series[float]":
    numbers = pd.Series(-1.0, index=rows.index)
    for school, where in rows.groupby("school_id").groups.items():
        if str(school) in days.open_days:
            count = days.next_number if onward else days.number
            numbers.loc[where] = count(str(school), rows.loc[where, column]).astype("float64")
    return numbers


def as_until(rows: pd.DataFrame) -> Until:
    """Rows of waits as waits."""
    return until(rows["days"].to_numpy("float64"), rows["came"].to_numpy("bool"), rows["pupil_id"].to_numpy())


def again(key: str, found: Until, exact: bool = True) -> Again:
    """What is said of some waits; counts to the nearest five where not `exact`."""
    between = found.by_interval(TERM)
    return Again(
        key, found.waits if exact else rounded(found.waits), found.pupils if exact else rounded(found.pupils),
        found.by(SOON), found.by(TERM), between[0] if between else None, between[1] if between else None,
        found.median(), tuple((day, still) for day in READ_ON if (still := found.still(day)) is not None),
    )  # fmt: skip


def shown(key: str, cells: Mapping[Cell, Until]) -> dict[Cell, Again]:
    """Each cell's waits, where it may be shown: a line (a school, or EVERYONE) and a name within it."""
    pupils = {cell: held.pupils for cell, held in cells.items()}
    came_to = {cell: held.came_to for cell, held in cells.items()}
    small = {cell for cell in cells if too_small(pupils[cell], came_to[cell])}
    hidden = suppressed(pupils, small, came_to)
    return {
        cell: Again(key) if cell in hidden else again(key, held, exact=False) for cell, held in cells.items()
    }


def by_school(rows: pd.DataFrame, schools: list[str]) -> dict[str, Until]:
    """Waits of each school and, under EVERYONE, of all."""
    where = rows.groupby("school_id").indices
    held = {school: as_until(rows.iloc[where.get(school, [])]) for school in schools}
    return {**held, EVERYONE: as_until(rows)}
