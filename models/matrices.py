"""Pupil-dates to train on: features as they were known and what happened next, a few schools at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from configs.refusals import BadData
from configs.settings import Settings
from features.calendar import days_of
from features.chunks import PUPILS_AT_ONCE, matrix_parts
from features.engine import feature_matrix
from features.engines import on_spark
from models.outcomes import KEYS, latest_day, outcomes
from models.rehearsal import training_dates

ORDER = ["as_of", "school_id", "pupil_id"]


@dataclass(frozen=True, eq=False)
class Rows:
    """Pupil-dates for training: features as known, and what happened next, row by row."""

    matrix: pd.DataFrame
    labels: pd.DataFrame
    dates: tuple[date, ...]

    def counts(self) -> dict[str, int]:
        """How many pupil-dates there are, and why some have no label."""
        return {
            "pupil_dates": len(self.labels),
            "closed": int(self.labels["closed"].sum()),
            "censored": int(self.labels["censored"].sum()),
            "dates": len(self.dates),
        }


def training_rows(tables: Mapping[str, ir.Table], settings: Settings, by: date) -> Rows:
    """Every pupil-date whose window has closed by `by`, at the dates the settings ask for."""
    parts = list(training_parts(tables, settings, by))
    matrix = pd.concat([matrix for matrix, _ in parts], ignore_index=True)
    labels = pd.concat([labels for _, labels in parts], ignore_index=True)
    if matrix.empty:
        raise BadData(
            f"No window of {settings.horizon} open days has closed by {by}. Ingest later records, train as of a "
            "later date, or lower `horizon` in the settings."
        )
    order = matrix.sort_values(ORDER).index
    labels = labels.loc[order].reset_index(drop=True)
    return Rows(
        matrix.loc[order].reset_index(drop=True).copy(), labels, tuple(sorted(labels["as_of"].unique()))
    )


def training_parts(
    tables: Mapping[str, ir.Table], settings: Settings, by: date, pupils_at_once: int = PUPILS_AT_ONCE
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """(features, labels) of the same pupil-dates, row by row, for one group of whole schools after another: those whose
    window has closed by `by`, at schools with history enough. What was censored stays, with no label.

    Refused (BadData) where the records reach back too short a time.
    """
    days = days_of(tables)
    dates = training_dates(days, settings.training.every, settings.training.history, by)
    if not dates:
        raise BadData(
            f"The records reach back too short a time: training needs {settings.training.history} open days of "
            "history. Ingest more, or lower `training.history` in the settings."
        )
    latest = latest_day(tables, by)
    for held, matrix in _parts(tables, dates, settings.engine, pupils_at_once):
        labels = outcomes(held, matrix, settings.horizon, settings.ladder, by, latest)
        chosen = labels["closed"].to_numpy() & (days.numbers(matrix) >= settings.training.history)
        yield matrix[chosen].reset_index(drop=True), labels[chosen].reset_index(drop=True)


def _parts(
    tables: Mapping[str, ir.Table], dates: list[date], engine: str, pupils_at_once: int
) -> Iterator[tuple[Mapping[str, ir.Table], pd.DataFrame]]:
    """Groups of schools in turn on DuckDB; Spark divides the work itself."""
    if engine != "spark":
        yield from matrix_parts(tables, dates, pupils_at_once=pupils_at_once)
        return
    with on_spark(tables) as spread:
        matrix = feature_matrix(spread, dates)
    yield tables, matrix


def matrix_at(tables: Mapping[str, ir.Table], dates: list[date], engine: str) -> pd.DataFrame:
    """The feature matrix of those dates, a few schools at a time."""
    return pd.concat(
        [matrix for _, matrix in _parts(tables, dates, engine, PUPILS_AT_ONCE)], ignore_index=True
    )


def write_training_matrix(
    tables: Mapping[str, ir.Table],
    settings: Settings,
    by: date,
    path: Path,
    pupils_at_once: int = PUPILS_AT_ONCE,
) -> int:
    """Streams `training_parts` to one Parquet file, features and labels side by side, and returns how many rows it has.

    The gap is kept by whoever trains: rows may teach a model only about dates after their `window_end`.
    """
    written, writer = 0, None
    try:
        for matrix, labels in training_parts(tables, settings, by, pupils_at_once):
            both = pd.concat([matrix, labels.drop(columns=KEYS)], axis=1)
            part = pa.Table.from_pandas(both, preserve_index=False)
            writer = writer or pq.ParquetWriter(path, part.schema)
            writer.write_table(part.cast(writer.schema))
            written += len(both)
    finally:
        if writer:
            writer.close()
    return written
