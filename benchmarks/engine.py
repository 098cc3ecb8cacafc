"""The feature engine at the size of a large authority: 100,000 pupils, 38 million marks, 1 million incidents."""

import math
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from benchmarks.authority import make_authority
from benchmarks.plain_ways import featuretools_a_pupil, pandas_a_pupil, sql_a_date
from benchmarks.timing import apart, seconds
from features.catalogue import CATALOGUE, Feature
from features.chunks import write_matrix
from features.engine import feature_expression
from features.reads import Share, Since, Total
from features.tonight import KEPT_AT, features_tonight
from sources.store import Store

DATES, PUPILS, FEW, MANY = 36, 100_000, 10_000, 300_000
CORE = [feature for feature in CATALOGUE if isinstance(feature.read, Total | Share | Since)][:DATES]
READ = {"attendance": ("pupil_id", "school_id", "date", "code", "known_on"),
        "incidents": ("pupil_id", "school_id", "date", "severity", "known_on")}  # fmt: skip


def measure(work: Path, pupils: int = PUPILS) -> dict[str, float]:
    """Every `features.` ratio, side by side in one run."""
    store = make_authority(work / "authority", pupils)
    dates = as_of_dates(store)
    count(store, dates[-1:], CORE)  # the first call pays for imports
    scanned = min(seconds(lambda: scan(store)) for _ in range(3))
    core = count(store, dates, CORE)
    one, many = (
        seconds(lambda asked=asked: write(store, asked, work / "matrix")) for asked in (dates[-1:], dates)
    )
    written = seconds(lambda: write_again(work / "matrix", work / "again"))
    figures = {
        "features.pupils": float(pupils),
        "features.36_dates_s": many,
        "features.36_dates_over_1_date": many / one,
        "features.36_dates_over_scan_and_write": many / (scanned + written),
        "features.core_36_dates_s": core,
        "features.core_36_dates_over_scan": core / scanned,
        "features.vs_sql_per_date": DATES * min(sql_a_date(store.root, day) for day in dates[-2:]) / core,
        "features.vs_pandas_per_pupil": pupils * pandas_a_pupil(store.root, dates) / core,
        "features.peak_mb": apart(WRITE, store.root, work / "matrix")[0],
    }
    slow = featuretools_a_pupil(store.root, dates, work / "featuretools")
    if slow is not None:
        figures["features.vs_featuretools_per_pupil"] = pupils * slow / core
    return figures | nightly(store, dates[-1]) | growth(work)


def as_of_dates(store: Store) -> list[date]:
    """36 dates a school week apart, up to the last day held."""
    held = store.tables()["calendar"].select("date").distinct().to_pandas()["date"]
    trust = sorted(pd.to_datetime(held).dt.date)
    return trust[::-1][: DATES * 5 : 5][::-1]


def count(store: Store, dates: Sequence[date], catalogue: Sequence[Feature]) -> float:
    """Seconds to count the features of everyone in one expression, held in memory."""
    return seconds(lambda: feature_expression(store.tables(), dates, catalogue).to_pyarrow())


def write(store: Store, dates: Sequence[date], folder: Path) -> None:
    """The whole catalogue at every date, streamed to Parquet."""
    shutil.rmtree(folder, ignore_errors=True)
    write_matrix(store.tables(), dates, folder)


def scan(store: Store) -> None:
    """Reads every value of the columns that the counts are made from, and does no more."""
    with duckdb.connect() as held:
        for name, columns in READ.items():
            asked = ", ".join(f"max({column})" for column in columns)
            held.sql(f"SELECT {asked} FROM read_parquet('{store.root}/tables/{name}/*.parquet')").fetchall()


def write_again(matrix: Path, folder: Path) -> None:
    """Writes a matrix that is in Parquet already as Parquet: what writing one of that size costs."""
    folder.mkdir(exist_ok=True)
    with duckdb.connect() as held:
        held.execute("SET enable_progress_bar = false")
        for path in sorted(matrix.iterdir()):
            held.execute(f"COPY (FROM '{path}') TO '{folder / path.name}' (FORMAT parquet)")


WRITE = """
import sys
from pathlib import Path
from benchmarks.engine import as_of_dates, write
from benchmarks.timing import peak_mb
from sources.store import Store
store = Store(Path(sys.argv[1]))
write(store, as_of_dates(store), Path(sys.argv[2]))
print(peak_mb())
"""


def nightly(store: Store, tonight: date) -> dict[str, float]:
    """A night with one school day's marks and events new, against counting everything afresh."""
    whole = store.manifest()
    (store.root / KEPT_AT).unlink(missing_ok=True)
    rebuilt = seconds(lambda: features_tonight(store, tonight))
    (store.root / KEPT_AT).unlink()
    day_before = sorted(pd.to_datetime(store.tables()["calendar"].date.to_pandas()).dt.date.unique())[-2]
    store.write_manifest({**whole, "files": [file for file in whole["files"] if file["load"] == 1]})
    features_tonight(store, day_before)
    store.write_manifest(whole)
    carried = seconds(lambda: features_tonight(store, tonight))
    return {"features.nightly_s": carried, "features.nightly_over_rebuild": carried / rebuilt}


def growth(work: Path) -> dict[str, float]:
    """How time grows with pupils: 1.0 where twice the pupils take twice as long. Six dates, streamed."""
    took = {}
    for pupils in (FEW, MANY):
        store = make_authority(work / f"authority-{pupils}", pupils)
        took[pupils] = seconds(lambda held=store: write(held, as_of_dates(held)[-6:], work / "matrix"))
        shutil.rmtree(store.root)
    return {"features.growth_exponent": math.log(took[MANY] / took[FEW]) / math.log(MANY / FEW)}
