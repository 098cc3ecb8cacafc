"""The same counts made the plain ways: one SQL query a date, and pandas pupil by pupil."""

import time
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from features.measures import ABSENT, ATTENDED, ILLNESS, LATE, POSSIBLE, UNAUTHORISED

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
