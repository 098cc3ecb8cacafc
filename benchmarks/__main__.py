"""`make bench`: every figure printed, and written to `benchmarks/latest.json`."""

import json
import os
import platform
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks import (
    engine,
    explaining,
    load,
    one_night,
    pretend,
    ranking,
    reading,
    reports,
    retraining,
    soak,
    supporting,
    web,
)  # fmt: skip

LATEST = Path(__file__).parent / "latest.json"
LIBRARIES = ("duckdb", "ibis-framework", "lightgbm", "numpy", "pandas", "shap")


def main() -> None:
    """Runs every benchmark in one go, so that ratios are of one machine on one day."""
    with tempfile.TemporaryDirectory() as held:
        work = Path(held)
        figures = pretend.make_trust(work / "trust")
        figures |= reading.read(work / "trust", work) | engine.measure(work) | explaining.measure(work)
        figures |= reports.measure(work) | ranking.measure(work)
    figures |= retraining.measure() | supporting.measure() | web.measure() | one_night.measure()
    figures |= load.measure() | soak.measure()
    figures = {name: round(value, 3) for name, value in figures.items()}
    for name, value in figures.items():
        print(f"{name:40} {value:>12,.3f}")
    facts = {"date": str(datetime.now(UTC).date()), "machine": platform.machine(), "cores": os.cpu_count(),
             "python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}  # fmt: skip
    LATEST.write_text(json.dumps({**figures, **facts}, indent=1) + "\n", encoding="utf-8")


main()
