"""The point-in-time engine: from canonical tables and dates to a matrix of features as they were known."""

from collections.abc import Mapping, Sequence
from datetime import date

import ibis
import ibis.expr.types as ir
import pandas as pd

from features.beside import beside
from features.calendar import as_of_numbers, school_days, slots
from features.catalogue import CATALOGUE, LONG_AGO, Feature, states_wanted, wanted
from features.cohort import on_roll
from features.totals import WHO, window_totals

KEYS = ("pupil_id", "school_id", "as_of", "year_group")


def feature_matrix(
    tables: Mapping[str, ir.Table], as_of: Sequence[date], catalogue: Sequence[Feature] = CATALOGUE
) -> pd.DataFrame:
    """A row for each pupil on roll at each date: pupil_id, school_id, as_of, year_group, then one float64 column
    a feature, NaN where the catalogue says it may be empty. Sorted by as_of, school_id, pupil_id.

    `tables` are canonical tables with `known_on` and `known_until`. A row counts for a date only if it both
    happened and was known by then. A pupil who joined yesterday has a row; one who left has none.
    """
    moments = sorted(set(as_of))
    matrix = feature_expression(tables, moments, catalogue).to_pandas()
    matrix["as_of"] = pd.to_datetime(matrix["as_of"]).dt.date
    matrix = matrix.sort_values(["as_of", "school_id", "pupil_id"], ignore_index=True)
    typed: pd.DataFrame = matrix.astype({feature.name: "float64" for feature in catalogue})
    return typed


def feature_expression(
    tables: Mapping[str, ir.Table], moments: Sequence[date], catalogue: Sequence[Feature] = CATALOGUE
) -> ir.Table:
    """The matrix as one expression, for whichever engine holds the tables."""
    asked = wanted(catalogue)
    days = school_days(tables["calendar"].select("school_id", "date").to_pandas())
    windows = sorted({window for _, window in asked.totals if window is not None})
    numbers = _held(as_of_numbers(days, moments))
    spine = on_roll(tables["enrolments"], numbers)
    totals = window_totals(tables, spine, _held(slots(days, moments, windows)), asked)
    rows = beside(tables, spine, moments, LONG_AGO, states_wanted(catalogue))
    rows = rows.left_join(totals.drop("now"), WHO).drop(*[f"{name}_right" for name in WHO])
    return rows.select(
        *KEYS, **{feature.name: feature.read.value(rows).cast("float64") for feature in catalogue}
    )


def _held(frame: pd.DataFrame) -> ir.Table:
    """A small frame as a table of the engine, its dates as dates."""
    table = ibis.memtable(frame)
    dates = [name for name in ("date", "as_of", "read_on") if name in frame.columns]
    return table.mutate(**{name: table[name].cast("date") for name in dates})
