"""The same counts made the plain ways: one SQL query a date, pandas pupil by pupil, and featuretools."""

import shutil
import subprocess
import time
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from features.measures import ABSENT, ATTENDED, ILLNESS, LATE, POSSIBLE, UNAUTHORISED

UV = shutil.which("uv") or ".uv/bin/uv"
FEATURETOOLS = ("featuretools==1.31.0", "pandas<3", "pyarrow", "setuptools<80")  # the last that installs
WINDOWS = (5, 10, 20, 60, 190)
MARKS = {
    "possible": POSSIBLE,
    "absent": ABSENT,
    "unauthorised": UNAUTHORISED,
    "illness": ILLNESS,
    "late": LATE,
}


def sql_a_date(root: Path, as_of: date) -> float:
    """Seconds for one query that counts marks (five kinds) and incidents (two) over five windows, and days since, for
    every pupil at one date: 36 columns."""
    marks = [
        f"count(*) FILTER (code IN {kinds} AND number > now - {window}) AS {name}_{window}"
        for name, kinds in MARKS.items() for window in WINDOWS
    ]  # fmt: skip
    last = f"max(now) - max(number) FILTER (code IN {ATTENDED}) AS since"
    events = [
        f"count(*) FILTER (severity >= {least} AND number > now - {window}) AS severe_{least}_{window}"
        for least in (1, 2) for window in WINDOWS
    ]  # fmt: skip
    began = time.perf_counter()
    with duckdb.connect() as held:
        held.execute("SET enable_progress_bar = false")
        for name in ("attendance", "incidents", "calendar"):
            held.execute(f"CREATE VIEW {name} AS FROM read_parquet('{root}/tables/{name}/*.parquet')")
        held.execute(f"""
            CREATE TABLE numbered AS SELECT school_id, date,
                count(*) OVER (PARTITION BY school_id ORDER BY date) AS number,
                count(*) FILTER (date <= DATE '{as_of}') OVER (PARTITION BY school_id) AS now FROM calendar""")
        known = f"WHERE date <= DATE '{as_of}' AND known_on <= DATE '{as_of}'"
        held.execute(f"""
            CREATE TABLE matrix AS SELECT * FROM
            (SELECT pupil_id, {", ".join(marks)}, {last} FROM attendance JOIN numbered USING (school_id, date) {known}
             GROUP BY pupil_id) LEFT JOIN
            (SELECT pupil_id, {", ".join(events)} FROM incidents JOIN numbered USING (school_id, date) {known}
             GROUP BY pupil_id) USING (pupil_id)""")
    return time.perf_counter() - began


def pandas_a_pupil(root: Path, dates: list[date], pupils: int = 12) -> float:
    """Seconds a pupil for the same 36 columns at all the dates, in pandas, one pupil and date at a time."""
    path = f"{root}/tables/{{}}/000000000-1.parquet"
    with duckdb.connect() as held:
        few = held.sql(
            f"SELECT DISTINCT pupil_id FROM '{path.format('pupils')}' ORDER BY 1 LIMIT {pupils}"
        ).df()
        held.register("few", few)
        marks, incidents = (
            held.sql(f"SELECT * FROM '{path.format(name)}' WHERE pupil_id IN (SELECT pupil_id FROM few)").df()
            for name in ("attendance", "incidents")
        )
        open_days = (
            held.sql(f"SELECT DISTINCT date FROM '{path.format('calendar')}' ORDER BY 1")
            .df()["date"]
            .to_numpy()
        )
    began = time.perf_counter()
    for pupil in few["pupil_id"]:
        own, told = marks[marks["pupil_id"] == pupil], incidents[incidents["pupil_id"] == pupil]
        for as_of in dates:
            _count(own, told, open_days, np.datetime64(as_of))
    return (time.perf_counter() - began) / len(few)


def _count(
    marks: pd.DataFrame, incidents: pd.DataFrame, open_days: np.ndarray, as_of: np.datetime64
) -> dict[str, int]:
    marks = marks[(marks["date"] <= as_of) & (marks["known_on"] <= as_of)]
    incidents = incidents[(incidents["date"] <= as_of) & (incidents["known_on"] <= as_of)]
    now = int(np.searchsorted(open_days, as_of, side="right"))
    counts = {}
    for window in WINDOWS:
        first = open_days[max(now - window, 0)]
        inside = marks[marks["date"] >= first]
        for name, codes in MARKS.items():
            counts[f"{name}_{window}"] = int(inside["code"].isin(codes).sum())
        recent = incidents[incidents["date"] >= first]
        for least in (1, 2):
            counts[f"severe_{least}_{window}"] = int((recent["severity"] >= least).sum())
    attended = marks.loc[marks["code"].isin(ATTENDED), "date"].max()
    counts["since"] = now - int(np.searchsorted(open_days, np.datetime64(attended), side="right"))
    return counts


def featuretools_a_pupil(root: Path, dates: list[date], folder: Path, pupils: int = 25) -> float | None:
    """Seconds a pupil for the counts of the same marks and incidents at all the dates with featuretools, in an
    environment of its own (it needs an older pandas); None where that cannot be fetched."""
    folder.mkdir(parents=True, exist_ok=True)
    _few_pupils(root, dates, folder, pupils)
    needs = [word for name in FEATURETOOLS for word in ("--with", name)]
    told = [UV, "run", "--quiet", "--no-project", *needs, "python", "-m", "benchmarks.featuretools_way"]
    done = subprocess.run([*told, str(folder)], capture_output=True, text=True, check=False)  # noqa: S603
    return float(done.stdout.split()[-1]) / pupils if done.returncode == 0 else None


def _few_pupils(root: Path, dates: list[date], folder: Path, pupils: int) -> None:
    """Pupils, their marks and incidents, and the dates asked of each, the numbers of open days told as dates."""
    day = "DATE '2000-01-01' + CAST(number AS INTEGER)"
    kinds = ", ".join(f"CAST(code IN {codes} AS INTEGER) AS {name}" for name, codes in MARKS.items())
    severe = ", ".join(f"CAST(severity >= {least} AS INTEGER) AS severe_{least}" for least in (1, 2))
    asked = ", ".join(f"DATE '{moment}'" for moment in dates)
    numbered = "few USING (pupil_id) JOIN numbered USING (date) WHERE numbered.school_id = few.school_id"
    rows = {
        "pupils": "SELECT pupil_id FROM few",
        "marks": f"SELECT pupil_id, {day} AS day, {kinds} FROM attendance JOIN {numbered}",
        "incidents": f"SELECT pupil_id, {day} AS day, {severe} FROM incidents JOIN {numbered}",
        "cutoffs": f"SELECT pupil_id, {day} AS time FROM few JOIN numbered USING (school_id) WHERE date IN ({asked})",
    }
    with duckdb.connect() as held:
        for name in ("attendance", "incidents", "calendar", "enrolments"):
            held.execute(f"CREATE VIEW {name} AS FROM read_parquet('{root}/tables/{name}/*.parquet')")
        held.execute(f"""
            CREATE TABLE numbered AS SELECT school_id, date,
                row_number() OVER (PARTITION BY school_id ORDER BY date) AS number FROM calendar;
            CREATE TABLE few AS SELECT pupil_id, school_id FROM enrolments WHERE end_date IS NULL
                ORDER BY pupil_id LIMIT {pupils}""")
        for name, sql in rows.items():
            held.execute(f"COPY ({sql}) TO '{folder / name}.parquet' (FORMAT parquet)")
