"""A few schools at a time or all at once: the same rows and the same bytes."""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from features.chunks import write_matrix
from features.engine import feature_matrix
from sources.store import SPILL, Store
from tests.features.random_school import MONDAY, random_school
from tests.small_tables import tables_of
from tests.sources.a_folder import load, write

LIMITS = "SELECT current_setting('memory_limit'), current_setting('temp_directory')"
AS_OF = [MONDAY + timedelta(days=gap) for gap in (9, 20, 33, 47)]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_schools_one_by_one_are_as_all_at_once(seed: int, tmp_path: Path) -> None:
    rows = random_school(seed, pupils=8)
    stray = {"pupil_id": "p0", "date": MONDAY + timedelta(days=8), "known_on": MONDAY + timedelta(days=8)}
    rows["meetings"] += [{**stray, "school_id": school, "kind": "review"} for school in ("Ash", "Elm")]
    tables = tables_of(rows)
    engine = tables["enrolments"].get_backend()
    before = engine.raw_sql(LIMITS).fetchone()
    write_matrix(tables, AS_OF, tmp_path / "matrix", pupils_at_once=1)
    assert engine.raw_sql(LIMITS).fetchone() == before
    files = sorted((tmp_path / "matrix").iterdir())
    assert list(tmp_path.iterdir()) == [tmp_path / "matrix"], "nothing lies beside it"
    assert len(files) == 2
    together = pd.concat([pd.read_parquet(file) for file in files])
    together["as_of"] = pd.to_datetime(together["as_of"]).dt.date
    together = together.sort_values(["as_of", "school_id", "pupil_id"], ignore_index=True)
    pd.testing.assert_frame_equal(together, feature_matrix(tables_of(rows), AS_OF))


def test_what_does_not_fit_in_memory_lies_in_the_store_as_long_as_it_is_needed(tmp_path: Path) -> None:
    tuesday, store = date(2025, 9, 2), Store(tmp_path / "store")
    load(write(tmp_path / "first"), store, seen_on=tuesday)
    tables = store.tables()
    engine = tables["enrolments"].get_backend()
    engine.raw_sql("SET memory_limit = '60MB'; SET threads = 1")
    engine.raw_sql("CREATE TEMP TABLE much AS SELECT hash(n), hash(n + 1)::VARCHAR FROM range(2000000) t(n)")
    assert list((store.root / SPILL).iterdir())
    for folder in (tmp_path / "one", tmp_path / "another"):
        write_matrix(tables, [tuesday], folder)
        assert len(pd.read_parquet(folder)) == len(feature_matrix(store.tables(), [tuesday])) > 0
    engine.disconnect()
    assert not (store.root / SPILL).exists()
