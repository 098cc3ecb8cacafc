"""The pages: calm words, nothing that runs, nothing for whoever guesses an address."""

import re
import shutil
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.watchlists.a_visit import Clock, address, publish, visit, words_of
from watchlists.access.roles import Account
from watchlists.build import Built
from watchlists.people import load_people
from watchlists.stopping import without
from watchlists.web.app import create_app
from watchlists.web.templating import HERE, templates
from watchlists.wording import banned_words, rules

ATTACKS = (
    "<script>alert(1)</script>", '" onmouseover="alert(1)', "{{7*7}}", "' onfocus='x", "javascript:alert(1)",
    "\u202egnp.exe", "</svg><img src=x onerror=alert(1)>", "a" * 200,
)  # fmt: skip
OUR_SCRIPT = '<script src="/static/ending.js" defer></script>'


@pytest.fixture
def store(tmp_path: Path, built: Built) -> Path:
    return publish(tmp_path, built)


@pytest.fixture
def pages(store: Path) -> Iterator[TestClient]:
    with visit(store) as client:
        yield client


def every_page(store: Path, built: Built) -> list[str]:
    school = address(store, "school", "s1")
    pupils = [address(store, "pupil", pupil) for pupil in built.watch_list["pupil_id"]]
    under = (
        "",
        "?year=9",
        "/about",
        "/print?for=support",
        "/pupils",
        "/pupils?year=9",
        "/totals",
        "/mistakes",
    )
    return [
        "/",
        "/about",
        "/account",
        "/privacy",
        "/accessibility",
        *(school + page for page in under),
        *pupils,
    ]


def test_the_start_page_offers_the_schools_and_goes_straight_on_where_there_is_one(
    pages: TestClient, store: Path, built: Built
) -> None:
    assert "Thornmere &lt;b&gt;School&lt;/b&gt;" in pages.get("/").text
    one = {**built.cards, "schools": {"s1": built.cards["schools"]["s1"]}}
    publish(store, Built(built.watch_list, one, [], built.roll), "run-2")
    assert pages.get("/", follow_redirects=False).headers["location"] == address(store, "school", "s1")


def test_before_the_first_run_the_page_says_so(tmp_path: Path) -> None:
    with visit(tmp_path) as client:
        assert "No list yet" in client.get("/").text
        assert client.get("/school/x").status_code == 404
        assert client.get("/about").status_code == 200


def test_every_page_is_whole_and_guarded(pages: TestClient, store: Path, built: Built) -> None:
    for path in every_page(store, built):
        answer = pages.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-security-policy"].startswith("default-src 'self'")
        assert not re.search(r"<script|\sstyle=|\son\w+=|javascript:", answer.text.replace(OUR_SCRIPT, ""))
        assert "pupil_id" not in answer.text
        check(answer.text)


def test_no_id_of_the_register_and_no_number_of_the_model_is_shown(
    pages: TestClient, store: Path, built: Built
) -> None:
    for path in every_page(store, built):
        text = pages.get(path).text
        assert not [pupil for pupil in built.watch_list["pupil_id"] if re.search(rf"\b{pupil}\b", text)]
        shown = re.sub(r"<svg.*?</svg>", "", text, flags=re.S)
        assert "%" not in words_of(shown)
        beside_a_child = words_of(shown) if "/about" not in path else ""
        assert [fault for fault in banned_words(beside_a_child) if "'will'" not in fault] == []


def test_templates_hold_no_banned_word() -> None:
    exempt = set(rules()["characteristics"]) | {"will", "flag"}
    for path in sorted((HERE / "templates").glob("*")):
        assert path.suffix == ".html"
        text = re.sub(r"{[{%#].*?[}%#]}|<[^>]*>", " ", path.read_text(encoding="utf-8"), flags=re.S)
        found = [fault for fault in banned_words(text) if fault.split("'")[1] not in exempt]
        assert found == [], path.name
    assert templates().autoescape is True


