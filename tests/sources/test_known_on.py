"""When a fact was known: a backfill from its own day, a late entry or a correction from the day it was loaded."""

from datetime import date
from pathlib import Path

from sources.as_known import as_known
from sources.store import Store
from tests.sources.a_folder import WEEK, load, plain_rows, rows, set_aside, write

MARKS = "pupil_id,school_id,date,session,code"
TUESDAY, FRIDAY = date(2025, 9, 2), date(2025, 9, 5)


def marks_of(store: Store) -> list[tuple[str | None, ...]]:
    """Each mark's pupil, day, code, and from when until when it was known."""
    names = ("pupil_id", "date", "code", "known_on", "known_until")
    return [tuple(row[name] for name in names) for row in rows(store, "attendance")]


def codes_known(store: Store, as_of: date) -> list[tuple[str, str, str]]:
    """Each mark's pupil, day and code as they were known on a date."""
    known = as_known(store.tables(), as_of)["attendance"].to_pyarrow()
    return [(row["pupil_id"], row["date"], row["code"]) for row in plain_rows(known)]


def two_loads(tmp_path: Path, first: str, second: str, seen_on: date = FRIDAY) -> Store:
    store = Store(tmp_path / "store")
    load(write(tmp_path / "first", attendance=first), store, date(2025, 9, 1))
    load(write(tmp_path / "second", attendance=second), store, seen_on)
    return store


