"""Nothing on a pupil is kept longer than the settings say, and what is let go of is told."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from configs.refusals import BadSettings, GateNotPassed
from configs.settings import Retention, load_settings, settings_from
from pipelines import retention, runs
from pipelines.cli import handrail
from pipelines.doctor import examine
from pipelines.findings import Patient
from pipelines.harm import lists_of
from pipelines.retention import let_go
from sources.store import Store
from tests.sources.a_folder import load, write
from watchlists.people import everyone, load_people

NEWEST = date(2025, 9, 2)  # of the week's registers
OLD, RECENT, LAST = NEWEST - timedelta(days=401), NEWEST - timedelta(days=400), NEWEST
LEFT = """
    pupil_id,school_id,start_date,end_date,year_group
    ann,oak,2025-09-01,,7
    ben,oak,2017-09-01,2019-07-20,7"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """The week, a pupil who left six years ago, and three lists."""
    root = tmp_path / "store"
    exports = write(
        tmp_path / "exports", enrolments=LEFT, people="pupil_id,first_name,last_name\nann,Ann,A\nben,Ben,B\n",
        attendance="""
        pupil_id,school_id,date,session,code
        ann,oak,2025-09-01,AM,/
        ann,oak,2025-09-02,AM,I""",
    )  # fmt: skip
    load(exports, Store(root))
    load_people(exports / "people.csv", root)
    for day in (OLD, RECENT, LAST):
        published(root, day)
    return root


def published(store: Path, day: date) -> None:
    part = runs.begin(store, day)
    rows = pd.DataFrame({"pupil_id": ["ann"], "school_id": ["oak"], "rank": [1], "p_escalation": [0.5]})
    for name in ("features", "scores", "watchlist", "roll"):
        rows.to_parquet(part / f"{name}.parquet", index=False)
    runs.write_json(part / "cards.json", {"pupils": {"ann": {}}})
    receipt = {
        "as_of": str(day), "published": True, "gate": "passed", "listed": 1, "on_roll": 1,
        "off_list": [{"pupil_id": "ann"}], "alerts": [{"pupil_id": "ann"}],
    }  # fmt: skip
    runs.make_current(store, runs.finish(part, receipt), runs.fence_of(part))


def keeping(store: Path, **days: int) -> None:
    held = Store(store)
    held.keep_settings(replace(held.settings, retention=Retention(**days)))


def lines(store: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (store / "audit" / "log.jsonl").read_text().splitlines()]


def test_a_list_that_is_too_old_leaves_its_counts_alone(store: Path) -> None:
    let_go(store)
    old = store / "runs" / f"{OLD}-1"
    assert [path.name for path in old.iterdir()] == [runs.RUN]
    receipt = runs.read_json(old / runs.RUN)
    assert (receipt["listed"], receipt["on_roll"]) == (1, 1)
    assert "ann" not in json.dumps(receipt)
    assert [name for name, _ in runs.runs_of(store)] == [f"{RECENT}-1", f"{LAST}-1"]


def test_it_is_told_in_the_audit_log_once(store: Path) -> None:
    let_go(store)
    let_go(store)
    told = [line for line in lines(store) if line["event"] == "expired"]
    assert [(line["lists"], line["pupils"], line["lists_from"]) for line in told] == [(1, 1, str(RECENT))]


def test_who_left_long_ago_is_forgotten_and_who_is_here_is_not(store: Path) -> None:
    let_go(store)
    assert list(Store(store).tables()["pupils"].to_pandas()["pupil_id"]) == ["ann"]
    assert set(everyone(store)) == {"ann"}


def test_leavers_stay_where_the_settings_say_so(store: Path) -> None:
    keeping(store, leavers=0)
    let_go(store)
    assert set(everyone(store)) == {"ann", "ben"}


def test_the_harm_watch_and_doctor_read_what_is_left(store: Path) -> None:
    let_go(store)
    assert sorted(lists_of(store, NEWEST).nights["as_of"].dt.date.unique()) == [RECENT, LAST]
    found = examine(Patient(store, store.parent / "key", date(2025, 7, 1)))
    assert not [each.words for each in found if not each.fine and "runs/" in each.words]


def test_the_list_that_pages_show_is_never_emptied(store: Path) -> None:
    runs.make_current(store, f"{OLD}-1", runs.take_fence(store))
    let_go(store)
    assert (store / "runs" / f"{OLD}-1" / "watchlist.parquet").exists()


def test_a_list_that_has_expired_is_not_taken_for_tonights(store: Path) -> None:
    receipt = runs.read_json(store / "runs" / f"{OLD}-1" / runs.RUN)
    same = {"data_hash": "d", "model_id": "m", "settings_hash": "s"}
    runs.replace_receipt(store / "runs" / f"{OLD}-1", {**receipt, **same})
    assert runs.same_run(store, OLD, **same) == f"{OLD}-1"
    let_go(store)
    assert runs.same_run(store, OLD, **same) is None
    assert runs.published_before(store, RECENT) is None


def test_cut_short_after_the_receipt_the_next_night_finishes(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as cut:
        cut.setattr(retention, "_empty", lambda run: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            let_go(store)
    assert [name for name, _ in runs.runs_of(store)] == [f"{RECENT}-1", f"{LAST}-1"]
    let_go(store)
    assert [path.name for path in (store / "runs" / f"{OLD}-1").iterdir()] == [runs.RUN]


@pytest.mark.parametrize("rule", [{"lists": 199}, {"leavers": -1}])
def test_a_rule_that_the_harm_watch_could_not_live_with_is_refused(rule: dict[str, int]) -> None:
    with pytest.raises(BadSettings, match="at least 200"):
        settings_from({"retention": rule}, "ours.yaml")
    assert load_settings().retention == Retention()


def test_every_night_begins_with_it_even_one_that_publishes_nothing(store: Path) -> None:
    done = CliRunner().invoke(handrail, ["nightly", "--store", str(store)])
    assert isinstance(done.exception, GateNotPassed)  # no model has been trained here
    assert [path.name for path in (store / "runs" / f"{OLD}-1").iterdir()] == [runs.RUN]
