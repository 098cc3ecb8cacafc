"""Strangers: how well a model serves schools it has never seen, trained on the others alone and tested later.

Each group of schools is left out in turn of what the last fold's model was taught, and scored by what the others
taught; so both the school and the time are new to it. Beside it, on the same rows, the model that knew the school.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from models.capacity import tie_order
from models.challengers import HANDRAIL
from models.evaluation import evaluate
from models.rehearsal import Rehearsal, before_fold
from models.scorecard import calibrated
from models.training import fit, raw_scores

GROUPS = 3  # schools are left out in at most so many groups
SEEN, UNSEEN = "schools it knows", "schools it has never seen"


def unseen_schools(
    matrix: pd.DataFrame, labels: pd.DataFrame, outcome: str, rehearsal: Rehearsal, capacity: tuple[float, int],
    seed: int,
) -> pd.DataFrame:  # fmt: skip
    """Handrail's row of `models.evaluation.evaluate` on the last fold's dates, twice: `schools` says whether the model
    knew the schools. Empty where there is one school only, or too little to learn from without some."""
    last = rehearsal.fitted[-1]
    tested = rehearsal.held_out[rehearsal.held_out["fold"] == last.fold.number].reset_index(drop=True)
    groups = school_groups(tested["school_id"].unique())
    if len(groups) < 2:
        return pd.DataFrame()
    train = before_fold(labels, outcome, last.fold)
    strange = np.full(len(tested), np.nan)
    rows = tested[["pupil_id", "school_id", "as_of"]].merge(matrix, on=["pupil_id", "school_id", "as_of"])
    for group in groups:
        taught = (train & ~matrix["school_id"].isin(group)).to_numpy()
        y = labels.loc[taught, outcome].to_numpy()
        if not 0 < y.sum() < len(y):
            return pd.DataFrame()
        booster = fit(matrix[taught], y, seed, rehearsal.rounds, pairs=last.pairs)
        left_out = tested["school_id"].isin(group).to_numpy()
        margin = raw_scores(booster, rows[left_out], rehearsal.rounds)
        strange[left_out] = calibrated(margin, *rehearsal.line(last.fold.number))
    both = {SEEN: tested, UNSEEN: tested.assign(**{HANDRAIL: strange})}
    parts = [
        evaluate(frame[[*KEPT, HANDRAIL]], outcome, *capacity, seed).assign(schools=name)
        for name, frame in both.items()
    ]
    return pd.concat(parts, ignore_index=True)


KEPT = ["pupil_id", "school_id", "as_of", "year_group", "y", "ever_school_3"]


def school_groups(schools: Iterable[str]) -> list[list[str]]:
    """The schools in at most GROUPS groups, by the salted hash of their ids: the same everywhere."""
    ids = sorted(map(str, schools))
    place = tie_order(ids)
    count = min(GROUPS, len(ids))
    found: Mapping[int, list[str]] = {
        number: [school for school, at in zip(ids, place, strict=True) if at % count == number]
        for number in range(count)
    }
    return list(found.values())
