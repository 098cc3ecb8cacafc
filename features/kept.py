"""Rows worked out once and kept by the engine: an expression that is asked for in many places is worked out in each."""

from typing import Any

import ibis.expr.types as ir
from ibis.util import gen_name

from features.cohort import Cohort, homes_of, numbered


def cohort_of(spine: ir.Table, place: str = "") -> Cohort:
    """The cohort of a spine, worked out now. Kept for as long as the engine's session lasts; with a `place`, in that of
    the last cohort there."""
    place = place or gen_name("cohort")
    spine = _kept(spine, f"{place}_spine")
    homes = _kept(homes_of(spine), f"{place}_homes")
    return Cohort(_kept(numbered(spine, homes).rows, f"{place}_rows"), homes)


def _kept(rows: ir.Table, name: str) -> ir.Table:
    engine: Any = rows.get_backend()
    if engine.name == "duckdb":  # whose `cache` in Ibis 12 cannot drop what it made
        return in_place_of(engine, name, rows)
    engine._run_pre_execute_hooks(rows)  # which `cache` leaves out
    return rows.cache()


def in_place_of(engine: Any, name: str, rows: ir.Table) -> ir.Table:
    """The same rows as a table of a DuckDB's own, in place of any of that name."""
    engine._run_pre_execute_hooks(rows)
    engine.raw_sql(f"CREATE OR REPLACE TEMP TABLE {name} AS {engine.compile(rows)}")
    table: ir.Table = engine.table(name, database=("temp", "main"))
    return table
