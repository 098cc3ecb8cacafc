"""Every school falls silent, or nobody runs the night any more: the last list stands, and in time names nobody."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from configs.refusals import StaleFeed
from models import shelf
from pipelines import runs
from pipelines.check import Tonight, before_the_night
from pipelines.doctor import examine
from pipelines.email import Server, email_everyone
from pipelines.findings import Patient
from pipelines.nightly import run_plainly, tonight
from pipelines.withdrawn import shown_and_withdrawn
from sources.store import Store
from tests.sources.a_folder import WEEK, load, write
from watchlists.access import accounts, sessions
from watchlists.access.roles import Account
from watchlists.opaque import opaque_of
from watchlists.web.app import create_app
from watchlists.web.metrics import add_metrics

PUBLISHED, WITHDRAWN = (
    date(2025, 9, 3),
    date(2025, 10, 9),
)  # a Wednesday; the school is shut for its fifth week
DAYS = [PUBLISHED + timedelta(days=number) for number in range(-2, 60)]
OPEN = [day for day in DAYS if day.weekday() < 5 and not date(2025, 9, 29) <= day <= date(2025, 10, 5)]
REAL = WEEK["schools"].replace("999", "301")
CALENDAR = "\n".join(["school_id,date", *(f"oak,{day}" for day in OPEN)])
LEAD = Account("lead", "Ms R. Okafor", "safeguarding", frozenset(("oak",)), email="r.okafor@example.school")


def published(root: Path, schools: str = REAL) -> Path:
    """A store of one school, and its list of facts alone."""
    store = Store(root / "store")
    load(write(root / "exports", schools=schools, calendar=CALENDAR, attendance=WEEK["attendance"] + """
        ann,oak,2025-09-03,AM,/"""), store)  # fmt: skip
    facts = {"outcomes": {}, "gate": {"passed": False, "criteria": []}, "rows": {}, "as_of": str(PUBLISHED),
             "evaluations": {}}  # fmt: skip
    shelf.record_training(store.root / "models", shelf.save(store.root / "models", {}, {}, facts).id, "")
    run_plainly(tonight(store.root, PUBLISHED), lambda _: None)
    return store.root


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = published(tmp_path_factory.mktemp("real"))
    accounts.add(root, LEAD, "correct horse battery", at(PUBLISHED))
    return root


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC)


def page(store: Path, day: date, path: str) -> str:
    app = create_app(store, lambda: at(day))
    add_metrics(app, "", https=False)
    client = TestClient(app, base_url="http://127.0.0.1")
    client.cookies.set("handrail", sessions.begin(store, LEAD.name, at(day)))
    return client.get(path).text


def test_a_night_on_which_every_school_is_silent_publishes_nothing_and_its_list_grows_old(
    store: Path,
) -> None:
    before, week = runs.current(store), f"/school/{opaque_of(store).of('school', 'oak')}"
    for day in (date(2025, 9, 10), WITHDRAWN):
        with pytest.raises(StaleFeed, match="until it is 20 open days old, then pages name nobody"):
            tonight(store, day)
    assert runs.current(store) == before
    assert "too old to be shown" not in page(store, WITHDRAWN - timedelta(days=1), week)
    assert "too old to be shown" in page(store, WITHDRAWN, week)


def test_a_monitor_counts_the_schools_whose_list_is_withdrawn(store: Path) -> None:
    assert "handrail_schools_withdrawn 0.0" in page(store, PUBLISHED, "/metrics")
    told = page(store, WITHDRAWN, "/metrics")
    assert "handrail_schools_withdrawn 1.0" in told
    assert f"handrail_list_age_days {(WITHDRAWN - PUBLISHED).days}.0" in told
    assert page(store, WITHDRAWN, "/health") == "ok"  # the pages are well; it is the list that is old


@pytest.mark.parametrize(("day", "said"), [(WITHDRAWN - timedelta(days=1), False), (WITHDRAWN, True)])
def test_doctor_and_check_say_so_and_how_to_mend_it(store: Path, day: date, said: bool) -> None:
    key = store.parent / "key"
    for found in (
        examine(Patient(store, key, day)),
        before_the_night(Tonight(store, key, day, None, at(day))),
    ):
        told = [each.words for each in found if "the pages name nobody" in each.words]
        assert len(told) == said
        assert not said or "list of school oak, of 2025-09-03" in told[0]
        assert not said or "handrail nightly" in told[0]


def test_nobody_is_told_that_such_a_list_is_ready(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.email.now", lambda: at(WITHDRAWN))
    with pytest.raises(StaleFeed, match="Nobody was told that a list is ready"):
        email_everyone(store, Server("127.0.0.1", 1), "handrail@example.school", "https://example.school/")


def test_a_pretend_trust_s_days_stand_still(tmp_path: Path) -> None:
    pretend = published(tmp_path, WEEK["schools"])
    assert shown_and_withdrawn(pretend, WITHDRAWN + timedelta(days=900)) == (["oak"], {})


def test_before_the_first_list_nothing_is_shown_or_withdrawn(tmp_path: Path) -> None:
    assert shown_and_withdrawn(tmp_path, WITHDRAWN) == ([], {})


def test_the_day_is_written_down_with_the_list(store: Path) -> None:
    cards = json.loads((store / "runs" / str(runs.current(store)) / "cards.json").read_text(encoding="utf-8"))
    assert cards["schools"]["oak"]["withdrawn_from"] == str(WITHDRAWN)
