"""Scores and reasons: one look-up a feature, for everyone on roll."""

from collections.abc import Mapping

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
    outcome has no model) and rank within school by p_escalation, ties by salted hash of the pupil.

    Chances do not contradict one another: the other outcomes lie within escalation, so its chance is never below
    theirs.
    """
    scores = matrix[["pupil_id", "school_id", "as_of", "year_group"]].copy()
    scores[["level_school", "level_self"]] = levels[["level_school", "level_self"]].to_numpy()
    chances = coherent(model.chances(columns(matrix, model.manifest["features"])))
    for outcome in OUTCOMES:
        scores[f"p_{outcome}"] = chances.get(outcome, np.full(len(matrix), np.nan))
    return scores.assign(rank=ranks(scores))


def coherent(chances: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Chances that do not contradict one another: escalation's is raised to the highest of the others where they
    cross, since they lie within it."""
    if RANKED_BY not in chances:
        return dict(chances)
    return {**chances, RANKED_BY: np.maximum.reduce(list(chances.values()))}


def ranks(scores: pd.DataFrame) -> pd.Series:
    """Each pupil's place in their school by chance of escalation, 1 first; null where it has no model."""
    chance = scores[f"p_{RANKED_BY}"]
    if chance.isna().any():
        return pd.Series(pd.NA, index=scores.index, dtype="Int64")
    order = scores.assign(tie=tie_order(scores["pupil_id"])).sort_values(
        ["school_id", f"p_{RANKED_BY}", "tie"], ascending=[True, False, True]
    )
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
