"""Nobody is shown a real pupil before somebody has named the impact assessment; a pretend trust needs none."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from configs.refusals import BadSettings
from pipelines import runs
from pipelines.cli import handrail
from pipelines.dpia import refuse_unassessed
from pipelines.pages import serve_pages
from sources.store import Store
from tests.sources.a_folder import WEEK, load, write

REAL = WEEK["schools"].replace(",999,", ",330,")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    root = tmp_path / "store"
    load(write(tmp_path / "exports", schools=REAL), Store(root))
    runs.write_json(root / runs.CURRENT, {"run": "2025-09-02-1"})
    return root


def named(store: Path, *words: str) -> Result:
    return CliRunner().invoke(handrail, ["dpia", *words, "--store", str(store)])


def test_pages_of_real_pupils_are_not_served_before_it_is_named(store: Path) -> None:
    with pytest.raises(BadSettings, match="handrail dpia REFERENCE"):
        serve_pages(store, "127.0.0.1", 8300)
    done = named(store, "DPIA-2026-014", "--by", "Ms P. Ito, DPO")
    assert done.exit_code == 0, done.output
    refuse_unassessed(store)
    last = json.loads((store / "audit" / "log.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert (last["event"], last["reference"], last["by"]) == (
        "assessment named",
        "DPIA-2026-014",
        "Ms P. Ito, DPO",
    )


def test_one_real_school_among_pretend_ones_is_enough(tmp_path: Path) -> None:
    both = WEEK["schools"] + "\n        elm,Elm School,secondary,330,"
    load(write(tmp_path / "exports", schools=both), Store(tmp_path / "store"))
    with pytest.raises(BadSettings):
        refuse_unassessed(tmp_path / "store")


def test_a_pretend_trust_needs_none(tmp_path: Path) -> None:
    load(write(tmp_path / "exports"), Store(tmp_path / "store"))
    refuse_unassessed(tmp_path / "store")


@pytest.mark.parametrize("words", [(" ", "--by", "Ms P. Ito"), ("DPIA-1", "--by", "")])
def test_a_reference_without_a_name_is_none(store: Path, words: tuple[str, ...]) -> None:
    assert isinstance(named(store, *words).exception, BadSettings)
    with pytest.raises(BadSettings):
        refuse_unassessed(store)
