"""Your view: three clicks, a short note, and nothing of it read by what ranks the list."""

import json
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from tests.watchlists.a_school import AS_OF, open_days
from tests.watchlists.a_visit import MONDAY, address, audit_of, post, publish, token_in, visit, words_of
from watchlists.access.roles import Account
from watchlists.answers import ANSWERS, LONGEST_NOTE, Answer
from watchlists.build import Built
from watchlists.folding import FOLDED, FRESH_AGAIN, folds
from watchlists.holds import held, with_holds

pytestmark = pytest.mark.kept

UNTIL = AS_OF.isoformat()


@pytest.fixture
def store(tmp_path: Path, built: Built) -> Path:
    return publish(tmp_path, built)


@pytest.fixture
def pupil(store: Path, built: Built) -> str:
    return address(store, "pupil", built.watch_list["pupil_id"][0])


def of_school(store: Path) -> str:
    return address(store, "school", "s1")


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_and_its_note_stand_on_the_page(store: Path, pupil: str, answer: str) -> None:
    with visit(store) as client:
        done = post(
            client, f"{pupil}/view", pupil, answer=answer, note="<b>Mr Pryce</b> to ask about the bus"
        )
        assert done.status_code == 303
        text = client.get(done.headers["location"]).text
        assert "Your view is saved." in text
        assert f"<b>{ANSWERS[answer]}</b>, <bdi>Ms R. Okafor</bdi>" in text
        assert "&lt;b&gt;Mr Pryce&lt;/b&gt; to ask about the bus" in text
        assert "Mon 24 Nov, 8:00" in text


def test_without_an_answer_or_with_a_long_note_it_says_what_to_put_right(store: Path, pupil: str) -> None:
    with visit(store) as client:
        none = post(client, f"{pupil}/view", pupil, note="Kept")
        assert none.status_code == 422
        assert "Choose an answer" in none.text
        assert ">Kept</textarea>" in none.text
        long = post(client, f"{pupil}/view", pupil, answer="act", note="x" * (LONGEST_NOTE + 1))
        assert (long.status_code, "Shorten the note" in long.text) == (422, True)
        assert "Nobody has answered yet" in client.get(pupil).text


def test_information_that_is_wrong_waits_for_whoever_puts_records_right(store: Path, pupil: str) -> None:
    with visit(store) as client:
        post(client, f"{pupil}/view", pupil, answer="wrong", note="Was at a fixture")
        page = f"{of_school(store)}/mistakes"
        assert "Was at a fixture" in client.get(page).text
        assert post(client, f"{page}/1", page).status_code == 303
        assert "None is waiting" in client.get(page).text
        assert post(client, f"{page}/1", page).status_code == 404


def test_a_mistake_is_reported_beside_its_record(store: Path, built: Built) -> None:
    listed = next(pupil for pupil, card in built.cards["pupils"].items() if card["concerns"][0]["rows"])
    pupil = address(store, "pupil", listed)
    with visit(store) as client:
        text = client.get(pupil).text
        link = text[text.index(f"{pupil}/records/") :].split('"')[0]
        assert client.get(link).status_code == 200
        assert post(client, link, link, note="Wrong pupil").status_code == 303
        assert "Wrong pupil" in client.get(f"{of_school(store)}/mistakes").text
        assert client.get(f"{pupil}/records/guessed").status_code == 404


def test_support_becomes_a_record_that_ingest_reads(store: Path, pupil: str, built: Built) -> None:
    with visit(store) as client:
        for kind, start in (("mentoring", "2025-11-10"), ("small_group", "2025-11-17")):
            assert post(client, f"{pupil}/support", pupil, kind=kind, start=start).status_code == 303
        post(client, f"{pupil}/review", pupil, support="mentoring 2025-11-10", ended="yes")
        assert "ended 24 Nov" in words_of(client.get(pupil).text)
    support = pd.read_csv(store / "entered" / "support.csv")
    assert support["kind"].tolist() == ["mentoring", "small_group"]
    assert support["end_date"].fillna("").tolist() == ["2025-11-24", ""]
    assert set(support["pupil_id"]) == {built.watch_list["pupil_id"][0]}
    meetings = pd.read_csv(store / "entered" / "meetings.csv")
    assert meetings[["date", "kind"]].to_numpy().tolist() == [["2025-11-24", "review"]]


