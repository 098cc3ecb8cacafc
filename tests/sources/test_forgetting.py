"""What is forgotten is gone: from tables, from what is set aside, from names, lists and scores."""

from datetime import date
from pathlib import Path

import pytest

from configs.refusals import BadSettings
from pipelines import runs
from pipelines.forgetting import forget, forget_all_before
from sources.forgetting import forget_before, forget_pupils, leavers
from sources.store import Store
from tests.sources.a_folder import WEEK, load, rows, write
from tests.sources.exports.a_system import ANN, BEN, REGISTER, export, ids, read

LEFT = WEEK["enrolments"].replace("ben,oak,2025-09-01,,7", "ben,oak,2024-09-01,2025-07-20,7")


def every_byte(root: Path) -> bytes:
    return b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file())


def test_a_pupil_is_gone_from_tables_and_quarantine_and_others_stay(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(
        write(tmp_path / "export", attendance=WEEK["attendance"] + "\n        ben,oak,2025-09-02,AM,£"), store
    )
    others = [row for row in rows(store, "attendance") if row["pupil_id"] != "ben"]
    removed = forget_pupils(store, ["ben"])
    assert (removed["attendance"], removed["pupils"], removed["enrolments"], removed["quarantine"]) == (
        1,
        1,
        1,
        1,
    )
    assert rows(store, "attendance") == others
    assert {row["pupil_id"] for row in rows(store, "pupils")} == {"ann"}
    assert forget_pupils(store, ["ben"]).total() == 0
    assert len(list(store.tables_folder.rglob("*.parquet"))) == len(store.manifest()["files"])


def test_what_happened_before_a_day_goes_and_so_do_those_who_had_left(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(write(tmp_path / "export", enrolments=LEFT), store)
    assert leavers(store, date(2025, 9, 2)) == ["ben"]
    removed, gone = forget_before(store, date(2025, 9, 2))
    assert gone == ["ben"]
    assert {row["date"] for row in rows(store, "attendance")} == {"2025-09-02"}
    assert {row["pupil_id"] for row in rows(store, "enrolments")} == {"ann"}  # still on roll: kept whole
    assert len(rows(store, "calendar")) == 3
    assert removed["attendance"] == 3


def test_by_upn_from_names_lists_and_scores(tmp_path: Path) -> None:
    folder = export(tmp_path / "sims", Student_report=REGISTER, marks=f"""
        UPN,Date,Session,Mark
        {ANN},01/09/2025,AM,/
        {BEN},01/09/2025,AM,/""")  # fmt: skip
    _, store = read(folder, tmp_path)
    who = ids(tmp_path, store)
    part = runs.begin(store.root, date(2025, 9, 1))
    import pandas as pd

    both = pd.DataFrame({"pupil_id": [who["ann"], who["ben"]], "rank": [1, 2]})
    both.to_parquet(part / "scores.parquet", index=False)
    (part / "watchlist.csv").write_text(f'"{who["ann"]}","1"\n"{who["ben"]}","2"\n', encoding="utf-8")
    runs.write_json(
        part / "cards.json", {"pupils": {pupil: {"since": "2025-09-01"} for pupil in both["pupil_id"]}}
    )
    run = runs.finish(
        part, {"as_of": "2025-09-01", "off_list": [{"pupil_id": who["ann"], "why": "x"}], "published": True}
    )
    assert who["ann"].encode() in every_byte(store.root)
    said = forget(store.root, ANN, tmp_path / "key")
    assert ANN not in said
    assert "names 1" in said
    assert who["ann"].encode() not in every_byte(store.root)
    assert b"O'Brien" not in every_byte(store.root)
    assert who["ben"].encode() in every_byte(store.root / "runs" / run)
    receipt = runs.read_json(store.root / "runs" / run / "run.json")
    assert receipt["off_list"] == []
    with pytest.raises(BadSettings, match="holds no pupil of that id or UPN") as refusal:
        forget(store.root, ANN, tmp_path / "key")
    assert ANN not in str(refusal.value)


def test_old_lists_go_with_the_old_records_but_not_the_current_one(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(write(tmp_path / "export"), store)
    for day in (date(2025, 9, 1), date(2025, 9, 2)):
        part = runs.begin(store.root, day)
        run = runs.finish(part, {"as_of": str(day), "published": True})
    runs.make_current(store.root, run, runs.fence_of(part))
    forget_all_before(store.root, date(2025, 9, 3))
    assert [name for name, _ in runs.runs_of(store.root)] == ["2025-09-02-1"]
