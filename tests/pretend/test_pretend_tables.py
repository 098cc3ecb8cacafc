"""The tables of a pretend trust are canonical: keys, references, codes and dates hold."""

from pathlib import Path

import pandas as pd
import pytest
import yaml
from pretend_folder import ask, source, table

from sources.tables import TABLES as EVERY

TABLES = {name: table for name, table in EVERY.items() if not table.made}

CODES = yaml.safe_load((Path(__file__).parents[2] / "configs" / "codes.yaml").read_text(encoding="utf-8"))
WITH_PUPILS = [
    name for name, t in TABLES.items() if t.columns[0].name == "pupil_id" or t.key[1:2] == ("pupil_id",)
]
DATED_AT_SCHOOL = ("incidents", "achievements", "removals", "lessons", "meetings", "training")


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_there_with_its_columns_and_rows(name: str, village: Path) -> None:
    rows = table(village, name)
    assert len(rows) > 0
    assert {column.name for column in TABLES[name].columns} <= set(rows.columns)


@pytest.mark.parametrize("name", [t.name for t in TABLES.values() if t.key])
def test_keys_are_unique(name: str, trust: Path) -> None:
    key = ", ".join(f'"{column}"' for column in TABLES[name].key)
    assert ask(f"select {key} from {source(trust, name)} group by {key} having count(*) > 1").empty


@pytest.mark.parametrize("name", WITH_PUPILS)
def test_every_pupil_is_known(name: str, trust: Path) -> None:
    pupils = source(trust, "pupils")
    assert ask(f"select pupil_id from {source(trust, name)} t anti join {pupils} using (pupil_id)").empty


def test_choices_and_bounds_hold(village: Path) -> None:
    for name, contract in TABLES.items():
        rows = table(village, name)
        for column in contract.columns:
            values = rows[column.name].dropna()
            if column.choices:
                assert set(values) <= set(column.choices), (name, column.name)
            if column.low is not None and column.high is not None:
                assert values.between(column.low, column.high).all(), (name, column.name)


def test_marks_lie_on_open_days_and_inside_a_spell(trust: Path) -> None:
    marks, spells = source(trust, "attendance"), source(trust, "enrolments")
    closed = ask(
        f"select * from {marks} t anti join {source(trust, 'calendar')} using (school_id, date) limit 1"
    )
    outside = ask(f"""select * from {marks} m where not exists (select 1 from {spells} e
        where e.pupil_id = m.pupil_id and e.school_id = m.school_id and m.date >= e.start_date
        and m.date <= coalesce(e.end_date, date '2100-01-01')) limit 1""")
    assert closed.empty
    assert outside.empty


@pytest.mark.parametrize("name", DATED_AT_SCHOOL)
def test_dated_rows_lie_on_open_days(name: str, trust: Path) -> None:
    calendar = source(trust, "calendar")
    assert ask(f"select * from {source(trust, name)} t anti join {calendar} using (school_id, date)").empty


def test_every_code_is_valid_on_its_date(village: Path) -> None:
    used = ask(
        f"select code, min(date) first, max(date) last from {source(village, 'attendance')} group by code"
    )
    for row in used.itertuples():
        entry = CODES[row.code]
        assert "from" not in entry or pd.Timestamp(entry["from"]) <= row.first, row.code
        assert "until" not in entry or row.last <= pd.Timestamp(entry["until"]), row.code
    assert {"J", "J1", "C2"} <= set(used.code)


def test_suspended_sessions_are_coded_as_exclusion(trust: Path) -> None:
    away = ask(f"""select s.pupil_id, s.start_date from {source(trust, "suspensions")} s
        join {source(trust, "attendance")} a on a.pupil_id = s.pupil_id and a.date = s.start_date
        where s.category = 'SUSP' group by all
        having count(*) filter (a.session = 'PM' and a.code <> 'E') > 0""")
    assert away.empty


def test_permanent_exclusion_ends_the_enrolment(trust: Path) -> None:
    ends = ask(f"""select s.pupil_id, max(e.end_date) last from {source(trust, "suspensions")} s
        left join {source(trust, "enrolments")} e on e.pupil_id = s.pupil_id and e.start_date <= s.start_date
        where s.category = 'PERM' and s.start_date < date '2026-06-01' group by all""")
    assert len(ends) > 0
    assert ends["last"].notna().all()


def test_names_are_only_in_the_people_file(village: Path) -> None:
    assert set(table(village, "people").columns) == {
        "pupil_id",
        "first_name",
        "last_name",
        "preferred_name",
        "tutor_group",
        "own_words",
        "what_helps",
        "key_adult",
    }
    assert "first_name" not in table(village, "pupils").columns


def test_some_pupils_move_within_the_trust(trust: Path) -> None:
    schools = ask(
        f"select pupil_id from {source(trust, 'enrolments')} group by 1 having count(distinct school_id) > 1"
    )
    assert len(schools) > 100


def test_school_calendars_differ_and_keep_about_190_days(trust: Path) -> None:
    year = ask(f"""select school_id, count(*) opened, string_agg(date::varchar order by date) dates
        from {source(trust, "calendar")} where date >= date '2025-09-01' group by 1""")
    assert year.opened.between(183, 195).all()
    assert year.dates.nunique() > 2
