"""Exports of the systems that schools have, read without a heading retyped."""

import csv
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from configs.profile import shipped_profiles
from configs.refusals import BadData, BadSettings
from pipelines.load import Asked, explain_folder, load
from sources.exports.draft import draft
from sources.exports.upn import check_letter
from tests.sources.a_folder import set_aside
from tests.sources.exports.a_system import ANN, BEN, CAT, REGISTER, SCHOOL, SEEN, export, ids, read, rows, upn
from watchlists.people import everyone

EDFI = Path(__file__).parents[4] / "shared/data/edfi_sample"
MARKS = f"""
    UPN,Name,Date,Session,Mark,Minutes late
    {ANN},"O'Brien, Zoë",01/09/2025,AM,/,
    {ANN},"O'Brien, Zoë",01/09/2025,PM,L,7
    {BEN},"Lee, Ben",01/09/2025,AM,I,"""


def counts(receipt: object, table: str) -> tuple[int, int, int, int]:
    told = receipt.tables[table]  # type: ignore[attr-defined]
    assert told.rows_in == told.kept + told.quarantined + told.duplicates
    return told.rows_in, told.kept, told.quarantined, told.duplicates


def test_a_sims_student_report_becomes_pupils_enrolments_and_needs(tmp_path: Path) -> None:
    receipt, store = read(export(tmp_path / "sims", "cp1252", Student_report=REGISTER, marks=MARKS), tmp_path)
    who = ids(tmp_path, store)
    assert rows(store, "pupils", "pupil_id", "date_of_birth") == sorted(
        [(who["ann"], "2012-10-09"), (who["ben"], "2013-04-03"), (who["cat"], "2012-12-31")]
    )
    assert (who["cat"], "2025-01-05", "Year 8") in rows(
        store, "enrolments", "pupil_id", "start_date", "year_group"
    )
    assert rows(store, "needs", "pupil_id", "kind", "code", "start_date") == [
        (who["ann"], "sen_provision", "K", "2025-09-15")
    ]
    assert "Student report.csv was read as Windows-1252." in receipt.notes
    assert everyone(store.root)[who["ann"]].name == "Zoë O'Brien"
    assert everyone(store.root)[who["ann"]].tutor_group == "8A"


def test_names_and_numbers_stay_at_the_door(tmp_path: Path) -> None:
    _, store = read(export(tmp_path / "sims", Student_report=REGISTER, marks=MARKS), tmp_path)
    kept = [path for path in store.root.rglob("*") if path.is_file() and path.name != "people.db"]
    assert len(kept) > 5
    for path in kept:
        content = path.read_bytes()
        for secret in (ANN, BEN, CAT, "O'Brien", "Zoë"):
            assert secret.encode() not in content, path


@pytest.mark.parametrize("heading", ["DD/MM/YYYY AM", "weekday", "ISO", "colon"])
def test_a_wide_register_is_a_mark_for_each_filled_cell(heading: str, tmp_path: Path) -> None:
    days = {"DD/MM/YYYY AM": ("01/09/2025 AM", "01/09/2025 PM", "02/09/2025 AM"),
            "weekday": ("Mon 01/09/2025 AM", "Mon 01/09/2025 PM", "Tue 02/09/2025 AM"),
            "ISO": ("2025-09-01 AM", "2025-09-01 PM", "2025-09-02 am"),
            "colon": ("01/09/2025:AM", "01/09/2025:PM", "02/09/2025:AM")}[heading]  # fmt: skip
    wide = f"Name,Reg,UPN,{','.join(days)}\nZoë,8A,{ANN},/,\\,L\nBen,8A,{BEN},O,,N\n"
    receipt, store = read(
        export(tmp_path / "sims", Student_report=REGISTER, register=wide.encode()), tmp_path
    )
    assert counts(receipt, "attendance") == (5, 5, 0, 0)
    who = ids(tmp_path, store)
    assert rows(store, "attendance", "pupil_id", "date", "session", "code") == sorted(
        [(who["ann"], "2025-09-01", "AM", "/"), (who["ann"], "2025-09-01", "PM", "\\"),
         (who["ann"], "2025-09-02", "AM", "L"),
         (who["ben"], "2025-09-01", "AM", "O"), (who["ben"], "2025-09-02", "AM", "N")], key=str)  # fmt: skip