@pytest.mark.parametrize(("kind", "start"), [("", "2025-11-10"), ("made up", "2025-11-10"), ("mentoring", "2026-01-01"),
                                             ("mentoring", "soon"), ("mentoring", "0001-01-01")])  # fmt: skip
def test_support_that_cannot_be_is_sent_back(store: Path, pupil: str, kind: str, start: str) -> None:
    with visit(store) as client:
        assert post(client, f"{pupil}/support", pupil, kind=kind, start=start).status_code == 422
    assert not (store / "entered").exists()


def test_a_held_pupil_is_nowhere_on_the_list_at_once(store: Path, pupil: str, built: Built) -> None:
    school = of_school(store)
    with visit(store) as client:
        assert post(client, f"{pupil}/hold", pupil).status_code == 422
        assert post(client, f"{pupil}/hold", pupil, kind="objection").status_code == 303
        for page in ("", "/print?for=support", "/list.csv?for=support"):
            assert pupil not in client.get(school + page).text
        text = client.get(pupil).text
        assert "Left out of the list and never scored" in text
        assert "What we noticed" not in text
        assert set(held(store)) == {built.watch_list["pupil_id"][0]}
        post(client, f"{pupil}/hold", pupil, end="yes")
        assert pupil in client.get(school).text


def test_only_those_who_look_after_the_whole_school_hold_a_pupil_out(store: Path, built: Built) -> None:
    first = built.watch_list.iloc[0]
    pupil = address(store, "pupil", first["pupil_id"])
    head_of_year = Account(
        "hoy", "Mr Pryce", "pastoral", frozenset(("s1",)), frozenset((first["year_group"],))
    )
    with visit(store, head_of_year) as client:
        assert "Leave this pupil out" not in client.get(pupil).text
        assert post(client, f"{pupil}/hold", pupil, kind="objection").status_code == 404


def test_a_hold_makes_another_night() -> None:
    assert with_holds("abc", []) == "abc"
    assert len({with_holds("abc", []), with_holds("abc", ["p"]), with_holds("abc", ["q"])}) == 3
    assert with_holds("abc", ["p", "q"]) == with_holds("abc", ["q", "p"])


def answered(on: date, seen_until: date = AS_OF) -> dict[str, Answer]:
    at = MONDAY + timedelta(days=(on - MONDAY.date()).days)
    return {"p1": Answer("p1", "s1", "supported", "", seen_until.isoformat(), "Ms R. Okafor", at)}


def concern(day: str, source: str = "incidents") -> dict[str, object]:
    return {"p1": {"concerns": [{"family": source, "rows": [{"date": day, "what": "", "source": source}]}]}}


DAYS = [day.isoformat() for day in open_days(date(2025, 9, 3), date(2025, 12, 19))]


@pytest.mark.parametrize(
    ("until", "fold"),
    [("2025-11-24", FOLDED), ("2025-12-12", FOLDED), ("2025-12-15", None), ("2025-12-19", None)],
)
def test_already_supported_folds_away_for_three_school_weeks(until: str, fold: str | None) -> None:
    days = [day for day in DAYS if day <= until]
    assert folds(answered(date(2025, 11, 24)), concern("2025-11-14"), days).get("p1") == fold


def test_something_new_brings_a_supported_pupil_back() -> None:
    said = answered(date(2025, 11, 24))
    assert folds(said, concern("2025-11-25"), DAYS[:60]) == {"p1": FRESH_AGAIN}
    more_of_the_same = concern("2025-11-25", "attendance")
    more_of_the_same["p1"]["concerns"][0]["rows"].append(
        {"date": "2025-11-14", "what": "", "source": "attendance"}
    )
    assert folds(said, more_of_the_same, DAYS[:60]) == {"p1": FOLDED}
    assert folds(said, concern("2025-11-25", "attendance"), DAYS[:60]) == {"p1": FRESH_AGAIN}
    assert folds(said, {}, DAYS) == {}


