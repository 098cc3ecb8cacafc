"""Small files of the kinds that schools, hubs and authorities exchange, written as their makers write them."""

import json
from pathlib import Path
from typing import Any

from configs.profile import Export, shipped_profiles
from sources.exports.records import recognised, records

EVERY = tuple(export for export in shipped_profiles() if export.format != "table")
Read = dict[str, list[dict[str, str | None]]]

CENSUS = """<?xml version="1.0" encoding="UTF-8"?>
<Message>
 <Header><CollectionDetails><Collection>SC</Collection><ReferenceDate>2026-01-15</ReferenceDate></CollectionDetails>
  <Source><SourceLevel>S</SourceLevel><LEA>801</LEA><Estab>4000</Estab></Source></Header>
 <Pupils><PupilsOnRoll><PupilOnRoll>
   <Identifiers><UPN>H801200001001</UPN><FormerUPN>L801200001003</FormerUPN><Surname>Ashe</Surname><Forename>Zoë</Forename>
     <DOB>2012-03-04</DOB><Sex>F</Sex></Identifiers>
   <Characteristics><FSMeligibility>
       <FSMperiod><FSMstartDate>2023-09-01</FSMstartDate><FSMendDate>2024-07-20</FSMendDate><UKcountry>ENG</UKcountry></FSMperiod>
       <FSMperiod><FSMstartDate>2025-09-01</FSMstartDate><UKcountry>ENG</UKcountry></FSMperiod></FSMeligibility>
     <Ethnicity>WBRI</Ethnicity><Language>ENG</Language><YoungCarer>P</YoungCarer>
     <PostLookedAfterArrangements>N</PostLookedAfterArrangements></Characteristics>
   <Status><EnrolStatus>C</EnrolStatus><EntryDate>2023-09-04</EntryDate><NCyearActual>9</NCyearActual></Status>
   <SpecialEducationalNeeds><SENprovision>K</SENprovision><SENneeds>
     <SENneed><SENtypeRank>1</SENtypeRank><SENtype>SEMH</SENtype></SENneed>
     <SENneed><SENtypeRank>2</SENtypeRank><SENtype>SLCN</SENtype></SENneed></SENneeds></SpecialEducationalNeeds>
   <TermlyExclusions><TermlyExclusion><Category>SUSP</Category><Reasons><Reason>DB</Reason><Reason>VA</Reason></Reasons>
     <StartDate>2025-10-06</StartDate><ActualNumberOfSessions>4</ActualNumberOfSessions></TermlyExclusion></TermlyExclusions>
   <TermlyAttendance><SessionsPossible>120</SessionsPossible></TermlyAttendance>
   <AlternativeProvisionPlacements><AlternativeProvisionPlacement><URN>123456</URN><EntryDate>2025-11-03</EntryDate>
     <PlacementReason>Off-site placement for behavioural support</PlacementReason>
     </AlternativeProvisionPlacement></AlternativeProvisionPlacements>
  </PupilOnRoll></PupilsOnRoll>
  <PupilsNoLongerOnRoll><PupilNoLongerOnRoll>
   <Identifiers><UPN>X801200001002</UPN><Surname>Birch</Surname><Forename>Sam</Forename><DOB>2011-01-02</DOB><Sex>M</Sex></Identifiers>
   <Status><EnrolStatus>C</EnrolStatus><EntryDate>2022-09-05</EntryDate><LeavingDate>2025-12-19</LeavingDate>
     <NCyearActual>10</NCyearActual></Status>
   <TermlyExclusions><TermlyExclusion><Category>PERM</Category><Reasons><Reason>PP</Reason></Reasons>
     <StartDate>2025-12-01</StartDate></TermlyExclusion></TermlyExclusions>
  </PupilNoLongerOnRoll></PupilsNoLongerOnRoll></Pupils>
</Message>
"""
CTF = """<?xml version="1.0" encoding="utf-8"?>
<CTfile><Header><DocumentName>Common Transfer File</DocumentName><CTFversion>25.0</CTFversion>
  <SourceSchool><LEA>801</LEA><Estab>4000</Estab><SchoolName>A School</SchoolName></SourceSchool></Header>
 <CTFpupilData><Pupil><UPN>H801200001001</UPN><Surname>Ashe</Surname><Forename>Zoë</Forename><DOB>2012-03-04</DOB><Sex>F</Sex>
  <FSMhistory><FSMinstances><FSM><FSMstartDate>2023-09-01</FSMstartDate></FSM></FSMinstances></FSMhistory>
  <BasicDetails><Ethnicity>WBRI</Ethnicity><NCyearActual>9</NCyearActual></BasicDetails>
  <LookedAfter><InCare>true</InCare></LookedAfter>
  <SEN><SENhistory><SEN><StartDate>2022-01-10</StartDate><SENprovision>N</SENprovision></SEN>
       <SEN><StartDate>2024-02-01</StartDate><SENprovision>K</SENprovision></SEN></SENhistory>
     <SENneeds><SENneed><SENtypeRank>1</SENtypeRank><SENtype>SEMH</SENtype></SENneed></SENneeds></SEN>
  <Attendance><YearData><Year>2025</Year><SessionsPossible>190</SessionsPossible></YearData></Attendance>
  <SchoolHistory><School><LEA>801</LEA><Estab>2000</Estab><EntryDate>2016-09-05</EntryDate><LeavingDate>2023-07-21</LeavingDate></School>
     <School><LEA>801</LEA><Estab>4000</Estab><EntryDate>2023-09-04</EntryDate><LeavingDate>2026-01-09</LeavingDate>
       <LeavingReason>PR</LeavingReason></School></SchoolHistory></Pupil></CTFpupilData></CTfile>
"""
PULLED = {"source": "wonde", "school": "S1"}


def page(records: list[Any], **around: Any) -> str:
    """A page as `handrail pull` writes it."""
    return json.dumps({"handrail": PULLED, "data": records, **around})


def read(folder: Path, text: str, exports: tuple[Export, ...] = EVERY) -> Read:
    """Every record of the document by the export that it fits, without what is absent."""
    path = folder / "document"
    path.write_text(text, encoding="utf-8")
    return {
        export.title: [{k: v for k, v in row.items() if v is not None} for _, row in records(path, export)]
        for export in recognised(path, exports)
    }
