"""A school whose list brought sanctions gets none until a named person has looked."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from configs.refusals import BadSettings
from pipelines import harm, runs
from watchlists.build import Built
from watchlists.stopping import STOPPED, Stops, keep, stops_of, without

ALERT = {"as_of": "2026-01-12", "entries": 40, "times": 2.1, "low": 1.4, "high": 3.0}


def built() -> Built:
    """A night's list of two schools, one pupil on each."""
    pupils = pd.DataFrame({"pupil_id": ["a", "b"], "school_id": ["oak", "elm"]})
    roll = pd.DataFrame(
        {"pupil_id": ["a", "b", "c"], "school_id": ["oak", "elm", "oak"], "why": ["", "", "others"]}
    )
    cards: dict[str, Any] = {"schools": {}, "pupils": {"a": {"school_id": "oak"}, "b": {"school_id": "elm"}}}
    off = [{"pupil_id": "c", "school_id": "oak", "why": ""}]
    return Built(pupils, cards, off, roll, {"oak": {"stayed": 1}, "elm": {"stayed": 1}})


def test_a_stopped_school_lists_nobody_and_its_pupils_are_still_found_with_the_reason() -> None:
    found = without(built(), {"oak"})
    assert found.watch_list["pupil_id"].tolist() == ["b"]
    assert list(found.cards["pupils"]) == ["b"]
    assert found.off_list == []
    assert found.roll.set_index("pupil_id")["why"].to_dict() == {"a": STOPPED, "b": "", "c": STOPPED}
    assert set(found.turnover) == {"elm"}
    assert without(built(), set()).watch_list["pupil_id"].tolist() == ["a", "b"]


@pytest.fixture
def stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store in which Oak is stopped, its records up to 6 February."""
    monkeypatch.setattr(harm.Store, "days_held", lambda _: (date(2025, 9, 1), date(2026, 2, 6)))
    harm.keep_stops(tmp_path, Stops({"oak": ALERT}))
    return tmp_path


def test_a_stop_is_in_the_audit_log_once_and_stands_until_somebody_looks(stopped: Path) -> None:
    harm.keep_stops(stopped, Stops({"oak": ALERT}))
    assert [entry["event"] for entry in _log(stopped)] == ["list stopped"]
    assert "oak: stopped since 2026-01-12" in harm.in_words(stopped)


def test_after_a_named_look_the_school_is_published_again_and_the_look_is_kept(stopped: Path) -> None:
    harm.look(stopped, "oak", "A. Head", "Two forms used the list to set detentions. It ended.")
    stops = stops_of(stopped)
    assert stops.stopped == {}
    assert stops.looked_up_to() == {"oak": "2026-02-06"}
    assert list(stops.keys()) == ["looked oak 2026-02-06"]
    entry = _log(stopped)[-1]
    assert (entry["event"], entry["by"], entry["alert_times"]) == ("harm looked at", "A. Head", 2.1)
    assert "looked at up to 2026-02-06 by A. Head" in harm.in_words(stopped)


@pytest.mark.parametrize(
    ("school", "by", "reason"), [("elm", "A. Head", "fine"), ("oak", " ", "fine"), ("oak", "A. Head", "")]
)
def test_a_look_needs_a_stop_a_name_and_a_reason(stopped: Path, school: str, by: str, reason: str) -> None:
    with pytest.raises(BadSettings):
        harm.look(stopped, school, by, reason)
    assert stops_of(stopped).stopped


def test_where_nothing_was_stopped_the_command_says_so(tmp_path: Path) -> None:
    assert "No school is stopped" in harm.in_words(tmp_path)
    keep(tmp_path, Stops({}))
    assert stops_of(tmp_path) == Stops({})


def test_the_lists_read_are_the_last_of_each_date_with_those_near_the_cut(tmp_path: Path) -> None:
    for day, gate, listed in (("2026-01-05", "passed", 1), ("2026-01-05", "passed", 2), ("2026-01-06", "failed", 2),
                              ("2026-01-07", "passed", 2)):  # fmt: skip
        _run(tmp_path, day, gate, listed)
    nights = harm.lists_of(tmp_path, date(2026, 1, 6)).nights
    assert nights["as_of"].unique().tolist() == [pd.Timestamp("2026-01-05")]
    assert nights["pupil_id"].tolist() == ["p0", "p1", "p2", "p3"], "twice as deep as the list is long"
    assert nights["listed"].tolist() == [True, True, False, False]
    assert harm.lists_of(tmp_path, date(2026, 1, 9), date(2026, 1, 6)).nights["as_of"].nunique() == 1
    assert harm.lists_of(tmp_path / "nothing", date(2026, 1, 9)).nights.empty


def _run(store: Path, day: str, gate: str, listed: int) -> None:
    part = runs.begin(store, date.fromisoformat(day))
    pupils = pd.DataFrame({"pupil_id": [f"p{n}" for n in range(8)], "school_id": "oak", "rank": range(1, 9),
                           "p_escalation": [0.8 - n / 10 for n in range(8)]})  # fmt: skip
    pupils.to_parquet(part / "scores.parquet", index=False)
    pupils.head(listed).to_parquet(part / "watchlist.parquet", index=False)
    runs.finish(part, {"as_of": day, "published": True, "gate": gate})


def _log(store: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (store / "audit" / "log.jsonl").read_text().splitlines()]
