"""Retraining a million pupil-dates: every outcome rehearsed beside the challengers (EBM apart), fitted and bagged."""

from typing import Any

import numpy as np
import pandas as pd

from benchmarks.timing import apart

ROWS, PUPILS, SCHOOLS = 1_000_000, 62_500, 60

TRAIN = """
import time
import models.study
from benchmarks.retraining import rows
from benchmarks.timing import peak_mb
from configs.settings import load_settings
from models.challengers import CHALLENGERS, Ebm
models.study.CHALLENGERS = tuple(made for made in CHALLENGERS if made is not Ebm)
given, began, cpu = rows(), time.perf_counter(), time.process_time()
found = models.study.study(given, load_settings(), lambda words: print(words, time.perf_counter() - began))
took = time.perf_counter() - began
assert len(found.scorecards) == 4, found.without_model
print(took, time.process_time() - cpu, peak_mb())
"""


def measure() -> dict[str, float]:
    """`retrain.million_s`, the processor seconds of it, and `retrain.million_peak_mb`, in a process of its own."""
    seconds, processor, peak = apart(TRAIN)
    return {
        "retrain.million_s": seconds,
        "retrain.million_cpu_s": processor,
        "retrain.million_peak_mb": peak,
    }


def rows() -> Any:
    """A million pupil-dates of all features, 62,500 pupils on 16 dates, and four outcomes that follow some of them."""
    from features.catalogue import CATALOGUE
    from models.matrices import Rows

    names, rng = [feature.name for feature in CATALOGUE], np.random.default_rng(1)
    values = np.empty((len(names), ROWS))
    for place, name in enumerate(names):
        counts = rng.poisson(1 + place % 4, ROWS)
        values[place] = rng.binomial(120, 0.1, ROWS) / 120 if "rate" in name else counts
    pupil, dates = (
        np.tile(np.arange(PUPILS), ROWS // PUPILS),
        pd.date_range("2023-10-02", periods=16, freq="35D"),
    )
    keys = pd.DataFrame({
        "pupil_id": np.array([f"{n:016x}" for n in range(PUPILS)], dtype=object)[pupil],
        "school_id": np.array([f"S{n:02}" for n in range(SCHOOLS)], dtype=object)[pupil % SCHOOLS],
        "as_of": np.repeat(dates.date, PUPILS), "year_group": (7 + pupil % 5).astype(str),
    })  # fmt: skip
    told = values[10:40:3].sum(axis=0) / 6
    labels = keys[["pupil_id", "school_id", "as_of"]].assign(
        window_end=np.repeat((dates + pd.Timedelta(days=90)).date, PUPILS), closed=True, censored=False,
        ever_school_3=rng.random(ROWS) < 0.1,
    )  # fmt: skip
    levels = (("escalation", 2.0), ("suspension", 3.0), ("severe_absence", 4.5), ("exit", 5.5))
    for name, level in levels:
        chance = 1 / (1 + np.exp(level - told + told.mean()))
        labels[name] = (rng.random(ROWS) < chance).astype("float64")
    matrix = pd.concat([keys, pd.DataFrame(values.T, columns=names, copy=False)], axis=1)
    return Rows(matrix, labels, tuple(dates.date))
