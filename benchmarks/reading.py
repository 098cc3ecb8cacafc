"""Ingest of a year of 100,000 pupils against DuckDB's own copy of the same marks, and one new day."""

import shutil
from datetime import date
from pathlib import Path

import duckdb

from benchmarks.timing import apart, seconds
from configs.settings import load_settings
from sources.ingest import ingest
from sources.store import Store

PUPILS, SCHOOLS, DAYS = 100_000, 100, 190
YEAR = f"""
    CREATE TABLE days AS SELECT day, row_number() OVER (ORDER BY day) AS nth FROM (
        SELECT CAST(unnest(generate_series(DATE '2024-09-02', DATE '2025-07-31', INTERVAL 1 DAY)) AS DATE) AS day
    ) WHERE isodow(day) < 6 ORDER BY day LIMIT {DAYS + 1};
    CREATE TABLE schools AS SELECT printf('s%03d', n) AS school_id, 'School ' || n AS name, 'secondary' AS phase,
        '999' AS la_code, NULL AS trust FROM range({SCHOOLS}) t (n);
    CREATE TABLE enrolments AS SELECT 'p' || left(md5(n::VARCHAR), 16) AS pupil_id,
        printf('s%03d', n % {SCHOOLS}) AS school_id, DATE '2024-09-02' AS start_date, NULL AS end_date,
        7 + n % 5 AS year_group FROM range({PUPILS}) t (n);
    CREATE TABLE pupils AS SELECT pupil_id, NULL AS date_of_birth, NULL AS sex, NULL AS ethnicity FROM enrolments;
    CREATE TABLE calendar AS SELECT school_id, day AS date FROM schools, days;
    CREATE VIEW attendance AS SELECT pupil_id, school_id, day AS date, session, CASE hash(pupil_id, day, session) % 25
        WHEN 0 THEN 'I' WHEN 1 THEN 'O' WHEN 2 THEN 'L' ELSE if(session = 'AM', '/', chr(92)) END AS code,
        if(code = 'L', hash(pupil_id, day) % 30, NULL) AS minutes_late, nth
    FROM days, (VALUES ('AM'), ('PM')) t (session), enrolments;
"""


def read(trust: Path, work: Path) -> dict[str, float]:
    """The trust ingested once, so that imports are paid for, then the figures of `measure`."""
    ingest(trust, Store(work / "store"), date(2026, 7, 21), load_settings())
    return measure(work / "year of marks")


def measure(work: Path) -> dict[str, float]:
    """`ingest.over_duckdb_copy` (copy and ingest in turn, the least of two each), `ingest.peak_mb`, each in a process
    of its own, and `ingest.one_new_day_s`."""
    year, day = work / "year", work / "day"
    work.mkdir()
    _write(year, day)
    copied, took, peaks = [], [], []
    for turn in range(2):
        copied.append(seconds(lambda: _copy(year / "attendance.csv", work / "copy.parquet")))
        loaded, peak = apart(INGEST, year, work / f"store{turn}")
        took.append(loaded)
        peaks.append(peak)
    store = Store(work / "store1")
    one_day = seconds(lambda: ingest(day, store, date(2025, 8, 1), load_settings()))
    shutil.rmtree(work)
    return {
        "ingest.over_duckdb_copy": min(took) / min(copied),
        "ingest.peak_mb": max(peaks),
        "ingest.one_new_day_s": one_day,
    }


INGEST = """
import sys
from datetime import date
from pathlib import Path
from benchmarks.timing import peak_mb, seconds
from configs.settings import load_settings
from sources.ingest import ingest
from sources.store import Store
store, day = Store(Path(sys.argv[2])), date(2025, 8, 1)
print(seconds(lambda: ingest(Path(sys.argv[1]), store, day, load_settings())), peak_mb())
"""


def _write(year: Path, day: Path) -> None:
    with duckdb.connect() as held:
        held.execute(YEAR)
        for folder, days in ((year, f"nth <= {DAYS}"), (day, f"nth > {DAYS}")):
            folder.mkdir()
            for name in ("schools", "pupils", "enrolments", "calendar"):
                held.execute(f"COPY {name} TO '{folder / name}.csv'")
            marks = f"SELECT * EXCLUDE (nth) FROM attendance WHERE {days} ORDER BY date, school_id, pupil_id, session"
            held.execute(f"COPY ({marks}) TO '{folder / 'attendance'}.csv'")


def _copy(marks: Path, target: Path) -> None:
    with duckdb.connect() as held:
        held.execute(f"COPY (FROM read_csv('{marks}')) TO '{target}'")
