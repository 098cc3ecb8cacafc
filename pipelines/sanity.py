"""Whether tonight's scores can be meant: told for everyone, not all the same, made from columns that are there, by a
model of these schools, and not far from those of a few days ago."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from configs.refusals import BadData
from features.calendar import SchoolDays
from features.catalogue import CATALOGUE
from models.drift import CHANCES, chance_of

# Share of the pupil-dates a model was tested on. Less would refuse a store's first weeks, when nobody has an earlier
# period to be set beside.
ALWAYS_TOLD = 0.99
FEW = 10  # pupils; so few may well have one chance
RECENT = 3  # open days: what is older may well have moved
# Share of pupils that moved beyond the next of the ten bands of chance. On a pretend trust 1 to 4 % do in three school
# days, 9 % over a summer; with three days marked absent for everybody half, and with the incidents gone half.
MAY_MOVE = 0.2


def refuse_senseless(
    then: Mapping[str, Mapping[str, Sequence[float]]], matrix: pd.DataFrame, scores: pd.DataFrame
) -> None:
    """Refused (BadData) where scores are missing or all the same, or a column is empty that was nearly always held when
    the model was tested. `then` is the manifest's `reference` (`models.drift.reference`)."""
    found = [*_chances(scores), *_empty(then, matrix)]
    if found:
        raise _senseless("; ".join(found))


def refuse_jumped(
    then: Mapping[str, Mapping[str, Sequence[float]]],
    days: SchoolDays,
    before: pd.DataFrame,
    scores: pd.DataFrame,
) -> None:
    """Refused (BadData) where more than MAY_MOVE of the pupils whose last scores, of the same model, are at most RECENT
    open days old have moved beyond the next band of chance. Bands are the tenths of the manifest's `reference`."""
    if CHANCES not in then:
        return
    was, now = (
        side[["pupil_id", "school_id", "as_of"]].assign(band=_band(then, chance_of(side)))
        for side in (before, scores)
    )
    both = now.merge(was, on=["pupil_id", "school_id"], suffixes=("", "_before"))
    both = both[days.numbers(both) - days.numbers(both, "as_of_before") <= RECENT]
    moved = int(((both["band"] - both["band_before"]).abs() > 1).sum())
    if len(both) > FEW and moved > MAY_MOVE * len(both):
        raise _senseless(
            f"{moved} of {len(both)} pupils have moved beyond the next band of chance in {RECENT} school days or less "
            f"(if that is true, a list will be made once the last one is more than {RECENT} school days old)"
        )


def refuse_of_other_schools(taught_on: Sequence[str], matrix: pd.DataFrame) -> None:
    """Refused (BadData) where a model was taught on schools none of which has a pupil on roll here: it was copied from
    another store. A model that does not say is let pass."""
    here = set(matrix["school_id"])
    if taught_on and here and not here & set(taught_on):
        raise BadData(
            f"The model was taught on other schools than this store's (among them {min(taught_on)}, not {min(here)}). "
            "Nothing was published and the last list stands. Run `handrail train` here, or restore this store's models."
        )


def _senseless(found: str) -> BadData:
    return BadData(
        f"Tonight's scores cannot be right: {found}. Nothing was published and the last list stands. "
        "Look at what was last ingested (`handrail quarantine`), mend it and run again."
    )


def _band(then: Mapping[str, Mapping[str, Sequence[float]]], chance: np.ndarray) -> np.ndarray:
    return np.searchsorted(np.array(then[CHANCES]["edges"]), chance.round(9), side="left")


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
