"""Reading a folder of canonical tables, whichever format each is in."""

from pathlib import Path

import duckdb
import pandas as pd

SCHOOL_ID = (
    "calendar",
    "enrolments",
    "incidents",
    "achievements",
    "removals",
    "suspensions",
    "moves",
    "support",
    "meetings",
    "training",
    "schools",
)


def source(folder: Path, table: str) -> str:
    """The table's file as SQL names it; identifiers stay text."""
    if (folder / f"{table}.parquet").exists():
        return f"'{folder / table}.parquet'"
    types = {"school_id": "VARCHAR"} if table in SCHOOL_ID else {}
    types |= {"year_group": "VARCHAR"} if table == "enrolments" else {}
    return (
        f"read_csv('{folder / table}.csv', types={types})" if types else f"read_csv('{folder / table}.csv')"
    )


def ask(sql: str) -> pd.DataFrame:
    """The answer of a query."""
    return duckdb.sql(sql).df()


def table(folder: Path, name: str) -> pd.DataFrame:
    """A whole table."""
    return ask(f"select * from {source(folder, name)}")
