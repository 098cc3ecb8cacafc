"""Small held-out frames with a planted truth: pupils whose chance is known, seen on several dates."""

import numpy as np
import pandas as pd

from models.challengers import METHODS, RANKS_ONLY


def held_out(
    seed: int, pupils: int = 600, dates: int = 3, schools: int = 3, years: int = 5, base: float = -2.5,
    slope: float = 1.2,
) -> pd.DataFrame:  # fmt: skip
    """Predictions of every method beside what happened; `truth` is each row's true chance, and `handrail` is
    it.

    Other methods see the pupil's need through ever more noise; the ranking ones only in whole steps.
    """
    chance = np.random.default_rng(seed)
    rows = pd.DataFrame(
        {
            "pupil_id": np.repeat([f"p{number:05d}" for number in range(pupils)], dates),
            "school_id": np.repeat([f"s{number % schools}" for number in range(pupils)], dates),
            "as_of": np.tile(pd.date_range("2025-01-06", periods=dates, freq="14D"), pupils),
            "year_group": np.repeat([f"Y{7 + number // schools % years}" for number in range(pupils)], dates),
        }
    )
    need = np.repeat(chance.normal(size=pupils), dates)
    rows["need"] = need
    rows["truth"] = logistic(base + slope * need)
    rows["y"] = (chance.random(len(rows)) < rows["truth"]).astype(float)
    rows["ever_school_3"] = np.repeat(chance.random(pupils) < 0.15, dates)
    rows["fold"] = 1
    for place, method in enumerate(METHODS):
        seen = need + chance.normal(size=len(rows)) * 0.4 * place
        rows[method] = np.round(seen + 2).clip(0) if method in RANKS_ONLY else logistic(base + slope * seen)
    return rows


def logistic(margin: np.ndarray) -> np.ndarray:
    """The chance of a log odds."""
    return np.asarray(1 / (1 + np.exp(-margin)))