def test_a_first_load_is_a_backfill(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(write(tmp_path / "export"), store)
    assert {(day, known) for _, day, _, known, _ in marks_of(store)} == {
        ("2025-09-01", "2025-09-01"), ("2025-09-02", "2025-09-02")
    }  # fmt: skip
    assert {row["known_on"] for row in rows(store, "pupils")} == {"1900-01-01"}


def test_later_marks_are_known_from_their_own_day_and_late_ones_from_the_load(tmp_path: Path) -> None:
    store = two_loads(
        tmp_path, f"{MARKS}\nann,oak,2025-09-01,AM,/\nann,oak,2025-09-02,AM,/",
        f"{MARKS}\nben,oak,2025-09-02,AM,/\nben,oak,2025-09-01,AM,/\nann,oak,2025-09-03,AM,/",
    )  # fmt: skip
    assert marks_of(store) == [
        ("ann", "2025-09-01", "/", "2025-09-01", None),
        ("ann", "2025-09-02", "/", "2025-09-02", None),
        ("ann", "2025-09-03", "/", "2025-09-03", None),
        ("ben", "2025-09-01", "/", "2025-09-05", None),
        ("ben", "2025-09-02", "/", "2025-09-05", None),
    ]


def test_a_late_load_does_not_move_the_latest_event_back(tmp_path: Path) -> None:
    store = two_loads(tmp_path, f"{MARKS}\nann,oak,2025-09-03,AM,/", f"{MARKS}\nann,oak,2025-09-01,AM,/")
    load(write(tmp_path / "third", attendance=f"{MARKS}\nben,oak,2025-09-02,AM,/"), store, date(2025, 9, 8))
    assert ("ben", "2025-09-02", "/", "2025-09-08", None) in marks_of(store)
    assert store.receipts()[-1]["tables"]["attendance"]["latest"] == "2025-09-03"


def test_a_school_that_joins_later_is_a_backfill_of_its_own(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    needs = "pupil_id,kind,code,start_date,end_date\n{},fsm,FSM,2025-09-01,"
    load(write(tmp_path / "first", needs=needs.format("ann")), store)
    load(write(
        tmp_path / "second",
        schools="school_id,name,phase,la_code,trust\noak,Oak School,secondary,999,\nelm,Elm School,primary,999,",
        pupils="pupil_id,date_of_birth,sex,ethnicity\neve,,F,",
        enrolments="pupil_id,school_id,start_date,end_date,year_group\neve,elm,2025-09-01,,6",
        attendance=f"{MARKS}\neve,elm,2025-09-01,AM,/", needs=needs.format("eve") + "\nben,fsm,FSM,2025-09-01,",
    ), store)  # fmt: skip
    assert ("eve", "2025-09-01", "/", "2025-09-01", None) in marks_of(store)
    assert {row["pupil_id"]: row["known_on"] for row in rows(store, "needs")} == {
        "ann": "2025-09-01", "eve": "2025-09-01", "ben": "2025-10-01"
    }  # fmt: skip


def test_a_correction_is_a_new_version_and_the_old_one_stays(tmp_path: Path) -> None:
    store = two_loads(tmp_path, f"{MARKS}\nann,oak,2025-09-01,AM,N", f"{MARKS}\nann,oak,2025-09-01,AM,I")
    assert marks_of(store) == [
        ("ann", "2025-09-01", "I", "2025-09-05", None),
        ("ann", "2025-09-01", "N", "2025-09-01", "2025-09-05"),
    ]
    assert codes_known(store, date(2025, 9, 4)) == [("ann", "2025-09-01", "N")]
    assert codes_known(store, FRIDAY) == [("ann", "2025-09-01", "I")]


def test_a_fact_corrected_twice_in_a_day_and_back_again(tmp_path: Path) -> None:
    store = two_loads(tmp_path, f"{MARKS}\nann,oak,2025-09-01,AM,N", f"{MARKS}\nann,oak,2025-09-01,AM,I")
    for number, code in enumerate(("O", "N")):
        load(
            write(tmp_path / f"again{number}", attendance=f"{MARKS}\nann,oak,2025-09-01,AM,{code}"),
            store,
            FRIDAY,
        )
    assert codes_known(store, date(2025, 9, 4)) == [("ann", "2025-09-01", "N")]
    assert codes_known(store, FRIDAY) == [("ann", "2025-09-01", "N")]
    assert len(rows(store, "attendance")) == 4


def test_the_source_may_say_when_a_fact_was_known(tmp_path: Path) -> None:
    store = two_loads(
        tmp_path, f"{MARKS},known_on\nann,oak,2025-09-01,AM,N,2025-09-01\nann,oak,2025-09-01,AM,I,2025-09-03",
        f"{MARKS},known_on\nann,oak,2025-09-01,AM,O,2025-09-02\nann,oak,2025-09-01,AM,I,2025-09-04",
    )  # fmt: skip
    assert [codes_known(store, date(2025, 9, day))[0][2] for day in (1, 2, 3, 4, 5)] == [
        "N",
        "O",
        "I",
        "I",
        "I",
    ]
    assert [receipt["tables"]["attendance"]["duplicates"] for receipt in store.receipts()] == [0, 1]


def test_the_source_may_say_that_it_was_known_earlier(tmp_path: Path) -> None:
    store = two_loads(
        tmp_path, f"{MARKS},known_on\nann,oak,2025-09-01,AM,I,2025-09-04",
        f"{MARKS},known_on\nann,oak,2025-09-01,AM,I,2025-09-02",
    )  # fmt: skip
    assert [codes_known(store, date(2025, 9, day)) for day in (1, 2, 5)] == [[]] + 2 * [
        [("ann", "2025-09-01", "I")]
    ]


def test_a_fact_told_again_unchanged_is_a_duplicate(tmp_path: Path) -> None:
    store, told = Store(tmp_path / "store"), "ann,oak,2025-09-01,AM,{},2025-09-0{}"
    lines = [told.format(code, day) for code, day in (("I", 3), ("N", 1), ("N", 2), ("I", 4))]
    receipt = load(write(tmp_path / "export", attendance="\n".join([f"{MARKS},known_on", *lines])), store)
    assert (receipt.tables["attendance"].kept, receipt.tables["attendance"].duplicates) == (2, 2)
    assert [mark[3:] for mark in marks_of(store)] == [("2025-09-03", None), ("2025-09-01", "2025-09-03")]


def test_versions_known_the_same_day_contradict_each_other(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(write(tmp_path / "export", attendance=f"""
        {MARKS},known_on
        ann,oak,2025-09-01,AM,N,2025-09-01
        ann,oak,2025-09-01,AM,I,2025-09-03
        ann,oak,2025-09-01,AM,O,2025-09-03
        ben,oak,2025-09-01,AM,/,03/09/2025"""), store)  # fmt: skip
    assert [(row["line"], row["rule"]) for row in set_aside(store, "attendance")] == [
        (3, "told_twice"), (4, "told_twice"), (5, "known_on_date")
    ]  # fmt: skip
    assert codes_known(store, FRIDAY) == [("ann", "2025-09-01", "N")]


def test_a_leaver_is_known_only_once_the_end_was_told_and_has_passed(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    told = """
        pupil_id,school_id,start_date,end_date,year_group,leaving_reason
        ann,oak,2025-09-01,{},7,{}
        ben,oak,2025-09-01,,7,"""
    load(write(tmp_path / "first", enrolments=told.format("", "")), store)
    load(
        write(tmp_path / "second", enrolments=told.format("2025-10-10", "moved away")),
        store,
        date(2025, 10, 6),
    )

    def stay(as_of: date) -> tuple[str | None, str | None]:
        known = plain_rows(as_known(store.tables(), as_of)["enrolments"].to_pyarrow())
        (ann,) = [row for row in known if row["pupil_id"] == "ann"]
        return ann["end_date"], ann["leaving_reason"]

    assert stay(date(2025, 10, 5)) == stay(date(2025, 10, 9)) == (None, None)
    assert stay(date(2025, 10, 10)) == ("2025-10-10", "moved away")


def test_nothing_is_known_before_it_happened(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(write(tmp_path / "export"), store)
    known = as_known(store.tables(), date(2025, 9, 1))
    assert codes_known(store, date(2025, 8, 31)) == []
    assert {day for _, day, _ in codes_known(store, date(2025, 9, 1))} == {"2025-09-01"}
    assert [row["date"] for row in plain_rows(known["calendar"].to_pyarrow())] == ["2025-09-01"]
    assert not {"known_on", "known_until"} & {name for table in known.values() for name in table.columns}


def test_a_plan_is_not_a_fact_before_its_day(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(
        write(tmp_path / "export", attendance=f"{MARKS},known_on\nann,oak,2025-09-03,AM,C,2025-09-01"), store
    )
    assert codes_known(store, TUESDAY) == []
    assert codes_known(store, date(2025, 9, 3)) == [("ann", "2025-09-03", "C")]


def test_a_correction_loaded_with_an_older_day_still_comes_last(tmp_path: Path) -> None:
    store = two_loads(
        tmp_path, f"{MARKS}\nann,oak,2025-09-03,AM,N", f"{MARKS}\nann,oak,2025-09-03,AM,I", TUESDAY
    )
    assert codes_known(store, date(2025, 9, 3)) == [("ann", "2025-09-03", "I")]


def test_facts_that_are_one_only_with_their_blanks(tmp_path: Path) -> None:
    needs = "pupil_id,kind,code,start_date,end_date\nann,young_carer,,2025-09-01,{}"
    store = Store(tmp_path / "store")
    load(write(tmp_path / "first", needs=needs.format("")), store)
    load(write(tmp_path / "second", needs=needs.format("2025-09-20")), store)
    assert {row["end_date"]: row["known_until"] for row in rows(store, "needs")} == {
        None: "2025-10-01", "2025-09-20": None
    }  # fmt: skip


def test_marks_of_a_school_are_late_only_against_that_school(tmp_path: Path) -> None:
    schools = WEEK["schools"] + "\nelm,Elm School,primary,999,"
    enrolments = WEEK["enrolments"] + "\nben,elm,2025-09-01,,7"
    store = Store(tmp_path / "store")
    first = f"{MARKS}\nann,oak,2025-09-03,AM,/\nben,elm,2025-09-01,AM,/"
    load(write(tmp_path / "first", schools=schools, enrolments=enrolments, attendance=first), store)
    second = f"{MARKS}\nann,oak,2025-09-02,AM,/\nben,elm,2025-09-02,AM,/"
    load(write(tmp_path / "second", schools=schools, enrolments=enrolments, attendance=second), store)
    assert {(pupil, known) for pupil, day, _, known, _ in marks_of(store) if day == "2025-09-02"} == {
        ("ann", "2025-10-01"), ("ben", "2025-09-02")
    }  # fmt: skip
