"""Three hundred small schools in one run: what is wrong with one of them is told of that one, and the others get their
lists. No model is needed: the list is of facts that changed."""

import json
import resource
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from models import shelf
from pipelines import runs
from tests.pipelines.trust import handrail
from tests.sources.a_folder import write

pytestmark = pytest.mark.slow
SCHOOLS, PUPILS = 300, 3
FIRST = date(2025, 9, 1)  # a Monday
SILENT, NEVER = "S007", "S011"
FACTS_ONLY = {
    "outcomes": {}, "evaluations": {}, "as_of": str(FIRST), "rows": {},
    "gate": {"passed": False, "criteria": []},
}  # fmt: skip
SETTINGS = "extends: handrail.yaml\norchestration: plain\n"


def open_days(until: date) -> list[date]:
    days = (FIRST + timedelta(n) for n in range((until - FIRST).days + 1))
    return [day for day in days if day.weekday() < 5]


def schools() -> list[str]:
    return [f"S{number:03}" for number in range(SCHOOLS)]


def pupils() -> Iterator[tuple[str, str]]:
    return ((f"p{school}{number}", school) for school in schools() for number in range(PUPILS))


def export(folder: Path, until: date, suspended: date | None, silent_since: date) -> Path:
    """Every school's records up to a day, the first pupil of each suspended on a day, two schools' registers apart."""
    marks = [
        f"{pupil},{school},{day},{session},/"
        for pupil, school in pupils() if school != NEVER
        for day in open_days(until) if school != SILENT or day <= silent_since
        for session in ("AM", "PM")
    ]  # fmt: skip
    calendar = [f"{school},{day}" for school in schools() for day in open_days(date(2025, 12, 19))]
    stays = [f"{pupil},{school},{FIRST},,7" for pupil, school in pupils()]
    events = [f"p{school}0,{school},{suspended},SUSP,2,PP" for school in schools()] if suspended else []
    return write(
        folder,
        schools="\n".join(
            ["school_id,name,phase,la_code,trust", *(f"{s},School {s},secondary,1," for s in schools())]
        ),
        calendar="\n".join(["school_id,date", *calendar]),
        pupils="\n".join(["pupil_id,date_of_birth,sex,ethnicity", *(f"{pupil},,," for pupil, _ in pupils())]),
        enrolments="\n".join(["pupil_id,school_id,start_date,end_date,year_group", *stays]),
        attendance="\n".join(["pupil_id,school_id,date,session,code", *marks]),
        suspensions="\n".join(["pupil_id,school_id,start_date,category,sessions,reasons", *events]),
    )


def night(store: Path, folder: Path, day: date) -> Path:
    """The run of a night on which a folder came in."""
    came = handrail(
        "ingest", folder, "--store", store, "--seen-on", str(day), "--settings", folder / "settings.yaml"
    )
    assert came.returncode == 0, came.stderr
    done = handrail("nightly", "--store", store, "--as-of", str(day))
    assert done.returncode == 6, done.stderr
    return store / "runs" / str(runs.current(store))


def listed(run: Path) -> dict[str, list[str]]:
    rows = pd.read_parquet(run / "watchlist.parquet")
    return {str(school): sorted(held) for school, held in rows.groupby("school_id")["pupil_id"]}


def test_what_is_wrong_with_one_school_is_told_of_that_one_and_the_others_get_their_lists(
    tmp_path: Path,
) -> None:
    store = tmp_path / "store"
    quiet, event, later = date(2025, 9, 19), date(2025, 9, 22), date(2025, 10, 3)
    model = shelf.save(store / "models", {}, {}, FACTS_ONLY)
    shelf.record_training(store / "models", model.id, str(FIRST))
    found = []
    for number, (day, suspended) in enumerate(((quiet, None), (event, event), (later, later))):
        folder = export(tmp_path / f"night {number}", day, suspended, silent_since=event)
        (folder / "settings.yaml").write_text(SETTINGS)
        found.append(night(store, folder, day))
    first, second, third = map(listed, found)
    others = set(schools()) - {NEVER}
    assert first == {}
    assert second == {school: [f"p{school}0"] for school in others}
    told = json.loads((found[2] / "run.json").read_text())
    assert set(third) == others
    assert "The registers of School S007 end on 2025-09-22, so its list stays as it was." in told["note"]
    assert "No register of School S011 has come in." in told["note"]
    assert "S008" not in told["note"]
    rows = pd.read_parquet(found[2] / "watchlist.parquet").set_index("school_id")["as_of"].astype(str)
    assert rows[SILENT] == str(event)
    assert set(rows.drop(SILENT)) == {str(later)}
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 4_000_000  # KB
