"""Where the expressions run: DuckDB in the process, or Spark where a trust, an authority or a nation outgrows it."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from configs.refusals import BadSettings
from sources.store import quoted


@contextmanager
def on_spark(tables: Mapping[str, ir.Table]) -> Iterator[dict[str, ir.Table]]:
    """The tables of a DuckDB on the Spark session that the machine is set up for (local, where it is for none).

    Refused (BadSettings) where PySpark is not installed or finds no Java.
    """
    spark, engine = _connected(), next(iter(tables.values())).get_backend()
    with tempfile.TemporaryDirectory(prefix="handrail-spark-") as folder:
        held = {}
        for name, rows in tables.items():
            path = str(Path(folder) / f"{name}.parquet")
            engine.raw_sql(f"COPY ({ibis.to_sql(rows, dialect='duckdb')}) TO {quoted(path)} (FORMAT parquet)")
            held[name] = spark.read_parquet(path, table_name=f"handrail_{name}")
        yield held


def _connected() -> Any:
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise BadSettings(
            "The settings ask for `engine: spark`, and PySpark is not installed. Install handrail[spark], or set "
            "`engine: duckdb`."
        ) from error
    try:
        session = (
            SparkSession.builder.appName("handrail").config("spark.sql.session.timeZone", "UTC").getOrCreate()
        )
    except (PySparkException, OSError) as error:
        raise BadSettings(
            "The settings ask for `engine: spark`, and Spark did not start. It needs Java 17 or later: install one "
            "(on Debian, `default-jre-headless`), or set `engine: duckdb`."
        ) from error
    return ibis.pyspark.connect(session)
