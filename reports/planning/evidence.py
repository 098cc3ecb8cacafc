"""What a design is read from: the records of those it was about, before and after."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from features.calendar import SchoolDays, days_of
from reports.asked import Known
from reports.harm.cut import near_the_cut
from reports.harm.following import AFTER, followed, with_what_followed
from reports.planning.plan import CUT, STAGGERED, TIED_BAND
from reports.planning.reading import Found, begun_apart, drawn_apart
from reports.steps import homes_of
from reports.support.trails import Reals, Trail, trails

TERM = 60  # open days over which an outcome is counted, but of the cut, where it is a month
PAST = ("incidents", "suspensions", "absent")
OUTCOMES = {"incidents": "incidents", "suspension": "suspensions"}
Plan = dict[str, Any]


@dataclass(frozen=True)
class Evidence:
    """The records as known on a day, of all but those whom an objection or a correction keeps out."""

    homes: pd.DataFrame
    days: SchoolDays
    trails: dict[str, Trail]

    def after(self, outcome: str, code: np.ndarray, number: np.ndarray) -> Reals:
        """Of each pupil code the outcome over the term that begins with the open day of that number: how many
        incidents, or 1 where there was a suspension."""
        found = self.trails[OUTCOMES[outcome]].between(code, number - 1, number - 1 + TERM)
        return np.asarray(found > 0, dtype="float64") if outcome == "suspension" else found

    def before(self, code: np.ndarray, number: np.ndarray) -> Reals:
        """What was on record in the term before. Shape (n, len(PAST))."""
        return np.column_stack(
            [self.trails[name].between(code, number - 1 - TERM, number - 1) for name in PAST]
        )

    def now(self) -> dict[str, int]:
        """Each school's latest open day, by its number."""
        return {school: self.days.count(school) for school in self.days.open_days}


def evidence(known: Known, out: Collection[str]) -> Evidence:
    """The evidence without the pupils `out`."""
    days = days_of(known)
    homes = homes_of(known, days)
    homes = homes[~homes["pupil_id"].isin(list(out))].reset_index(drop=True)
    return Evidence(homes, days, trails(known, homes, days))


def closed(held: Evidence, plan: Plan) -> bool:
    """Whether the outcomes of the whole plan are on record: of its last day, and of schools drawn, of the last term."""
    schools = plan["order"] or sorted(held.days.open_days)
    now = held.now()
    if plan["kind"] == STAGGERED:
        return all(now[school] >= _begins(held, plan, school) + TERM * len(schools) - 1 for school in schools)
    length = AFTER if plan["kind"] == CUT else TERM
    ends = date.fromisoformat(plan["ends"])
    return all(now[school] >= held.days.number(school, [ends])[0] + length for school in schools)


def found(held: Evidence, plan: Plan, nights: pd.DataFrame) -> Found:
    """The plan's analysis of what is on record. `nights`: of a tied band who was drawn (pupil_id, school_id, as_of,
    drawn), of the cut the lists (`reports.lists.NIGHT`), of schools nothing."""
    if plan["kind"] == TIED_BAND:
        return _drawn(held, plan, nights)
    return _about_the_cut(held, plan, nights) if plan["kind"] == CUT else _schools(held, plan)


def _drawn(held: Evidence, plan: Plan, nights: pd.DataFrame) -> Found:
    """Each pupil from the first night on which they were in the band."""
    first = nights.sort_values(["as_of", "pupil_id"]).drop_duplicates("pupil_id")
    codes = held.homes[["pupil_id", "school_id"]].assign(code=held.homes.index)
    rows = first.merge(codes, on=["pupil_id", "school_id"])
    rows["number"] = held.days.numbers(rows) + 1
    now = rows["school_id"].map(held.now())
    rows = rows[rows["number"] + TERM - 1 <= now].reset_index(drop=True)
    code, number = rows["code"].to_numpy(), rows["number"].to_numpy()
    block = rows["school_id"] + " " + rows["as_of"].astype(str)
    asked = rows.assign(outcome=held.after(plan["outcome"], code, number), block=block)
    return drawn_apart(asked, held.before(code, number))


def _about_the_cut(held: Evidence, plan: Plan, nights: pd.DataFrame) -> Found:
    inside = nights[(nights["as_of"] >= plan["starts"]) & (nights["as_of"] <= plan["ends"])]
    outcome = held.trails[OUTCOMES[plan["outcome"]]]
    near = with_what_followed(near_the_cut(inside, held.homes, held.days), outcome, outcome, held.now())
    entered = near.rows["entered"].to_numpy()
    everyone = np.ones(len(entered), dtype="bool")
    return Found(followed(near, near.sanctions, everyone), (int(entered.sum()), int((~entered).sum())))


def _schools(held: Evidence, plan: Plan) -> Found:
    order = [school for school in plan["order"] if school in held.days.open_days]
    now = held.now()
    closed = min((now[school] - _begins(held, plan, school) + 1) // TERM for school in order)
    terms = {school: _terms(held, plan, school, min(closed, len(order))) for school in order}
    return begun_apart(pd.DataFrame(terms).T, order)


def _terms(held: Evidence, plan: Plan, school: str, closed: int) -> list[float]:
    """The mean outcome of the pupils on roll throughout, over the term before the start and each closed one after."""
    begins = _begins(held, plan, school)
    own = held.homes[held.homes["school_id"] == school]
    there = own[
        (own["joined"] <= begins - TERM) & (own["left"] >= begins + TERM * closed - 1)
    ].index.to_numpy()
    starts: Sequence[int] = range(begins - TERM, begins + TERM * closed, TERM)
    return [
        float(held.after(plan["outcome"], there, np.full(len(there), number)).mean())
        if len(there)
        else np.nan
        for number in starts
    ]


def _begins(held: Evidence, plan: Plan, school: str) -> int:
    """The number of the first open day of the plan at a school."""
    return int(held.days.next_number(school, [date.fromisoformat(plan["starts"])])[0])
