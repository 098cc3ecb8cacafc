"""Who would be listed: the highest scores of each school on each date, as many as its team can meet."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from configs.settings import Capacity
from models.bootstrap import Resamples

SALT = "handrail"
CELLS_AT_ONCE = 4_000_000  # rows × draws held in memory together
DRAWN_DEEPER = 20  # how many more than twice the places a draw may need: 5 standard deviations or more


@dataclass(frozen=True)
class Roll:
    """Everyone on roll at each school and date, and how many names there is room for.

    All arrays have one entry a row: `group` those who share a list (a school's, on a date), `year` the year group
    within it, `places` the names the list has room for, `room` those of the year group, `tie` the order among equals.
    """

    group: np.ndarray
    year: np.ndarray
    places: np.ndarray
    tie: np.ndarray
    room: np.ndarray


def roll(
    rows: pd.DataFrame, capacity_share: float, per_year_group: int, tie: np.ndarray | None = None
) -> Roll:
    """The roll from the rows' keys and year_group: ⌈share × roll⌉ places for each school and date. `tie` is the
    order among equal scores, where it is known already."""
    grouped = rows.groupby(["school_id", "as_of"], sort=True, dropna=False)
    on_roll = grouped["pupil_id"].transform("size").to_numpy()
    in_year = rows.groupby(["school_id", "as_of", "year_group"], sort=True, dropna=False)
    return Roll(
        group=grouped.ngroup().to_numpy(),
        year=in_year.ngroup().to_numpy(),
        # Rounded first: 0.07 × 100 is 7.000000000000001, and is 7 places all the same.
        places=np.ceil(np.round(capacity_share * on_roll, 9)).astype(int),
        tie=tie_order(rows["pupil_id"]) if tie is None else tie,
        room=np.full(len(rows), per_year_group),
    )


def roll_of_teams(rows: pd.DataFrame, capacity: Capacity, tie: np.ndarray | None = None) -> Roll:
    """The roll where a year team that said how many names it can meet has a list of its own, of that many; the other
    years of the school share ⌈share × their roll⌉ places."""
    held = roll(rows, capacity.share_of_roll, capacity.per_year_group, tie)
    if not capacity.teams:
        return held
    school, year = rows["school_id"].astype(str), rows["year_group"].astype(str)
    said = (school + "/" + year).map(capacity.teams).fillna(year.map(capacity.teams)).to_numpy(dtype=float)
    own = ~np.isnan(said)
    group = np.where(own, held.group.max(initial=0) + 1 + held.year, held.group)
    shared = np.ceil(np.round(capacity.share_of_roll * np.bincount(group)[group], 9))
    places = np.where(own, said, shared).astype(int)
    return replace(held, group=group, places=places, room=np.where(own, places, held.room))


def tie_order(pupil_ids: Iterable[object]) -> np.ndarray:
    """The place of each pupil among equal scores: by salted sha256 of the id, the same everywhere."""
    codes, ids = pd.factorize(pd.Series(list(pupil_ids), dtype=object))
    digests = [hashlib.sha256(f"{SALT}:{pupil}".encode()).hexdigest() for pupil in ids]
    place = np.empty(len(digests), dtype=np.int64)
    place[sorted(range(len(digests)), key=digests.__getitem__)] = np.arange(len(digests))
    return place[codes]


def listed(on_roll: Roll, score: np.ndarray, tie: np.ndarray | None = None) -> np.ndarray:
    """Whether each row would be listed: highest first, a full year group passed over. NaN is refused."""
    order = _order(on_roll, score, on_roll.tie if tie is None else tie)
    eligible = order[_place_within(on_roll.year[order]) < on_roll.room[order]]
    chosen = eligible[_place_within(on_roll.group[eligible]) < on_roll.places[eligible]]
    on_list = np.zeros(len(score), dtype=bool)
    on_list[chosen] = True
    return on_list


def listed_totals(on_roll: Roll, score: np.ndarray, drawn: Resamples, columns: np.ndarray) -> np.ndarray:
    """Sums of `columns` (rows, m; whole numbers) over those listed, on every draw: shape (m, 1 + draws).

    The list is cut again on each draw, a pupil drawn twice taking two places, since where the cut falls is
    part of what is uncertain.
    """
    order = _order(on_roll, score, on_roll.tie)
    within_reach = _place_within(on_roll.year[order]) < 2 * on_roll.room[order] + DRAWN_DEEPER
    rows = order[within_reach]
    by_year = np.argsort(on_roll.year[rows], kind="stable")
    amounts = columns[rows].astype(float)
    totals = np.empty((columns.shape[1], drawn.weights.shape[1]))
    for part in _parts(drawn.weights.shape[1], len(rows)):
        counted = drawn.weights[:, part][drawn.pupil[rows]]
        in_year = rows[by_year]
        counted[by_year] = _admitted(counted[by_year], on_roll.year[in_year], on_roll.room[in_year, None])
        counted = _admitted(counted, on_roll.group[rows], on_roll.places[rows, None])
        totals[:, part] = amounts.T @ counted  # whole numbers: exact in any order
    return totals


def _order(on_roll: Roll, score: np.ndarray, tie: np.ndarray) -> np.ndarray:
    if np.isnan(score).any():
        raise ValueError("A score is missing: no list can be cut from it.")
    return np.lexsort((tie, -score, on_roll.group))


def _place_within(run: np.ndarray) -> np.ndarray:
    """The place of each entry among those before it with the same value, from 0."""
    return pd.Series(run).groupby(run).cumcount().to_numpy()


def _admitted(counted: np.ndarray, run: np.ndarray, room: np.ndarray) -> np.ndarray:
    """How much of each row still finds room, within runs of equal `run`, first come first served."""
    if len(run) == 0:
        return counted
    up_to = np.cumsum(counted, axis=0)
    starts = np.flatnonzero(np.r_[True, run[1:] != run[:-1]])
    ahead = up_to - counted
    ahead -= np.repeat(ahead[starts], np.diff(np.r_[starts, len(run)]), axis=0)
    return np.asarray(np.clip(room - ahead, 0.0, counted))


def _parts(width: int, height: int) -> Iterator[slice]:
    """Slices over `width` so narrow that each holds at most CELLS_AT_ONCE cells of `height` rows."""
    step = max(1, CELLS_AT_ONCE // max(1, height))
    for start in range(0, width, step):
        yield slice(start, min(width, start + step))
