"""The main job as a data manager runs it: ingest, train, nightly; twice, on another day, and with bad input."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models import shelf
from pipelines.audit import broken_at
from pipelines.drifting import draw_drift, drift_in_words
from pipelines.runs import current
from sources.store import Store
from tests.pipelines.trust import exports, handrail, trained_store

MONDAY = "2026-03-16"
SCORES = ["pupil_id", "school_id", "as_of", "level_school", "level_self", "p_escalation", "p_suspension",
          "p_severe_absence", "p_exit", "rank"]  # fmt: skip
LISTED = ["pupil_id", "school_id", "as_of", "rank", "band", "concerns", "strengths", "changed", "support"]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    own = tmp_path_factory.mktemp("main") / "store"
    shutil.copytree(trained_store(), own)
    return own


def nightly(store: Path, day: str = MONDAY) -> Path:
    done = handrail("nightly", "--store", store, "--as-of", day)
    assert done.returncode in (0, 6), done.stderr
    assert "Traceback" not in done.stderr
    return store / "runs" / str(current(store))


def test_a_night_leaves_a_row_for_everyone_and_a_list_sized_to_the_school(store: Path) -> None:
    run = nightly(store)
    scores, listed = pd.read_parquet(run / "scores.parquet"), pd.read_parquet(run / "watchlist.parquet")
    assert set(SCORES) <= set(scores.columns)
    assert set(LISTED) <= set(listed.columns)
    assert not scores["pupil_id"].duplicated().any()
    for outcome in ("suspension", "severe_absence", "exit"):
        told = scores[f"p_{outcome}"].notna()
        assert (scores.loc[told, "p_escalation"] >= scores.loc[told, f"p_{outcome}"]).all()
    for school, rows in scores.groupby("school_id"):
        assert sorted(rows["rank"]) == list(range(1, len(rows) + 1))
        assert (listed["school_id"] == school).sum() <= -(-3 * len(rows) // 100)
    assert pd.read_csv(run / "watchlist.csv", dtype=str)["pupil_id"].tolist() == listed["pupil_id"].tolist()
    assert (listed["strengths"].map(len) >= 1).all()
    assert (listed["concerns"].map(len) <= 3).all()


def test_the_same_night_again_is_the_same_run(store: Path) -> None:
    run = nightly(store)
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    assert nightly(store) == run
    assert {path.name: path.read_bytes() for path in run.iterdir()} == before


@pytest.mark.slow
def test_another_store_of_the_same_records_gives_the_same_bytes(store: Path, tmp_path: Path) -> None:
    run, other = nightly(store), tmp_path / "store"
    shutil.copytree(trained_store(), other)
    for name in ("features.parquet", "scores.parquet", "watchlist.parquet", "cards.json"):
        assert (nightly(other) / name).read_bytes() == (run / name).read_bytes(), name


@pytest.mark.slow
def test_a_closed_day_rolls_back_and_says_so(store: Path) -> None:
    done = handrail("nightly", "--store", store, "--as-of", "2026-03-15")
    assert "2026-03-15 was no open day; the list is as of 2026-03-13." in done.stdout


def test_ingesting_the_same_folder_again_changes_nothing(store: Path) -> None:
    before = (store / "tables" / "manifest.json").read_bytes()
    done = handrail("ingest", exports(), "--store", store, "--json")
    tables = json.loads(done.stdout)["tables"]
    assert (store / "tables" / "manifest.json").read_bytes() == before
    assert all(table["kept"] == 0 for table in tables.values())
    assert all(t["rows_in"] == t["kept"] + t["quarantined"] + t["duplicates"] for t in tables.values())


def test_the_audit_log_is_whole_and_a_missing_line_shows(store: Path) -> None:
    assert broken_at(store) is None
    log = store / "audit" / "log.jsonl"
    lines = log.read_text(encoding="utf-8").splitlines()
    log.write_text("\n".join([lines[0], *lines[2:]]) + "\n", encoding="utf-8")
    assert broken_at(store) == 2
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_no_pupil_is_named_where_none_may_be(store: Path) -> None:
    people = pd.read_csv(exports() / "people.csv", dtype=str, keep_default_na=False)
    words = {*people["pupil_id"], *(people["first_name"] + " " + people["last_name"])}
    told = [path for path in (store / "mlflow").rglob("*") if path.is_file()]
    told += [store / "mlflow.db", store / "audit" / "log.jsonl", *(store / "receipts").iterdir()]
    for path in told:
        held = path.read_bytes()
        assert not [word for word in words if word.encode() in held], path.name


def test_the_model_is_judged_on_every_count_and_its_page_stands_beside_it(store: Path) -> None:
    models = store / "models"
    folder = models / str(shelf.newest(models))
    judging = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["judging"]
    may_be_empty = {"fairness", "pairs", "bias_groups"}  # where nobody is recorded as of any group
    assert {name for name, rows in judging.items() if not rows} <= may_be_empty
    assert {row["schools"] for row in judging["unseen"]} == {"schools it knows", "schools it has never seen"}
    assert {row["truth"] for row in judging["bias"]} == {"as it is", "without DB alone", "absence only"}
    assert {row["method"] for row in judging["published"]} == {row["method"] for row in judging["churn"]}
    assert all(0 <= row["names_kept"] <= 1 for row in judging["stability"])
    small = [row for row in judging["fairness"] if row["pupils_positive"] is None]
    assert all(row["recall"] is None for row in small)
    assert "Does this model deserve to be used?" in (folder / "card.html").read_text(encoding="utf-8")


def test_drift_is_read_each_night_and_told(store: Path) -> None:
    run = nightly(store)
    facts = json.loads((run / "run.json").read_text(encoding="utf-8"))
    assert facts["drift"] == json.loads((run / "drift.json").read_text(encoding="utf-8"))
    said = drift_in_words(store)
    assert all(alarm in said for alarm in facts["drift"]["alarms"])
    assert facts["drift"]["records"][0]["phrase"] in said
    drawn = draw_drift(store, Store(store).settings, store.parent / "drift.png")
    assert drawn.read_bytes().startswith(b"\x89PNG")


def test_limits_of_the_law_are_told_beside_the_list(store: Path) -> None:
    facts = json.loads((nightly(store) / "run.json").read_text(encoding="utf-8"))
    for alert in facts["alerts"]:
        assert "2026-02-14" < alert["date"] <= MONDAY
        assert alert["words"]


@pytest.mark.slow
def test_a_champion_is_rolled_back_in_one_command_and_the_two_stand_side_by_side(store: Path) -> None:
    models = store / "models"
    newest = str(shelf.newest(models))
    alone = handrail("models", "rollback", "--by", "Ada Okafor", "--reason", "to see", "--store", store)
    assert (alone.returncode, "no champion before" in alone.stderr) == (2, True)
    for name in ("0123456789ab", newest):  # as if another had reigned before
        shelf.promote(models, name, "Ada Okafor", "because", MONDAY)
    done = handrail(
        "models", "rollback", "--by", "Ada Okafor", "--reason", "too many changes", "--store", store
    )
    assert done.returncode == 0, done.stderr
    assert "0123456789ab is champion again" in done.stdout
    assert shelf.ledger(models)[-1]["reason"] == "too many changes"
    shelf.promote(models, newest, "Ada Okafor", "back", MONDAY)
    beside = handrail("models", "compare", newest, newest, "--json", "--store", store)
    assert json.loads(beside.stdout)["names_kept"] == 1.0


REFUSALS = {
    "no such folder": (("ingest", "nowhere"), 2, "nowhere"),
    "a date before the records": (("nightly", "--as-of", "1999-01-04"), 2, "1999-01-04"),
    "a date after the records": (("train", "--as-of", "2031-01-06"), 2, "2031-01-06"),
    "a word that is no date": (("nightly", "--as-of", "monday"), 2, "monday"),
    "an unknown command": (("publish",), 2, "publish"),
}


@pytest.mark.parametrize(("arguments", "code", "named"), REFUSALS.values(), ids=REFUSALS.keys())
def test_what_a_person_can_mend_is_one_line(
    store: Path, arguments: tuple[str, ...], code: int, named: str
) -> None:
    where = () if arguments == ("publish",) else ("--store", store)
    done = handrail(*arguments, *where)
    assert done.returncode == code
    assert named in done.stderr
    assert "Traceback" not in done.stderr


def test_a_store_without_a_model_says_what_to_do(tmp_path: Path) -> None:
    done = handrail("ingest", exports(), "--store", tmp_path / "new")
    assert done.returncode == 0
    done = handrail("nightly", "--store", tmp_path / "new")
    assert done.returncode == 6
    assert "handrail train" in done.stderr


def test_an_empty_store_says_what_to_do(tmp_path: Path) -> None:
    done = handrail("train", "--store", tmp_path / "empty")
    assert done.returncode == 3
    assert "handrail ingest" in done.stderr


def test_a_missing_table_leaves_no_store(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    shutil.copytree(exports(), folder, ignore=shutil.ignore_patterns("truth", "enrolments*"))
    done = handrail("ingest", folder, "--store", tmp_path / "store")
    assert done.returncode == 3
    assert "enrolments.csv" in done.stderr
    assert not (tmp_path / "store").exists()


def test_help_imports_nothing_heavy() -> None:
    heavy = ("pandas", "lightgbm", "mlflow", "prefect", "shap")
    code = f"import sys, pipelines.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_shelved_table_lightgbm_and_shap_agree_on_the_nights_rows(store: Path) -> None:
    import lightgbm
    import shap

    model = shelf.load(store / "models", str(shelf.newest(store / "models")))
    matrix = pd.read_parquet(nightly(store) / "features.parquet")
    values = matrix[list(model.manifest["features"])].to_numpy()
    assert model.scorecards
    for outcome, card in model.scorecards.items():
        booster = lightgbm.Booster(model_file=store / "models" / model.id / f"lightgbm_{outcome}.txt")
        np.testing.assert_allclose(
            card.margin(matrix), booster.predict(values, raw_score=True), rtol=0, atol=1e-9
        )
        told = shap.TreeExplainer(booster)(values[:50]).values
        np.testing.assert_allclose(card.contributions(matrix.head(50)), told, rtol=0, atol=1e-9)
