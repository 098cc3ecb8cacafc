"""Ingest against DuckDB's own copy of the same marks from CSV to Parquet."""

import resource
import time
from datetime import date
from pathlib import Path

import duckdb

from configs.settings import load_settings
from sources.ingest import ingest
from sources.store import Store


def read(trust: Path, work: Path) -> tuple[Store, dict[str, float]]:
    """A store with the trust in it, its marks read from CSV; `ingest.over_duckdb_copy` and `ingest.peak_mb`."""
    exports = work / "csv"
    exports.mkdir()
    for path in trust.iterdir():
        if path.is_file() and path.name != "people.csv" and path.stem != "attendance":
            (exports / path.name).symlink_to(path)
    marks = exports / "attendance.csv"
    duckdb.sql(f"COPY (FROM '{trust / 'attendance.parquet'}') TO '{marks}' (HEADER)")
    began = time.perf_counter()
    duckdb.sql(f"COPY (FROM read_csv('{marks}')) TO '{work / 'copy.parquet'}'")
    copied = time.perf_counter() - began
    store = Store(work / "store")
    began = time.perf_counter()
    ingest(exports, store, date(2026, 7, 21), load_settings())
    took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return store, {"ingest.over_duckdb_copy": took / copied, "ingest.peak_mb": peak}
