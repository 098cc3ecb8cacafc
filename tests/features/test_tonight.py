"""The nightly's features from last night's totals: the bytes of a rebuild, however the nights went."""

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from features.engine import feature_matrix
from features.tonight import KEPT_AT, features_tonight
from sources.store import Store
from tests.sources.a_folder import WEEK, load, write

MON, TUE, WED = date(2025, 9, 1), date(2025, 9, 2), date(2025, 9, 3)
ON_WEDNESDAY = (
    WEEK["attendance"].replace("ann,oak,2025-09-02,AM,I", "ann,oak,2025-09-02,AM,C")
    + """
        ben,oak,2025-09-02,AM,O
        ann,oak,2025-09-03,AM,U
        ben,oak,2025-09-03,AM,/"""
)  # one mark corrected, one late, two new
JOINED = WEEK["enrolments"] + "\n        cat,oak,2025-09-03,,7"
PUPILS = WEEK["pupils"] + "\n        cat,2013-01-01,F,"
INCIDENTS = """
        incident_id,pupil_id,school_id,date,category,severity
        i1,ann,oak,2025-09-02,disruption,2"""


def same_as_rebuilt(store: Store, as_of: date) -> None:
    pd.testing.assert_frame_equal(features_tonight(store, as_of), feature_matrix(store.tables(), [as_of]))


def test_new_late_and_corrected_marks_and_a_joiner(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(write(tmp_path / "first"), store, seen_on=TUE)
    same_as_rebuilt(store, TUE)
    second = write(
        tmp_path / "second", attendance=ON_WEDNESDAY, enrolments=JOINED, pupils=PUPILS, incidents=INCIDENTS
    )
    load(second, store, seen_on=WED)
    same_as_rebuilt(store, WED)
    same_as_rebuilt(store, WED)  # the same night again


@pytest.mark.slow
def test_missed_nights_and_what_was_not_known_yet_catch_up(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(write(tmp_path / "first"), store, seen_on=TUE)
    same_as_rebuilt(store, MON)  # Tuesday's mark is held and has not happened yet
    load(write(tmp_path / "second", attendance=ON_WEDNESDAY), store, seen_on=WED)
    same_as_rebuilt(store, WED)


@pytest.mark.slow
def test_an_incident_moved_to_another_day_and_one_withdrawn(tmp_path: Path) -> None:
    store, heading = (
        Store(tmp_path / "store"),
        "incident_id,pupil_id,school_id,date,category,severity,withdrawn_on",
    )
    told = f"{heading}\ni1,ann,oak,2025-09-01,disruption,2,\ni2,ben,oak,2025-09-01,disruption,3,"
    load(write(tmp_path / "first", incidents=told), store, seen_on=MON)
    same_as_rebuilt(store, MON)
    later = f"{heading}\ni1,ann,oak,2025-09-02,disruption,2,\ni2,ben,oak,2025-09-01,disruption,3,2025-09-03"
    load(write(tmp_path / "second", incidents=later), store, seen_on=TUE)
    same_as_rebuilt(store, TUE)  # the withdrawal is held and is not in force yet
    same_as_rebuilt(store, WED)


@pytest.mark.slow
def test_lost_torn_or_foreign_totals_are_counted_afresh(tmp_path: Path) -> None:
    mine, other = Store(tmp_path / "mine"), Store(tmp_path / "other")
    load(write(tmp_path / "first"), mine, seen_on=TUE)
    load(write(tmp_path / "second", attendance=ON_WEDNESDAY), other, seen_on=TUE)
    same_as_rebuilt(mine, TUE)
    features_tonight(other, TUE)
    shutil.copy(other.root / KEPT_AT, mine.root / KEPT_AT)
    same_as_rebuilt(mine, TUE)
    (mine.root / KEPT_AT).write_bytes((mine.root / KEPT_AT).read_bytes()[:100])
    same_as_rebuilt(mine, TUE)
    (mine.root / KEPT_AT).unlink()
    same_as_rebuilt(mine, TUE)


def test_last_night_s_totals_are_what_tonight_is_made_from(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(write(tmp_path / "first"), store, seen_on=TUE)
    features_tonight(store, TUE)
    kept = pq.read_table(store.root / KEPT_AT)
    place = kept.column_names.index("absent_190")
    more = kept.set_column(place, "absent_190", pc.add(kept["absent_190"], 1))
    pq.write_table(more, store.root / KEPT_AT)
    load(write(tmp_path / "second", attendance=ON_WEDNESDAY), store, seen_on=WED)
    assert not features_tonight(store, WED).equals(feature_matrix(store.tables(), [WED]))
