"""The lists as they would have been published, week after week, with names that stay as on the real list.

The evaluation's own lists are cut from the scores of one date alone. A published list also keeps whoever was on the
last one and stands near enough (`models.staying`), so what people would have seen is rehearsed here: weekly, beginning
with no list at all. Of three folds or more the first is left out: its chances had nothing to be calibrated on.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from configs.settings import Capacity, Settings
from features.calendar import days_of
from models.bootstrap import RESAMPLES, interval, resample, share
from models.capacity import listed, roll_of_teams, tie_order
from models.challengers import HANDRAIL, METHODS
from models.matrices import matrix_at
from models.rehearsal import Rehearsal, training_dates
from models.staying import claims_of, monday, place_in_team

EVERY_DAYS = 5  # open days between two lists: a school week
KEYS = ["pupil_id", "school_id", "as_of", "year_group"]
NEVER = -1
ENOUGH_FOLDS = 3


def rehearsed_weeks(
    tables: Mapping[str, ir.Table], settings: Settings, seen: pd.DataFrame,
    rehearsals: Mapping[str, Rehearsal], ranked_by: str,
) -> pd.DataFrame:  # fmt: skip
    """A row for each pupil on roll on each rehearsed list's date: the keys, then for each method the chance or ranking
    it gave (`<method>`) and whether its list would have named the pupil (`on_<method>`).

    `seen` is the training matrix, whose rows are not counted again. Dates run from the second fold's first (of three or
    more) to the last that was tested.
    """
    folds = rehearsals[ranked_by].fitted
    begins = folds[1 if len(folds) >= ENOUGH_FOLDS else 0].fold.dates[0]
    tested = [day for day in sorted(rehearsals[ranked_by].held_out["as_of"].unique()) if day >= begins]
    dates = weekly_dates(tables, settings, tested)
    between = matrix_at(tables, sorted(set(dates) - set(tested)), settings.engine)
    matrix = pd.concat([seen[seen["as_of"].isin(tested)], between], ignore_index=True)
    matrix = matrix.sort_values(["as_of", "school_id", "pupil_id"], kind="stable", ignore_index=True)
    scores = pd.concat([matrix[KEYS], as_ranked(matrix, rehearsals, ranked_by)], axis=1)
    named = {f"on_{name}": published(scores, name, settings.capacity) for name in METHODS if name in scores}
    return scores.assign(**named)


def as_ranked(matrix: pd.DataFrame, rehearsals: Mapping[str, Rehearsal], ranked_by: str) -> pd.DataFrame:
    """What each method gave each row, Handrail's chance never below those of the outcomes within it, as on the night
    (`models.scoring`)."""
    chances = {name: rehearsal.chances(matrix) for name, rehearsal in rehearsals.items()}
    own = np.fmax.reduce([found[HANDRAIL].to_numpy() for found in chances.values()])
    return chances[ranked_by].assign(**{HANDRAIL: own})


def weekly_dates(tables: Mapping[str, ir.Table], settings: Settings, tested: Sequence[date]) -> list[date]:
    """The dates of the rehearsed lists: every school week from the first tested date to the last, and the tested
    dates, whose outcomes are known."""
    days = days_of(tables)
    weeks = training_dates(days, EVERY_DAYS, settings.training.history, tested[-1])
    return sorted({*tested, *(day for day in weeks if day >= tested[0])})


def published(scores: pd.DataFrame, method: str, capacity: Capacity) -> np.ndarray:
    """Whether each row (sorted by as_of) would have been on its date's list, each list made from the one before."""
    pupil, ids = pd.factorize(scores["pupil_id"])
    tie = tie_order(ids)
    strength = scores[method].to_numpy(dtype=float)
    since = np.full(len(ids), NEVER)
    on_list = np.zeros(len(scores), dtype=bool)
    for _, where in sorted(scores.groupby("as_of", sort=True).indices.items()):
        week = _week(scores["as_of"].iloc[where[0]])
        rows, who = scores.iloc[where], pupil[where]
        places = roll_of_teams(rows, capacity, tie[who])
        place = place_in_team(strength[where], places)
        on_last = since[who] != NEVER
        claims = claims_of(
            place, places, on_last, on_last & (week - since[who] < capacity.least_weeks), capacity
        )
        chosen = listed(places, claims)
        since = _since(since, who[chosen], week)
        on_list[where] = chosen
    return on_list


def _since(since: np.ndarray, chosen: np.ndarray, week: int) -> np.ndarray:
    """The week in which each listed pupil's stay began; NEVER for everyone else."""
    now = np.full(len(since), NEVER)
    now[chosen] = np.where(since[chosen] == NEVER, week, since[chosen])
    return now


def _week(as_of: date) -> int:
    return monday(pd.Timestamp(as_of).date()).toordinal() // 7


def as_published(
    held_out: pd.DataFrame, weeks: pd.DataFrame, seed: int, draws: int = RESAMPLES
) -> pd.DataFrame:
    """A row for each method, of the published lists on the dates whose outcomes are known: method, names,
    precision, recall and recall_first, each with `_low` and `_high` over pupils, the lists taken as they are."""
    rows = held_out[["pupil_id", "school_id", "as_of", "y", "ever_school_3"]]
    on = [f"on_{name}" for name in METHODS if f"on_{name}" in weeks]
    both = rows.merge(weeks[["pupil_id", "school_id", "as_of", *on]], on=["pupil_id", "school_id", "as_of"])
    drawn, y = resample(both, seed, draws), both["y"].to_numpy(dtype=float)
    known, first = ~np.isnan(y), ~both["ever_school_3"].to_numpy(dtype=bool)
    columns = np.column_stack([known, y == 1, (y == 1) & first]).astype(float)
    everyone, table = drawn.totals(columns), []
    for name in on:
        named = both[name].to_numpy(dtype=bool)
        places, right, right_first = drawn.totals(columns, named)
        record: dict[str, object] = {"method": name.removeprefix("on_"), "names": int(named.sum())}
        for figure, values in (
            ("precision", share(right, places)), ("recall", share(right, everyone[1])),
            ("recall_first", share(right_first, everyone[2])),
        ):  # fmt: skip
            said = interval(values)
            record |= said.columns(figure)
        table.append(record)
    return pd.DataFrame(table)
