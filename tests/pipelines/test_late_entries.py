"""What had happened by a night and was entered after it: the night's receipt counts what it did not use."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from models import shelf
from pipelines import runs
from pipelines.nightly import FEATURES, make_features, run_plainly, tonight
from sources.store import Store
from tests.sources.a_folder import SEEN, WEEK, load, write

NIGHT = date(2025, 9, 2)
LATE = """
    incident_id,pupil_id,school_id,date,category,severity,known_on
    i1,ann,oak,2025-09-01,defiance,1,2025-09-01
    i2,ann,oak,2025-09-01,defiance,1,2025-09-02
    i3,ann,oak,2025-09-01,defiance,1,2025-09-03
    i4,ben,oak,2025-09-02,defiance,1,2025-09-30
    i5,ben,oak,2025-09-03,defiance,1,2025-09-03"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A week of marks, and a model that publishes facts alone."""
    store = Store(tmp_path / "store")
    load(write(tmp_path / "week"), store, date(2025, 9, 2))
    facts = {"outcomes": {}, "gate": {"passed": False, "criteria": []}, "rows": {}, "as_of": str(NIGHT),
             "evaluations": {}}  # fmt: skip
    shelf.record_training(store.root / "models", shelf.save(store.root / "models", {}, {}, facts).id, "")
    return store


def published(store: Store) -> dict[str, int]:
    """What the receipt of that night says it did not use."""
    name = run_plainly(tonight(store.root, NIGHT), lambda _: None).run
    counted: dict[str, int] = runs.receipt(store.root, name)["not_known_yet"]
    return counted


def features(store: Store, folder: Path) -> pd.DataFrame:
    folder.mkdir()
    make_features(tonight(store.root, NIGHT), folder)
    return pd.read_parquet(folder / FEATURES)


@pytest.mark.slow
def test_what_was_entered_after_the_night_is_not_used_and_counted_in_its_receipt(
    store: Store, tmp_path: Path
) -> None:
    in_time = "\n".join(LATE.splitlines()[:4])
    load(write(tmp_path / "in time", incidents=in_time), store, date(2025, 9, 2))
    assert published(store) == {}
    before = features(store, tmp_path / "before")
    load(write(tmp_path / "late", incidents=LATE), store)
    assert published(store) == {"incidents": 2}  # i3 and i4; i5 had not happened
    pd.testing.assert_frame_equal(features(store, tmp_path / "after"), before)


def test_a_mark_corrected_after_the_night_is_counted_too(store: Store, tmp_path: Path) -> None:
    corrected = WEEK["attendance"].replace("ann,oak,2025-09-02,AM,I", "ann,oak,2025-09-02,AM,/")
    load(write(tmp_path / "corrected", attendance=corrected), store, SEEN)
    assert published(store) == {"attendance": 1}
