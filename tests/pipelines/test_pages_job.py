"""What staff say on the pages reaches the night's work, and nothing else of it does."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from pipelines.audit import broken_at
from sources.as_known import as_known
from sources.store import Store
from tests.pipelines.trust import exports, handrail, trained_store
from watchlists import entered, holds
from watchlists.answers import Answer, save
from watchlists.entered import Support

DAY = date(2026, 3, 9)
NOW = datetime(2026, 3, 9, 8, tzinfo=UTC)


def run_of(store: Path) -> Path:
    return store / "runs" / json.loads((store / "current.json").read_text())["run"]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published list; then a hold, an answer and a support entered, the same exports again, and the next night."""
    store = tmp_path_factory.mktemp("pages") / "store"
    shutil.copytree(trained_store(), store)
    assert handrail("nightly", "--store", store, "--as-of", str(DAY)).returncode in (0, 6)
    scores = pd.read_parquet(run_of(store) / "scores.parquet")
    out, helped = (scores.iloc[number] for number in (0, 1))
    holds.hold(store, holds.Hold(out["pupil_id"], out["school_id"], "objection", "Ms R. Okafor", NOW))
    pupil, school = helped["pupil_id"], helped["school_id"]
    entered.enter(store, Support(pupil, school, "mentoring", date(2026, 3, 2), None, DAY, "Ms R. Okafor"))
    entered.review(store, pupil, school, DAY, DAY, "Ms R. Okafor")
    save(store, Answer(pupil, school, "act", "Mr Pryce to ask", str(DAY), "Ms R. Okafor", NOW))
    (store / "said.json").write_text(json.dumps({"out": out["pupil_id"], "helped": pupil}))
    done = handrail("ingest", exports(), "--store", store)
    assert done.returncode == 0, done.stderr
    assert handrail("nightly", "--store", store, "--as-of", str(DAY)).returncode in (0, 6)
    return store


@pytest.fixture(scope="module")
def said(store: Path) -> dict[str, str]:
    held: dict[str, str] = json.loads((store / "said.json").read_text())
    return held


def test_a_held_pupil_is_in_no_score_and_on_no_list(store: Path, said: dict[str, str]) -> None:
    run = run_of(store)
    assert run.name.endswith("-2")  # a hold makes another night of the same day
    for file in ("features.parquet", "scores.parquet", "watchlist.parquet"):
        assert said["out"] not in set(pd.read_parquet(run / file)["pupil_id"])
    roll = pd.read_parquet(run / "roll.parquet").set_index("pupil_id")
    assert "objection" in roll.at[said["out"], "why"]
    assert len(roll) == len(pd.read_parquet(run / "scores.parquet")) + 1


def test_support_entered_on_the_page_is_a_record_of_the_day_it_was_entered(
    store: Path, said: dict[str, str]
) -> None:
    def rows(table: str, day: date) -> pd.DataFrame:
        held = as_known(Store(store).tables(), day)[table].to_pandas()
        return held[held["pupil_id"] == said["helped"]]

    support = rows("support", DAY)
    assert "mentoring" in set(support.loc[support["start_date"].astype(str).str[:10] == "2026-03-02", "kind"])
    assert "review" in set(rows("meetings", DAY)["kind"])
    before = rows("support", date(2026, 3, 6))
    assert "2026-03-02" not in set(before["start_date"].astype(str).str[:10])


def test_no_note_leaves_the_people_database(store: Path) -> None:
    for path in store.rglob("*"):
        if path.is_file() and path.name != "people.db":
            assert b"Mr Pryce to ask" not in path.read_bytes(), path


@pytest.mark.slow
def test_a_family_reads_what_is_held_in_plain_words(store: Path, said: dict[str, str]) -> None:
    told = handrail("explain", said["helped"], "--for-family", "--store", store)
    assert told.returncode == 0, told.stderr
    for words in ("Attendance marks", "Mr Pryce to ask", "Support: Mentoring, from Monday 2 March 2026",
                  "It never uses ethnicity", "Information Commissioner"):  # fmt: skip
        assert words in told.stdout
    for word in ("score", "escalation", "rank", said["helped"]):
        assert word not in told.stdout
    assert (
        "left out while an objection"
        in handrail("explain", said["out"], "--for-family", "--store", store).stdout
    )
    assert "Not scored" in handrail("explain", said["out"], "--store", store).stdout
    assert "Points toward escalation" in handrail("explain", said["helped"], "--store", store).stdout
    unknown = handrail("explain", "nobody", "--store", store)
    assert (unknown.returncode, "No record of pupil" in unknown.stderr) == (3, True)
    assert broken_at(store) is None
    assert "is whole" in handrail("audit", "--store", store).stdout


@pytest.mark.slow
def test_accounts_are_made_listed_and_removed_at_the_command_line(store: Path) -> None:
    school = pd.read_parquet(run_of(store) / "scores.parquet")["school_id"].iloc[0]
    add = ("users", "add", "okafor", "--role", "pastoral", "--school", school, "--store", store)
    assert handrail(*add).returncode == 2  # of whom is not said
    made = handrail(*add, "--year", "9", "--full-name", "Ms R. Okafor")
    assert "Password, shown this once:" in made.stdout
    assert handrail(*add, "--year", "9").returncode == 2
    wrong = handrail("users", "add", "x", "--role", "head", "--school", "nowhere", "--store", store)
    assert (wrong.returncode, "holds no school" in wrong.stderr) == (2, True)
    (listed,) = json.loads(handrail("users", "list", "--json", "--store", store).stdout)
    assert (listed["name"], listed["years"], listed["schools"]) == ("okafor", ["9"], [school])
    assert "Pastoral lead, Year 9" in handrail("users", "list", "--store", store).stdout
    linked = handrail("users", "link", "okafor", "abc", "--store", store)
    assert (linked.returncode, "signs in as okafor" in linked.stdout) == (0, True)
    assert handrail("users", "remove", "okafor", "--store", store).returncode == 0
    assert "No account yet" in handrail("users", "list", "--store", store).stdout
    refused = handrail("serve", "--store", store, "--host", "192.0.2.1")
    assert (refused.returncode, "unencrypted" in refused.stderr) == (2, True)
