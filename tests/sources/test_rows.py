"""Each row is kept, set aside with its line and reason, or a duplicate; and what is kept is what was written."""

import json
from pathlib import Path

import duckdb
import pytest

from sources.store import Store
from tests.sources.a_folder import WEEK, load, rows, set_aside, write

HEADINGS = {
    "attendance": "pupil_id,school_id,date,session,code,minutes_late",
    "incidents": "incident_id,pupil_id,school_id,date,category,severity",
    "suspensions": "pupil_id,school_id,start_date,category,sessions,reasons",
    "support": "pupil_id,school_id,kind,start_date,end_date",
    "surveys": "pupil_id,date,scale,score",
    "achievements": "pupil_id,school_id,date,category",
}
REASONS = "reasons are not one to three codes of suspension reasons, a semicolon between"
SERIAL = "date is a number of days, as Excel keeps a date, and not a date written YYYY-MM-DD"
BAD = [
    ("attendance", "ann,oak,01/09/2025,AM,/,", "date is not a date written YYYY-MM-DD"),
    ("attendance", "ann,oak,2025/09/01,AM,/,", "date is not a date written YYYY-MM-DD"),
    ("attendance", "ann,oak,2025-9-1,AM,/,", "date is not a date written YYYY-MM-DD"),
    ("attendance", "ann,oak,25-09-01,AM,/,", "date is not a date written YYYY-MM-DD"),
    ("attendance", "ann,oak,45901,AM,/,", SERIAL),
    ("attendance", "ann,oak,2025-02-31,AM,/,", "date is not a date written YYYY-MM-DD"),
    ("attendance", "ann,oak,1900-01-00,AM,/,", "date is not a date written YYYY-MM-DD"),
    ("attendance", "ann,oak,2025-09-01T08:30:00,AM,/,", "date is not a date written YYYY-MM-DD"),
    ("attendance", "ann,oak,infinity,AM,/,", "date is not a date written YYYY-MM-DD"),
    ("attendance", "ann,oak,0025-09-01,AM,/,", "date is not between 1900 and 2199"),
    ("attendance", "ann,oak,,AM,/,", "date is blank"),
    ("attendance", "ann,oak,2025-09-03,am,/,", "session is none of AM, PM"),
    ("attendance", "ann,oak,2025-09-03,AM,£,", "code is not an attendance code"),
    ("attendance", "ann,oak,2025-09-03,AM,,", "code is blank"),
    ("attendance", "ann,oak,2024-08-18,AM,C2,", "code C2 was not in use on that date"),
    ("attendance", "ann,oak,2025-09-03,AM,H,", "code H was not in use on that date"),
    ("attendance", "ann,oak,2025-09-03,AM, Y ,", "code Y was not in use on that date"),
    ("suspensions", "ann,oak,2025-09-01,SUSP,2,PP;ZZ", REASONS),
    ("suspensions", "ann,oak,2025-09-01,SUSP,2,PP;VA;DB;TH", REASONS),
    ("attendance", "1.23457E+12,oak,2025-09-03,AM,/,",
     "pupil_id is a number in Excel's short form (as 1.23E+12), so that its digits are lost"),
    ("achievements", "ann,oak,2025-09-01,caf\u00c3\u00a9", "category holds characters of another encoding than UTF-8"),
    ("attendance", "cat,oak,2025-09-03,AM,/,", "pupil_id is not in pupils"),
    ("attendance", "ann,elm,2025-09-03,AM,/,", "school_id is not in schools"),
    ("attendance", "ann,oak,2025-09-03,AM,L,9999", "minutes_late is not a number from 0 to 600"),
    ("attendance", "ann,oak,2025-09-03,AM,L,-1", "minutes_late is not a number from 0 to 600"),
    ("attendance", "ann,oak,2025-09-03,AM,L,1_0", "minutes_late is not a number from 0 to 600"),
    ("attendance", "ann,oak,2025-09-03,AM,L,nan", "minutes_late is not a number from 0 to 600"),
    ("attendance", "ann,oak,2025-09-03,AM", "the row has too few columns"),
    ("attendance", "ann,oak,2025-09-03,AM,/,,,x", "the row has too many columns"),
    ("attendance", 'ann,"oak"x,2025-09-03,AM,/,', "a quotation mark stands in the wrong place"),
    ("incidents", "i1,ann,oak,2025-09-01,rude,4", "severity is not a whole number from 1 to 3"),
    ("incidents", "i1,ann,oak,2025-09-01,rude,1.5", "severity is not a whole number from 1 to 3"),
    ("incidents", "i1,ann,oak,2025-09-01,ru\0de,1", "category holds a NUL byte"),
    ("suspensions", "ann,oak,2025-09-01,SUSP,120,PP", "sessions is not a number from 0 to 90"),
    ("suspensions", "ann,oak,2025-09-01,EXCL,2,PP", "category is none of SUSP, FIXD, PERM, LNCH"),
    ("support", "ann,oak,mentor,2025-09-03,2025-09-02", "end_date is before start_date"),
    ("surveys", "ann,2025-09-01,belonging,3", "score is not a number from 0 to 1"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "row", "reason"), BAD)