def test_a_bad_cell_of_a_wide_register_is_set_aside_by_its_line(tmp_path: Path) -> None:
    wide = f"UPN,01/09/2025 AM,01/09/2025 PM\n{ANN},/,/\n{BEN},/,£\n".encode("cp1252")
    receipt, store = read(export(tmp_path / "sims", Student_report=REGISTER, register=wide), tmp_path)
    assert counts(receipt, "attendance") == (4, 3, 1, 0)
    assert [(row["file"], row["line"]) for row in set_aside(store, "attendance")] == [("register.csv", 3)]


def test_arbor_as_its_bi_connector_writes_it(tmp_path: Path) -> None:
    receipt, store = read(export(tmp_path / "arbor", STUDENTS=f"""
        STUDENT_ID,APPLICATION_ID,UPN,FIRST_NAME,LAST_NAME,DATE_OF_BIRTH,ENROLMENT_START_DATE,YEAR_GROUP
        7,uk_swd_137264,{ANN},Zoë,O'Brien,2012-10-09,2024-09-01,Year 8""", ATTENDANCE="""
        STUDENT_ID,APPLICATION_ID,RAW_MARK,MARK_CODE,MINUTES_LATE,PERIOD,DATE,IS_PRESENT,IS_POSSIBLE_ATTENDANCE
        7,uk_swd_137264,/,PRESENT_AM,,MORNING,2025-09-01,1,1
        7,uk_swd_137264,L,LATE,12,AFTERNOON,2025-09-01,1,1""", BEHAVIOUR_INCIDENTS="""
        BEHAVIOURAL_INCIDENT_INVOLVEMENT_ID,BEHAVIOURAL_INCIDENT_ID,APPLICATION_ID,STUDENT_ID,SEVERITY,INCIDENT_DT,COMMENT,NARRATIVE
        1,900,uk_swd_137264,7,2,2025-07-01T23:30:00Z,a comment,a story"""), tmp_path, school=None)  # fmt: skip
    assert counts(receipt, "attendance") == (2, 2, 0, 0)
    assert rows(store, "attendance", "session", "code", "minutes_late") == [
        ("AM", "/", None),
        ("PM", "L", 12.0),
    ]
    # half past eleven at night in UTC is the next day in an English July
    assert rows(store, "incidents", "incident_id", "date", "severity") == [("900", "2025-07-02", 2)]
    assert rows(store, "schools", "school_id") == [("uk_swd_137264",)]


def test_a_suspension_of_a_day_and_a_half_is_three_sessions(tmp_path: Path) -> None:
    _, store = read(export(tmp_path / "sims", Student_report=REGISTER, exclusions=f"""
        UPN,Name,Exclusion Type,Exclusion Reason,Start date,End date,Number of days,Comments
        {ANN},Zoë,Suspension,Persistent disruptive behaviour,03/09/2025,04/09/2025,1.5,a comment
        {BEN},Ben,Lunchtime,Bullying,03/09/2025,03/09/2025,0.5,"""), tmp_path)  # fmt: skip
    assert sorted(rows(store, "suspensions", "category", "sessions", "reasons")) == [
        ("LNCH", 1.0, "BU"),
        ("SUSP", 3.0, "DB"),
    ]


