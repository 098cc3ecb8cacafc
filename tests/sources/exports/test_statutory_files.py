"""The school census and the Common Transfer File: every part that is read, and nothing that is not."""

from pathlib import Path

import pytest

from tests.sources.exports.documents import CENSUS, CTF, read

ZOE = {"upn": "H801200001001", "former_upn": "L801200001003"}
SAM = {"upn": "X801200001002"}
AT_SCHOOL = {"la": "801", "estab": "4000"}


def test_a_census_gives_pupils_needs_meals_suspensions_and_placements(tmp_path: Path) -> None:
    found = read(tmp_path, CENSUS)
    assert found["School census, pupils on roll"] == [
        {**ZOE, **AT_SCHOOL, "surname": "Ashe", "forename": "Zoë", "birth_date": "2012-03-04", "sex": "F",
         "ethnicity": "WBRI", "language": "ENG", "young_carer": "P", "after_care": "N", "status": "C",
         "entered": "2023-09-04", "year_group": "9", "sen": "K"}
    ]  # fmt: skip
    assert found["School census, pupils no longer on roll"] == [
        {**SAM, **AT_SCHOOL, "surname": "Birch", "forename": "Sam", "birth_date": "2011-01-02", "sex": "M",
         "status": "C", "entered": "2022-09-05", "left": "2025-12-19", "year_group": "10"}
    ]  # fmt: skip
    assert [row["type"] for row in found["School census, types of need"]] == ["SEMH", "SLCN"]
    assert [(row["from"], row.get("until")) for row in found["School census, free school meals"]] == [
        ("2023-09-01", "2024-07-20"),
        ("2025-09-01", None),
    ]
    assert found["School census, suspensions"] == [
        {**ZOE, **AT_SCHOOL, "category": "SUSP", "reasons": "DB;VA", "from": "2025-10-06", "sessions": "4"}
    ]
    assert found["School census, suspensions of leavers"] == [
        {**SAM, **AT_SCHOOL, "category": "PERM", "reasons": "PP", "from": "2025-12-01"}
    ]
    assert found["School census, alternative provision"] == [
        {
            **ZOE,
            **AT_SCHOOL,
            "from": "2025-11-03",
            "urn": "123456",
            "reason": "Off-site placement for behavioural support",
        }
    ]
    assert len(found) == 7


def test_a_census_whose_header_comes_last_reads_the_same(tmp_path: Path) -> None:
    head = CENSUS[CENSUS.index("<Header>") : CENSUS.index("</Header>") + len("</Header>")]
    assert read(tmp_path, CENSUS.replace(head, "").replace("</Message>", head + "</Message>")) == read(
        tmp_path, CENSUS
    )


@pytest.mark.parametrize("module", ["TermlyExclusions", "SENneeds", "FSMeligibility"])
def test_a_census_without_a_module_is_read_for_the_rest(tmp_path: Path, module: str) -> None:
    start, end = CENSUS.index(f"<{module}>"), CENSUS.index(f"</{module}>") + len(f"</{module}>")
    found = read(tmp_path, CENSUS[:start] + CENSUS[end:])
    assert len(found) == 6
    assert found["School census, pupils on roll"]


def test_a_transfer_file_gives_where_the_pupil_was_and_since_when_needs_are_known(tmp_path: Path) -> None:
    found = read(tmp_path, CTF)
    one = {"upn": "H801200001001"}
    assert found["Common Transfer File, pupils"] == [
        {**one, **AT_SCHOOL, "surname": "Ashe", "forename": "Zoë", "birth_date": "2012-03-04", "sex": "F",
         "ethnicity": "WBRI", "care": "true"}
    ]  # fmt: skip
    assert found["Common Transfer File, school history"] == [
        {**one, "la": "801", "estab": "2000", "entered": "2016-09-05", "left": "2023-07-21"},
        {**one, "la": "801", "estab": "4000", "entered": "2023-09-04", "left": "2026-01-09", "reason": "PR"},
    ]
    assert found["Common Transfer File, special educational needs"] == [
        {**one, **AT_SCHOOL, "from": "2022-01-10", "provision": "N"},
        {**one, **AT_SCHOOL, "from": "2024-02-01", "provision": "K"},
    ]
    assert [row["type"] for row in found["Common Transfer File, types of need"]] == ["SEMH"]
    assert [row["from"] for row in found["Common Transfer File, free school meals"]] == ["2023-09-01"]
    assert len(found) == 5