def test_no_red_is_used() -> None:
    for colour in re.findall(r"#([0-9a-f]{6})\b", (HERE / "static" / "handrail.css").read_text()):
        red, green, blue = (int(colour[place : place + 2], 16) for place in (0, 2, 4))
        assert red <= max(green, blue) + 8


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_name_that_attacks_stays_a_name(store: Path, built: Built, attack: str) -> None:
    pupils = built.watch_list["pupil_id"].tolist()
    quoted = attack.replace('"', '""')
    rows = "".join(f'{pupil},"{quoted}","{quoted}","{quoted}","{quoted}"\n' for pupil in pupils)
    csv = store / "people.csv"
    csv.write_text("pupil_id,first_name,last_name,preferred_name,tutor_group\n" + rows, encoding="utf-8")
    load_people(csv, store)
    with visit(store) as client:
        for path in every_page(store, built):
            text = client.get(path).text
            assert "<script" not in text.replace(OUR_SCRIPT, "")
            assert "<img src=x" not in text
            assert not re.search(r"<[^>]*\son\w+\s*=", re.sub(r'"[^"]*"', '""', text))
            assert "49" not in words_of(text) or attack != "{{7*7}}"
            check(text)
        assert f"<bdi>{attack} {attack}</bdi>" in unescape(
            client.get(address(store, "pupil", pupils[0])).text
        )


NOWHERE = (
    "/school/unknown", "/pupil/unknown", "/pupil/p003", "/school/s1", "/school/s1/print?for=support",
    "/school/s1/list.csv?for=support", "/pupil/..%2f..%2fsecret", "/static/../app.py", "/docs", "/openapi.json",
    "/secret", "/current.json",
)  # fmt: skip


