"""Five schools of 1,500 pupils over three years: a load and a night within what docs/it.md states."""

import resource
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from models import shelf
from sources.pretend import simulate
from tests.pipelines.test_many_schools import FACTS_ONLY, SETTINGS
from tests.pipelines.trust import handrail

pytestmark = pytest.mark.slow
LOAD_S, NIGHT_S, MOST_KB = 180, 180, 3_000_000  # of one processor; a busy machine takes longer by the clock


def processor_seconds(work: Callable[[], object]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_a_load_and_a_night_keep_within_their_limits(tmp_path: Path) -> None:
    exports, store = tmp_path / "exports", tmp_path / "store"
    simulate(exports, schools=5, pupils=1500, years=3, seed=5, end=date(2026, 7, 21))
    (tmp_path / "settings.yaml").write_text(SETTINGS)

    def came() -> None:
        done = handrail("ingest", exports, "--store", store, "--settings", tmp_path / "settings.yaml")
        assert done.returncode == 0, done.stderr

    def night() -> None:
        model = shelf.save(store / "models", {}, {}, FACTS_ONLY)
        shelf.record_training(store / "models", model.id, "2026-03-02")
        assert handrail("nightly", "--store", store, "--as-of", "2026-03-09").returncode == 6

    assert processor_seconds(came) < LOAD_S
    assert processor_seconds(night) < NIGHT_S
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < MOST_KB
