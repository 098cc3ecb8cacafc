"""Pages of JSON from the hubs Wonde and Assembly, and the resources of an Ed-Fi API."""

import json
from pathlib import Path
from typing import Any

import pytest

from configs.profile import Value
from configs.settings import attendance_codes
from sources.tables import TABLES
from tests.sources.exports.documents import EVERY, page, read

S1 = {"pulled_school": "S1"}
DAY = {"date": "2025-10-06 00:00:00.000000", "timezone_type": 3, "timezone": "Europe/London"}
WONDE_STUDENT = {
    "id": "A1", "upi": "8d4", "mis_id": "9919", "surname": "Ashe", "forename": "Zoë", "gender": "FEMALE",
    "date_of_birth": DAY,
    "education_details": {"data": {"upn": "H801200001001", "admission_date": DAY, "leaving_date": None,
                                   "current_nc_year": "9"}},
    "extended_details": {"data": {"sen_status": "K", "free_school_meals": True, "in_lea_care": False,
                                  "religion": "secret"}},
}  # fmt: skip
ASSEMBLY_STUDENT = {
    "object": "student", "id": 7, "year_code": "9", "upn": "H801200001001", "pan": "1234", "first_name": "Zoë",
    "last_name": "Ashe", "dob": "2012-03-04T00:00:00.000Z", "start_date": "2023-09-04T00:00:00.000Z", "end_date": None,
    "demographics": {"ethnicity_code": "WBRI", "gender": "Female", "in_care": False,
                     "sen_category_history": [{"code": "N", "start_date": "2022-01-10", "end_date": "2024-01-31"},
                                              {"code": "K", "start_date": "2024-02-01", "end_date": None}],
                     "sen_needs": [{"start_date": "2024-02-01", "sen_need_type_code": "SEMH", "priority": 1}],
                     "fsm_history": [{"start_date": "2023-09-01", "end_date": None}]},
}  # fmt: skip


def test_wonde_students_with_the_details_asked_for(tmp_path: Path) -> None:
    found = read(tmp_path, page([WONDE_STUDENT], meta={"pagination": {"next": None}}))
    assert found == {
        "Wonde, students": [
            {**S1, "id": "A1", "upi": "8d4", "upn": "H801200001001", "first_name": "Zoë", "last_name": "Ashe",
             "birth_date": DAY["date"], "sex": "FEMALE", "year_group": "9", "entered": DAY["date"], "sen": "K",
             "meals": "true", "care": "false"}
        ]
    }  # fmt: skip


@pytest.mark.parametrize("student", ["A1", {"data": {"id": "A1"}}])
def test_wonde_marks_whether_the_student_is_an_id_or_a_part(tmp_path: Path, student: Any) -> None:
    mark = {"id": "M1", "date": DAY, "session": "AM", "attendance_code": {"data": {"code": "L"}}, "minutes_late": 7,
            "comment": "secret", "student": student}  # fmt: skip
    found = read(tmp_path, page([mark, {**mark, "session": "PM", "minutes_late": None}]))
    one = {**S1, "id": "A1", "date": DAY["date"], "mark": "L"}
    assert found == {
        "Wonde, session attendance": [{**one, "session": "AM", "minutes_late": "7"}, {**one, "session": "PM"}]
    }


def test_wonde_behaviour_is_a_row_for_each_student_in_it(tmp_path: Path) -> None:
    students = {"data": [{"id": "A1", "role": "AG", "action": "Detention"}, {"id": "A2", "role": "WI"}]}
    behaviour = {
        "id": "B1",
        "type": "Defiance",
        "incident_date": DAY,
        "time": "10:15",
        "comment": "secret",
        "students": students,
    }
    found = read(tmp_path, page([behaviour]))
    one = {**S1, "incident": "B1", "category": "Defiance", "date": DAY["date"], "time": "10:15"}
    assert found == {
        "Wonde, behaviours": [
            {**one, "id": "A1", "role": "AG", "action": "Detention"},
            {**one, "id": "A2", "role": "WI"},
        ]
    }