def test_bromcom_events_are_incidents_or_recognitions_and_a_third_kind_is_kept_aside(tmp_path: Path) -> None:
    receipt, store = read(export(tmp_path / "bromcom", Student_report=REGISTER, events=f"""
        StudentId,UPN,PreferredName,YearGroup,TutorGroup,EventDate,EventName,EventType,Points,Outcome,Staff,Comment
        1,{ANN},Zoë,8,8A,01/09/2025,Out of lesson,Negative,2,Detention,Ms A,words
        1,{ANN},Zoë,8,8A,01/09/2025,Kindness,Positive,1,,Ms A,words
        2,{BEN},Ben,8,8A,02/09/2025,Parent call,Neutral,,,Ms A,words"""), tmp_path)  # fmt: skip
    assert rows(store, "incidents", "category", "severity", "action") == [("Out of lesson", 2, "Detention")]
    assert rows(store, "achievements", "category", "points") == [("Kindness", 1.0)]
    assert counts(receipt, "incidents") == (2, 1, 1, 0)
    assert set_aside(store, "incidents")[0]["reason"] == "the profile makes nothing of such a row"
    assert "words" not in str(set_aside(store, "incidents"))


def test_class_charts_names_are_looked_up_and_never_guessed(tmp_path: Path) -> None:
    receipt, store = read(export(tmp_path / "charts", Student_report=REGISTER, charts="""
        Pupil,Year,Form,Date,Time,Behaviour,Score,Teacher,Lesson,Location,Note,Outcome
        Zoe O’Brien,8,8A,01/09/2025,09:15,Disruption,-2,Ms A,Maths,Room 1,words,Detention
        "LEE, Ben",8,8A,01/09/2025,10:00,Helpful,1,Ms A,Maths,Room 1,words,
        Sam Unknown,8,8A,01/09/2025,10:00,Helpful,1,Ms A,Maths,Room 1,words,"""), tmp_path)  # fmt: skip
    who = ids(tmp_path, store)
    assert rows(store, "incidents", "pupil_id", "category", "severity") == [(who["ann"], "Disruption", 2)]
    assert rows(store, "achievements", "pupil_id", "category") == [(who["ben"], "Helpful")]
    assert receipt.tables["achievements"].reasons == {"no pupil of that name is on the register": 1}


def test_two_pupils_of_one_name_are_not_told_apart_by_name(tmp_path: Path) -> None:
    twins = REGISTER.replace("Lee,Cat", "Lee,Ben").replace("8B", "8A")
    receipt, _ = read(export(tmp_path / "charts", Student_report=twins, charts="""
        Pupil,Year,Form,Date,Time,Behaviour,Score
        Ben Lee,8,8A,01/09/2025,09:15,Disruption,-2"""), tmp_path)  # fmt: skip
    (reason,) = receipt.tables["incidents"].reasons or {}
    assert reason.startswith("more than one pupil has that name")


def test_of_cpoms_only_the_category_and_the_dates_are_read(tmp_path: Path) -> None:
    _, store = read(export(tmp_path / "cpoms", Student_report=REGISTER, cpoms="""
        Student,Incident date,Date added,Category,Sub-category,Incident,Actions,Alerted,Linked students,Added by,Status
        "O'Brien, Zoë",01/09/2025,03/09/2025,Wellbeing,,secret story,secret action,Mr X,Ben Lee,Ms A,Open
        Broken,row,secret story
        Sam Unknown,01/09/2025,03/09/2025,Wellbeing,,secret story,secret action,Mr X,Ben Lee,Ms A,Open
        """), tmp_path)  # fmt: skip
    concern = [
        row
        for row in rows(store, "needs", "kind", "code", "start_date", "known_on")
        if row[0] == "safeguarding_concern"
    ]
    assert concern == [("safeguarding_concern", "Wellbeing", "2025-09-01", "2025-09-03")]
    assert {row["reason"] for row in set_aside(store, "needs")} == {
        "the row has too few columns", "no pupil of that name is on the register"
    }  # fmt: skip
    assert not any(b"secret" in path.read_bytes() for path in store.root.rglob("*") if path.is_file())


