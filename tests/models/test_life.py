"""The life of a model: who reigns, who did, what it would change, and whether the world has moved from under it."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from configs.refusals import BadSettings
from configs.settings import Capacity, load_settings
from features.catalogue import CATALOGUE
from models import shelf
from models.drift import CHANCES, alarms, late_labels, record_shifts, reference, shift
from models.scorecard import Curve, Scorecard
from models.shelf import Model
from models.side_by_side import side_by_side

RULE = load_settings().gate["drift"]
NAMES = [feature.name for feature in CATALOGUE]


def reigning(folder: Path, *names: str) -> Path:
    for name in names:
        shelf.promote(folder, name, "Ada Okafor", "because", "2026-03-09")
    return folder


def test_a_roll_back_brings_back_the_champion_before_and_the_ledger_keeps_it_all(tmp_path: Path) -> None:
    reigning(tmp_path, "one", "two", "three")
    assert shelf.rollback(tmp_path, "Ada Okafor", "it named nobody new", "2026-03-16") == "two"
    assert shelf.champion(tmp_path) == "two"
    assert shelf.rollback(tmp_path, "Ada Okafor", "nor did this", "2026-03-16") == "one"
    with pytest.raises(BadSettings, match="no champion before"):
        shelf.rollback(tmp_path, "Ada Okafor", "again", "2026-03-16")
    shelf.promote(tmp_path, "three", "Ben Wu", "mended", "2026-03-23")
    assert shelf.rollback(tmp_path, "Ben Wu", "not mended", "2026-03-23") == "one"
    lines = [json.loads(line) for line in (tmp_path / shelf.LEDGER).read_text().splitlines()]
    assert [line["model"] for line in lines] == ["one", "two", "three", "two", "one", "three", "one"]
    assert all(line["by"] and line["reason"] for line in lines)


def test_the_same_champion_named_twice_is_one_reign(tmp_path: Path) -> None:
    reigning(tmp_path, "one", "two", "two")
    assert shelf.rollback(tmp_path, "Ada Okafor", "back", "2026-03-16") == "one"


def model(name: str, feature: str) -> Model:
    """A model that ranks by one feature alone."""
    edges = np.arange(0.5, 40)
    curve = Curve(feature, edges, np.linspace(-2, 2, len(edges) + 1), 0.0, np.ones(len(edges) + 1), 0)
    row = {"method": "handrail", "auroc": 0.8, "auroc_low": 0.75, "auroc_high": 0.85}
    manifest = {"features": [feature], "gate": {"passed": True}, "evaluations": {"escalation": [row]}}
    return Model(name, manifest, {"escalation": Scorecard("escalation", -2.0, (curve,))}, {})


def night(pupils: int = 40) -> pd.DataFrame:
    """Two schools; the pupil's number is one feature, and its mirror another."""
    number = np.arange(pupils)
    keys = {"pupil_id": [f"p{n:02}" for n in number], "school_id": np.where(number % 2, "elm", "oak"),
            "as_of": date(2026, 3, 9), "year_group": "9"}  # fmt: skip
    return pd.DataFrame({**keys, "incidents_60": number * 1.0, "recognitions_60": pupils - 1.0 - number})


def test_two_models_side_by_side_count_the_names_both_would_list() -> None:
    rising, falling = model("one", "incidents_60"), model("two", "recognitions_60")
    same = side_by_side(rising, rising, night(), Capacity(0.1, 15))
    assert (same.both, same.names_kept) == ({"elm": 2, "oak": 2}, 1.0)
    assert same.alike == pytest.approx(1.0)
    other = side_by_side(rising, falling, night(), Capacity(0.1, 15))
    assert (other.only_first, other.only_second) == ({"elm": 2, "oak": 2}, {"elm": 2, "oak": 2})
    assert (other.names_kept, other.figures["auroc"][0]) == (0.0, (0.8, 0.75, 0.85))
    assert other.alike == pytest.approx(-1.0)


def records(seed: int, rows: int = 3000) -> pd.DataFrame:
    chance = np.random.default_rng(seed)
    matrix = pd.DataFrame(chance.poisson(2.0, size=(rows, len(NAMES))).astype(float), columns=NAMES)
    return matrix.mask(chance.random(matrix.shape) < 0.1)


def found(
    then: dict[str, dict[str, list[float]]], matrix: pd.DataFrame, chances: np.ndarray
) -> dict[str, object]:
    shifts = [each._asdict() for each in record_shifts(then, matrix)[:3]]
    return {"records": shifts, "scores": shift(then[CHANCES], chances), "late": None}


def test_another_draw_of_the_same_pupils_alarms_nobody_and_a_moved_record_is_named() -> None:
    chance = np.random.default_rng(1)
    then = reference(records(1), chance.beta(2, 10, size=3000))
    same = found(then, records(2), chance.beta(2, 10, size=900))
    assert alarms(same, RULE) == []
    moved = records(3).assign(incidents_60=lambda rows: rows["incidents_60"] + 2)
    said = alarms(found(then, moved, chance.beta(4, 10, size=900)), RULE)
    assert len(said) == 2
    assert "recorded incidents" in said[0]
    assert said[1].startswith("The chances given have moved")


def test_a_feed_that_went_quiet_is_a_shift() -> None:
    then = reference(records(1), np.full(3000, 0.1))
    gone = records(2).assign(absent_rate_60=np.nan)
    assert record_shifts(then, gone)[0].feature == "absent_rate_60"


def test_a_list_whose_window_has_closed_is_judged_by_what_came() -> None:
    scores = night(400).assign(p_escalation=0.5)
    y = np.where(np.arange(400) < 100, 1.0, 0.0)
    y[-40:] = np.nan  # left for an ordinary reason: neither way
    named = np.arange(400) < 20
    said = late_labels(scores, y, named, seed=1, draws=100)
    assert said["precision"].figure == 1.0
    assert said["calibration"].figure == pytest.approx(0.5 * 360 / 100)
    late = {"as_of": "2025-11-03", **{name: list(figure) for name, figure in said.items()}}
    words = alarms({"records": [], "scores": None, "late": late}, RULE)
    assert len(words) == 1
    assert "2025-11-03 added up to 1.80" in words[0]
