"""DuckDB and Spark agree with each other, exactly, on every feature: the same expressions, run by either."""

from datetime import timedelta

import pandas as pd
import pytest

from features.engine import feature_matrix
from features.engines import on_spark
from tests.features.random_school import MONDAY, random_school
from tests.small_tables import tables_of

AS_OF = [MONDAY + timedelta(days=gap) for gap in (20, 47)]


@pytest.mark.slow
def test_spark_counts_as_duckdb_does() -> None:
    tables = tables_of(random_school(1, pupils=4))
    with on_spark(tables) as spread:
        matrix = feature_matrix(spread, AS_OF)
    pd.testing.assert_frame_equal(matrix, feature_matrix(tables, AS_OF), check_exact=True)
