"""Designs registered before they start, and lots drawn in the tied band."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from configs.refusals import BadData, BadSettings
from pipelines.design import lot_tonight, register, shown
from reports.planning.plan import STAGGERED, TIED_BAND, Plan, drawn
from reports.planning.power import Size, smallest_found
from watchlists.tied import band_sizes, by_lot


def plan(kind: str = TIED_BAND, seed: str = "a") -> Plan:
    return Plan(kind, "mentoring", "incidents", "2027-01-04", "2027-04-01", "A. Head", 40, 1.2, seed)


def test_a_registered_plan_is_read_back_and_says_how_it_will_be_judged(tmp_path: Path) -> None:
    assert plan().id in register(tmp_path, plan())
    held = shown(tmp_path, plan().id)
    assert held["support"] == "mentoring"
    assert all(held[name] for name in ("how", "analysis", "ethics", "opt_out", "stop_rule"))


def test_a_plan_changed_after_it_was_registered_is_refused(tmp_path: Path) -> None:
    register(tmp_path, plan())
    path = tmp_path / "designs" / f"{plan().id}.json"
    path.write_text(path.read_text().replace("incidents", "suspension"))
    with pytest.raises(BadData, match="has been changed"):
        shown(tmp_path, plan().id)


def test_the_same_plan_is_registered_once_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    register(tmp_path, plan())
    with pytest.raises(BadSettings, match="registered already"):
        register(tmp_path, plan())
    with pytest.raises(BadSettings, match="No plan"):
        shown(tmp_path, "0" * 12)


def test_the_registration_stands_in_the_audit_log(tmp_path: Path) -> None:
    register(tmp_path, plan())
    (entry,) = (json.loads(line) for line in (tmp_path / "audit" / "log.jsonl").read_text().splitlines())
    assert (entry["event"], entry["design"], entry["by"]) == ("design registered", plan().id, "A. Head")


def test_lots_are_drawn_only_while_a_tied_band_design_runs(tmp_path: Path) -> None:
    register(tmp_path, plan())
    register(tmp_path, plan(STAGGERED, "b"))
    days = [pd.Timestamp(day).date() for day in ("2027-01-03", "2027-01-04", "2027-04-02")]
    assert [lot_tonight(tmp_path, day) for day in days] == [None, "a", None]


def scores() -> pd.DataFrame:
    chances = np.concatenate([[0.9, 0.8], np.full(6, 0.5) + np.arange(6) / 1000, np.full(32, 0.05)])
    return pd.DataFrame({"pupil_id": [f"p{n:02d}" for n in range(40)], "school_id": "oak", "as_of": "2027-01-04",
                         "year_group": [str(7 + n % 5) for n in range(40)], "p_escalation": chances})  # fmt: skip


def test_the_lot_moves_only_those_whom_the_model_cannot_tell_apart() -> None:
    strength = by_lot(scores(), "a", 0.1, 15)
    told_apart = [0, 1, *range(8, 40)]
    assert strength[told_apart].tolist() == scores()["p_escalation"][told_apart].tolist()
    assert sorted(strength[2:8]) == sorted(scores()["p_escalation"][2:8])
    assert dict(band_sizes(scores(), 0.1, 15)) == {"oak": 6}


def test_the_lot_is_the_same_every_night_and_another_with_another_seed() -> None:
    again = [by_lot(scores(), seed, 0.1, 15).tolist() for seed in ("a", "a", "b")]
    assert again[0] == again[1] != again[2]


def test_over_many_seeds_everyone_in_the_band_is_drawn_as_often() -> None:
    first = [int(by_lot(scores(), str(seed), 0.1, 15)[2:8].idxmax()) for seed in range(300)]
    assert np.bincount(first, minlength=8)[2:].min() > 25
    assert sorted(drawn("a", ("oak", "elm", "ash"))) == ["ash", "elm", "oak"]


def test_more_pupils_find_less_and_pupils_alike_within_schools_count_for_fewer() -> None:
    alone = [smallest_found(Size(pupils), 1.0) or 0.0 for pupils in (20, 80)]
    assert alone[1] == pytest.approx(alone[0] / 2, rel=0.03)
    assert (smallest_found(Size(80, clusters=4, alike=0.05), 1.0) or 0.0) > alone[1]
    assert smallest_found(Size(0), 1.0) is None
