"""A large authority's records, made in seconds: the size at which the feature engine is timed.

The pretend trust is believable and would take minutes at this size; here only sizes, keys and skews are like life:
pseudonyms of 16 characters, 380 marks and 10 incidents a pupil and year, one pupil in fifty who changes school,
two rows in a thousand known late.
"""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from features.facts import DATED
from sources.store import LAYOUT, SQL_TYPES, Store, named, quoted
from sources.tables import TABLES, Table

PUPILS_A_SCHOOL = 1000
PUPILS_AT_ONCE = 20_000

DAYS = """
CREATE MACRO chance(pupil, day, salt) AS (hash(pupil, day, salt) % 1000003) / 1000003.0;
CREATE TABLE days AS SELECT date, row_number() OVER (ORDER BY date) AS day FROM (
    SELECT CAST(t.day AS DATE) AS date FROM range(DATE '2025-09-03', DATE '2026-07-25', INTERVAL 1 DAY) t(day)
    WHERE isodow(t.day) < 6 AND week(t.day) NOT IN (44, 52, 1, 8, 14, 15, 22)) QUALIFY day <= 190;
"""
WHO = """
CREATE OR REPLACE TABLE who AS SELECT n, md5(CAST(n AS VARCHAR))[:16] AS pupil_id,
    CAST(7 + n % 5 AS VARCHAR) AS year_group,
    'S' || lpad(CAST(n // {size} AS VARCHAR), 4, '0') AS first_school,
    'S' || lpad(CAST((n // {size} + 1) % {schools} AS VARCHAR), 4, '0') AS next_school,
    if(chance(n, 0, 'moves') < 0.02, 60 + n % 80, 999) AS moves_on, chance(n, 0, 'trouble') AS trouble
    FROM range({start}, {end}) t(n);
CREATE OR REPLACE VIEW every AS SELECT *, if(day < moves_on, first_school, next_school) AS school_id,
    if(chance(n, day, 'late') < 0.002, date + 3, date) AS known_on FROM who, days;
"""


def _events(table: str, rate: float, says: str, day: str = "date", to: str = "trouble") -> str:
    """Rows of one kind: `rate` a pupil and day on average, most of them told of few pupils."""
    return (
        f"SELECT pupil_id, school_id, date AS {day}, {says}, known_on FROM every"
        f" WHERE chance(n, day, '{table}') < {5 * rate} * {to} ** 4"
    )


ROWS = {
    "schools": "SELECT DISTINCT first_school AS school_id, first_school AS name, 'secondary' AS phase FROM who",
    "calendar": "SELECT school_id, date FROM (SELECT DISTINCT first_school AS school_id FROM who), days",
    "pupils": "SELECT pupil_id FROM who",
    "enrolments": """
        SELECT pupil_id, first_school AS school_id, DATE '2025-09-01' AS start_date, year_group,
            days.date - 1 AS end_date, DATE '2025-09-01' AS known_on FROM who LEFT JOIN days ON day = moves_on
        UNION ALL SELECT pupil_id, next_school, date, year_group, NULL, date FROM who JOIN days ON day = moves_on""",
    "attendance": """
        SELECT pupil_id, school_id, date, session, CASE WHEN r < 0.90 THEN if(session = 'AM', '/', '\\')
            WHEN r < 0.92 THEN 'L' WHEN r < 0.95 THEN 'I' WHEN r < 0.96 THEN 'M'
            WHEN r < 0.99 - 0.03 * trouble THEN 'C' WHEN r < 0.995 THEN 'O' WHEN r < 0.996 THEN 'E'
            WHEN r < 0.998 THEN 'U' ELSE 'B' END AS code,
            if(r >= 0.90 AND r < 0.92, n % 60, NULL) AS minutes_late, known_on
        FROM (SELECT *, chance(n, day, session) AS r FROM every, (VALUES ('AM'), ('PM')) s(session))""",
    "lessons": _events("lessons", 0.03, """CAST(1 + day % 6 AS VARCHAR) AS period,
        if(day % 3 = 0, 'late', 'absent') AS mark"""),
    "incidents": _events("incidents", 0.0526, """md5(CAST(hash(n, day) AS VARCHAR)) AS incident_id,
        'disruption' AS category, 1 + hash(day, n) % 3 AS severity, if(day % 4 = 0, 'detention', 'none') AS action"""),
    "achievements": _events("achievements", 0.1, "'effort' AS category", to="(1 - trouble)"),
    "removals": _events("removals", 0.005, "1.5 AS sessions"),
    "suspensions": _events("suspensions", 0.0015, "'SUSP' AS category, 4.0 AS sessions", "start_date"),
    "moves": _events("moves", 0.0002, "'off_site_direction' AS kind", "start_date"),
    "meetings": _events("meetings", 0.005, "'review' AS kind"),
    "support": _events("support", 0.001, "'mentoring' AS kind, date + 60 AS end_date", "start_date"),
    "needs": """
        SELECT pupil_id, kind, code, DATE '2025-09-01' AS start_date FROM who, (VALUES ('sen_provision', 'K', 0.14),
            ('sen_provision', 'E', 0.05), ('sen_type', 'SEMH', 0.04), ('social_care', 'CIN', 0.03)) k(kind, code, share)
        WHERE chance(n, kind, code) < share""",
    "surveys": """
        SELECT pupil_id, date, 'belonging' AS scale, round(chance(n, day, 'belongs'), 2) AS score FROM every
        WHERE day IN (20, 110)""",
}  # fmt: skip