def test_a_store_restored_elsewhere_shows_the_same_pages(
    store: Path, built: Built, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The addresses too: what makes them opaque lies in the store."""
    paths = address(store, "school", "s1"), address(store, "pupil", built.watch_list["pupil_id"][0])
    elsewhere = Path(shutil.copytree(store, tmp_path_factory.mktemp("restored") / "store"))
    with visit(store) as here, visit(elsewhere) as there:
        for path in paths:
            answers = [client.get(path) for client in (here, there)]
            assert [answer.status_code for answer in answers] == [200, 200]
            assert words_of(answers[0].text) == words_of(answers[1].text)


@pytest.mark.parametrize("path", NOWHERE)
def test_an_address_that_leads_nowhere_says_so_alike(pages: TestClient, path: str) -> None:
    answer = pages.get(path)
    assert answer.status_code == 404
    assert "Page not found" in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_pupil_who_is_not_listed_is_told_of_with_the_reason(
    pages: TestClient, store: Path, built: Built
) -> None:
    unlisted = next(f"p{n:03}" for n in range(200) if f"p{n:03}" not in set(built.watch_list["pupil_id"]))
    text = words_of(pages.get(address(store, "pupil", unlisted)).text)
    assert "Not on this week’s list" in text
    assert "Other pupils’ records changed more" in text
    assert "go with what you know" in text


def test_a_pupil_who_left_the_list_is_told_of_with_that_reason(store: Path, built: Built) -> None:
    unlisted = next(f"p{n:03}" for n in range(200) if f"p{n:03}" not in set(built.watch_list["pupil_id"]))
    off = [{"pupil_id": unlisted, "school_id": "s1", "year_group": "9", "why": "nothing new recorded."}]
    publish(store, built, "run-12", off_list=off)
    with visit(store) as client:
        text = words_of(client.get(address(store, "pupil", unlisted)).text)
        assert "On the last list, and off this one: nothing new recorded." in text


def test_paper_has_reasons_only_where_they_are_asked_for(
    pages: TestClient, store: Path, built: Built
) -> None:
    sheet, reason = f"{address(store, 'school', 's1')}/print?for=support", built.watch_list["concerns"][0][0]
    plain, full = words_of(pages.get(sheet).text), words_of(pages.get(f"{sheet}&reasons=true").text)
    assert "Printed by Ms R. Okafor." in plain
    assert (reason in plain, reason in full) == (False, True)


LIMIT = {"school_id": "s1", "date": "2025-11-17", "words": "Suspended for more than 15 days in a term"}


def test_limits_are_told_to_those_who_look_after_the_pupil(store: Path, built: Built) -> None:
    here, gone = built.roll[built.roll["school_id"] == "s1"].iloc[0], {**LIMIT, "pupil_id": "left long ago"}
    publish(store, built, "run-4", alerts=[{**LIMIT, "pupil_id": here["pupil_id"]}, gone])
    school, other = address(store, "school", "s1"), next(y for y in "789" if y != here["year_group"])
    with visit(store) as client:
        page = client.get(school).text
        assert words_of(page).count("suspended for more than 15 days in a term, ") == 2
        assert address(store, "pupil", here["pupil_id"]) in page
        assert address(store, "pupil", "left long ago") not in page  # no longer on roll: no page of theirs
        assert words_of(client.get(f"{school}?year={other}").text).count("suspended for more than") == 0
    year = Account("year", "A Head of Year", "pastoral", frozenset({"s1"}), frozenset({str(other)}))
    with visit(store, year) as client:
        assert "suspended for more than" not in words_of(client.get(school).text)


def test_what_has_moved_is_said_and_the_card_can_be_had(store: Path, built: Built) -> None:
    late = {"as_of": "2025-09-08", "names": 30, "precision": [0.43, 0.3, 0.6], "calibration": [1, 1, 1]}
    drift = {
        "alarms": ["The chances given have moved (PSI 0.41)."],
        "records": [],
        "scores": 0.41,
        "late": late,
    }
    publish(store, built, "run-5", drift=drift)
    with visit(store) as client:
        words = words_of(client.get("/about").text)
        assert "The chances given have moved (PSI 0.41)." in words
        assert "about 4 moved up a step afterwards" in words
        assert client.get("/about/card", follow_redirects=False).headers["location"] == "/about"
        card = store / "models" / "m1" / "card.html"
        card.parent.mkdir(parents=True)
        card.write_text("<h1>Does this model deserve to be used?</h1>", encoding="utf-8")
        assert "/about/card" in client.get("/about").text
        held = client.get("/about/card")
        assert held.headers["content-disposition"] == 'attachment; filename="model-card-m1.html"'
        assert "deserve" in held.text


def test_another_host_name_is_not_answered(store: Path) -> None:
    client = TestClient(create_app(store, Clock()), base_url="http://evil.example")
    assert client.get("/").status_code == 400


def test_a_year_group_with_nobody_is_good_news_and_an_unknown_one_is_no_page(
    pages: TestClient, store: Path, built: Built
) -> None:
    school, table = address(store, "school", "s1"), built.watch_list
    listed = set(table.loc[table["school_id"] == "s1", "year_group"])
    empty = next(year for year in ("7", "8", "9", "10", "11") if year not in listed)
    assert "That is good news" in pages.get(f"{school}?year={empty}").text
    assert pages.get(f"{school}?year=%3Cscript%3E").status_code == 404


def test_a_failed_gate_and_a_first_list_are_said(store: Path, built: Built) -> None:
    school = address(store, "school", "s1")
    with visit(store) as client:
        assert "This is the first list here" in client.get(school).text
        publish(store, built, "run-3", gate="failed", gate_words="The gain was too small.", how_sure=None)
        text = client.get(school).text
        assert "only facts that changed" in text
        assert "The gain was too small." not in text  # for those who want to know, on another page
        assert "The gain was too small." in client.get(f"{school}/about").text
        pupil = address(store, "pupil", built.watch_list["pupil_id"][0])
        assert "Nothing is said about what comes next" in client.get(pupil).text


def test_an_empty_list_is_not_called_good_news_when_nothing_could_be_seen(store: Path, built: Built) -> None:
    school, nobody = address(store, "school", "s1"), built.watch_list.iloc[:0]
    with visit(store) as client:
        publish(store, Built(nobody, built.cards, [], built.roll), "run-6")
        assert "That is good news" in client.get(school).text
        publish(store, Built(nobody, built.cards, [], built.roll), "run-7", gate="facts only")
        assert "That is good news" not in client.get(school).text
        quiet = {**built.cards["schools"]["s1"], "stale": ["attendance"]}
        cards = {**built.cards, "schools": {"s1": quiet, "s2": quiet}}
        publish(store, Built(nobody, cards, [], built.roll), "run-8")
        assert "too old to say" in client.get(school).text


def test_a_stopped_list_says_that_it_is_stopped_and_the_school_beside_it_has_its_own(
    store: Path, built: Built
) -> None:
    with visit(store) as client:
        publish(store, without(built, {"s1"}), "run-9")
        page = client.get(address(store, "school", "s1")).text
        assert "The list is stopped here" in page
        assert "until a named person has looked" in page
        assert "good news" not in page
        assert "stopped" not in client.get(address(store, "school", "s2")).text


def test_a_register_gone_quiet_is_said_at_the_top(store: Path, built: Built) -> None:
    quiet = {**built.cards["schools"]["s1"], "stale": ["attendance"]}
    cards = {**built.cards, "schools": {**built.cards["schools"], "s1": quiet}}
    publish(store, Built(built.watch_list, cards, [], built.roll), "run-4")
    with visit(store) as client:
        text = client.get(address(store, "school", "s1")).text
        assert "No attendance has come in since Fri 21 Nov" in text
        assert "this week" not in re.findall(r"<h1>(.*?)</h1>", text)[0]


def test_a_list_published_by_an_older_version_can_still_be_read(store: Path, built: Built) -> None:
    known = ("school_id", "concerns", "strengths", "changes", "support")
    old = {pupil: {key: card[key] for key in known} for pupil, card in built.cards["pupils"].items()}
    for card in old.values():
        card["strengths"] = [{key: told[key] for key in told if key != "rows"} for told in card["strengths"]]
    schools = {school: {key: card[key] for key in card if key != "open_days"}
               for school, card in built.cards["schools"].items()}  # fmt: skip
    publish(store, Built(built.watch_list, {"schools": schools, "pupils": old}, [], built.roll), "run-10")
    (store / "runs" / "run-10" / "roll.parquet").unlink()
    with visit(store) as client:
        for path in every_page(store, built):
            assert client.get(path).status_code == 200, path


def test_a_feed_that_never_came_is_said_and_its_silence_is_not_praise(store: Path, built: Built) -> None:
    silent = {**built.cards["schools"]["s1"], "latest": {"attendance": "2025-11-21"}}
    cards = {**built.cards, "schools": {**built.cards["schools"], "s1": silent}}
    publish(store, Built(built.watch_list, cards, [], built.roll), "run-9")
    with visit(store) as client:
        text = client.get(address(store, "school", "s1")).text
        assert "No incidents on record here yet" in text
        assert "does not mean there was none" in text
        assert "No attendance on record" not in text


def test_who_is_off_the_list_is_named_with_the_reason(store: Path, built: Built) -> None:
    off = [{"pupil_id": "p199", "school_id": "s1", "year_group": "9", "why": "no longer on roll here."}]
    publish(store, built, "run-5", off_list=off)
    with visit(store) as client:
        text = words_of(client.get(address(store, "school", "s1")).text)
        assert "Off the list since last time (1), and why" in text
        assert "no longer on roll here." in text


def test_every_page_says_when_the_sign_in_ends_and_when_the_next_list_comes(
    store: Path, built: Built
) -> None:
    publish(store, built, "run-11", updated_at="06:00")
    clock = Clock()
    with visit(store, clock=clock) as client:
        page = client.get(address(store, "school", "s1")).text
        assert "Next update Tue 6 am." in page
        assert "Signed in until 9:00 if you open no other page." in words_of(page)
        assert 'data-seconds="3600"' in page
        clock.on(minutes=50)
        assert client.get("/still-here").json() == {"seconds": 3600}
        for _ in range(10):
            clock.on(minutes=50)
            client.get("/still-here")
        assert client.get("/still-here").json() == {"seconds": 3000}  # ten hours at the latest


def test_how_sure_is_said_in_tens(pages: TestClient, store: Path, built: Built) -> None:
    text = pages.get(address(store, "pupil", built.watch_list["pupil_id"][0])).text
    assert "about 4 moved up a step and 6 did not." in text
    assert text.count('<i class="full"></i>') == 4


def test_the_file_beside_the_page(pages: TestClient, store: Path) -> None:
    answer = pages.get(f"{address(store, 'school', 's1')}/list.csv?for=support")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    assert "Not evidence for any sanction" in answer.text


def test_a_page_of_two_thousand_pupils_is_quick(pages: TestClient, store: Path) -> None:
    pages.get(address(store, "school", "s1"))
    assert pages.get(address(store, "school", "s1")).elapsed.total_seconds() < 0.5


def check(page: str) -> None:
    """Every tag is closed, every id is there once, and every label points at one."""
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids))
    assert set(reader.named) <= set(reader.ids)


class Reader(HTMLParser):
    """Reads a page as a browser would, keeping the tags that are open and the ids."""

    alone = ("meta", "link", "img", "br", "input")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.named: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.alone:
            self.open.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.named += [value or "" for name, value in attrs if name == "aria-labelledby"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_log_that_was_changed_is_told_on_every_page_of_a_school(store: Path, built: Built) -> None:
    words = "The record of who looked at this list is damaged"
    school = address(store, "school", "s1")
    assert words not in visit(store).get(school).text
    publish(store, built, "run-2", log_broken_at=3)
    for page in ("", "/about", "/pupils"):
        assert words in visit(store).get(school + page).text