def test_wonde_achievements_exclusions_lessons_and_the_school(tmp_path: Path) -> None:
    achievement = {
        "id": "C1",
        "type": "Kindness",
        "date": DAY,
        "points": 3,
        "students": {"data": [{"id": "A1"}]},
    }
    assert list(read(tmp_path, page([achievement]))) == ["Wonde, achievements"]
    exclusion = {
        "id": "E1",
        "student": "A1",
        "type": "Fixed Term",
        "reason": "DB",
        "start_date": DAY,
        "sessions": 4,
    }
    assert list(read(tmp_path, page([exclusion]))) == ["Wonde, exclusions"]
    lesson = {"id": "L1", "student": "A1", "attendance_code": {"data": {"code": "O"}},
              "lesson": {"data": {"id": "P1", "start_at": DAY}}}  # fmt: skip
    assert list(read(tmp_path, page([lesson]))) == ["Wonde, lesson attendance"]
    school = {
        "id": "S1",
        "name": "A",
        "establishment_number": "4000",
        "la_code": "801",
        "phase_of_education": "SECONDARY",
    }
    assert list(read(tmp_path, json.dumps({"data": school}))) == ["Wonde, school"]


def test_assembly_students_with_their_needs_and_meals(tmp_path: Path) -> None:
    found = read(tmp_path, page([ASSEMBLY_STUDENT], object="list", next_page=None))
    ids = {**S1, "id": "7", "upn": "H801200001001", "admission": "1234"}
    assert [row["year_group"] for row in found["Assembly, students"]] == ["9"]
    assert found["Assembly, special educational needs"] == [
        {**ids, "code": "N", "from": "2022-01-10", "until": "2024-01-31"},
        {**ids, "code": "K", "from": "2024-02-01"},
    ]
    assert found["Assembly, types of need"] == [{**ids, "code": "SEMH", "from": "2024-02-01"}]
    assert {**ids, "from": "2023-09-01"} in found["Assembly, free school meals"]


def test_assembly_marks_and_exclusions(tmp_path: Path) -> None:
    mark = {"object": "attendance", "student_id": 7, "session_date": "2025-10-06T00:00:00.000Z", "session_name": "AM",
            "attendance_mark": "/", "minutes_late": None, "comments": "secret"}  # fmt: skip
    assert read(tmp_path, page([mark])) == {
        "Assembly, attendance": [
            {**S1, "id": "7", "date": mark["session_date"], "session": "AM", "mark": "/"}
        ]
    }
    exclusion = {"student_id": 7, "exclusion_type": "Fixed Term", "exclusion_reason": "DB", "exclusion_reason_2": "VA",
                 "start_date": "2025-10-06", "exclusion_length": 4}  # fmt: skip
    assert list(read(tmp_path, page([exclusion]))) == ["Assembly, exclusions"]


STUDENT, SCHOOL = (
    {"studentReference": {"studentUniqueId": "604821"}},
    {"schoolReference": {"schoolId": 255901001}},
)
TARDY = {"attendanceEventCategoryDescriptor": "uri://ed-fi.org/AttendanceEventCategoryDescriptor#Tardy"}
RESOURCES: dict[str, dict[str, Any]] = {
    "students": {"studentUniqueId": "604821", "firstName": "T", "lastSurname": "D", "birthDate": "2014-11-13"},
    "schools": {"schoolId": 255901001, "nameOfInstitution": "Grand Bend", "schoolCategories":
                [{"schoolCategoryDescriptor": "uri://ed-fi.org/SchoolCategoryDescriptor#High School"}]},
    "enrolments": {**STUDENT, **SCHOOL, "entryDate": "2021-08-23", "entryGradeLevelDescriptor": "uri://x#Ninth grade"},
    "calendar": {"date": "2021-08-23", "calendarReference": {"schoolId": 255901001},
                 "calendarEvents": [{"calendarEventDescriptor": "uri://x#Instructional day"}]},
    "school attendance": {**STUDENT, **SCHOOL, **TARDY, "eventDate": "2021-10-04"},
    "lesson attendance": {**STUDENT, **TARDY, "eventDate": "2021-10-04",
                          "sectionReference": {"schoolId": 255901001, "sectionIdentifier": "MATH"}},
    "interventions": {**STUDENT, "interventionReference": {"interventionIdentificationCode": "CheckAndConnect"}},
}  # fmt: skip


