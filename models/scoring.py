"""Scores and reasons: one look-up a feature, for everyone on roll."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from configs.settings import OUTCOMES
from features.catalogue import CATALOGUE, FAMILIES
from models.capacity import tie_order
from models.scorecard import columns
from models.shelf import Model

RANKED_BY = "escalation"


def score(model: Model, matrix: pd.DataFrame, levels: pd.DataFrame) -> pd.DataFrame:
    """A row for each row of the matrix: keys, year_group, level_school, level_self, p_<outcome> (null where the
    outcome has no model), rank within school by p_escalation, ties by salted hash of the pupil, and rank_low and
    rank_high, the first and last place that the model or one of its bags would give (null where it has none).

    Chances do not contradict one another: the other outcomes lie within escalation, so its chance is never below
    theirs.
    """
    scores = matrix[["pupil_id", "school_id", "as_of", "year_group"]].copy()
    scores[["level_school", "level_self"]] = levels[["level_school", "level_self"]].to_numpy()
    values = columns(matrix, model.manifest["features"])
    chances = coherent(model.chances(values))
    for outcome in OUTCOMES:
        scores[f"p_{outcome}"] = chances.get(outcome, np.full(len(matrix), np.nan))
    tie = tie_order(scores["pupil_id"])
    scores["rank"] = ranks(scores, scores[f"p_{RANKED_BY}"], tie)
    return scores.assign(**_ranges(model, values, scores, tie))


def _ranges(
    model: Model, values: Sequence[np.ndarray], scores: pd.DataFrame, tie: np.ndarray
) -> dict[str, pd.Series]:
    """The first and the last place of each pupil among those that the model and its bags would give."""
    told = {outcome: bags.card.calibrate(bags.margins(values)) for outcome, bags in model.bags.items()}
    places = [scores["rank"]]
    for number in range(model.bags[RANKED_BY].count if RANKED_BY in told else 0):
        chances = coherent({outcome: chances[number] for outcome, chances in told.items()})
        places.append(ranks(scores, chances[RANKED_BY], tie))
    every = pd.concat(places, axis=1)
    return {"rank_low": every.min(axis=1), "rank_high": every.max(axis=1)}


def chance_to_rank_by(model: Model, matrix: pd.DataFrame) -> np.ndarray:
    """Everyone's chance of the outcome that lists are ranked by: shape (n,)."""
    return coherent(model.chances(columns(matrix, model.manifest["features"])))[RANKED_BY]


def coherent(chances: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Chances that do not contradict one another: escalation's is raised to the highest of the others where they
    cross, since they lie within it."""
    if RANKED_BY not in chances:
        return dict(chances)
    return {**chances, RANKED_BY: np.maximum.reduce(list(chances.values()))}


def ranks(scores: pd.DataFrame, chance: np.ndarray | pd.Series, tie: np.ndarray) -> pd.Series:
    """Each pupil's place in their school by a chance, 1 first, equal chances by `tie`; null where there is no model."""
    if np.isnan(chance).any():
        return pd.Series(pd.NA, index=scores.index, dtype="Int64")
    order = scores[["school_id"]].assign(chance=chance, tie=tie)
    order = order.sort_values(["school_id", "chance", "tie"], ascending=[True, False, True])
    return (order.groupby("school_id").cumcount() + 1).reindex(scores.index).astype("Int64")


def reasons(model: Model, matrix: pd.DataFrame) -> pd.DataFrame:
    """Points toward escalation (log-odds) summed to reason families: a column a family, aligned with the matrix.

    Sums of SHAP values are SHAP values of the group, because the model is additive.
    """
    card = model.scorecards.get(RANKED_BY)
    if card is None:
        return pd.DataFrame(0.0, index=matrix.index, columns=list(FAMILIES))
    return by_family(card.contributions(matrix))


def by_family(contributions: pd.DataFrame) -> pd.DataFrame:
    """Points summed over the features of each family, in the catalogue's order of families."""
    members: Mapping[str, list[str]] = {
        family: [feature.name for feature in CATALOGUE if feature.family == family] for family in FAMILIES
    }
    return pd.DataFrame({family: contributions[list(names)].sum(axis=1) for family, names in members.items()})
