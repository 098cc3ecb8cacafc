"""A newest day with far fewer marks than that weekday had in the weeks before is a file cut short."""

import dataclasses
import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.refusals import BadData, BadSettings
from configs.settings import load_settings, settings_from
from sources.ingest import ingest
from sources.store import Store
from tests.sources.a_folder import SEEN, WEEK, bytes_of, load, rows, set_aside, write

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


TRUST = ("oak", "elm", "ash")


def trust(place: Path, marked: dict[str, list[int]]) -> Path:
    """A file of three schools with ten pupils each: how many marks each has on each Monday."""
    told = [row for school, counts in marked.items()
            for day, count in zip(MONDAYS, counts, strict=False) for row in marks_of(day, count, school)]  # fmt: skip
    stays = [f"{school}{n},{school},2025-09-01,,7" for school in TRUST for n in range(10)]
    return write(
        place,
        schools="school_id,name,phase,la_code,trust\n" + "\n".join(f"{s},{s},primary,999," for s in TRUST),
        calendar="school_id,date\n" + "\n".join(f"{s},{day}" for s in TRUST for day in MONDAYS),
        pupils="pupil_id,date_of_birth,sex,ethnicity\n" + "\n".join(f"{s}{n},,," for s in TRUST for n in range(10)),
        enrolments="\n".join(["pupil_id,school_id,start_date,end_date,year_group", *stays]),
        attendance="\n".join([HEADING, *told]),
    )  # fmt: skip


def marks_of(day: date, count: int, school: str) -> list[str]:
    return [f"{school}{n},{school},{day},AM,/" for n in range(count)]


def held(store: Store) -> set[tuple[str, str]]:
    """Each mark held: the pupil and the day."""
    return {(row["pupil_id"], row["date"]) for row in rows(store, "attendance")}


WHOLE, CUT = [10, 10, 10, 10, 10], [10, 10, 10, 10, 5]


@pytest.mark.parametrize(
    ("marked", "aside"),
    [
        ({"oak": WHOLE, "elm": WHOLE, "ash": WHOLE}, {}),
        ({"oak": WHOLE, "elm": CUT, "ash": WHOLE}, {("elm", 4): 5}),
        ({"oak": WHOLE, "elm": [10, 10, 10, 10, 6], "ash": WHOLE}, {}),
        ({"oak": WHOLE, "elm": CUT, "ash": [10, 10, 10, 10, 1]}, {("elm", 4): 5, ("ash", 4): 1}),
        # elm's last two Mondays were cut short, the first of which is judged once the second is out of the way
        ({"oak": WHOLE, "elm": [10, 10, 10, 5, 2], "ash": WHOLE}, {("elm", 4): 2, ("elm", 3): 5}),
        # elm's export ends a week before the others', and its own newest day is the one that is short
        ({"oak": WHOLE, "elm": [10, 10, 10, 5], "ash": WHOLE}, {("elm", 3): 5}),
    ],
)  # fmt: skip
def test_a_school_s_short_day_is_set_aside_whole_and_the_others_have_theirs(
    tmp_path: Path, marked: dict[str, list[int]], aside: dict[tuple[str, int], int]
) -> None:
    store = Store(tmp_path / "store")
    receipt = load(trust(tmp_path / "first", marked), store, may_set_aside=0.0)
    table = receipt.tables["attendance"]
    total = sum(sum(counts) for counts in marked.values())
    assert (table.rows_in, table.quarantined) == (total, sum(aside.values()))
    assert table.rows_in == table.kept + table.quarantined + table.duplicates
    assert len(held(store)) == table.kept
    told = [note for note in receipt.notes if "that day of the school was set aside" in note]
    assert len(told) == len(aside)
    for (school, week), count in aside.items():
        assert any(f"school {school} has {count} marks on {MONDAYS[week]}" in note for note in told)
        assert not {day for pupil, day in held(store) if pupil[:3] == school} & {str(MONDAYS[week])}
    if aside:
        reason = "the school's newest day has far fewer marks than that weekday usually has"
        assert table.reasons == {reason: sum(aside.values())}
        kept_aside = set_aside(store, "attendance")
        assert {(row["rule"], row["reason"]) for row in kept_aside} == {("short_day", reason)}
        assert len(kept_aside) == sum(aside.values())


