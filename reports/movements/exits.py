"""Who left the roll by an exit of the ladder, and which of those exits nobody explained."""

import numpy as np
import pandas as pd

from features.calendar import SchoolDays
from features.cohort import NOT_COUNTED
from models.leaving import EXIT, NOT_YET_KNOWN, leavings
from reports.asked import Asked, Known, frame
from reports.on_roll import OWN
from sources.spells import spells

UNEXPLAINED = "unexplained"
NAMED = ("managed_move", "elective_home_education")
PERMANENT, OFF_ROLL = "permanent_exclusion", "off_roll"
ORDER = (PERMANENT, "managed_move", "elective_home_education", UNEXPLAINED)
EXPLAINS_FOR = pd.Timedelta(days=120)  # a permanent exclusion leaves a pupil on roll while it is reviewed


def endings(known: Known, asked: Asked, days: SchoolDays) -> pd.DataFrame:
    """Every spell that has ended: pupil_id, school_id, date, how and early (see `models.leaving`), and of its last
    enrolment year_group, leaving_reason and destination. Subsidiary registrations are left out."""
    table = known["enrolments"]
    table = table.filter(table.status.isnull() | table.status.notin(NOT_COUNTED))
    rows = frame(table, *OWN, "start_date", "end_date", "year_group", "leaving_reason", "destination")
    every = frame(known["enrolments"], *OWN, "start_date", "end_date", "year_group", "destination")
    calendar = frame(known["calendar"], "school_id", "date")
    ended = leavings(
        spells(rows, calendar), every, days, asked.settings.ladder, np.datetime64(asked.as_of)
    ).rows
    last = rows.dropna(subset=["end_date"]).drop_duplicates([*OWN, "end_date"], keep="last")
    last = last.rename(columns={"end_date": "date"}).drop(columns="start_date")
    ended["date"] = ended["date"].astype("datetime64[s]")
    return ended.merge(last, on=[*OWN, "date"], how="left").fillna(
        {"year_group": "", "leaving_reason": "", "destination": ""}
    )


def named_exits(known: Known) -> pd.DataFrame:
    """Exits that a record names: pupil_id, school_id, date, kind."""
    moves = known["moves"]
    moved = frame(moves.filter(moves.kind.isin([*NAMED, OFF_ROLL])), *OWN, "start_date", "kind")
    suspensions = known["suspensions"]
    excluded = frame(suspensions.filter(suspensions.category == "PERM"), *OWN, "start_date").assign(
        kind=PERMANENT
    )
    moved["kind"] = moved["kind"].replace({OFF_ROLL: UNEXPLAINED})
    return pd.concat([moved, excluded], ignore_index=True).rename(columns={"start_date": "date"})


def exits(ended: pd.DataFrame, named: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """A row for each pupil and school with an exit in the period: pupil_id, school_id, date, kind.

    An unexplained ending is explained after all where a permanent exclusion, managed move or home education of the
    pupil from that school was recorded from 120 days before it on. One pupil's exits from a school count once, by
    the kind that says most.
    """
    explained = named[named["kind"] != UNEXPLAINED].rename(columns={"date": "named_on"})[[*OWN, "named_on"]]
    silent = ended[ended["how"] == EXIT][[*OWN, "date"]].reset_index(drop=True)
    both = silent.reset_index().merge(explained, on=OWN)
    told = both.loc[both["named_on"] >= both["date"] - EXPLAINS_FOR, "index"].unique()
    rows = pd.concat([named, silent[~silent.index.isin(told)].assign(kind=UNEXPLAINED)], ignore_index=True)
    rows = rows[inside(rows["date"], asked)]
    rows = rows.assign(order=rows["kind"].map({kind: place for place, kind in enumerate(ORDER)}))
    rows = rows.sort_values([*OWN, "order", "date"], kind="stable").drop_duplicates(OWN)
    return rows.drop(columns="order").reset_index(drop=True)


def not_yet_known(ended: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Endings too recent to say whether the pupil is on roll elsewhere."""
    rows: pd.DataFrame = ended[(ended["how"] == NOT_YET_KNOWN) & inside(ended["date"], asked)]
    return rows


def inside(dates: pd.Series, asked: Asked) -> "pd.Series[bool]":
    """Which dates lie in the period."""
    period = asked.period
    return dates.between(pd.Timestamp(period.start), pd.Timestamp(period.end))
