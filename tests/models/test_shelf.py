"""A model is used as it was written, or not at all."""

import json
import pickle
import shutil
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from configs.refusals import BadData
from features.catalogue import CATALOGUE
from models import shelf
from models.bags import around, draw_bags
from models.training import Binned, as_text, scorecard
from tests.models.test_scorecard import pupils

FILES = ("scorecard.parquet", "bags.parquet", "manifest.json", "lightgbm_exit.txt")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("shelf")
    rows, y = pupils(1, 900)
    binned = Binned(rows, y, 1)
    booster = binned.fit(20)
    card = scorecard(booster, rows, "exit", 20)
    bags = around(card, card, draw_bags(binned, rows, 20, 1, 2), rows)
    model = shelf.save(
        folder, {"exit": card}, {"exit": as_text(booster, 20)}, {"outcomes": {}}, {"exit": bags}
    )
    return folder, model.id


@pytest.fixture
def on_shelf(saved: tuple[Path, str], tmp_path: Path) -> tuple[Path, str]:
    shutil.copytree(saved[0], tmp_path / "models")
    return tmp_path / "models", saved[1]


@pytest.mark.parametrize("file", FILES)
def test_a_flipped_bit_anywhere_is_refused_in_one_line(on_shelf: tuple[Path, str], file: str) -> None:
    models, name = on_shelf
    path = models / name / file
    whole = path.read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 40)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :])
        with pytest.raises(BadData, match=f"^Model {name}: {file} was changed after training") as refused:
            shelf.load(models, name)
        assert "\n" not in str(refused.value)
    path.write_bytes(whole)
    assert shelf.load(models, name).id == name


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_refused_by_its_name(on_shelf: tuple[Path, str], file: str) -> None:
    models, name = on_shelf
    (models / name / file).unlink()
    with pytest.raises(BadData, match=f"{name} cannot be read: .*{file} is missing"):
        shelf.load(models, name)


def test_the_manifest_names_every_feature_with_its_type_in_order_and_every_hash(
    on_shelf: tuple[Path, str],
) -> None:
    models, name = on_shelf
    manifest = json.loads((models / name / "manifest.json").read_text())
    assert manifest["features"] == [feature.name for feature in CATALOGUE]
    assert set(manifest["feature_types"]) == {"float64"}
    assert len(manifest["feature_types"]) == len(manifest["feature_units"]) == len(CATALOGUE)
    assert set(manifest["sha256"]) == set(FILES) - {"manifest.json"}
    assert set(manifest["outcomes"]["exit"]) == {"slope", "intercept"}


def test_a_table_swapped_for_a_pickle_or_one_that_holds_a_pickle_never_runs(
    on_shelf: tuple[Path, str], tmp_path: Path
) -> None:
    models, name = on_shelf
    ran = tmp_path / "ran"

    class Planted:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (ran,)

    planted = pickle.dumps(Planted())
    table = pa.Table.from_pandas(pd.DataFrame({"outcome": ["exit"]})).replace_schema_metadata(
        {"pandas": planted, "ARROW:extension:metadata": planted}
    )
    (models / name / "model.pkl").write_bytes(planted)
    assert shelf.load(models, name).id == name
    for file in FILES:
        (models / name / file).write_bytes(planted)
        with pytest.raises(BadData, match="was changed after training"):
            shelf.load(models, name)
    pq.write_table(table, models / name / "scorecard.parquet")
    with pytest.raises(BadData, match="was changed after training"):
        shelf.load(models, name)
    assert not ran.exists()
    pickle.loads(planted)  # noqa: S301 — the plant would have worked
    assert ran.exists()


def test_a_model_of_another_catalogue_may_be_looked_at_but_not_used(
    on_shelf: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    models, name = on_shelf
    monkeypatch.setattr(shelf, "catalogue_hash", lambda: "another")
    assert shelf.read(models, name).id == name
    with pytest.raises(BadData, match="another feature catalogue"):
        shelf.load(models, name)
