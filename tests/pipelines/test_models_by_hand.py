"""A model looked at and changed by hand: `handrail models diff` and `handrail models edit`, as an analyst runs them."""

import json
import shutil
from pathlib import Path

import pytest

from models import shelf
from pipelines.audit import broken_at
from tests.pipelines.trust import handrail, trained_store

WHO = ("--by", "A. Nalyst", "--reason", "recorded differently since September")


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    own = tmp_path_factory.mktemp("edited") / "store"
    shutil.copytree(trained_store(), own)
    return own


def newest(store: Path) -> str:
    return str(shelf.newest(store / "models"))


def steepest(store: Path) -> str:
    """The feature with the furthest curve of escalation."""
    card = shelf.load(store / "models", newest(store)).scorecards["escalation"]
    return max(card.curves, key=lambda curve: curve.points.max() - curve.points.min()).feature


def test_a_model_beside_itself_has_not_moved_and_an_unknown_one_is_refused(store: Path) -> None:
    done = handrail("models", "diff", newest(store), newest(store), "--store", store)
    assert done.returncode == 0, done.stderr
    assert "0 curves or pairs moved it by more than 0.05% anywhere." in done.stdout
    done = handrail("models", "diff", newest(store), "nowhere", "--store", store)
    assert (done.returncode, done.stderr) == (2, "handrail: There is no model nowhere.\n")


@pytest.mark.parametrize(("asked", "words"), [
    (("--feature", "incidents_2", "--flatten"), "There is no feature 'incidents_2' (did you mean 'incidents_20'?)."),
    (("--feature", "incidents_20"), "Say either --flatten or --cap-at VALUE."),
    (("--feature", "incidents_20", "--flatten", "--outcome", "luck"), "has no outcome 'luck'; it has escalation"),
])  # fmt: skip
def test_an_edit_that_cannot_be_made_is_refused_in_one_line(
    store: Path, asked: tuple[str, ...], words: str
) -> None:
    done = handrail("models", "edit", newest(store), *asked, *WHO, "--store", store)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_an_edit_is_shown_then_accepted_as_a_new_model_with_its_lineage(store: Path) -> None:
    parent, feature = newest(store), steepest(store)
    asked = ("models", "edit", parent, "--feature", feature, "--flatten", *WHO, "--store", store)
    shown = handrail(*asked)
    assert shown.returncode == 0, shown.stderr
    assert "Nothing was changed: add --accept." in shown.stdout
    assert "average precision" in shown.stdout
    assert newest(store) == parent
    done = handrail(*asked, "--accept", "--json")
    assert done.returncode in (0, 6), done.stderr
    told = json.loads(done.stdout[: done.stdout.rindex("}") + 1])
    assert any(effect["before"] != effect["after"] for effect in told["effects"])
    made = shelf.load(store / "models", newest(store))
    assert made.id == told["model"] != parent
    assert made.manifest["edited_from"] == parent
    assert made.manifest["edits"][0]["by"] == "A. Nalyst"
    assert {criterion["name"] for criterion in made.manifest["gate"]["criteria"]} >= {"gain", "calibration"}
    for card in made.scorecards.values():
        curve = next(curve for curve in card.curves if curve.feature == feature)
        assert not curve.points.any()
    moved = json.loads(handrail("models", "diff", parent, made.id, "--store", store, "--json").stdout)
    first = next(row for row in moved if row["outcome"] == "escalation" and row["feature"])
    assert first["feature"] == feature
    assert broken_at(store) is None
