"""`handrail models diff`: which curves moved between two models, said for people and for machines."""

from pathlib import Path
from typing import Any

import pandas as pd

from features.catalogue import CATALOGUE
from models import shelf
from models.diff import LEVEL, moved

MOST_NAMED = 10
LEAST_SAID = 0.0005  # of chance: less than a twentieth of a point is not named
PHRASES = {feature.name: feature.phrase for feature in CATALOGUE}


def diff_as_json(store: Path, old: str, new: str) -> list[dict[str, Any]]:
    """`models.diff.moved` of two models on the shelf, as records."""
    rows = moved(held(store, old), held(store, new))
    return [
        {str(name): None if value != value else value for name, value in row.items()}
        for row in rows.to_dict("records")
    ]


def diff_in_words(store: Path, old: str, new: str) -> str:
    """For each outcome the level and the curves and pairs that moved most, in points of chance."""
    rows = moved(held(store, old), held(store, new))
    parts = [_outcome(str(name), part) for name, part in rows.groupby("outcome", sort=False)]
    return "\n\n".join(parts) or f"{old} and {new} have no outcome in common."


def held(store: Path, name: str) -> shelf.Model:
    """A model on the shelf to look at, whatever catalogue it was made from; refused where there is none so named."""
    models = store / "models"
    return shelf.read(models, shelf.known(models, name))


def _outcome(name: str, rows: pd.DataFrame) -> str:
    level = rows[rows["feature"] == LEVEL].iloc[0]
    curves = rows[(rows["feature"] != LEVEL) & (rows["largest"] >= LEAST_SAID)]
    lines = [
        f"{name.replace('_', ' ')}: the chance of an otherwise average pupil, {level['before']:.1%} before, "
        f"{level['after']:.1%} now. {len(curves)} curves or pairs moved it by more than {LEAST_SAID:.2%} anywhere."
    ]
    lines += [_line(row) for _, row in curves.head(MOST_NAMED).iterrows()]
    return "\n".join(lines)


def _line(row: pd.Series) -> str:
    names = [row["feature"], row["other"]] if row["other"] else [row["feature"]]
    at = [row["at"], row["other_at"]][: len(names)]
    where = " and ".join("where it is empty" if value != value else f"at {value:.4g}" for value in at)
    phrases = "; ".join(PHRASES.get(name, "no longer a feature") for name in names)
    return (
        f"  {row['mean']:6.2%} on average, {row['largest']:.2%} at most {where} ({row['before']:.1%} to "
        f"{row['after']:.1%})  {' with '.join(names)}: {phrases}"
    )
