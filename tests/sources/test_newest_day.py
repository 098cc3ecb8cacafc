"""A newest day with far fewer marks than that weekday had in the weeks before is a file cut short."""

import dataclasses
from datetime import date, timedelta
from pathlib import Path

import pytest

from configs.refusals import BadData, BadSettings
from configs.settings import load_settings, settings_from
from sources.ingest import ingest
from sources.store import Store
from tests.sources.a_folder import SEEN, WEEK, bytes_of, load, write

HEADING = "pupil_id,school_id,date,session,code"
MONDAYS = [date(2025, 9, 1) + timedelta(7 * week) for week in range(5)]
SCHOOLS = WEEK["schools"] + "\nelm,Elm School,primary,999,"


def marks(day: date, pupils: int = 10, school: str = "oak") -> str:
    return "\n".join(f"p{n},{school},{day},AM,/" for n in range(pupils))


def whole(place: Path, *days: str) -> Path:
    stays = "pupil_id,school_id,start_date,end_date,year_group\n" + "\n".join(
        f"p{n},oak,2025-09-01,,7" for n in range(10)
    )
    pupils = "pupil_id,date_of_birth,sex,ethnicity\n" + "\n".join(f"p{n},,," for n in range(10))
    return write(
        place, schools=SCHOOLS, pupils=pupils, enrolments=stays, attendance="\n".join([HEADING, *days])
    )


def test_a_day_cut_short_is_refused_against_the_weeks_in_the_file(tmp_path: Path) -> None:
    days = [marks(day) for day in MONDAYS[:4]]
    with pytest.raises(
        BadData, match=r"attendance\.csv: school oak has 5 marks on 2025-09-29, .* had 10 on that"
    ):
        load(whole(tmp_path / "cut", *days, marks(MONDAYS[4], 5)), Store(tmp_path / "store"))
    load(whole(tmp_path / "enough", *days, marks(MONDAYS[4], 6)), Store(tmp_path / "other"))


def test_a_day_cut_short_is_refused_against_the_weeks_held_and_the_store_is_as_it_was(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(whole(tmp_path / "first", *(marks(day) for day in MONDAYS[:4])), store)
    before = bytes_of(store.root)
    with pytest.raises(BadData, match="lower least_of_same_weekday"):
        load(whole(tmp_path / "second", marks(MONDAYS[4], 5)), store)
    assert bytes_of(store.root) == before
    other_weekday = marks(MONDAYS[4] + timedelta(1), 2)
    assert load(whole(tmp_path / "third", other_weekday), store).tables["attendance"].kept == 2


def test_a_late_mark_of_an_older_day_and_another_school_are_not_judged(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(whole(tmp_path / "first", *(marks(day, 9) for day in MONDAYS)), store)
    late = f"p9,oak,{MONDAYS[2]},AM,/\np9,oak,{MONDAYS[4]},AM,/"
    assert load(whole(tmp_path / "late", late), store, date(2025, 10, 3)).tables["attendance"].kept == 2
    assert load(whole(tmp_path / "elm", marks(MONDAYS[4], 1, "elm")), store).tables["attendance"].kept == 1


def test_a_school_may_ask_for_less(tmp_path: Path) -> None:
    days = [*(marks(day) for day in MONDAYS[:4]), marks(MONDAYS[4], 1)]
    settings = dataclasses.replace(load_settings(), least_of_same_weekday=0.0)
    receipt = ingest(whole(tmp_path / "cut", *days), Store(tmp_path / "store"), SEEN, settings)
    assert receipt.tables["attendance"].kept == 41
    with pytest.raises(BadSettings, match="a share, 0 to 1"):
        settings_from({"least_of_same_weekday": 60}, "settings.yaml")


def test_a_pupil_s_record_corrected_in_the_same_load_counts_no_mark_twice(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(write(tmp_path / "first"), store)
    changed = write(tmp_path / "second", pupils=WEEK["pupils"].replace("ben,,M,", "ben,,F,"),
                    attendance=f"{HEADING}\nben,oak,2025-09-03,AM,/")  # fmt: skip
    receipt = load(changed, store).tables
    assert (receipt["pupils"].kept, receipt["attendance"].rows_in, receipt["attendance"].kept) == (1, 1, 1)


def test_the_receipt_names_every_file_read(tmp_path: Path) -> None:
    receipt = load(write(tmp_path / "export"), Store(tmp_path / "store")).as_json()
    (read,) = receipt["tables"]["calendar"]["files"]
    on_disk = bytes_of(tmp_path / "export")["calendar.csv"]
    size = (tmp_path / "export/calendar.csv").stat().st_size
    assert read == {"file": "calendar.csv", "sha256": on_disk, "bytes": size}