def test_the_same_file_again_changes_nothing_and_the_whole_day_brings_everything_in(tmp_path: Path) -> None:
    store, at_once = Store(tmp_path / "store"), Store(tmp_path / "at once")
    cut = trust(tmp_path / "cut", {"oak": WHOLE, "elm": CUT, "ash": WHOLE})
    load(cut, store)
    before = bytes_of(store.root)
    again = load(cut, store)
    assert (again.load, again.tables["attendance"].quarantined, again.tables["attendance"].kept) == (0, 5, 0)
    assert bytes_of(store.root) == before
    whole_file = trust(tmp_path / "whole", dict.fromkeys(TRUST, WHOLE))
    mended = load(whole_file, store).tables["attendance"]
    assert (mended.kept, mended.quarantined, mended.duplicates) == (10, 0, 140)
    load(whole_file, at_once)
    assert rows(store, "attendance") == rows(at_once, "attendance")  # known from the same days, too


def test_where_every_school_of_the_file_is_short_it_is_the_file_that_was_cut(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(trust(tmp_path / "first", dict.fromkeys(TRUST, WHOLE[:4])), store)
    before = bytes_of(store.root)
    for schools in (TRUST, ("elm",)):
        with pytest.raises(BadData, match="The file is probably not whole"):
            load(trust(tmp_path / f"cut{len(schools)}", dict.fromkeys(schools, CUT)), store)
    assert bytes_of(store.root) == before


def test_what_is_bad_besides_stops_the_load_as_ever(tmp_path: Path) -> None:
    folder = trust(tmp_path / "first", {"oak": WHOLE, "elm": CUT, "ash": WHOLE})
    attendance = folder / "attendance.csv"
    attendance.write_text(
        attendance.read_text().replace("ash9,ash,2025-09-29,AM,/", "ash9,ash,2025-09-29,AM,??")
    )
    with pytest.raises(BadData, match="1 of 145 rows cannot be used"):
        load(folder, Store(tmp_path / "store"), may_set_aside=0.001)
    table = load(folder, Store(tmp_path / "store"), may_set_aside=0.01).tables["attendance"]
    assert (table.rows_in, table.kept, table.quarantined, table.duplicates) == (145, 139, 6, 0)


@given(
    st.lists(st.lists(st.integers(0, 10), min_size=5, max_size=5), min_size=3, max_size=3), st.integers(0, 9)
)
@settings(max_examples=25, deadline=None)
def test_whatever_is_short_the_rows_add_up(counts: list[list[int]], repeated: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = trust(Path(place) / "export", dict(zip(TRUST, counts, strict=True)))
        attendance = folder / "attendance.csv"
        lines = attendance.read_text().splitlines()
        attendance.write_text("\n".join([*lines, *lines[1 : 1 + repeated]]) + "\n")
        rows_in = len(lines) - 1 + min(repeated, len(lines) - 1)
        store = Store(Path(place) / "store")
        try:
            table = load(folder, store).tables["attendance"]
        except BadData:
            assert not store.root.exists()
            return
        assert table.rows_in == rows_in == table.kept + table.quarantined + table.duplicates
        assert len(held(store)) == table.kept


def test_a_school_may_ask_for_less(tmp_path: Path) -> None:
    days = [*(marks(day) for day in MONDAYS[:4]), marks(MONDAYS[4], 1)]
    own = dataclasses.replace(load_settings(), least_of_same_weekday=0.0)
    receipt = ingest(whole(tmp_path / "cut", *days), Store(tmp_path / "store"), SEEN, own)
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
