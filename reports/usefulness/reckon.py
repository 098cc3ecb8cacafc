"""The report reckoned from the lists as published and the tables as known on its day."""

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from features.calendar import SchoolDays, days_of
from models.rungs import SCHOOL_LED, SELF_LED, SPAN
from reports.asked import Asked, Known, schools_of
from reports.disclosure import EVERYONE, FEWEST_PUPILS, hidden_schools, rounded
from reports.harm.following import met
from reports.limits import share_interval
from reports.lists import Lists
from reports.steps import Climbs, climbs, first_numbers
from reports.support.trails import trail_of
from reports.usefulness.loop import loop
from reports.usefulness.values import Reached, Usefulness

BEFORE = 60  # open days: a listing longer ago than a term is not this step's
GRAVE = ((SCHOOL_LED, 3), (SELF_LED, 4))  # suspension, part-time timetable, and above


def usefulness(known: Known, asked: Asked) -> Usefulness:
    """Who was listed before stepping up, in the academic year up to the day or from `asked.from_`."""
    schools, days, lists = schools_of(known, asked), days_of(known), asked.lists
    found = climbs(known, asked, days)
    rows = _stepped(known, asked, lists, found, days)
    hidden = hidden_schools({str(school): len(held) for school, held in rows.groupby("school_id")})
    answered = set(lists.answers["pupil_id"])

    def of(school: str, name: str) -> Reached:
        own = rows if school == EVERYONE else rows[rows["school_id"] == school]
        nights = lists.nights if school == EVERYONE else lists.nights[lists.nights["school_id"] == school]
        return (
            Reached(school, name, None) if school in hidden else _reached(school, name, own, nights, answered)
        )

    return Usefulness(
        asked.period, tuple(of(each.school_id, each.name) for each in schools.held),
        of(EVERYONE, schools.together), lists.ways,
        _answers(lists.answers), loop(known, lists.nights, found.homes, days, asked.settings, asked.as_of),
    )  # fmt: skip


def _stepped(known: Known, asked: Asked, lists: Lists, found: Climbs, days: SchoolDays) -> pd.DataFrame:
    """Each pupil's first grave step after their school's first list: school_id, listed, ahead, supported."""
    homes, steps = found.homes, found.rows
    grave = np.logical_or.reduce(
        [(steps["ladder"] == ladder) & (steps["level"] >= level) for ladder, level in GRAVE]
    )
    listed = _listed(lists.nights, homes, days)
    begins = pd.Series(listed["number"].to_numpy(), index=homes["school_id"].to_numpy()[listed["code"]])
    first_list = homes["school_id"].map(begins.groupby(level=0).min()).fillna(np.inf)
    since = np.maximum(first_list.to_numpy(), first_numbers(homes, days, asked))
    rows = steps[grave & (steps["first"] > since[steps["code"]])].sort_values("first").drop_duplicates("code")
    code, number = rows["code"].to_numpy(dtype="int64"), rows["first"].to_numpy(dtype="int64")
    line = np.sort((listed["code"] * SPAN + listed["number"]).to_numpy(dtype="int64"))
    place = np.searchsorted(line, code * SPAN + number - BEFORE, "left")
    earliest = np.append(line, np.iinfo("int64").max)[place] - code * SPAN
    was = earliest < number
    start = np.where(was, earliest, number)
    helped = trail_of(_helped(known), homes, days).between(code, start - 1, number - 1)
    meetings = met(known, homes, days).between(code, start - 1, number - 1)
    return pd.DataFrame({
        "school_id": homes["school_id"].to_numpy()[code], "listed": was, "ahead": number - start,
        "supported": was & (helped + meetings > 0),
    })  # fmt: skip


def _helped(known: Known) -> ir.Table:
    """Starts of support."""
    rows = known["support"].rename(date="start_date")
    return rows.select("pupil_id", "school_id", "date")


def _listed(nights: pd.DataFrame, homes: pd.DataFrame, days: SchoolDays) -> pd.DataFrame:
    """Each listing: code and the number of the night's open day."""
    who = homes[["pupil_id", "school_id"]].assign(code=np.arange(len(homes)))
    rows = nights[nights["listed"].astype(bool)].merge(who, on=["pupil_id", "school_id"])
    return rows[["code"]].assign(number=days.numbers(rows))


def _reached(school: str, name: str, rows: pd.DataFrame, nights: pd.DataFrame, answered: set[str]) -> Reached:
    on_lists = set(nights.loc[nights["listed"].astype(bool), "pupil_id"])
    said = 100 * len(on_lists & answered) / len(on_lists) if len(on_lists) >= FEWEST_PUPILS else None
    if len(rows) < FEWEST_PUPILS:
        return Reached(school, name, None, on_lists=rounded(len(on_lists)), answered=said)
    was = rows["listed"].to_numpy()
    low, high = share_interval(int(was.sum()), len(rows))
    ahead = float(np.median(rows["ahead"][was])) if was.any() else None
    return Reached(
        school, name, rounded(len(rows)), 100 * float(was.mean()), 100 * low, 100 * high, ahead,
        100 * float(rows["supported"].mean()), rounded(len(on_lists)), said,
    )  # fmt: skip


def _answers(answers: pd.DataFrame) -> tuple[tuple[str, int], ...]:
    """How often each answer was the latest, to the nearest five."""
    counts = answers["answer"].value_counts()
    return tuple(
        (str(name), rounded(int(count))) for name, count in sorted(counts.items()) if count >= FEWEST_PUPILS
    )
