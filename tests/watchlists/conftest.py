"""Two schools with a term of records, and the list made from them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pytest

from configs.settings import Settings
from tests.small_tables import tables_of
from tests.watchlists.a_school import AS_OF, LAST_AUTUMN, open_days
from watchlists.build import Built, build
from watchlists.concerns import CONCERNS

SETTINGS = Settings()
FAMILIES = (*CONCERNS, "recognitions", "meetings", "support", "needs", "year", "joining", "environment")


@pytest.fixture(scope="session")
def scores() -> pd.DataFrame:
    """200 pupils of one school in five year groups, 30 of another in one."""
    draw = np.random.default_rng(7)
    rows = [(f"p{n:03}", "s1", str(7 + n % 5)) for n in range(200)] + [
        (f"q{n:03}", "s2", "4") for n in range(30)
    ]
    frame = pd.DataFrame(rows, columns=["pupil_id", "school_id", "year_group"])
    return frame.assign(as_of=AS_OF, level_school=0, level_self=0, p_escalation=draw.random(len(frame)))


@pytest.fixture(scope="session")
def reasons(scores: pd.DataFrame) -> pd.DataFrame:
    draw = np.random.default_rng(8)
    return pd.DataFrame(draw.normal(size=(len(scores), len(FAMILIES))), scores.index, list(FAMILIES))


@pytest.fixture(scope="session")
def known(scores: pd.DataFrame) -> Mapping[str, ir.Table]:
    """Their records: every fifth pupil misses Mondays, every seventh has incidents; the calendar runs on."""
    days = open_days(date(2025, 9, 3), AS_OF)
    pupils = list(zip(scores["pupil_id"], scores["school_id"], scores["year_group"], strict=True))
    rows: dict[str, list[dict[str, Any]]] = {
        "calendar": [
            {"school_id": school, "date": day}
            for school in ("s1", "s2") for day in open_days(LAST_AUTUMN, AS_OF + timedelta(days=40))
        ],
        "enrolments": [
            {"pupil_id": pupil, "school_id": school, "start_date": days[0], "year_group": year}
            for pupil, school, year in pupils
        ],
        "attendance": [
            {"pupil_id": pupil, "school_id": school, "date": day, "session": "AM",
             "code": "O" if number % 5 == 0 and day.weekday() == 0 else "/"}
            for number, (pupil, school, _) in enumerate(pupils) for day in days
        ],
        "incidents": [
            {"incident_id": f"i{number}{day}", "pupil_id": pupil, "school_id": school, "date": day,
             "category": "defiance", "severity": 1}
            for number, (pupil, school, _) in enumerate(pupils) if number % 7 == 0 for day in days[-3:]
        ],
    }  # fmt: skip
    return tables_of(rows)


@pytest.fixture(scope="session")
def built(scores: pd.DataFrame, reasons: pd.DataFrame, known: Mapping[str, ir.Table]) -> Built:
    return build(scores, reasons, known, SETTINGS, AS_OF, None)