def test_a_row_that_breaks_a_rule_is_set_aside(table: str, row: str, reason: str, tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    folder = write(tmp_path / "export")
    (folder / f"{table}.csv").write_bytes(f"{HEADINGS[table]}\n{row}\n".encode())
    receipt = load(folder, store).tables[table]
    assert (receipt.rows_in, receipt.kept, receipt.quarantined, receipt.duplicates) == (1, 0, 1, 0)
    assert receipt.reasons == {reason: 1}
    aside = set_aside(store, table)
    assert [(one["file"], one["line"], one["reason"]) for one in aside] == [(f"{table}.csv", 2, reason)]


def test_a_birthday_on_29_february_is_a_date_in_a_leap_year_alone(tmp_path: Path) -> None:
    text = "pupil_id,date_of_birth,sex,ethnicity\nann,2012-02-29,F,\nben,2013-02-29,M,"
    receipt = load(write(tmp_path / "export", pupils=text), Store(tmp_path / "store")).tables["pupils"]
    assert (receipt.kept, receipt.quarantined) == (1, 1)


def test_a_row_set_aside_keeps_its_line_and_its_text(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(write(tmp_path / "export", attendance="""
        pupil_id,school_id,date,session,code
        ann,oak,2025-09-01,AM,/
        ann,oak
        ann,oak,2025-09-02,AM,£
        ben,oak,2025-09-01,AM,/,and more
        ann,oak,2025-09-02,PM,\\
        ben,"oak",31/12/2025,AM,/"""), store)  # fmt: skip
    aside = set_aside(store, "attendance")
    assert [(one["line"], one["rule"]) for one in aside] == [
        (3, "missing_columns"), (4, "code_unknown"), (5, "too_many_columns"), (7, "date_date")
    ]  # fmt: skip
    assert aside[0]["row"] == "ann,oak"
    assert json.loads(aside[3]["row"])["date"] == "31/12/2025"


def test_exact_duplicates_are_dropped_and_counted(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    folder = write(
        tmp_path / "export", attendance=WEEK["attendance"] + "\nann,oak,2025-09-01,AM,/\nann,oak,2025-09-01,AM,/",
        achievements=HEADINGS["achievements"] + "\nann,oak,2025-09-01,kind\nann,oak,2025-09-01,kind",
    )  # fmt: skip
    receipt = load(folder, store)
    assert (receipt.tables["attendance"].kept, receipt.tables["attendance"].duplicates) == (4, 2)
    assert (receipt.tables["achievements"].kept, receipt.tables["achievements"].duplicates) == (1, 1)


def test_one_session_told_twice_differently_is_set_aside_whole(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    receipt = load(write(tmp_path / "export", attendance=WEEK["attendance"] + """
        ann,oak,2025-09-01,AM,I
        ann,oak,2025-09-01,AM,I"""), store).tables["attendance"]  # fmt: skip
    assert (receipt.rows_in, receipt.kept, receipt.quarantined, receipt.duplicates) == (6, 3, 2, 1)
    assert receipt.reasons == {"two rows say different things of the same fact": 2}
    assert ("ann", "2025-09-01", "AM") not in {
        (mark["pupil_id"], mark["date"], mark["session"]) for mark in rows(store, "attendance")
    }


def test_text_survives_as_it_was_written(tmp_path: Path) -> None:
    names = [
        "NULL",
        "NA",
        "True",
        "O'Brien",
        "Zoë",
        "Zoe\u0308",
        "=1+1",
        "a\nb",
        'say "hi"',
        "\\",
        "🙂",
        "אב",
    ]
    names.append("x" * 200)
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    text = "school_id,name,phase,la_code,trust\noak,Oak,secondary,999,\n"
    text += "".join(f"s{n},{name},secondary,999,\n" for n, name in enumerate(quoted))
    store = Store(tmp_path / "store")
    load(write(tmp_path / "export", schools=text.encode("utf-8-sig")), store)
    assert {row["name"] for row in rows(store, "schools")} == {"Oak", *names}


def test_a_feed_in_windows_line_ends_without_the_last_one_is_whole(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    text = "pupil_id,school_id,date,session,code\r\nann,oak,2025-09-01,AM,/\r\nann,oak,2025-09-01,PM,\\"
    receipt = load(write(tmp_path / "export", attendance=text.encode()), store)
    assert receipt.tables["attendance"].kept == 2
    assert any("does not end with a line break" in note for note in receipt.notes)
    assert {row["code"] for row in rows(store, "attendance")} == {"/", "\\"}


def test_a_row_not_in_utf8_is_set_aside(tmp_path: Path) -> None:
    text = b"school_id,name,phase,la_code,trust\noak,Oak,secondary,999,\nelm,\xc9cole,secondary,999,\n"
    receipt = load(write(tmp_path / "export", schools=text), Store(tmp_path / "store")).tables["schools"]
    assert (receipt.kept, receipt.quarantined) == (1, 1)
    assert receipt.reasons == {"the row is not in UTF-8": 1}


def test_columns_in_another_order_and_columns_that_are_not_ours(tmp_path: Path) -> None:
    one, other = Store(tmp_path / "one"), Store(tmp_path / "other")
    load(write(tmp_path / "export"), one)
    receipt = load(write(tmp_path / "turned", calendar="""
        a";drop table inc;--,date,school_id,DATE,
        x,2025-09-01,oak,y,
        x,2025-09-02,oak,y,
        x,2025-09-03,oak,y,"""), other)  # fmt: skip
    assert other.data_hash() == one.data_hash()
    assert sum("was ignored" in note for note in receipt.notes) == 3


def test_what_is_not_there_or_not_ours_is_said_once(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "export", lessons="pupil_id,school_id,date,period,mark", people="pupil_id,first_name"
    )
    (folder / "old exports").mkdir()
    (folder / "notes.docx").write_bytes(b"")
    notes = " ".join(load(folder, Store(tmp_path / "store")).notes)
    assert "lessons: no rows." in notes
    assert "not needed: incidents," in notes
    assert "notes.docx, old exports" in notes
    assert "people" not in notes


def test_an_optional_table_never_loaded_is_empty_and_typed(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(write(tmp_path / "export"), store)
    tables = store.tables()
    assert tables["incidents"].count().execute() == 0
    types = {name: str(kind) for name, kind in tables["incidents"].schema().items()}
    expected = {
        "date": "date",
        "severity": "int64",
        "category": "string",
        "known_on": "date",
        "known_until": "date",
    }
    assert {name: types[name] for name in expected} == expected
    both = tables["attendance"].join(tables["pupils"], "pupil_id").count().execute()
    assert both == 4


@pytest.mark.parametrize("kind", ["VARCHAR", "DATE", "TIMESTAMP"])
def test_parquet_says_what_csv_says(kind: str, tmp_path: Path) -> None:
    one, other = Store(tmp_path / "one"), Store(tmp_path / "other")
    load(write(tmp_path / "export"), one)
    folder = write(tmp_path / "parquet", attendance=None)
    with duckdb.connect() as held:
        held.execute(
            f"COPY (SELECT * REPLACE (CAST(date AS {kind}) AS date) FROM read_csv('{tmp_path}/export/attendance.csv',"
            f" all_varchar = true)) TO '{folder}/attendance.parquet'"
        )
    load(folder, other)
    assert other.data_hash() == one.data_hash()


def test_schools_with_strange_names_keep_their_marks_apart(tmp_path: Path) -> None:
    names = ["../up", "a/b", "A", "a", ".", "..", "CON", "50%", "x" * 300, "é;'\"", "month=2025-09"]
    store = Store(tmp_path / "store")

    def each(heading: str, row: str) -> str:
        quoted = ('"' + name.replace('"', '""') + '"' for name in names)
        return "\n".join([heading, *(row.format(name) for name in quoted)])

    load(write(
        tmp_path / "export",
        schools=each("school_id,name,phase,la_code,trust", "{},S,primary,1,"),
        calendar=each("school_id,date", "{},2025-09-01"),
        enrolments=each("pupil_id,school_id,start_date,end_date,year_group", "ann,{},2025-09-01,,1"),
        attendance=each("pupil_id,school_id,date,session,code", "ann,{},2025-09-01,AM,/"),
    ), store)  # fmt: skip
    assert {row["school_id"] for row in rows(store, "attendance")} == set(names)
    assert {path.name for path in tmp_path.iterdir()} == {"export", "store"}
