"""Explaining by the compiled table against LightGBM's own contributions and SHAP of an unconstrained model."""

import time
from collections.abc import Callable

import lightgbm
import numpy as np
import pandas as pd

from features.catalogue import CATALOGUE
from models.challengers import Unconstrained
from models.training import fit, scorecard

PUPILS, ROUNDS, FEW = 100_000, 160, 4_000
NAMES = [feature.name for feature in CATALOGUE]


def measure() -> dict[str, float]:
    """`explain.vs_pred_contrib` (same additive model) and `explain.vs_shap_unconstrained` (on fewer rows, scaled)."""
    rng = np.random.default_rng(1)
    matrix = pd.DataFrame(rng.poisson(2, (PUPILS, len(NAMES))).astype("float64"), columns=NAMES)
    keys = pd.DataFrame(
        {"pupil_id": [f"p{n:06}" for n in range(PUPILS)], "school_id": "A", "as_of": "2025-01-06"}
    )
    matrix = pd.concat([keys.assign(year_group="9"), matrix], axis=1)
    y = (rng.random(PUPILS) < 1 / (1 + np.exp(3 - 0.3 * matrix["incidents_20"]))).to_numpy(dtype="float64")
    booster = fit(matrix, y, 1, ROUNDS)
    card = scorecard(booster, matrix, "escalation", ROUNDS)
    rows = matrix[NAMES].to_numpy()
    free = lightgbm.train({**Unconstrained.SETTINGS}, lightgbm.Dataset(rows, y), 200)
    table = min(_seconds(lambda: card.contributions(matrix)) for _ in range(3))
    own = _seconds(lambda: booster.predict(rows, pred_contrib=True))
    shap = _seconds(lambda: free.predict(rows[:FEW], pred_contrib=True)) * PUPILS / FEW
    return {"explain.vs_pred_contrib": own / table, "explain.vs_shap_unconstrained": shap / table,
            "explain.100k_pupils_s": table}  # fmt: skip


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
