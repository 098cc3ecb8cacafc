"""Where a key is given, a copy of the disk says no name and no note, and the pages show the same."""

import random
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configs.refusals import BadData, BadSettings
from pipelines.encrypting import encrypt
from pipelines.homes import to_database
from sources import server
from sources.encrypted_words import STEP, WordsCipher, words_cipher
from sources.encryption import VARIABLE, EncryptionKey
from tests.a_server import Server
from tests.an_encryption_key import with_key
from tests.watchlists.a_visit import LEAD, MONDAY, address, post, publish, visit
from watchlists import holds
from watchlists.access import accounts
from watchlists.answers import Answer, latest_of_school, of_pupil, save
from watchlists.build import Built
from watchlists.entered import forget_said
from watchlists.hidden import HIDDEN
from watchlists.mistakes import Mistake, open_mistakes, report
from watchlists.notebook import PEOPLE, notebook, refuse_unreadable
from watchlists.people import COLUMNS, Person, edition, everyone, forget_people, hold_people

NAMES = ("Zoë", "Null", "O'Brien", "Zoe\u0308", "محمد", "李", "🙂", "=1+1", "x" * 200)
NOTE, WRONG = "Mr Pryce will ring home", "Was at a fixture"
RECORD = "2025-11-10: Missed a lesson (lessons)"
OURS = words_cipher(EncryptionKey(b"k" * 32), b"s" * 16)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    (tmp_path / "store").mkdir()
    return tmp_path / "store"


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return with_key(monkeypatch, tmp_path)


def person(number: int, name: str) -> tuple[str, ...]:
    return (
        f"p{number:03}",
        name,
        f"Lee {name}",
        "Zolabelle",
        "9 Oak",
        f"{name} likes maps",
        "A warning",
        "Mr Pryce",
    )


def fill(store: Path) -> None:
    """Names, and what staff wrote."""
    hold_people([person(number, name) for number, name in enumerate(NAMES)], store)
    save(store, Answer("p001", "s1", "act", NOTE, "2025-11-21", "Ms R. Okafor", MONDAY))
    report(store, Mistake(0, "p002", "s1", RECORD, WRONG, "Ms R. Okafor", MONDAY))


def told() -> set[str]:
    """Every word of it that names a child or was written freely."""
    return {NOTE, WRONG, RECORD, *(word for one in enumerate(NAMES) for word in person(*one)[1:])}


def plain(store: Path) -> set[str]:
    """Which of these words lie in any file of the store, or in any row of the database."""
    kept = [path.read_bytes() for path in store.rglob("*") if path.is_file()]
    if server.address() is not None:
        with PEOPLE.transaction(store) as said:
            rows = [said.rows(f"select * from {name}") for name in PEOPLE.tables.tables]
        kept.append(str(rows).encode())
    return {word for word in told() for data in kept if word.encode() in data}


def as_filled(store: Path) -> bool:
    people = {row[0]: Person(*row[1:]) for row in (person(*one) for one in enumerate(NAMES))}
    (answer,), (mistake,) = of_pupil(store, "p001"), open_mistakes(store, "s1")
    assert everyone(store) == people
    assert (answer.note, answer.by, answer.at) == (NOTE, "Ms R. Okafor", MONDAY)
    assert (mistake.what, mistake.note, mistake.pupil_id) == (RECORD, WRONG, "p002")
    return latest_of_school(store, "s1") == {"p001": answer}


@pytest.mark.kept
@pytest.mark.usefixtures("key")
def test_no_file_and_no_row_says_a_name_or_a_note_and_each_comes_back(store: Path) -> None:
    fill(store)
    assert plain(store) == set()
    assert as_filled(store)
    with notebook(store):  # a writer at work leaves no journal that says one
        assert plain(store) == set()


@pytest.mark.kept
def test_without_a_key_all_of_them_would_be_found(store: Path) -> None:
    """The look finds what it looks for."""
    fill(store)
    assert plain(store) == told()
    assert as_filled(store)


