"""A night of an authority of 100,000 pupils: from the evening's exports to the published lists, two years held."""

import tempfile
from datetime import date
from pathlib import Path

from benchmarks.nights import done, export, open_days, trained
from benchmarks.timing import apart

SCHOOLS, PUPILS = 112, 900  # in each
EVE = date(2026, 6, 8)
COMMAND = """
import sys
from benchmarks.timing import peak_mb, seconds
from pipelines.cli import handrail
print(seconds(lambda: handrail(sys.argv[1:], standalone_mode=False)), peak_mb())
"""


def measure() -> dict[str, float]:
    """`night.100k_s`, both commands of a night together (asked: under 180), and `night.100k_peak_mb`, the most that
    either held (asked: under 6,000). The evening before has been published, as on any night but the first."""
    with tempfile.TemporaryDirectory() as held:
        work = Path(held)
        store = trained(work, SCHOOLS, PUPILS, EVE)
        done("nightly", "--as-of", EVE, "--store", store)
        tonight = open_days(work / "whole", EVE)[0]
        evening = export(work / "whole", work / "tonight", tonight)
        read = apart(COMMAND, "ingest", evening, "--seen-on", tonight, "--store", store)
        published = apart(COMMAND, "nightly", "--as-of", tonight, "--store", store)
    return {
        "night.100k_ingest_s": read[0],
        "night.100k_s": read[0] + published[0],
        "night.100k_peak_mb": max(read[1], published[1]),
    }


if __name__ == "__main__":
    print(measure())
