"""The whole of Ed-Fi's own sample: as many records as an obvious count of the whole document says."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from configs.profile import Export
from sources.exports.records import recognised, records
from tests.sources.exports.documents import EVERY

SAMPLE = Path(__file__).parents[3].parent / "shared/data/edfi_sample"
NS = "{http://ed-fi.org/5.2.0}"
COUNTS = {
    "EducationOrgCalendar": {"calendar": 2},
    "EducationOrganization": {"schools": 3},
    "Student": {"students": 960},
    "StudentDiscipline": {"incidents": 21, "disciplinary actions": 25},
    "StudentIntervention": {"interventions": 25},
    "StudentProgram": {
        "special education": 97, "kinds of special education": 21, "section 504": 3, "free school meals": 82,
        "neglected": 8, "programmes": 126, "career and technical programmes": 64, "title i programmes": 2,
    },
    "StudentSchoolAttendance": {"school attendance": 1917},
    "StudentSectionAttendance-Tardy": {"lesson attendance": 66},
}  # fmt: skip
pytestmark = pytest.mark.skipif(not SAMPLE.is_dir(), reason="the sample is not beside this checkout")


def count(path: Path, export: Export) -> int:
    """The records by the whole document in memory."""
    way = "/".join(NS + step for step in export.record.split("/") if step)
    found = ET.parse(path).getroot().iter(NS + export.within)
    return sum(len(element.findall(way)) if way else 1 for element in found)


@pytest.mark.parametrize("file", COUNTS)
def test_every_file_of_the_sample_is_recognised_and_read_whole(file: str) -> None:
    path = SAMPLE / f"{file}.xml"
    fitting = recognised(path, EVERY)
    read = {export.name: list(records(path, export)) for export in fitting}
    assert {name: len(rows) for name, rows in read.items()} == COUNTS[file]
    assert {export.name: count(path, export) for export in fitting} == COUNTS[file]
    for export in fitting:
        assert all(any(row[name] for name in need) for _, row in read[export.name] for need in export.needs)
        assert all(row[name] for _, row in read[export.name] for name in export.school)
        assert [line for line, _ in read[export.name]] == sorted({line for line, _ in read[export.name]})


def test_each_incident_has_the_day_time_and_place_of_the_incident_it_refers_to() -> None:
    path = SAMPLE / "StudentDiscipline.xml"
    root = ET.parse(path).getroot()
    told = {
        one.get("id"): tuple(
            one.findtext(NS + name) for name in ("IncidentIdentifier", "IncidentDate", "IncidentTime")
        )
        for one in root.iter(NS + "DisciplineIncident")
    }
    referred = [
        told[str(one.find(NS + "DisciplineIncidentReference").get("ref"))]  # type: ignore[union-attr]
        for one in root.iter(NS + "StudentDisciplineIncidentBehaviorAssociation")
    ]
    export = next(one for one in EVERY if one.title == "Ed-Fi XML, incidents")
    assert [(row["incident"], row["date"], row["time"]) for _, row in records(path, export)] == referred


def test_nothing_of_police_or_of_people_outside_the_school_is_read() -> None:
    path = SAMPLE / "StudentDiscipline.xml"
    text = " ".join(
        v for e in recognised(path, EVERY) for _, row in records(path, e) for v in row.values() if v
    )
    root = ET.parse(path).getroot()
    for name in ("ReporterName", "CaseNumber", "LastSurname", "BehaviorDetailedDescription"):
        assert not any(str(one.text) in text for one in root.iter(NS + name))
