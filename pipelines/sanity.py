"""Whether tonight's scores can be meant: told for everyone, not all the same, and made from columns that are there."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from configs.refusals import BadData
from features.catalogue import CATALOGUE
from models.drift import chance_of

# Share of the pupil-dates a model was tested on. Less would refuse a store's first weeks, when nobody has an earlier
# period to be set beside.
ALWAYS_TOLD = 0.99
FEW = 10  # pupils; so few may well have one chance


def refuse_senseless(
    then: Mapping[str, Mapping[str, Sequence[float]]], matrix: pd.DataFrame, scores: pd.DataFrame
) -> None:
    """Refused (BadData) where scores are missing or all the same, or a column is empty that was nearly always held when
    the model was tested. `then` is the manifest's `reference` (`models.drift.reference`)."""
    found = [*_chances(scores), *_empty(then, matrix)]
    if found:
        raise BadData(
            f"Tonight's scores cannot be right: {'; '.join(found)}. Nothing was published and the last list stands. "
            "Look at what was last ingested (`handrail quarantine`), mend it and run again."
        )


def _chances(scores: pd.DataFrame) -> list[str]:
    chance = chance_of(scores)
    missing = int(pd.isna(chance).sum())
    if missing:
        return [f"{missing} of {len(scores)} pupils have no chance"]
    same = len(scores) > FEW and float(chance.max()) == float(chance.min())
    return [f"all {len(scores)} pupils have the same chance"] if same else []


def _empty(then: Mapping[str, Mapping[str, Any]], matrix: pd.DataFrame) -> list[str]:
    told = {feature.name: feature.phrase for feature in CATALOGUE if feature.name in then}
    return [
        f"no pupil has a value for “{phrase}”"
        for name, phrase in told.items()
        if len(matrix) and 1 - then[name]["share"][-1] >= ALWAYS_TOLD and matrix[name].isna().all()
    ]
