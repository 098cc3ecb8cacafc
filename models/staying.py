"""A list that people can trust does not change hands for nothing: who comes onto it, who stays, who leaves.

Whoever opens the page (the first part of the list) always comes on. Then stays whoever was on the last list and came
on lately, or still stands near enough. The rest of the places go to the highest scores. The list is never longer.
"""

import math
from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pandas as pd

from configs.settings import Capacity
from models.capacity import Roll

ALWAYS, STAYS, OTHERS = 0, 1, 2


def order_of_claims(
    scores: pd.DataFrame,
    strength: np.ndarray,
    places: Roll,
    since: Mapping[str, date],
    capacity: Capacity,
    as_of: date,
) -> np.ndarray:
    """A number for each row, higher for whoever has the better claim to one of the school's places.

    `strength` is the score; equal ones are in the order of the pupils' salted hashes. A missing one is missing still.
    `since` is the first day of this stay of each pupil on the last list.
    """
    on_last = scores["pupil_id"].isin(list(since)).to_numpy()
    lately = np.array(
        [
            pupil in since and weeks_between(since[pupil], as_of) < capacity.least_weeks
            for pupil in scores["pupil_id"]
        ],
        dtype=bool,
    )
    claims = claims_of(place_in_team(strength, places), places, on_last, lately, capacity)
    return np.asarray(np.where(np.isnan(strength), np.nan, claims))


def claims_of(
    place: np.ndarray, places: Roll, on_last: np.ndarray, lately: np.ndarray, capacity: Capacity
) -> np.ndarray:
    """The claims from each row's place among those it shares a list with (from 1), whether it was on the last list,
    and whether it came on lately."""
    talk = np.array([talk_places(int(number), capacity.talk_this_week) for number in places.places])
    near = on_last & (place <= capacity.keep_within * places.places)
    claim = np.select([place <= talk, lately | near], [ALWAYS, STAYS], OTHERS)
    return np.asarray(-(claim * (len(place) + 1.0) + place))


def place_in_team(strength: np.ndarray, places: Roll) -> np.ndarray:
    """Each row's place among those it shares a list with, from 1: highest first, equal ones in the order of the salted
    hashes."""
    team = places.group
    order = np.lexsort((places.tie, -strength, team))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = pd.Series(team[order]).groupby(team[order]).cumcount().to_numpy() + 1
    return place


def talk_places(listed: int, share: float) -> int:
    """How many of a school's listed pupils open the page: ⌈share × listed⌉, rounded first: 0.35 × 20 is 7."""
    return math.ceil(round(share * listed, 9))


def weeks_between(start: date, end: date) -> int:
    """How many Mondays later the week of `end` is."""
    return (monday(end) - monday(start)).days // 7


def monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())
