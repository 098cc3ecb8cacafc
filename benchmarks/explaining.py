"""Explaining by the compiled table against LightGBM's own contributions and SHAP of an unconstrained model; and nine
million pupils scored and explained from one Parquet file to another."""

from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.timing import apart, seconds
from configs.settings import OUTCOMES
from features.catalogue import CATALOGUE
from models import shelf
from models.challengers import Unconstrained
from models.training import fit, scorecard

PUPILS, ROUNDS, FEW = 100_000, 160, 4_000
NATION, A_PART = 9_000_000, 100_000
NAMES = [feature.name for feature in CATALOGUE]
KEYS = ["pupil_id", "school_id", "as_of"]


def measure(work: Path) -> dict[str, float]:
    """`explain.vs_pred_contrib` (same additive model), `explain.vs_shap_unconstrained` (on fewer rows, scaled) and
    `score.nine_million_s` with its peak."""
    matrix, y = pupils(PUPILS)
    booster = fit(matrix, y, 1, ROUNDS)
    card = scorecard(booster, matrix, "escalation", ROUNDS)
    rows = matrix[NAMES].to_numpy()
    free = lightgbm.train({**Unconstrained.SETTINGS}, lightgbm.Dataset(rows, y), 200)
    table = min(seconds(lambda: card.contributions(matrix)) for _ in range(3))
    own = seconds(lambda: booster.predict(rows, pred_contrib=True))
    shap = seconds(lambda: free.predict(rows[:FEW], pred_contrib=True)) * PUPILS / FEW
    return {"explain.vs_pred_contrib": own / table, "explain.vs_shap_unconstrained": shap / table,
            "explain.100k_pupils_s": table, **nation(work, matrix, y)}  # fmt: skip


def pupils(count: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Counts, shares of sessions (some empty) and an outcome that follows twenty of them."""
    rng = np.random.default_rng(1)
    matrix = pd.DataFrame(rng.poisson(2, (count, len(NAMES))).astype("float64"), columns=NAMES)
    shares = [name for name in NAMES if "rate" in name or "share" in name]
    matrix[shares] = rng.binomial(120, 0.1, (count, len(shares))) / 120
    matrix[shares] = matrix[shares].mask(rng.random((count, len(shares))) < 0.02)
    told = matrix[NAMES[::6]].rank(pct=True).sum(axis=1)
    y = (rng.random(count) < 1 / (1 + np.exp(3 - (told - told.mean())))).to_numpy(dtype="float64")
    keys = pd.DataFrame({"pupil_id": [f"{n:016x}" for n in range(count)], "school_id": "A",
                         "as_of": "2025-01-06", "year_group": "9"})  # fmt: skip
    return pd.concat([keys, matrix], axis=1), y


def nation(work: Path, matrix: pd.DataFrame, y: np.ndarray) -> dict[str, float]:
    """Four outcomes' chances and the points of every reason family, for nine million rows of all features, in a
    process of its own so that the peak is the scoring's alone."""
    cards = {name: scorecard(fit(matrix, y, seed, ROUNDS), matrix, name, ROUNDS)
             for seed, name in enumerate(OUTCOMES)}  # fmt: skip
    model = shelf.save(work / "shelf", cards, {}, {"outcomes": {}})
    source, to = work / "nation.parquet", work / "scored.parquet"
    part = pa.Table.from_pandas(matrix[[*KEYS, *NAMES]].head(A_PART), preserve_index=False)
    with pq.ParquetWriter(source, part.schema) as out:
        for _ in range(NATION // A_PART):
            out.write_table(part)
    took, peak = apart(SCORE, work / "shelf", model.id, source, to)
    source.unlink()
    to.unlink()
    return {"score.nine_million_s": took, "score.nine_million_peak_mb": peak}


SCORE = """
import sys
from pathlib import Path
from benchmarks.timing import peak_mb, seconds
from models import shelf
from models.streaming import score_file
model = shelf.load(Path(sys.argv[1]), sys.argv[2])
print(seconds(lambda: score_file(model, Path(sys.argv[3]), Path(sys.argv[4]))), peak_mb())
"""