@pytest.mark.kept
def test_a_store_that_holds_plain_text_is_encrypted_once_and_is_the_same(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    before = edition(store)
    with_key(monkeypatch, tmp_path)
    with pytest.raises(BadSettings, match=r"are held as plain text\. Run `handrail encrypt`"):
        everyone(store)
    assert encrypt(store).startswith(f"Encrypted {len(NAMES) + 2} rows")
    assert plain(store) == set()
    assert as_filled(store)
    assert edition(store) == before
    assert encrypt(store).startswith("Encrypted 0 rows")
    save(store, Answer("p003", "s1", "act", "After", "2025-11-21", "Ms R. Okafor", MONDAY))
    assert [answer.note for answer in of_pupil(store, "p003")] == ["After"]


def test_what_lay_in_freed_pages_of_the_file_is_gone_too(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file whose freed pages were never overwritten, as any tool leaves them."""
    fill(store)
    with closing(sqlite3.connect(store / "people.db")) as base, base:
        base.execute("pragma secure_delete = off")
        base.execute("create table once as select note || :note as note from answers", {"note": NOTE * 400})
        base.execute("drop table once")
    assert (store / "people.db").read_bytes().count(NOTE.encode()) > 300
    with_key(monkeypatch, tmp_path)
    encrypt(store)
    assert plain(store) == set()


@pytest.mark.kept
@pytest.mark.parametrize("other", ["", "another"])
def test_without_the_key_or_with_another_nothing_is_read_and_nothing_written(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    with_key(monkeypatch, tmp_path)
    fill(store)
    if other:
        with_key(monkeypatch, tmp_path, other, "b")
    else:
        monkeypatch.delenv(VARIABLE)
    says = "is not the one that names and notes" if other else "are encrypted. Name the file of their key"
    for act in (everyone, edition, holds.held, fill, refuse_unreadable, *([encrypt] if other else [])):
        with pytest.raises(BadSettings, match=says) as refusal:
            act(store)
        assert "\n" not in str(refusal.value)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "encryption"))
    assert as_filled(store)


def test_nothing_is_encrypted_without_a_key_or_a_store(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadSettings, match="Name the file of the key"):
        encrypt(store)
    with_key(monkeypatch, tmp_path)
    with pytest.raises(BadSettings, match="no store"):
        encrypt(tmp_path / "none")


@pytest.mark.kept
def test_whoever_writes_without_a_key_while_it_is_encrypted_adds_nothing_plain(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    # The refusal comes as the transaction ends, so what goes before it stands inside.
    with pytest.raises(BadSettings, match="are encrypted"), notebook(store) as base:  # noqa: PT012
        with_key(monkeypatch, tmp_path)
        encrypt(store)
        base.do("update people set first_name = 'Zoë' where pupil_id = 'p001'")
    assert plain(store) == set()
    assert as_filled(store)


def changed(store: Path, sql: str) -> None:
    """Changes the file as whoever has the disk could."""
    with closing(sqlite3.connect(store / "people.db")) as base, base:
        assert base.execute(sql).rowcount > 0


SPOILT = {
    "a letter changed": "update people set first_name = substr(first_name, 1, 20) || 'A' || substr(first_name, 22)"
    " where substr(first_name, 21, 1) <> 'A'",
    "the end cut off": "update people set last_name = substr(last_name, 1, length(last_name) - 4)",
    "another pupil's": "update people set own_words = (select own_words from people where pupil_id = 'p003')"
    " where pupil_id <> 'p003'",
    "another column's": "update people set what_helps = own_words",
    "plain text": "update people set key_adult = 'Mr Nobody'",
    "no text at all": "update people set key_adult = 'aes:AAAA'",
}


@pytest.mark.parametrize("what", SPOILT)
@pytest.mark.usefixtures("key")
def test_what_was_changed_is_refused_and_not_shown(store: Path, what: str) -> None:
    fill(store)
    changed(store, SPOILT[what])
    with pytest.raises(BadData, match=r"kept in people\.\w+ is not as it was written\. Restore") as refusal:
        everyone(store)
    assert "p00" not in str(refusal.value)


@pytest.mark.usefixtures("key")
def test_a_note_of_another_pupil_is_refused(store: Path) -> None:
    fill(store)
    changed(store, "update answers set pupil_id = 'p004'")
    with pytest.raises(BadData, match=r"answers\.note"):
        of_pupil(store, "p004")


@pytest.mark.kept
@pytest.mark.usefixtures("key")
def test_whoever_is_forgotten_is_gone(store: Path) -> None:
    fill(store)
    assert forget_people(store, ["p001"]) == 1
    assert forget_said(store, ["p001", "p002"]) == 2
    assert "p001" not in everyone(store)
    assert of_pupil(store, "p001") == open_mistakes(store, "s1") == []


def test_nobody_is_known_by_their_place_in_the_register(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A register comes in the order of names, and rows lie in the order in which they were put in."""
    register = [(f"p{number:03}", f"Name {100 - number}", "Lee", "", "") for number in range(50)][::-1]
    for kept in (store, tmp_path / "later"):
        kept.mkdir(exist_ok=True)
    with closing(sqlite3.connect(tmp_path / "later" / "people.db")) as base:
        columns = "first_name, last_name, preferred_name, tutor_group"
        base.execute(f"create table people (pupil_id text primary key, {columns})")
        base.executemany("insert into people values (?, ?, ?, ?, ?)", register)
        base.commit()
    with_key(monkeypatch, tmp_path)
    hold_people(register, store)
    encrypt(tmp_path / "later")
    for kept in (store, tmp_path / "later"):
        with closing(sqlite3.connect(kept / "people.db")) as base:
            lying = [pupil for (pupil,) in base.execute("select pupil_id from people order by rowid")]
        assert lying == sorted(lying)
        assert everyone(kept)["p007"].name == "Name 93 Lee"


@given(words=st.text())
def test_any_words_come_back(words: str) -> None:
    held = OURS.encrypted(words, "people.first_name of p1")
    assert OURS.decrypted(held, "people.first_name of p1") == words
    assert held.isascii()
    assert not words or held != OURS.encrypted(words, "people.first_name of p1")


@given(words=st.text(min_size=1), where=st.text())
def test_words_open_where_they_were_put_alone(words: str, where: str) -> None:
    held = OURS.encrypted(words, where)
    for other in (f"{where} ", "elsewhere", where[:-1] or "x"):
        if other != where:
            with pytest.raises(BadData):
                OURS.decrypted(held, other)


@given(st.text(min_size=1, max_size=STEP // 4 - 1))
def test_names_are_all_as_long(name: str) -> None:
    assert len(OURS.encrypted(name, "x")) == len(OURS.encrypted("Zoë", "x"))


@given(st.text(min_size=1, max_size=20), st.integers(0), st.integers(0, 7))
def test_a_flipped_bit_of_any_words_is_found(words: str, place: int, bit: int) -> None:
    held = bytearray(OURS.encrypted(words, "x").encode())
    held[4 + place % (len(held) - 4)] ^= 1 << bit
    with pytest.raises(BadData):
        OURS.decrypted(held.decode("latin-1"), "x")


def test_whatever_is_told_of_a_person_is_hidden() -> None:
    assert HIDDEN["people"] == COLUMNS[1:]
    columns = {
        name: {column.name for column in table.columns} for name, table in PEOPLE.tables.tables.items()
    }
    assert all(set(hidden) < columns[name] for name, hidden in HIDDEN.items())
    freely = {(name, word) for name, words in columns.items() for word in words if word in ("note", "what")}
    assert freely == {(name, word) for name in ("answers", "mistakes") for word in HIDDEN[name]}
    assert "k" * 8 not in repr(WordsCipher)


@pytest.fixture
def said(tmp_path: Path, built: Built) -> Path:
    """A published store with names of everyone listed, an account, an answer and a mistake reported on the pages."""
    store = publish(tmp_path / "said", built)
    pupils = sorted(set(built.watch_list["pupil_id"]))
    hold_people([(pupil, *person(number, "Zoë")[1:]) for number, pupil in enumerate(pupils)], store)
    accounts.add(store, LEAD, None, MONDAY)
    dated = next(one for one, card in built.cards["pupils"].items() if card["concerns"][0]["rows"])
    pupil = address(store, "pupil", dated)
    with visit(store) as client:
        post(client, f"{pupil}/view", pupil, answer="wrong", note=NOTE)
        link = re.findall(rf"{pupil}/records/\w+", client.get(pupil).text)[0]
        post(client, link, link, note=WRONG)
    return store


def whole_visit(store: Path, built: Built) -> Iterator[tuple[str, str]]:
    """Every page of a school with a pupil's data on it, the search and the files, without what is drawn anew."""
    school = address(store, "school", "s1")
    pupils = [address(store, "pupil", pupil) for pupil in built.watch_list["pupil_id"]]
    purpose = "?for=support"
    pages = ["", "/pupils", "/mistakes", "/totals", "/about", f"/print{purpose}", f"/list.csv{purpose}"]
    with visit(store) as client:
        for page in (*(school + end for end in pages), *pupils):
            yield page, undated(client.get(page).text)
        yield "search", undated(post(client, f"{school}/pupils", f"{school}/pupils", name="zo").text)


def undated(page: str) -> str:
    return re.sub(r'name="token" value="[0-9a-f]+"', "", page)


@pytest.mark.kept
def test_a_whole_visit_shows_the_same_encrypted_as_plain(
    said: Path, built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dict(whole_visit(said, built))
    assert any("Lee Zoë" in page for page in before.values())
    assert sum(NOTE in page or WRONG in page for page in before.values()) >= 2
    with_key(monkeypatch, tmp_path)
    encrypt(said)
    assert plain(said) == set()
    after = dict(whole_visit(said, built))
    assert [page for page in before if after[page] != before[page]] == []


def test_pages_that_lose_the_key_show_nobody(
    said: Path, built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_key(monkeypatch, tmp_path)
    encrypt(said)
    with visit(said) as client:
        school = address(said, "school", "s1")
        assert "Zolabelle Lee" in client.get(school).text
        monkeypatch.delenv(VARIABLE)
        refused = client.get(school)
        with_key(monkeypatch, tmp_path, "another", "b")
        changed = client.get(school)
        monkeypatch.setenv(VARIABLE, str(tmp_path / "encryption"))
        assert "Zolabelle Lee" in client.get(school).text
    for page in (refused, changed):
        assert page.status_code == 503
        assert "their key was changed or is missing" in page.text
        assert "Lee" not in page.text


@pytest.mark.slow
def test_a_database_gets_what_is_encrypted_as_it_is_and_its_own_files_say_no_name(
    store: Path, tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_key(monkeypatch, tmp_path)
    fill(store)
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("HANDRAIL_DATABASE", postgres.emptied())
    to_database(store)
    (store / "people.db").unlink()
    with pytest.raises(BadSettings, match="are encrypted"):
        everyone(store)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "encryption"))
    assert as_filled(store)
    assert plain(store) == set()


@pytest.mark.slow
def test_the_tables_of_a_database_that_held_plain_text_hold_none_on_the_disk(
    store: Path, tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    word = f"Word{random.Random(5).random()}"
    monkeypatch.setenv("HANDRAIL_DATABASE", postgres.emptied())
    hold_people([person(1, word)], store)
    postgres.say("checkpoint")
    assert lying(postgres, word)
    with_key(monkeypatch, tmp_path)
    encrypt(store)
    postgres.say("checkpoint")
    assert not lying(postgres, word)


def lying(postgres: Server, word: str) -> list[str]:
    """The server's files of tables that say a word."""
    folder = postgres.folder / "data" / "base"
    return [str(path) for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]