@pytest.mark.parametrize("name", RESOURCES)
@pytest.mark.parametrize("lines", [False, True])
def test_each_ed_fi_resource_is_known_as_a_list_or_a_line_each(
    tmp_path: Path, name: str, lines: bool
) -> None:
    each = [RESOURCES[name]] * 3
    found = read(tmp_path, "\n".join(map(json.dumps, each)) if lines else json.dumps(each))
    assert {title: len(rows) for title, rows in found.items()} == {f"Ed-Fi API, {name}": 3}


def test_an_ed_fi_action_gives_the_incident_and_what_was_done(tmp_path: Path) -> None:
    reference = {"studentUniqueId": "604821", "schoolId": 255901001, "incidentIdentifier": "10",
                 "behaviorDescriptor": "uri://x#State Offense"}  # fmt: skip
    action = {
        **STUDENT, "responsibilitySchoolReference": {"schoolId": 255901001}, "disciplineDate": "2021-10-18",
        "actualDisciplineActionLength": 1.5, "disciplines": [{"disciplineDescriptor": "uri://x#In School Suspension"}],
        "studentDisciplineIncidentBehaviorAssociations": [
            {"studentDisciplineIncidentBehaviorAssociationReference": reference}],
    }  # fmt: skip
    found = read(tmp_path, json.dumps([action]))
    one = {"student": "604821", "school": "255901001", "date": "2021-10-18"}
    assert found == {
        "Ed-Fi API, incidents": [{**one, "incident": "10", "behaviour": "State Offense"}],
        "Ed-Fi API, disciplinary actions": [{**one, "action": "In School Suspension", "length": "1.5"}],
    }


@pytest.mark.parametrize("export", EVERY, ids=lambda export: export.title)
def test_every_row_that_a_profile_makes_has_what_its_table_must_have(export: Any) -> None:
    for rows in export.rows:
        table = TABLES[rows.table]
        assert all(table.has(name) for name in rows.values)
        must = {column.name for column in table.columns if column.required and not column.blank}
        assert must <= set(rows.values), rows.table


def chosen(value: Value) -> set[str]:
    """Every text a value can turn what it reads into."""
    fixed = {value.text} if value.kind == "always" else set()
    return {*fixed, *value.choices.values(), *([value.otherwise] if value.otherwise else [])}


@pytest.mark.parametrize("export", EVERY, ids=lambda export: export.title)
def test_every_word_is_turned_into_one_its_table_allows(export: Any) -> None:
    for rows in export.rows:
        for name, value in rows.values.items():
            if choices := TABLES[rows.table].column(name).choices:
                assert chosen(value) <= set(choices), (rows.table, name)
            if (rows.table, name) == ("attendance", "code"):
                assert chosen(value) <= set(attendance_codes())


def test_no_free_text_or_family_detail_is_a_column_of_any_document() -> None:
    last = {text.split("/")[-1].casefold() for e in EVERY for texts in e.columns.values() for text in texts}
    shunned = {"comment", "comments", "narrative", "note", "notes", "religion", "address", "postcode", "description",
               "casenumber", "reportedtolawenforcement", "attendanceeventreason",
               "behaviordetaileddescription"}  # fmt: skip
    assert not last & shunned
    assert not last & {name.casefold() for e in EVERY for name in e.never_read}
