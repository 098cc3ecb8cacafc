"""Statutory files and hubs' pages, from the file to the store."""

import json
from pathlib import Path

from tests.sources.exports.a_system import ANN, BEN, SEEN, ids, read, rows

CENSUS = f"""<?xml version="1.0" encoding="UTF-8"?>
<Message>
 <Header><CollectionDetails><Collection>SC</Collection><Term>SPR</Term><Year>2026</Year></CollectionDetails>
  <Source><SourceLevel>S</SourceLevel><LEA>801</LEA><Estab>4000</Estab></Source></Header>
 <Pupils><PupilsOnRoll>
  <PupilOnRoll>
   <Identifiers><UPN>{ANN}</UPN><Surname>O'Brien</Surname><Forename>Zoë</Forename><DOB>2012-10-09</DOB><Sex>F</Sex></Identifiers>
   <Characteristics><Ethnicity>WBRI</Ethnicity><Language>ENG</Language></Characteristics>
   <Status><EnrolStatus>C</EnrolStatus><EntryDate>2024-09-01</EntryDate><NCyearActual>8</NCyearActual></Status>
   <SpecialEducationalNeeds><SENprovision>K</SENprovision>
    <SENneeds><SENneed><SENtypeRank>1</SENtypeRank><SENtype>SEMH</SENtype></SENneed></SENneeds></SpecialEducationalNeeds>
   <TermlyExclusions><TermlyExclusion><Category>SUSP</Category><Reasons><Reason>DB</Reason><Reason>VA</Reason></Reasons>
    <StartDate>2025-09-03</StartDate><ActualNumberOfSessions>3</ActualNumberOfSessions></TermlyExclusion></TermlyExclusions>
  </PupilOnRoll>
  <PupilOnRoll>
   <Identifiers><UPN>{BEN}</UPN><Surname>Lee</Surname><Forename>Ben</Forename><DOB>2013-04-03</DOB><Sex>M</Sex></Identifiers>
   <Status><EnrolStatus>C</EnrolStatus><EntryDate>2024-09-01</EntryDate><NCyearActual>8</NCyearActual></Status>
  </PupilOnRoll>
 </PupilsOnRoll></Pupils>
</Message>
"""


def test_a_school_census_gives_pupils_enrolments_needs_and_suspensions(tmp_path: Path) -> None:
    folder = tmp_path / "census"
    folder.mkdir()
    (folder / "8014000_SC.xml").write_text(CENSUS, encoding="utf-8")
    receipt, store = read(folder, tmp_path, school=None, may_set_aside=0.001)
    ann = ids(tmp_path, store)["ann"]
    assert len(rows(store, "pupils", "pupil_id")) == 2
    assert rows(store, "enrolments", "school_id", "year_group", "status") == [("8014000", "8", "C")] * 2
    assert rows(store, "needs", "pupil_id", "kind", "code", "start_date") == [
        (ann, "sen_provision", "K", str(SEEN)), (ann, "sen_type", "SEMH", str(SEEN)),
    ]  # fmt: skip
    assert rows(store, "suspensions", "start_date", "category", "sessions", "reasons") == [
        ("2025-09-03", "SUSP", 3.0, "DB;VA")
    ]
    assert rows(store, "schools", "school_id", "la_code") == [("8014000", "801")]
    assert receipt.tables["suspensions"].quarantined == 0


def test_pages_of_wonde_are_read_as_one_export(tmp_path: Path) -> None:
    pages = tmp_path / "wonde"
    pages.mkdir()
    students = [
        {"id": "A1", "upi": "u1", "forename": "Zoë", "surname": "O'Brien", "date_of_birth": {"date": "2012-10-09"},
         "gender": "FEMALE", "education_details": {"data": {"upn": ANN, "admission_date": {"date": "2024-09-01"},
                                                            "current_nc_year": "8"}}},
    ]  # fmt: skip
    mark = {"session": "AM", "attendance_code": {"data": {"code": "/"}}, "student": {"data": {"id": "A1"}}}
    marks = [{"id": f"M{n}", "date": {"date": f"2025-09-0{n}"}, **mark} for n in (1, 2)]
    (pages / "students-1.json").write_text(json.dumps({"data": students, "meta": {}}), encoding="utf-8")
    for n, one in enumerate(marks, start=1):
        (pages / f"attendance-{n}.json").write_text(json.dumps({"data": [one], "meta": {}}), encoding="utf-8")
    _, store = read(pages, tmp_path)
    ann = ids(tmp_path, store)["ann"]
    assert rows(store, "pupils", "pupil_id", "date_of_birth") == [(ann, "2012-10-09")]
    assert rows(store, "attendance", "pupil_id", "date") == [(ann, "2025-09-01"), (ann, "2025-09-02")]
