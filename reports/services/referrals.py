"""Referrals of the period, how long each waited, and whether the pupil rose a step meanwhile."""

import numpy as np
import pandas as pd

from configs.ladder import LADDERS
from features.calendar import SchoolDays
from reports.asked import Asked, Known, frame
from reports.repeats.values import TERM
from reports.steps import Climbs


def referrals(known: Known, asked: Asked, found: Climbs, days: SchoolDays) -> pd.DataFrame:
    """A row for each referral made in the period of a pupil with a school: pupil_id, school_id, service, referred_on,
    started_on, days (waited, so far), came (whether it began), rose.

    The school is that of the pupil's latest enrolment begun by the referral, or the first after it. Rose is a higher
    step on either ladder while waiting than in the 60 open days before.
    """
    period, table = asked.period, known["referrals"]
    table = table.filter(table.referred_on.between(period.start, period.end))
    rows = frame(table, "pupil_id", "service", "referred_on", "started_on")
    rows["service"] = rows["service"].str.strip().replace("", "not recorded")
    homes = found.homes.assign(code=np.arange(len(found.homes)))
    both = rows.reset_index().merge(homes, on="pupil_id")
    both["asked_at"] = _numbers(both, "referred_on", days)
    late = both["joined"] > both["asked_at"]
    order = both.assign(late=late, near=np.where(late, both["joined"], -both["joined"]))
    chosen = order.sort_values(["index", "late", "near", "school_id"]).drop_duplicates("index")
    chosen["came"] = chosen["started_on"].notna()
    until = chosen["started_on"].fillna(pd.Timestamp(asked.as_of))
    chosen["days"] = (until - chosen["referred_on"]).dt.days.clip(lower=0).astype("float64")
    chosen["until"] = until
    chosen["rose"] = _rose(chosen, found, _numbers(chosen, "until", days))
    names = ["pupil_id", "school_id", "service", "referred_on", "started_on", "days", "came", "rose"]
    kept: pd.DataFrame = chosen[names].reset_index(drop=True)
    return kept


def _numbers(rows: pd.DataFrame, column: str, days: SchoolDays) -> "pd.Series[int]":
    numbers = pd.Series(0, index=rows.index, dtype="int64")
    for school, where in rows.groupby("school_id").groups.items():
        numbers.loc[where] = days.number(str(school), rows.loc[where, column])
    return numbers


def _rose(rows: pd.DataFrame, found: Climbs, until: "pd.Series[int]") -> np.ndarray:
    codes, at = rows["code"].to_numpy(dtype="int64"), rows["asked_at"].to_numpy(dtype="int64")
    rose = np.zeros(len(rows), dtype="bool")
    for ladder in LADDERS:
        before = found.record.highest(codes, ladder, at - TERM, at)
        rose |= found.record.highest(codes, ladder, at, until.to_numpy()) > before
    return rose
