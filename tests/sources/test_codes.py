"""Codes come and go: each counts on its own days, and what became of it is known."""

from datetime import date
from pathlib import Path

import pytest

from configs.codes import class_as_of, code_table, counted_under
from sources.store import Store
from tests.sources.a_folder import load, rows, write

TABLES = ("attendance", "suspension_reasons", "sen_provision", "sen_type", "enrolment_status")


@pytest.mark.parametrize("name", TABLES)
def test_every_successor_is_a_code_and_every_code_begins_before_it_ends(name: str) -> None:
    table = code_table(name)
    assert all(code.becomes is None or code.becomes in table for code in table.values())
    assert all(code.first <= code.last for code in table.values())


def test_an_interview_was_an_activity_and_became_an_absence() -> None:
    assert (class_as_of("J", date(2024, 8, 18)), class_as_of("J", date(2024, 8, 19))) == ("approved", None)
    assert (class_as_of("J1", date(2024, 8, 18)), class_as_of("J1", date(2024, 8, 19))) == (
        None,
        "authorised",
    )
    assert class_as_of("ZZ", date(2024, 9, 2)) is None


@pytest.mark.parametrize(
    ("table", "codes", "under"),
    [
        ("suspension_reasons", ("LD", "CB", "DB"), "DB"),
        ("suspension_reasons", ("DR", "AR", "SR", "DA"), "DA"),
        ("suspension_reasons", ("OW", "BW"), "OW"),
        ("sen_provision", ("A", "P", "K"), "K"),
        ("sen_provision", ("S", "E"), "E"),
        ("sen_type", ("BESD", "SEMH"), "SEMH"),
    ],
)
def test_old_and_finer_codes_are_counted_together(table: str, codes: tuple[str, ...], under: str) -> None:
    assert {counted_under(table, code) for code in codes} == {under}


def test_a_statement_is_a_statement_while_there_were_statements() -> None:
    assert counted_under("sen_provision", "S", date(2016, 1, 21)) == "S"
    assert counted_under("sen_provision", "S", date(2019, 1, 17)) == "E"
    assert counted_under("suspension_reasons", "OT", date(2025, 1, 1)) == "OT"


def test_codes_of_their_own_time_are_kept(tmp_path: Path) -> None:
    marks = [
        ("2024-08-16", "H"),
        ("2024-08-16", "Y"),
        ("2024-08-16", "J"),
        ("2024-08-19", "C2"),
        ("2024-08-19", "Y7"),
    ]
    lines = [
        f"ann,oak,{day},{('AM', 'PM')[n % 2]},{code}" for n, (day, code) in enumerate(marks[:2] + marks[3:])
    ]
    store = Store(tmp_path / "store")
    load(write(tmp_path / "export", attendance="\n".join(["pupil_id,school_id,date,session,code", *lines]),
               suspensions="""
        pupil_id,school_id,start_date,category,sessions,reasons
        ann,oak,2019-09-03,FIXD,2,OT
        ann,oak,2025-09-03,SUSP,2,PP; VA;DB
        ben,oak,2025-09-03,SUSP,2,"""), store)  # fmt: skip
    assert {row["code"] for row in rows(store, "attendance")} == {"H", "Y", "C2", "Y7"}
    assert len(rows(store, "suspensions")) == 3