def test_the_dfe_s_download_by_session_and_by_day(tmp_path: Path) -> None:
    _, store = read(export(tmp_path / "dfe", Student_report=REGISTER, by_session=f"""
        School URN,UPN,Attendance date,Session,Attendance code
        137264,{ANN},2025-09-01,AM,/""", by_day=f"""
        School URN,UPN,Date,AM code,PM code
        137264,{BEN},2025-09-01,L,
        137264,{BEN},2025-09-02,/,\\"""), tmp_path)  # fmt: skip
    assert len(rows(store, "attendance", "session")) == 4
    assert rows(store, "schools", "school_id") == [("137264",), ("8014000",)]


def test_an_excel_workbook_with_a_title_above_its_headings(tmp_path: Path) -> None:
    folder = export(tmp_path / "sims", Student_report=REGISTER)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Session marks, Oak School"])
    sheet.append([])
    sheet.append(["UPN", "Date", "Session", "Mark", "Minutes late"])
    sheet.append([ANN, datetime(2025, 9, 1), "AM", "L", 7])  # noqa: DTZ001 - a cell has no zone
    sheet.append([BEN, "01/09/2025", "AM", "/", None])
    sheet.append([None, None, None, None, None])
    sheet.append([CAT, "45901", "AM", "/", None])
    book.save(folder / "marks.xlsx")
    receipt, store = read(folder, tmp_path)
    assert counts(receipt, "attendance") == (3, 2, 1, 0)
    assert rows(store, "attendance", "date", "code", "minutes_late") == [
        ("2025-09-01", "/", None),
        ("2025-09-01", "L", 7.0),
    ]
    assert [row["line"] for row in set_aside(store, "attendance")] == [7]


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_other_separators_and_a_title_line(separator: str, tmp_path: Path) -> None:
    folder = export(tmp_path / "sims", Student_report=REGISTER)
    with (folder / "marks.csv").open("w", encoding="utf-16", newline="") as file:
        file.write("Session marks\r\n")
        writer = csv.writer(file, delimiter=separator)
        writer.writerows(
            [["UPN", "Date", "Session", "Mark"], [ANN, "01/09/2025", "AM", "/"], [BEN, "01/09/2025", "AM"]]
        )
    receipt, store = read(folder, tmp_path)
    assert counts(receipt, "attendance") == (2, 1, 1, 0)
    assert [(row["line"], row["reason"]) for row in set_aside(store, "attendance")] == [
        (4, "the row has too few columns")
    ]


def test_day_and_month_swapped_stop_the_load_and_say_how_dates_were_to_be_written(tmp_path: Path) -> None:
    swapped = MARKS.replace("01/09/2025", "09/14/2025")
    with pytest.raises(BadData, match=r"date is not a date written DD/MM/YYYY.*line 2 of marks\.csv"):
        read(export(tmp_path / "sims", Student_report=REGISTER, marks=swapped), tmp_path, may_set_aside=0.001)


@pytest.mark.parametrize("day", ["2025-09-01", "1.9.2025", "45901", "31/02/2025", "01/09/25", "1900-01-00"])
def test_only_the_declared_date_formats_are_dates(day: str, tmp_path: Path) -> None:
    receipt, _ = read(
        export(tmp_path / "sims", Student_report=REGISTER, marks=MARKS.replace("01/09/2025,PM", f"{day},PM")),
        tmp_path,
    )
    assert counts(receipt, "attendance") == (3, 2, 1, 0)


def test_a_session_told_twice_with_two_codes_is_set_aside_whole(tmp_path: Path) -> None:
    twice = MARKS + f'\n    {BEN},"Lee, Ben",01/09/2025,AM,/,'
    receipt, _ = read(export(tmp_path / "sims", Student_report=REGISTER, marks=twice), tmp_path)
    assert counts(receipt, "attendance") == (4, 2, 2, 0)


