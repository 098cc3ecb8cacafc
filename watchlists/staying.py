"""A list that people can trust does not change hands for nothing: who comes onto it, who stays, who leaves.

Whoever opens the page (the first part of the list) always comes on. Then stays whoever was on the last list and came
on lately, or still stands near enough. The rest of the places go to the highest scores. The list is never longer.
"""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from configs.settings import Capacity
from models.capacity import Roll, tie_order
from watchlists.bands import talk_places
from watchlists.standing import Earlier, weeks_between

ALWAYS, STAYS, OTHERS = 0, 1, 2


def order_of_claims(
    scores: pd.DataFrame,
    strength: np.ndarray,
    places: Roll,
    earlier: Earlier,
    capacity: Capacity,
    as_of: date,
) -> np.ndarray:
    """A number for each row, higher for whoever has the better claim to one of the school's places.

    `strength` is the score; equal ones are in the order of the pupils' salted hashes. A missing one is missing still.
    """
    place = _place(scores, strength)
    talk = np.array([talk_places(int(number), capacity.talk_this_week) for number in places.places])
    stays = _on_last(scores["pupil_id"], earlier, capacity.least_weeks, as_of)
    near = scores["pupil_id"].isin(list(earlier.last)) & (place <= capacity.keep_within * places.places)
    claim = np.select([place <= talk, stays | near], [ALWAYS, STAYS], OTHERS)
    claims = -(claim * (len(scores) + 1.0) + place)
    return np.asarray(np.where(np.isnan(strength), np.nan, claims))


def turnover(table: pd.DataFrame, earlier: Earlier, off: list[dict[str, str]]) -> dict[str, dict[str, int]]:
    """Of each school's list beside the last one: how many stayed, came on and left."""
    schools = sorted({*table["school_id"], *(row["school_id"] for row in off)})
    told = {}
    for school in schools:
        here = table[table["school_id"] == school]
        stayed = int(here["pupil_id"].isin(list(earlier.last)).sum())
        left = sum(row["school_id"] == school for row in off)
        told[school] = {"stayed": stayed, "came_on": len(here) - stayed, "left": left}
    return told


def _place(scores: pd.DataFrame, strength: np.ndarray) -> np.ndarray:
    """Each row's place within its school, from 1."""
    frame = scores[["school_id"]].assign(_strength=strength, _tie=tie_order(scores["pupil_id"]))
    ordered = frame.sort_values(
        ["school_id", "_strength", "_tie"], ascending=[True, False, True], kind="stable"
    )
    return (ordered.groupby("school_id").cumcount() + 1).reindex(scores.index).to_numpy()


def _on_last(pupils: pd.Series, earlier: Earlier, least_weeks: int, as_of: date) -> np.ndarray:
    """Whether a pupil on the last list came on less than so many weeks ago."""
    since: Mapping[str, date] = earlier.last
    return np.array(
        [pupil in since and weeks_between(since[pupil], as_of) < least_weeks for pupil in pupils], dtype=bool
    )
