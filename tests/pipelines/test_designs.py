"""Designs registered before they start, and lots drawn in the tied band."""

import dataclasses
import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from configs.refusals import BadData, BadSettings
from configs.settings import load_settings
from pipelines import runs
from pipelines.design import half_way, lot_tonight, register, shown
from pipelines.design_reading import in_words, read
from reports.planning.plan import STAGGERED, TIED_BAND, Plan, drawn
from reports.planning.power import Size, smallest_found
from sources.ingest import ingest
from sources.store import Store
from tests.sources.a_folder import WEEK, write
from watchlists.tied import band_sizes, by_lot, draws


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


def test_the_lot_gives_the_places_that_those_above_the_band_leave_over() -> None:
    found = draws(scores(), "a", 0.1, 15)
    assert found["pupil_id"].tolist() == [f"p{n:02d}" for n in range(2, 8)]
    listed = by_lot(scores(), "a", 0.1, 15).nlargest(4).index
    assert set(found.loc[found["drawn"], "pupil_id"]) == {f"p{n:02d}" for n in listed} - {"p00", "p01"}


def test_over_many_seeds_everyone_in_the_band_is_drawn_as_often() -> None:
    first = [int(by_lot(scores(), str(seed), 0.1, 15)[2:8].idxmax()) for seed in range(300)]
    assert np.bincount(first, minlength=8)[2:].min() > 25
    assert sorted(drawn("a", ("oak", "elm", "ash"))) == ["ash", "elm", "oak"]


def test_more_pupils_find_less_and_pupils_alike_within_schools_count_for_fewer() -> None:
    alone = [smallest_found(Size(pupils), 1.0) or 0.0 for pupils in (20, 80)]
    assert alone[1] == pytest.approx(alone[0] / 2, rel=0.03)
    assert (smallest_found(Size(80, clusters=4, alike=0.05), 1.0) or 0.0) > alone[1]
    assert smallest_found(Size(0), 1.0) is None


# --- what a design found -----------------------------------------------------------------------------------------

AUTUMN = [day.date() for day in pd.bdate_range("2026-09-01", "2027-07-20")]
PUPILS = [f"p{n:02d}" for n in range(40)]


def school_until(tmp_path: Path, last: str, more_for_drawn: int) -> Path:
    """A school of 40 that drew lots among all on 4 January 2027; those drawn had so many more incidents in the term."""
    store = tmp_path / "store"
    day = date(2027, 1, 4)
    drawn = draws(near(), "a", 0.5, 40)
    rows = [
        f"{pupil}-{n},{pupil},oak,2027-01-{11 + n},disruption,1"
        for pupil, listed in zip(drawn["pupil_id"], drawn["drawn"], strict=True)
        for n in range(3 + more_for_drawn * bool(listed) + int(pupil[1:]) % 2)
    ]
    open_days = [each for each in AUTUMN if str(each) <= last]
    folder = write(
        tmp_path / "export",
        schools=WEEK["schools"],
        calendar="\n".join(["school_id,date", *(f"oak,{each}" for each in AUTUMN)]),
        pupils="\n".join(["pupil_id,date_of_birth,sex,ethnicity", *(f"{pupil},,," for pupil in PUPILS)]),
        enrolments="\n".join(["pupil_id,school_id,start_date,end_date,year_group",
                              *(f"{pupil},oak,2026-09-01,,7" for pupil in PUPILS)]),
        attendance="\n".join(["pupil_id,school_id,date,session,code", *(f"p00,oak,{each},AM,/" for each in open_days)]),
        incidents="\n".join(["incident_id,pupil_id,school_id,date,category,severity", *rows]),
    )  # fmt: skip
    settings = load_settings()
    half = dataclasses.replace(settings.capacity, share_of_roll=0.5, per_year_group=40)
    Store(store).keep_settings(dataclasses.replace(settings, capacity=half))
    ingest(folder, Store(store), date(2027, 7, 20), Store(store).settings)
    part = runs.begin(store, day)
    near().to_parquet(part / "scores.parquet", index=False)
    near().head(20).to_parquet(part / "watchlist.parquet", index=False)
    runs.finish(part, {"as_of": str(day), "published": True, "gate": "passed"})
    register(store, plan())
    return store


def near() -> pd.DataFrame:
    """Forty pupils whom the model cannot tell apart, twenty places."""
    return pd.DataFrame({"pupil_id": PUPILS, "school_id": "oak", "as_of": "2027-01-04", "year_group": "7",
                         "p_escalation": 0.5 + np.arange(40) / 10000})  # fmt: skip


def test_a_design_is_not_looked_at_before_half_of_it_is_over(tmp_path: Path) -> None:
    store = school_until(tmp_path, "2027-02-12", 0)
    with pytest.raises(BadSettings, match=r"looked at from 2027-02-16 on.*records end on 2027-02-12"):
        read(store, plan().id, "A. Head")
    assert not half_way(store, plan().id).exists()


def test_half_way_it_is_looked_at_once_and_does_not_say_what_it_found(tmp_path: Path) -> None:
    store = school_until(tmp_path, "2027-04-05", -1)
    facts = read(store, plan().id, "A. Head")
    assert (facts["state"], facts["stopped"], "effect" in facts) == ("half-way", False, False)
    assert "nothing says that it should stop" in in_words(facts)
    with pytest.raises(BadSettings, match="has had its one look"):
        read(store, plan().id, "A. Head")
    assert lot_tonight(store, date(2027, 1, 4)) == "a"


def test_a_design_that_does_harm_draws_no_more_lots(tmp_path: Path) -> None:
    store = school_until(tmp_path, "2027-04-05", 2)
    assert "the design stops here" in in_words(read(store, plan().id, "A. Head"))
    assert lot_tonight(store, date(2027, 1, 4)) is None


def test_once_it_has_ended_it_says_what_it_found_and_the_look_is_kept(tmp_path: Path) -> None:
    store = school_until(tmp_path, "2027-07-20", -1)
    facts = read(store, plan().id, "A. Head")
    assert facts["arms"] == [20, 20]
    assert facts["effect"]["estimate"] == pytest.approx(-1.0, abs=0.3)
    assert "20 beside 20: -" in in_words(facts)
    *_, entry = (json.loads(line) for line in (store / "audit" / "log.jsonl").read_text().splitlines())
    assert (entry["event"], entry["by"], entry["state"]) == ("design read", "A. Head", "ended")
