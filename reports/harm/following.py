"""What followed an entry beside those just below the cut: regression discontinuity, the pupil's own past held alike."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from configs.ladder import Ladder
from features.calendar import SchoolDays
from models.rungs import SCHOOL_LED
from reports.asked import Known
from reports.disclosure import FEWEST_PUPILS
from reports.support.effect import UNSAID, Effect, Flags, Reals, times_as_many
from reports.support.regression import Regression
from reports.support.trails import Trail, trail_of
from reports.support.values import Point

AFTER = 20  # open days: a month of school
PAST = ((0, 5), (5, 20), (20, 60))
COURSE, STRETCH = 20, 5  # open days either side of the night, and to a point
CONTACT = ("family", "pastoral_contact", "review")


@dataclass(frozen=True)
class Near:
    """The rows of `near_the_cut` that have a month after them, with how many sanctions and contacts each had in it, the
    pupil's own past as columns, and sanctions in each STRETCH of the month before and after. `long_past`: the columns
    that stand from before that month, with the chance and the season."""

    rows: pd.DataFrame
    sanctions: Reals
    contacts: Reals
    past: Reals
    long_past: Reals
    stretches: Reals


def decided(known: Known, ladder: Ladder, homes: pd.DataFrame, days: SchoolDays) -> Trail:
    """What adults decided: suspensions, internal exclusions, and incidents that ended in detention or sent out."""
    actions = ladder.rung(SCHOOL_LED, 1).incident_actions
    incidents = known["incidents"]
    sent = incidents.filter(incidents.action.lower().isin(actions).fill_null(False))
    rows = [sent.select("pupil_id", "school_id", "date"), known["removals"].select("pupil_id", "school_id", "date"),
            known["suspensions"].rename(date="start_date").select("pupil_id", "school_id", "date")]  # fmt: skip
    return trail_of(rows[0].union(*rows[1:]), homes, days)


def met(known: Known, homes: pd.DataFrame, days: SchoolDays) -> Trail:
    """Meetings with the pupil or the family."""
    rows = known["meetings"]
    return trail_of(rows.filter(rows.kind.isin(CONTACT)).select("pupil_id", "school_id", "date"), homes, days)


def with_what_followed(rows: pd.DataFrame, sanctions: Trail, contacts: Trail, now: Mapping[str, int]) -> Near:
    """The rows whose month after is on record. `now` is each school's latest open day."""
    closed = rows["number"] + AFTER - 1 <= rows["school_id"].map(now).astype("float64").fillna(0)
    rows = rows[closed].reset_index(drop=True)
    code, number = rows["code"].to_numpy(), rows["number"].to_numpy()
    eve = number - 1
    past = [sanctions.between(code, eve - far, eve - near) for near, far in PAST]
    held = [*(np.log1p(each) for each in past), np.log1p(sum(past)), rows["margin"].to_numpy()]
    stretches = [
        sanctions.between(code, eve + day, eve + day + STRETCH) for day in range(-COURSE, COURSE, STRETCH)
    ]
    return Near(
        rows, sanctions.between(code, eve, eve + AFTER), contacts.between(code, eve, eve + AFTER),
        np.column_stack([*held, *_seasons(rows)]), np.column_stack([held[2], held[-1], *_seasons(rows)]),
        np.column_stack(stretches),
    )  # fmt: skip


def _seasons(rows: pd.DataFrame) -> list[Reals]:
    return [
        (rows["season"] == season).to_numpy(dtype=float) for season in sorted(rows["season"].unique())[1:]
    ]


def followed(near: Near, outcome: Reals, which: Flags) -> Effect:
    """How many times as much of the outcome followed an entry as standing just below the cut, in a month of school,
    of pupils with the same chance of escalation and the same past."""
    return _times(near, outcome, which, near.past)


def at_the_cut(near: Near, outcome: Reals, which: Flags) -> Effect:
    """The same where both sides run into the cut: the place on the list counts on each side by a line of its own (local
    linear regression discontinuity; its band is that of `near_the_cut`)."""
    place, entered = (near.rows[name].to_numpy(dtype="float64") for name in ("place", "entered"))
    return _times(near, outcome, which, np.column_stack([near.past, place, place * entered]))


def _times(near: Near, outcome: Reals, which: Flags, columns: Reals) -> Effect:
    entered = near.rows["entered"].to_numpy()[which]
    if entered.sum() < 2 or (~entered).sum() < 2:
        return UNSAID
    return times_as_many(outcome[which], columns[which], entered, near.rows["code"].to_numpy()[which])


def course(near: Near, which: Flags) -> tuple[Point, ...]:
    """Sanctions of those who came on beside those just below, week by week of school before and after the night, of
    pupils with the same chance of escalation and as many sanctions in days 21 to 60 before."""
    entered, everyone = near.rows["entered"].to_numpy()[which], np.ones(int(which.sum()))
    if min(entered.sum(), (~entered).sum()) < FEWEST_PUPILS:
        return ()
    alike = Regression(near.long_past[which], entered, everyone, near.rows["code"].to_numpy()[which])
    days = range(-COURSE, COURSE, STRETCH)
    return tuple(
        Point(day, float(each[entered].mean()), float(each[~entered].mean()), alike.effect(each))
        for day, each in zip(days, near.stretches[which].T, strict=True)
    )
