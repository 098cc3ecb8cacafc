"""Training: an additive, monotone LightGBM model for each outcome, on rows as they were known, compiled to a table;
with pairs of features where they earn it (`models.pairing`)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from features.catalogue import CATALOGUE, Feature
from models.compiling import compile_booster
from models.scorecard import Scorecard

Pairs = Sequence[tuple[int, int]]
KEYS = ["as_of", "school_id", "pupil_id"]
SIGN = {"raises": 1, "lowers": -1, "either": 0}
MOST_ROUNDS = 320
EVERY_ROUNDS = 40
BOTH_THERE = (
    0.5  # of features open to a tree: of a quarter, both of a pair would be there one time in sixteen
)
SCOUT_AFTER, SCOUT_ROUNDS, SCOUTED = 80, 80, 50_000
TWO_STEPS = {"num_leaves": 3, "learning_rate": 0.1, "feature_fraction": 1.0}  # two features a tree at most


def parameters(catalogue: Sequence[Feature], seed: int) -> dict[str, Any]:
    """LightGBM's parameters: each feature in an interaction group of its own, so that trees add up to curves;
    monotone where the catalogue says so; the same model whatever the number of threads."""
    return {
        "objective": "binary", "learning_rate": 0.2, "num_leaves": 8, "max_bin": 127,
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
        self.data = lightgbm.Dataset(
            rows, y[self.order], feature_name=names, params=self.settings, free_raw_data=False
        ).construct()

    def fit(self, rounds: int, pairs: Pairs = ()) -> Any:
        """A booster of all rows, additive but for the pairs (the places of two features)."""
        import lightgbm

        return lightgbm.train(self._with(pairs), self.data, rounds)

    def fit_drawn(self, rounds: int, times: np.ndarray, pairs: Pairs = ()) -> Any:
        """A booster, additive but for the pairs, of a draw: each row, in the order of the matrix, so many times."""
        import lightgbm

        times = times[self.order]
        drawn = np.flatnonzero(times)
        part = self.data.subset(drawn)
        part.free_raw_data = True  # or the rows themselves would be copied with their bins
        part.construct()
        part.set_weight(times[drawn])
        return lightgbm.train(self._with(pairs), part, rounds)

    def _with(self, pairs: Pairs) -> dict[str, Any]:
        if not pairs:
            return self.settings
        groups = [*(list(pair) for pair in pairs), *self.settings["interaction_constraints"]]
        return {**self.settings, "interaction_constraints": groups, "feature_fraction": BOTH_THERE}

    def find_pairs(self, additive: Any, most: int) -> list[tuple[int, int]]:
        """The places of the pairs of features that trees of two steps, free to choose, gain most by beyond the first
        trees of an additive booster; from at most 50,000 rows drawn by a fixed seed."""
        import lightgbm

        rows, y = self.data.data, self.data.label
        drawn = np.random.default_rng(self.settings["seed"]).permutation(len(rows))[:SCOUTED]
        drawn.sort()
        part = lightgbm.Dataset(rows[drawn], y[drawn], reference=self.data, free_raw_data=False)
        free = {name: held for name, held in self.settings.items() if name != "interaction_constraints"}
        so_far = lightgbm.Booster(model_str=as_text(additive, SCOUT_AFTER))
        scout = lightgbm.train({**free, **TWO_STEPS}, part, SCOUT_ROUNDS, init_model=so_far)
        gains: Counter[tuple[int, int]] = Counter()
        for tree in scout.dump_model(start_iteration=so_far.num_trees())["tree_info"]:
            gains.update(dict(_second_steps(tree["tree_structure"])))
        return sorted(pair for pair, _ in gains.most_common(most))


def fit(
    matrix: pd.DataFrame, y: np.ndarray, seed: int, rounds: int, catalogue: Sequence[Feature] = CATALOGUE,
    pairs: Pairs = (),
) -> Any:  # fmt: skip
    """A LightGBM booster of these rows, in whatever order they come, additive but for the pairs."""
    return Binned(matrix, y, seed, catalogue).fit(rounds, pairs)


def _second_steps(root: Mapping[str, Any]) -> Iterator[tuple[tuple[int, int], float]]:
    """The two features of a tree of two steps, and what the second step gained."""
    for side in ("left_child", "right_child"):
        child = root.get(side, {})
        if child.get("split_feature", root.get("split_feature")) != root.get("split_feature"):
            first, second = sorted((root["split_feature"], child["split_feature"]))
            yield (first, second), child["split_gain"]


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
    return raw_scores_at(booster, matrix, [rounds])[rounds]


def raw_scores_at(booster: Any, matrix: pd.DataFrame, stages: Sequence[int]) -> dict[int, np.ndarray]:
    """LightGBM's own raw scores after each number of trees, in rising order: each tree is asked once."""
    values = matrix[booster.feature_name()].to_numpy(dtype="float64")
    scores, total = {}, np.zeros(len(values))
    for start, stage in zip((0, *stages), stages, strict=False):
        total = total + booster.predict(
            values, raw_score=True, start_iteration=start, num_iteration=stage - start
        )
        scores[stage] = total
    return scores