def test_a_mistyped_upn_is_set_aside_unless_the_admission_number_tells_who_it_is(tmp_path: Path) -> None:
    wrong = ("B" if ANN[0] != "B" else "C") + ANN[1:]
    receipt, store = read(export(tmp_path / "sims", Student_report=REGISTER, marks=f"""
        UPN,Adno,Date,Session,Mark
        {wrong},101,01/09/2025,AM,/
        {wrong},,01/09/2025,PM,/
        8.01401E+11,,02/09/2025,AM,/"""), tmp_path)  # fmt: skip
    assert rows(store, "attendance", "pupil_id", "session") == [(ids(tmp_path, store)["ann"], "AM")]
    assert sorted(receipt.tables["attendance"].reasons or {}) == [
        "a spreadsheet has turned the UPN into a rounded number: export again with the UPN as text",
        "the UPN has a wrong check letter: a character was mistyped",
    ]


def test_the_same_folder_twice_changes_nothing_and_a_later_one_adds_what_is_new(tmp_path: Path) -> None:
    folder = export(tmp_path / "sims", Student_report=REGISTER, marks=MARKS)
    first, store = read(folder, tmp_path)
    again, _ = read(folder, tmp_path, seen_on=date(2025, 9, 16))
    assert again.load == 0
    assert again.data_hash == first.data_hash
    export(folder, marks=MARKS.replace(",AM,I,", ",AM,O,") + f'\n    {BEN},"Lee, Ben",01/09/2025,PM,/,')
    later, _ = read(folder, tmp_path, seen_on=date(2025, 9, 17))
    assert counts(later, "attendance") == (4, 2, 0, 2)
    held = store.tables()["attendance"]
    told = (
        held.filter(held.code.isin(["I", "O"]))
        .select("code", "known_on", "known_until")
        .to_pandas()
        .sort_values("code")
    )
    assert [str(day)[:10] for day in told["known_on"]] == ["2025-09-01", "2025-09-17"]


def test_a_need_no_longer_shown_has_ended_and_one_still_shown_goes_on(tmp_path: Path) -> None:
    folder = export(tmp_path / "sims", Student_report=REGISTER.replace(",,N", ",,E"), marks=MARKS)
    read(folder, tmp_path)
    export(folder, Student_report=REGISTER.replace(",,N", ",,E").replace(",,K", ",,N"))
    _, store = read(folder, tmp_path, seen_on=date(2025, 10, 1))
    who = ids(tmp_path, store)
    assert rows(store, "needs", "pupil_id", "code", "start_date", "end_date") == sorted(
        [(who["ann"], "K", "2025-09-15", "2025-10-01"), (who["ben"], "E", "2025-09-15", None)]
    )


def test_a_pupil_whose_temporary_upn_becomes_permanent_stays_one_pupil(tmp_path: Path) -> None:
    body = "80140002500A"
    temporary = check_letter("A" + body) + body
    first = REGISTER.replace(CAT, temporary)
    folder = export(tmp_path / "sims", Student_report=first, marks=MARKS)
    _, store = read(folder, tmp_path)
    before = {row[0] for row in rows(store, "pupils", "pupil_id")}
    changed = REGISTER.replace("UPN,DOB", "UPN,Former UPN,DOB").replace(f"{CAT},", f"{CAT},{temporary},")
    export(folder, Student_report=changed.replace(f"{ANN},", f"{ANN},,").replace(f"{BEN},", f"{BEN},,"))
    read(folder, tmp_path, seen_on=date(2025, 10, 1))
    assert {row[0] for row in rows(store, "pupils", "pupil_id")} == before


def test_an_admission_number_given_anew_does_not_join_two_pupils(tmp_path: Path) -> None:
    folder = export(tmp_path / "sims", Student_report=REGISTER, marks=MARKS)
    _, store = read(folder, tmp_path)
    export(folder, Student_report=REGISTER.replace(BEN, upn(9)))
    read(folder, tmp_path, seen_on=date(2025, 10, 1))
    assert len(rows(store, "pupils", "pupil_id")) == 4


def test_a_report_that_names_no_school_asks_for_it(tmp_path: Path) -> None:
    folder = export(tmp_path / "sims", Student_report=REGISTER, marks=MARKS)
    with pytest.raises(BadSettings, match=r"Student report\.csv .* Run again with --school ID"):
        read(folder, tmp_path, school=None)
    export(folder, schools="school_id,name,phase,la_code,trust\n8014000,Oak School,secondary,801,")
    _, store = read(folder, tmp_path, school=None)
    assert rows(store, "schools", "name") == [("Oak School",)]


