"""Withdrawn is not erased: a fact is shown until the day it was withdrawn, and not after."""

from datetime import date
from pathlib import Path

import pytest

from sources.as_known import as_known
from sources.store import Store
from tests.sources.a_folder import bytes_of, load, plain_rows, rows, write

TOLD = {
    "attendance": "pupil_id,school_id,date,session,code\nann,oak,2025-09-01,AM,O",
    "incidents": "incident_id,pupil_id,school_id,date,category,severity\ni1,ann,oak,2025-09-01,defiance,2",
    "suspensions": "pupil_id,school_id,start_date,category,sessions,reasons\nann,oak,2025-09-01,SUSP,4,PP",
    "achievements": "pupil_id,school_id,date,category\nann,oak,2025-09-01,kindness",
    "removals": "pupil_id,school_id,date,sessions\nann,oak,2025-09-01,0.5",
}
BEFORE, DAY, LATER = date(2025, 9, 4), date(2025, 9, 5), date(2025, 9, 20)


def withdrawn(told: str, day: str = "2025-09-05") -> str:
    heading, row = told.split("\n")
    return f"{heading},withdrawn_on\n{row},{day}"


def known(store: Store, table: str, as_of: date) -> int:
    return len(plain_rows(as_known({table: store.tables()[table]}, as_of)[table].to_pyarrow()))


@pytest.mark.parametrize("table", TOLD)
def test_a_withdrawn_fact_is_shown_until_then_and_telling_it_again_changes_nothing(
    table: str, tmp_path: Path
) -> None:
    store = Store(tmp_path / "store")
    load(write(tmp_path / "first", **{table: TOLD[table]}), store)
    again = write(tmp_path / "again", **{table: withdrawn(TOLD[table])})
    receipt = load(again, store).tables[table]
    assert (receipt.rows_in, receipt.kept, receipt.quarantined, receipt.duplicates) == (1, 1, 0, 0)
    assert [known(store, table, day) for day in (BEFORE, DAY, LATER)] == [1, 0, 0]
    assert [(row["known_on"], row["known_until"]) for row in rows(store, table)] == [
        ("2025-09-01", "2025-09-05")
    ]
    before = bytes_of(store.root)
    assert load(again, store).tables[table].duplicates == 1
    assert bytes_of(store.root) == before


def test_one_file_may_tell_a_fact_and_its_withdrawal(tmp_path: Path) -> None:
    store, heading = (
        Store(tmp_path / "store"),
        "pupil_id,school_id,start_date,category,sessions,reasons,withdrawn_on",
    )
    both = f"{heading}\nann,oak,2025-09-01,SUSP,4,PP,\nann,oak,2025-09-01,SUSP,4,PP,2025-09-05"
    folder = write(tmp_path / "export", suspensions=both)
    assert load(folder, store).tables["suspensions"].kept == 2
    before = bytes_of(store.root)
    assert load(folder, store).tables["suspensions"].duplicates == 2
    assert bytes_of(store.root) == before
    assert [known(store, "suspensions", day) for day in (BEFORE, DAY)] == [1, 0]


def test_a_fact_first_told_late_and_already_withdrawn_is_never_known(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(
        write(tmp_path / "first", attendance="pupil_id,school_id,date,session,code\nann,oak,2025-09-20,AM,/"),
        store,
    )
    both = withdrawn(TOLD["attendance"]) + "\nann,oak,2025-09-01,AM,O,"
    load(write(tmp_path / "second", attendance=both), store, date(2025, 10, 2))
    days = (BEFORE, DAY, LATER, date(2025, 10, 2), date(2025, 10, 9))
    assert [known(store, "attendance", day) for day in days] == [0, 0, 1, 1, 1]


@pytest.mark.parametrize("table", TOLD)
def test_a_fact_withdrawn_in_error_may_be_told_anew(table: str, tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(write(tmp_path / "first", **{table: TOLD[table]}), store)
    load(write(tmp_path / "second", **{table: withdrawn(TOLD[table])}), store)
    load(write(tmp_path / "third", **{table: TOLD[table]}), store, date(2025, 9, 15))
    assert [known(store, table, day) for day in (BEFORE, DAY, date(2025, 9, 14), LATER)] == [1, 0, 0, 1]
    load(write(tmp_path / "fourth", **{table: withdrawn(TOLD[table], "2025-09-18")}), store)
    assert [known(store, table, day) for day in (BEFORE, DAY, date(2025, 9, 16), LATER)] == [1, 0, 1, 0]


def test_a_provisional_mark_resolves_and_other_facts_are_untouched(tmp_path: Path) -> None:
    store, heading = Store(tmp_path / "store"), "pupil_id,school_id,date,session,code"
    load(
        write(tmp_path / "first", attendance=f"{heading}\nann,oak,2025-09-01,AM,N\nben,oak,2025-09-01,AM,/"),
        store,
    )
    load(
        write(tmp_path / "second", attendance=f"{heading}\nann,oak,2025-09-01,AM,I"), store, date(2025, 9, 4)
    )
    versions = [(row["code"], row["known_on"], row["known_until"]) for row in rows(store, "attendance")]
    assert versions == [
        ("I", "2025-09-04", None), ("N", "2025-09-01", "2025-09-04"), ("/", "2025-09-01", None)
    ]  # fmt: skip


def test_a_withdrawal_with_no_day_that_can_be_read_is_set_aside(tmp_path: Path) -> None:
    bad = withdrawn(TOLD["suspensions"], "05/09/2025")
    receipt = load(write(tmp_path / "export", suspensions=bad), Store(tmp_path / "store")).tables[
        "suspensions"
    ]
    assert receipt.reasons == {"withdrawn_on is not a date written YYYY-MM-DD": 1}
