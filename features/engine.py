"""The point-in-time engine: from canonical tables and dates to a matrix of features as they were known."""

from collections.abc import Mapping, Sequence
from datetime import date

import ibis.expr.types as ir
import pandas as pd

from features.beside import beside
from features.calendar import SchoolDays, as_of_numbers, days_of
from features.catalogue import CATALOGUE, LONG_AGO, Feature, states_wanted, wanted
from features.cohort import Cohort, on_roll
from features.kept import cohort_of
from features.reads import Around
from features.surroundings import with_surroundings
from features.totals import held, window_totals

KEYS = ("pupil_id", "school_id", "as_of", "year_group")


def feature_matrix(
    tables: Mapping[str, ir.Table], as_of: Sequence[date], catalogue: Sequence[Feature] = CATALOGUE
) -> pd.DataFrame:
    """A row for each pupil on roll at each date: pupil_id, school_id, as_of, year_group, then one float64 column
    a feature, NaN where the catalogue says it may be empty. Sorted by as_of, school_id, pupil_id.

    `tables` are canonical tables with `known_on` and `known_until`. A row counts for a date only if it both
    happened and was known by then. A pupil who joined yesterday has a row; one who left has none.
    """
    return as_matrix(feature_expression(tables, sorted(set(as_of)), catalogue), catalogue)


def as_matrix(rows: ir.Table, catalogue: Sequence[Feature]) -> pd.DataFrame:
    """An expression of features worked out, typed and in order."""
    matrix = rows.to_pandas()
    matrix["as_of"] = pd.to_datetime(matrix["as_of"]).dt.date
    matrix = matrix.sort_values(["as_of", "school_id", "pupil_id"], ignore_index=True)
    typed: pd.DataFrame = matrix.astype({feature.name: "float64" for feature in catalogue})
    return typed.copy()  # in one piece: it came column by column, and pandas is slow with many pieces


def feature_expression(
    tables: Mapping[str, ir.Table], moments: Sequence[date], catalogue: Sequence[Feature] = CATALOGUE
) -> ir.Table:
    """The matrix as one expression, for whichever engine holds the tables."""
    days = days_of(tables)
    return features_at(tables, cohort_of(spine_of(tables, days, moments)), days, moments, catalogue)


def spine_of(tables: Mapping[str, ir.Table], days: SchoolDays, moments: Sequence[date]) -> ir.Table:
    """A row for each pupil on roll at each date."""
    return on_roll(tables["enrolments"], held(as_of_numbers(days, moments)))


def features_at(
    tables: Mapping[str, ir.Table], cohort: Cohort, days: SchoolDays, moments: Sequence[date],
    catalogue: Sequence[Feature],
) -> ir.Table:  # fmt: skip
    """The features of the rows of a cohort, of which `moments` are all the dates."""
    rows, asked = with_states(tables, cohort, moments, catalogue), wanted(catalogue)
    return features_of(window_totals(tables, cohort, days, moments, asked, rows), catalogue)


def with_states(
    tables: Mapping[str, ir.Table], cohort: Cohort, moments: Sequence[date], catalogue: Sequence[Feature]
) -> ir.Table:
    """The rows of the cohort with all that the catalogue asks beside totals: what was true of the pupil on the day, and
    what is told by the day or the suspension. `moments` are all the dates of the cohort."""
    return beside(tables, cohort, moments, LONG_AGO, states_wanted(catalogue))


def features_of(rows: ir.Table, catalogue: Sequence[Feature]) -> ir.Table:
    """The features of rows that hold every total and state they are read from."""
    rows = with_surroundings(rows, [f.read for f in catalogue if isinstance(f.read, Around)])
    return rows.select(
        *KEYS, **{feature.name: feature.read.value(rows).cast("float64") for feature in catalogue}
    )