def test_another_key_is_refused_and_a_key_in_the_store_too(tmp_path: Path) -> None:
    folder = export(tmp_path / "sims", Student_report=REGISTER, marks=MARKS)
    _, store = read(folder, tmp_path)
    (tmp_path / "key").write_text("another key, long enough to be one", encoding="ascii")
    with pytest.raises(BadSettings, match="not the one that the store's pupils were named with"):
        read(folder, tmp_path)
    with pytest.raises(BadSettings, match="may not lie in the store"):
        load(Asked(folder, SEEN, store.root / "key"), store.root, lambda _: None)


def test_what_no_profile_knows_is_said_with_what_it_is_most_like(tmp_path: Path) -> None:
    folder = export(tmp_path / "sims", Student_report=REGISTER, marks=MARKS, other=f"UPN,Date,Mark\n{ANN},01/09/2025,/",
                    odd="A,B\n1,2")  # fmt: skip
    receipt, _ = read(folder, tmp_path)
    notes = " ".join(receipt.notes)
    assert "other.csv was not read: it is most like SIMS, session marks, and lacks Session." in notes
    assert "odd.csv was not read: no profile knows it." in notes


BROKEN = {
    "a web page": (b"<!DOCTYPE html><html>Sign in</html>", "is a web page"),
    "a PDF": (b"%PDF-1.7 ...", "is a PDF, not rows"),
    "a workbook by another name": (b"PK\x03\x04....", "zip or Excel file under another name"),
    "a compressed file": (b"\x1f\x8b\x08....", "is a compressed file"),
    "a column twice": (b"UPN,Date,Session,Mark,Mark\nA,01/09/2025,AM,/,/\n", "column 'Mark' is there twice"),
    "UTF-16 cut off in a letter": ("UPN,Date,Session,Mark\nA,01/09/2025,AM,/\n".encode("utf-16")[:-1], "is UTF-16"),
    "Windows-1252 where it is not declared": (
        "STUDENT_ID,RAW_MARK,PERIOD,DATE,é\n1,/,MORNING,2025-09-01,é\n".encode("cp1252"),
        "line 1 is not in utf-8, in which Arbor"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_file_that_is_not_what_it_says_is_refused_in_one_line(case: str, tmp_path: Path) -> None:
    content, expected = BROKEN[case]
    with pytest.raises(BadData, match=expected) as refusal:
        read(export(tmp_path / "sims", Student_report=REGISTER, marks=content), tmp_path)
    assert "marks.csv" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_value_of_3_mb_is_no_value(tmp_path: Path) -> None:
    long = b"UPN,Date,Session,Mark\n" + ANN.encode() + b"," + b"x" * 3_000_000 + b",AM,/\n"
    receipt, _ = read(export(tmp_path / "sims", Student_report=REGISTER, marks=long), tmp_path)
    assert receipt.tables["attendance"].reasons == {"the row is longer than 2 MB": 1}


def test_a_zip_bomb_is_not_opened(tmp_path: Path) -> None:
    import zipfile

    folder = export(tmp_path / "sims", Student_report=REGISTER)
    with zipfile.ZipFile(folder / "marks.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    with pytest.raises(BadData, match="unpacks to far more than an export holds"):
        read(folder, tmp_path)


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    folder = export(tmp_path / "sims", Student_report=REGISTER)
    (folder / "marks.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(BadData, match=r"marks\.xlsx is not a whole Excel file"):
        read(folder, tmp_path)


@pytest.mark.skipif(not EDFI.is_dir(), reason="Ed-Fi's sample is not beside this checkout")
def test_the_whole_of_ed_fi_s_own_sample_reads(tmp_path: Path) -> None:
    receipt, _ = read(EDFI, tmp_path, school=None, may_set_aside=0.001)
    for table in receipt.tables:
        counts(receipt, table)
    assert counts(receipt, "attendance") == (
        3834,
        3831,
        2,
        1,
    )  # 1,917 events, each a morning and an afternoon
    assert counts(receipt, "pupils") == (960, 960, 0, 0)
    assert (
        counts(receipt, "removals")[0] + counts(receipt, "suspensions")[0] == 25
    )  # one for each pupil of an action
    assert counts(receipt, "incidents")[0] == 21
    again, _ = read(EDFI, tmp_path, school=None)
    assert again.load == 0


def test_how_each_file_would_be_read_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    folder = export(tmp_path / "sims", Student_report=REGISTER, odd="A,B\n1,2")
    said = explain_folder(folder, tmp_path / "store", (), as_json=False)
    assert "Student report.csv: SIMS, students (utf-8; dates DD/MM/YYYY" in said
    assert "start_date       “Admission date”" in said
    assert "odd.csv was not read: no profile knows it." in said
    assert not (tmp_path / "store").exists()
    assert "Zoë" not in said


def test_a_draft_for_an_unknown_file_can_be_finished_and_holds_none_of_its_values(tmp_path: Path) -> None:
    folder = export(tmp_path / "ours", Student_report=REGISTER, minibus=f"""
        Pupil UPN,When,Half,Mark given,What was said
        {ANN},01/09/2025,AM,/,a long story
        {BEN},02/09/2025,PM,L,another story""")  # fmt: skip
    text = draft(folder / "minibus.csv", shipped_profiles())
    assert ANN not in text
    assert "story" not in text
    assert 'upn: ["Pupil UPN"]  # UPNs' in text
    assert 'when: ["When"]  # DD/MM/YYYY' in text
    finished = tmp_path / "minibus.yaml"
    rows_of = text.index("    rows:")
    finished.write_text(text[:rows_of].replace("CHANGE ME", "Minibus") + """    rows:
      attendance: {pupil_id: pupil, school_id: school, date: {date: when}, session: half, code: mark_given}
""", encoding="utf-8")  # fmt: skip
    _, store = read(folder, tmp_path, profiles=[finished])
    assert rows(store, "attendance", "session", "code") == [("AM", "/"), ("PM", "L")]
    export(folder, minibus=f"Pupil UPN,When,Half,Mark given,What was said\n{ANN},03/09/2025,AM,/,x")
    read(folder, tmp_path, seen_on=date(2025, 10, 1))  # the store has kept the profile
    assert len(rows(store, "attendance", "code")) == 3


def test_schools_and_open_days_beside_exports_are_used_and_any_other_table_twice_is_refused(
    tmp_path: Path,
) -> None:
    folder = export(
        tmp_path / "sims",
        Student_report=REGISTER,
        marks=MARKS,
        calendar=f"school_id,date\n{SCHOOL},2025-09-01",
    )
    _, store = read(folder, tmp_path)
    assert rows(store, "calendar", "date") == [("2025-09-01",)]
    export(folder, attendance=f"pupil_id,school_id,date,session,code\nann,{SCHOOL},2025-09-01,AM,/")
    with pytest.raises(BadData, match=r"attendance\.csv gives attendance, and so do exports beside it"):
        read(folder, tmp_path)


def test_an_event_of_a_pupil_nobody_lists_is_set_aside_and_stops_nothing_else(tmp_path: Path) -> None:
    strangers = "".join(f"{upn(n)},,01/09/2025,AM,/,\n" for n in range(50, 60))
    receipt, store = read(
        export(tmp_path / "sims", Student_report=REGISTER, marks=f"{MARKS}\n{strangers}"), tmp_path
    )
    assert counts(receipt, "attendance") == (13, 3, 10, 0)
    assert receipt.tables["aliases"].quarantined == 0
    assert {row[0] for row in rows(store, "aliases", "pupil_id")} == {
        row[0] for row in rows(store, "pupils", "pupil_id")
    }