def make_authority(root: Path, pupils: int) -> Store:
    """A store with a year of so many pupils, laid out by hand as two loads: all but the last school day, and that."""
    schools, files = max(pupils // PUPILS_A_SCHOOL, 2), []
    with duckdb.connect() as held:
        held.execute("SET enable_progress_bar = false")
        held.execute(DAYS)
        last = held.sql("SELECT max(date) FROM days").fetchall()[0][0]
        for start in range(0, pupils, PUPILS_AT_ONCE):
            held.execute(WHO.format(start=start, end=min(start + PUPILS_AT_ONCE, pupils), size=PUPILS_A_SCHOOL,
                                    schools=schools))  # fmt: skip
            for name, rows in ROWS.items():
                files += _write(root, TABLES[name], rows, start, last, held)
    store = Store(root)
    store.write_manifest({"layout": LAYOUT, "loads": 2, "files": files, "latest": {}})
    return store


def _write(
    root: Path, table: Table, rows: str, start: int, last: date, held: duckdb.DuckDBPyConnection
) -> list[dict[str, Any]]:
    """The table's files of one batch of pupils: a load up to the last day, and a load with it."""
    columns, day = _columns(table, held.sql(rows).columns), table.happened
    held.execute(f"CREATE OR REPLACE TEMP TABLE made AS SELECT {columns} FROM ({rows})")
    order = "school_id, date" if table.name == "attendance" else "ALL"
    files = []
    for load in (1, 2) if table.name in DATED else (1,):
        where = f"WHERE {day} {'=' if load == 2 else '<'} DATE '{last}'" if table.name in DATED else ""
        path = f"{table.name}/{start:09}-{load}.parquet"
        (root / "tables" / table.name).mkdir(parents=True, exist_ok=True)
        target = quoted(str(root / "tables" / path))
        held.execute(f"COPY (SELECT * FROM made {where} ORDER BY {order}) TO {target} (FORMAT parquet)")
        files.append({"table": table.name, "path": path, "rows": 0, "load": load, "sha256": path, "corrections": 0,
                      "first": None, "last": None, "school": None, "month": None})  # fmt: skip
    return files


def _columns(table: Table, made: list[str]) -> str:
    """The table's canonical columns from those made, the others blank, with when each row was known."""
    names = [(named(column.name), column) for column in table.columns]
    typed = [
        f"CAST({name if column.name in made else 'NULL'} AS {SQL_TYPES[column.kind]}) AS {name}"
        for name, column in names
    ]
    known = (
        "known_on" if "known_on" in made else named(table.happened) if table.happened else "DATE '1900-01-01'"
    )
    return f"{', '.join(typed)}, CAST({known} AS DATE) AS known_on, 0 AS correction"
