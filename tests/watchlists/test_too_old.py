"""After four weeks of open days a list is shown no more, by the clock of the pages: whether registers ended, the night
refused or nobody ran it."""

import dataclasses
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.watchlists.a_school import AS_OF, open_days
from tests.watchlists.a_visit import Clock, address, audit_of, publish, visit, words_of
from watchlists.build import Built
from watchlists.people import load_people
from watchlists.too_old import TOO_OLD, withdrawn_from

CHRISTMAS = [
    day for day in open_days(AS_OF, date(2026, 2, 1)) if not date(2025, 12, 19) <= day <= date(2026, 1, 5)
]
LAST, FIRST = date(2026, 1, 6), date(2026, 1, 7)


def at(day: date) -> Clock:
    clock = Clock()
    clock.moment = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
    return clock


@pytest.mark.parametrize(
    ("list_of", "known", "first"),
    [
        (date(2025, 9, 1), [], date(2025, 9, 30)),  # a Monday: twenty weekdays end on the 29th
        (date(2025, 8, 30), [], date(2025, 9, 29)),  # a Saturday
        (AS_OF, CHRISTMAS, FIRST),  # nineteen days before the holiday, and the twentieth after it
        (AS_OF, CHRISTMAS[:11], date(2025, 12, 22)),  # ten days are known to come, then weekdays count
        (AS_OF, CHRISTMAS[:1], date(2025, 12, 22)),
    ],
)
def test_the_school_s_own_open_days_count(list_of: date, known: list[date], first: date) -> None:
    assert withdrawn_from(list_of, np.array(known, dtype="datetime64[D]")) == first


@pytest.fixture
def store(built: Built, tmp_path: Path) -> Path:
    """Friday's list of two schools, every listed pupil with a name of their own; the first school's is shown until
    January, and that of the second, as in older stores, goes by weekdays."""
    schools = {**built.cards["schools"], "s1": {**built.cards["schools"]["s1"], "withdrawn_from": str(FIRST)}}
    alerts = [{"pupil_id": "p000", "school_id": "s1", "words": "Passed a limit", "date": str(AS_OF)}]
    off = [{"pupil_id": "p001", "school_id": "s1", "year_group": "8", "why": "Eased."}]
    with_days = dataclasses.replace(built, cards={**built.cards, "schools": schools})
    store = publish(tmp_path, with_days, alerts=alerts, off_list=off)
    names = "".join(f"{pupil},Given{pupil},Family{pupil},,\n" for pupil in built.roll["pupil_id"])
    (tmp_path / "people.csv").write_text(
        f"pupil_id,first_name,last_name,preferred_name,tutor_group\n{names}", encoding="utf-8"
    )
    load_people(tmp_path / "people.csv", store)
    return store


ON_PAGES = ("", "/print?for=support", "/print?for=support&reasons=true", "/list.csv?for=support")


def named_on(store: Path, day: date, school: str) -> set[str]:
    """The pages and files that name anybody on that day."""
    with visit(store, clock=at(day)) as client:
        here = address(store, "school", school)
        return {path for path in ON_PAGES if "Given" in client.get(here + path).text}


def test_names_are_shown_up_to_the_last_day_and_then_on_no_page_paper_or_file(store: Path) -> None:
    assert named_on(store, LAST, "s1") == named_on(store, date(2025, 12, 19), "s2") == {*ON_PAGES}
    assert named_on(store, FIRST, "s1") == named_on(store, date(2025, 12, 22), "s2") == set()
    assert named_on(store, FIRST + timedelta(days=900), "s1") == set()


def test_a_night_s_clock_goes_by_england(store: Path) -> None:
    clock = at(FIRST - timedelta(days=1))
    clock.on(hours=15, minutes=59)
    with visit(store, clock=clock) as client:
        assert "Given" in client.get(address(store, "school", "s1")).text
        clock.on(minutes=2)
        assert "Given" not in client.get(address(store, "school", "s1")).text


def test_the_page_says_why_and_what_to_do(store: Path) -> None:
    with visit(store, clock=at(FIRST)) as client:
        page = words_of(client.get(address(store, "school", "s1")).text)
    assert "The last list is too old to be shown It is of Friday 21 November 2025" in page
    assert "ask whoever looks after the school’s data" in page
    assert "good news" not in page
    assert "Passed a limit" not in page
    assert "Download" not in page


@pytest.mark.parametrize("file", ["print", "list.csv", "list.xlsx"])
def test_nothing_can_be_taken_away_and_the_log_says_that_nothing_was(store: Path, file: str) -> None:
    with visit(store, clock=at(FIRST)) as client:
        here = address(store, "school", "s1")
        answer = client.get(f"{here}/{file}?for=support", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, here)
    assert not {line["event"] for line in audit_of(store)} & {"printed", "exported"}


def test_a_pupil_s_page_says_nothing_that_was_noticed(store: Path, built: Built) -> None:
    row = next(built.watch_list[built.watch_list["school_id"] == "s1"].itertuples())
    with visit(store, clock=at(FIRST)) as client:
        page = client.get(address(store, "pupil", row.pupil_id)).text
        totals = words_of(client.get(f"{address(store, 'school', 's1')}/totals").text)
    assert TOO_OLD in page
    assert not [words for words in row.concerns if words in page]
    assert "Nobody is on it." in totals


def test_a_new_list_brings_the_names_back(store: Path, built: Built) -> None:
    publish(store, built, "run-2", as_of=str(FIRST))
    assert named_on(store, FIRST, "s1") == {*ON_PAGES}


def test_of_a_pretend_trust_no_list_grows_old(store: Path, built: Built) -> None:
    schools = {name: {**card, "withdrawn_from": None} for name, card in built.cards["schools"].items()}
    publish(store, dataclasses.replace(built, cards={**built.cards, "schools": schools}), "run-3")
    assert named_on(store, FIRST + timedelta(days=900), "s1") == {*ON_PAGES}
