"""Training: an additive, monotone LightGBM model for each outcome, on rows as they were known, compiled to a table."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from features.catalogue import CATALOGUE, Feature
from models.compiling import compile_booster
from models.scorecard import Scorecard

KEYS = ["as_of", "school_id", "pupil_id"]
SIGN = {"raises": 1, "lowers": -1, "either": 0}
MOST_ROUNDS = 320
EVERY_ROUNDS = 40


def parameters(catalogue: Sequence[Feature], seed: int) -> dict[str, Any]:
    """LightGBM's parameters: each feature in an interaction group of its own, so that trees add up to curves;
    monotone where the catalogue says so; the same model whatever the number of threads."""
    return {
        "objective": "binary", "learning_rate": 0.1, "num_leaves": 8, "max_bin": 127,
        "min_data_in_leaf": 50, "min_sum_hessian_in_leaf": 5.0, "lambda_l2": 5.0, "feature_fraction": 0.25,
        "bagging_fraction": 0.8, "bagging_freq": 1,
        "interaction_constraints": [[place] for place in range(len(catalogue))],
        "monotone_constraints": [SIGN[feature.direction] for feature in catalogue],
        "deterministic": True, "force_row_wise": True, "seed": seed, "verbosity": -1,
    }  # fmt: skip


class Binned:
    """Pupil-dates made ready for LightGBM once: in one order, so that the order they came in cannot matter, and each
    feature cut into bins. Every fit on them has its edges among those of these bins."""

    def __init__(
        self, matrix: pd.DataFrame, y: np.ndarray, seed: int, catalogue: Sequence[Feature] = CATALOGUE
    ) -> None:
        import lightgbm

        names = [feature.name for feature in catalogue]
        keys = matrix[KEYS].reset_index(drop=True)
        self.order = keys.sort_values(KEYS, kind="stable").index.to_numpy()
        self.settings = parameters(catalogue, seed)
        rows = matrix[names].to_numpy(dtype="float64")[self.order]
        self.data = lightgbm.Dataset(rows, y[self.order], feature_name=names, params=self.settings).construct()

    def fit(self, rounds: int) -> Any:
        """An additive booster of all rows."""
        import lightgbm

        return lightgbm.train(self.settings, self.data, num_boost_round=rounds)

    def fit_drawn(self, rounds: int, times: np.ndarray) -> Any:
        """An additive booster of a draw: each row, in the order of the matrix, so many times."""
        import lightgbm

        times = times[self.order]
        drawn = np.flatnonzero(times)
        part = self.data.subset(drawn).construct()
        part.set_weight(times[drawn])
        return lightgbm.train(self.settings, part, num_boost_round=rounds)


def fit(
    matrix: pd.DataFrame, y: np.ndarray, seed: int, rounds: int, catalogue: Sequence[Feature] = CATALOGUE
) -> Any:
    """An additive LightGBM booster of these rows, in whatever order they come."""
    return Binned(matrix, y, seed, catalogue).fit(rounds)


def scorecard(booster: Any, matrix: pd.DataFrame, outcome: str, rounds: int) -> Scorecard:
    """The compiled table of the booster's first `rounds` trees."""
    names = booster.feature_name()
    return compile_booster(booster.dump_model(num_iteration=rounds), matrix, names, outcome)


def as_text(booster: Any, rounds: int) -> str:
    """The booster's first `rounds` trees as LightGBM's own text: kept beside the table so that anyone may check the
    one against the other. It is never read back to score."""
    return str(booster.model_to_string(num_iteration=rounds))


def raw_scores(booster: Any, matrix: pd.DataFrame, rounds: int) -> np.ndarray:
    """LightGBM's own raw scores with the first `rounds` trees: shape (n,)."""
    names = booster.feature_name()
    return np.asarray(
        booster.predict(matrix[names].to_numpy(dtype="float64"), raw_score=True, num_iteration=rounds)
    )
