"""numpy, DuckDB and Spark say the same of every pupil."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pytest

from features.engines import on_spark
from models.expression import explained, scored
from models.scorecard import Scorecard
from models.training import Binned, scorecard
from tests.models.test_scorecard import NAMES, pupils

Engine = Callable[[pd.DataFrame], ir.Table]


@pytest.fixture(scope="module")
def card_and_rows() -> tuple[Scorecard, pd.DataFrame]:
    """A card, and rows it has not seen: ordinary ones, far ones, empty ones, and one on every edge."""
    matrix, y = pupils(1)
    binned = Binned(matrix, y, 1)
    booster = binned.fit(60, [(1, NAMES.index("belonging"))])
    card = dataclasses.replace(scorecard(booster, matrix, "exit", 60), slope=1.1, intercept=-0.3)
    assert card.pairs
    unseen = pupils(2, 120)[0].assign(pupil_id=[f"q{n}" for n in range(120)])
    wild = unseen.assign(**(unseen[NAMES] * np.random.default_rng(3).normal(1, 3, unseen[NAMES].shape)))
    empty = unseen.head(1).assign(**dict.fromkeys(NAMES, np.nan))
    edges = max(len(curve.edges) for curve in card.curves)
    on_edges = pd.DataFrame(
        {curve.feature: np.resize(np.append(curve.edges, 0.0), edges) for curve in card.curves}
    )
    rows = pd.concat([unseen, wild, empty, on_edges], ignore_index=True)
    return card, rows.assign(pupil_id=[f"q{n:04}" for n in range(len(rows))])


def agrees(card: Scorecard, rows: pd.DataFrame, table: ir.Table) -> None:
    told = scored(card, table, ["pupil_id"]).to_pandas().sort_values("pupil_id")
    assert told["pupil_id"].tolist() == rows["pupil_id"].tolist()
    np.testing.assert_allclose(told["margin"], card.margin(rows), rtol=0, atol=1e-9)
    np.testing.assert_allclose(told["chance"], card.chance(rows), rtol=0, atol=1e-9)
    points = explained(card, table, ["pupil_id"]).to_pandas().sort_values("pupil_id").drop(columns="pupil_id")
    assert points.columns.tolist() == [f"points_{name}" for name in card.contributions(rows).columns]
    np.testing.assert_allclose(points, card.contributions(rows), rtol=0, atol=1e-9)


def on_duckdb(rows: pd.DataFrame, folder: Path) -> ir.Table:
    rows[["pupil_id", *NAMES]].to_parquet(folder / "rows.parquet", index=False)
    return ibis.duckdb.connect().read_parquet(folder / "rows.parquet")


def test_duckdb_says_what_numpy_says(card_and_rows: tuple[Scorecard, pd.DataFrame], tmp_path: Path) -> None:
    card, rows = card_and_rows
    agrees(card, rows, on_duckdb(rows, tmp_path))


@pytest.mark.slow
def test_spark_says_what_numpy_says(card_and_rows: tuple[Scorecard, pd.DataFrame], tmp_path: Path) -> None:
    card, rows = card_and_rows
    with on_spark({"rows": on_duckdb(rows, tmp_path)}) as spread:
        agrees(card, rows, spread["rows"])
