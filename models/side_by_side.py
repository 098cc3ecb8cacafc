"""Two models on one night: whom each would list, before one takes the other's place."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from configs.settings import Capacity
from models.capacity import listed, roll
from models.challengers import HANDRAIL
from models.scoring import RANKED_BY, chance_to_rank_by
from models.shelf import Model

TOLD = ("precision_at_capacity", "recall_at_capacity", "recall_first", "gain", "calibration", "auroc")


class SideBySide(NamedTuple):
    """Names on both lists, on the first alone and on the second alone, by school; how alike the two order everyone on
    roll (Spearman); and each model's own held-out figures with their ends, from its manifest."""

    both: Mapping[str, int]
    only_first: Mapping[str, int]
    only_second: Mapping[str, int]
    alike: float
    figures: Mapping[str, tuple[tuple[float | None, ...], tuple[float | None, ...]]]

    @property
    def names_kept(self) -> float:
        """Of the names on the first list, the share on the second as well."""
        kept = sum(self.both.values())
        return kept / max(1, kept + sum(self.only_first.values()))


def side_by_side(first: Model, second: Model, matrix: pd.DataFrame, capacity: Capacity) -> SideBySide:
    """The two models on one night's features. Lists are cut from tonight's scores alone, with no name staying from the
    night before, so that what differs is the models."""
    chances = [chance_to_rank_by(model, matrix) for model in (first, second)]
    places = roll(matrix, capacity.share_of_roll, capacity.per_year_group)
    one, other = (listed(places, chance) for chance in chances)
    alike = pd.Series(chances[0]).corr(pd.Series(chances[1]), method="spearman")
    return SideBySide(
        _by_school(matrix, one & other), _by_school(matrix, one & ~other), _by_school(matrix, other & ~one),
        float(alike), {name: (_figure(first, name), _figure(second, name)) for name in TOLD},
    )  # fmt: skip


def _by_school(matrix: pd.DataFrame, chosen: np.ndarray) -> dict[str, int]:
    counts = pd.Series(chosen).groupby(matrix["school_id"].to_numpy()).sum()
    return {str(school): int(count) for school, count in counts.items()}


def _figure(model: Model, name: str) -> tuple[float | None, ...]:
    rows: list[dict[str, Any]] = model.manifest["evaluations"].get(RANKED_BY, [])
    own = next((row for row in rows if row["method"] == HANDRAIL), {})
    return tuple(own.get(f"{name}{end}") for end in ("", "_low", "_high"))
