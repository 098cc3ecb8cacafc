"""The profiles Handrail ships hold together; one that does not says which file and which key is off."""

from pathlib import Path

import pytest

from configs.profile import Export, comparison, date_pattern, fold, heading, read_profile, shipped_profiles
from configs.refusals import BadSettings
from sources.tables import TABLES

GOOD = """
source: Ours
dates: [DD/MM/YYYY]
exports:
  marks:
    columns: {upn: [UPN], day: [Date], mark: [Mark]}
    needs: [upn, day, mark]
    pupil: {upn: upn}
    rows:
      attendance: {pupil_id: pupil, school_id: school, date: {date: day}, session: =AM, code: mark}
"""
BAD = {
    "a key nobody knows": ("source: Ours", "sauce: Ours", "ours.yaml: unknown key 'sauce' (did you mean 'source'?)"),
    "no columns": ("columns:", "colums:", "ours.yaml, marks: unknown key 'colums' (did you mean 'columns'?)"),
    "a column nobody names": ("code: mark}", "code: marc}", 
                              "rows, attendance, code: 'marc' is none of the export's columns (did you mean 'mark'?)"),
    "a need nobody names": ("needs: [upn,", "needs: [upm,", "needs: 'upm' is none of the export's columns"),
    "no date format": ("DD/MM/YYYY", "English", "dates: 'English' is no date format"),
    "a way nobody knows": ("{date: day}", "{day: day}", "rows, attendance, date: expected one of date, time"),
    "an unquoted yes": ("code: mark}", "code: {of: mark, is: {yes: L}}}", "put yes, no, on and off in quotation marks"),
    "words nobody has": ("code: mark}", "code: {of: mark, words: marks}}", "words: 'marks' is none of sessions"),
    "an identifier nobody knows": ("pupil: {upn:", "pupil: {ipn:", "pupil: unknown key 'ipn' (did you mean 'upn'?)"),
}  # fmt: skip


@pytest.mark.parametrize("export", shipped_profiles(), ids=lambda export: export.title)
def test_a_shipped_profile_makes_whole_rows(export: Export) -> None:
    for rows in export.rows:
        table = TABLES[rows.table]
        must = {column.name for column in table.columns if column.required and not column.blank}
        assert must <= set(rows.values), f"{export.title} makes no {must - set(rows.values)} of {rows.table}"
        assert set(rows.values) <= {*(column.name for column in table.columns), "known_on", "withdrawn_on"}


def test_no_shipped_profile_reads_free_text() -> None:
    free = {
        heading(text) for text in ("Narrative", "Comment", "Comments", "Notes", "Note", "Incident", "Actions")
    }
    for export in shipped_profiles():
        read = {
            heading(text)
            for name, texts in export.columns.items()
            for text in texts
            if _is_used(export, name)
        }
        assert not {
            text for text in read & free if export.source == "CPOMS" or text not in ("incident", "actions")
        }


def _is_used(export: Export, name: str) -> bool:
    return any(name in value.reads for rows in export.rows for value in rows.values.values())


def test_a_profile_is_read(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(GOOD, encoding="utf-8")
    assert [export.title for export in read_profile(tmp_path / "ours.yaml")] == ["Ours, marks"]


@pytest.mark.parametrize("case", BAD)
def test_a_profile_that_is_off_says_where(case: str, tmp_path: Path) -> None:
    old, new, expected = BAD[case]
    assert old in GOOD
    (tmp_path / "ours.yaml").write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(BadSettings) as refusal:
        read_profile(tmp_path / "ours.yaml")
    assert expected in str(refusal.value)


def test_headings_and_values_are_compared_as_people_would() -> None:
    assert (
        heading("Late before reg. closed")
        == heading("LATE_BEFORE_REG_CLOSED")
        == heading(" late  before reg closed")
    )
    assert fold(" SEN  Support ") == "sen support"
    assert date_pattern("DD MON YYYY") == "%d %b %Y"
    assert comparison("< 0") == ("<", 0.0)
    assert comparison("less") is None