def test_a_folded_pupil_stands_below_the_list_and_returns_as_new_information(
    store: Path, pupil: str, built: Built
) -> None:
    school = of_school(store)
    with visit(store) as client:
        post(client, f"{pupil}/view", pupil, answer="supported")
        text = client.get(school).text
        assert "Already supported (1)" in text
        assert text.index(pupil) > text.index("Already supported")
        assert "1 pupil already supported" in client.get(f"{school}/print?for=support").text
        first = built.watch_list["pupil_id"][0]
        news = [{"text": "One incident was recorded.", "family": "incidents", "rows": [
            {"date": "2025-11-28", "what": "Incident", "source": "incidents"}]}]  # fmt: skip
        cards = {
            **built.cards,
            "pupils": {**built.cards["pupils"], first: {**built.cards["pupils"][first], "concerns": news}},
        }
        publish(store, Built(built.watch_list, cards, [], built.roll), "run-2", as_of="2025-11-28")
        text = client.get(school).text
        assert "Already supported (" not in text
        assert text.index(pupil) > text.index('id="new-information"')


def test_the_pupils_own_words_come_first_and_stay_words(store: Path, pupil: str, built: Built) -> None:
    from watchlists.people import load_people

    first = built.watch_list["pupil_id"][0]
    (store / "people.csv").write_text(
        "pupil_id,first_name,last_name,preferred_name,tutor_group,own_words,what_helps,key_adult\n"
        f"{first},Tegan,Whitlock,,9 Oak,<script>I like it when people say good morning,A warning,Mr Pryce\n"
    )
    load_people(store / "people.csv", store)
    with visit(store) as client:
        text = client.get(pupil).text
        assert "&lt;script&gt;I like it when people say good morning" in text
        assert text.index("own words") < text.index("What we noticed")
        assert "<bdi>Mr Pryce</bdi>" in text


def test_pupils_are_found_by_name_without_a_name_in_an_address(store: Path, built: Built) -> None:
    from watchlists.people import load_people

    (store / "people.csv").write_text(
        "pupil_id,first_name,last_name,preferred_name,tutor_group\np001,Zoë,O’Brien,,9 Oak\np002,Zola,Brown,,9 Oak\n"
    )
    load_people(store / "people.csv", store)
    page = f"{of_school(store)}/pupils"
    with visit(store) as client:
        token = token_in(client.get(page).text)

        def found(asked: str) -> str:
            return client.post(page, data={"token": token, "name": asked}).text

        assert "Zoë O’Brien" in found("zoe")
        assert "Zola" not in found("zoe")
        assert "Zola Brown" in found("BROWN zo")
        assert "No pupil of yours has that name" in found("nobody")
        assert "No pupil of yours" in found("")
        assert "Zola Brown" in client.get(f"{page}?group=9%20Oak").text
        assert client.get(f"{page}?group=9%20Elm").status_code == 404
    log = json.dumps(audit_of(store))
    assert "zoe" not in log.lower()
    assert "brown" not in log.lower()


def test_leaders_see_totals_and_no_small_number(store: Path, built: Built) -> None:
    governor = Account("governor", "Mrs Adeyemi", "governor", frozenset(("s1",)))
    with visit(store, governor) as client:
        assert client.get("/").url.path.endswith("/totals")
        text = words_of(client.get(f"{of_school(store)}/totals").text)
        listed = (built.watch_list["school_id"] == "s1").sum()
        assert listed == 6
        assert "Too few are on it to say how many" in text
        assert "too few to show" in text


def test_a_clock_in_summer_time() -> None:
    from watchlists.web.dates import local

    assert local(MONDAY.replace(month=6)) == "Tue 24 Jun, 9:00"


def test_what_staff_said_of_a_forgotten_pupil_is_forgotten(
    store: Path, pupil: str, built: Built, kept_in: str
) -> None:
    from watchlists.entered import forget_said

    with visit(store) as client:
        post(client, f"{pupil}/view", pupil, answer="wrong", note="Was at a fixture")
        post(client, f"{pupil}/support", pupil, kind="mentoring", start="2025-11-10")
    assert forget_said(store, [built.watch_list["pupil_id"][0]]) == 3
    if kept_in == "files":
        assert b"fixture" not in (store / "people.db").read_bytes()
    assert pd.read_csv(store / "entered" / "support.csv").empty
