"""Who may publish: the first model that passes its gate by itself, every later one on the word of a named person."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from configs.refusals import BadSettings, GateNotPassed
from models import shelf
from pipelines.cli import handrail
from pipelines.reign import promote_by_name
from pipelines.retrain import _becomes_champion
from sources.store import Store
from tests.sources.a_folder import load, write

DAY = "2025-09-02"


def shelved(store: Path, number: int, passed: bool) -> shelf.Model:
    facts: dict[str, Any] = {"outcomes": {}, "gate": {"passed": passed, "criteria": []}, "number": number}
    return shelf.save(store / "models", {}, {}, facts)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    load(write(tmp_path / "export"), Store(tmp_path / "store"))
    return tmp_path / "store"


def test_the_first_that_passes_reigns_and_no_later_one_takes_its_place_by_itself(store: Path) -> None:
    models = store / "models"
    worse, first, later = (shelved(store, number, number > 0) for number in range(3))
    assert not _becomes_champion(models, worse, DAY)
    assert shelf.champion(models) is None
    assert _becomes_champion(models, first, DAY)
    assert not _becomes_champion(models, later, DAY)
    assert shelf.champion(models) == first.id


def test_what_did_not_pass_is_not_promoted_on_anybodys_word(store: Path) -> None:
    worse = shelved(store, 0, passed=False)
    with pytest.raises(GateNotPassed, match="did not pass its gate and cannot be champion"):
        promote_by_name(store, worse.id, "Ada Okafor", "it is mine")
    assert shelf.champion(store / "models") is None


@pytest.mark.parametrize("by", ["", "  "])
def test_a_promotion_needs_a_name(store: Path, by: str) -> None:
    with pytest.raises(BadSettings):
        promote_by_name(store, shelved(store, 1, passed=True).id, by, "it passed")
    done = CliRunner().invoke(
        handrail, ["models", "promote", "0123456789ab", "--store", str(store), "--reason", "it"]
    )
    assert done.exit_code == 2
    assert "--by" in done.output
