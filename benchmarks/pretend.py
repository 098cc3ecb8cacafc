"""The pretend trust that the benchmarks work on, and the time it took to make it."""

import time
from pathlib import Path

from sources.pretend import simulate

SCHOOLS, PUPILS = 12, 900


def make_trust(folder: Path) -> dict[str, float]:
    """Writes one year of about 10,800 pupils to the folder; returns seconds for 100,000 pupil-years at that pace."""
    began = time.perf_counter()
    simulate(folder, schools=SCHOOLS, pupils=PUPILS, years=1, seed=3)
    return {"simulate.100k_pupil_years_s": (time.perf_counter() - began) * 100_000 / (SCHOOLS * PUPILS)}
