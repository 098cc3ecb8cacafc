"""All that the page is made from, and its figures in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from models.card import CardFacts
from models.challengers import HANDRAIL
from models.judging.judgement import Judgement
from models.scoring import RANKED_BY


@dataclass(frozen=True, eq=False)
class PageFacts:
    """The card's facts, the judgement, the picture files by name, and what the settings asked."""

    card: CardFacts
    judgement: Judgement
    pictures: Mapping[str, Path]
    gate: Mapping[str, Any]
    capacity: tuple[float, int]
    rows: Mapping[str, Any]  # the manifest's counts of pupil-dates
    folds: int
    features: int

    @property
    def own(self) -> pd.Series | None:
        """Handrail's row of the evaluation of the outcome that the list is ranked by; None where it has no model."""
        table = self.card.evaluations.get(RANKED_BY)
        return None if table is None else table[table["method"] == HANDRAIL].iloc[0]


def cell(row: Mapping[str, Any] | pd.Series, name: str) -> str:
    """A figure with its interval: "0.42 (0.36–0.48)"; a dash where it cannot be said."""
    value, low, high = (row.get(f"{name}{end}", np.nan) for end in ("", "_low", "_high"))
    if value is None or pd.isna(value):
        return "–"
    return f"{value:.2f}" if pd.isna(low) else f"{value:.2f} ({low:.2f}–{high:.2f})"


def percent(value: float) -> str:
    """A share in whole per cent; a dash where it cannot be said."""
    return "–" if pd.isna(value) else f"{value:.0%}"


def days(row: pd.Series, name: str) -> str:
    """A number of school days with its interval."""
    if pd.isna(row[name]):
        return "–"
    ends = "" if pd.isna(row[f"{name}_low"]) else f" ({row[f'{name}_low']:.0f}–{row[f'{name}_high']:.0f})"
    return f"{row[name]:.0f}{ends}"
