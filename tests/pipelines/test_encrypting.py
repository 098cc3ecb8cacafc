"""The drill with a key: a store is encrypted, used, backed up and put back by the commands that a school runs."""

import json
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from configs.refusals import BadSettings, Refusal
from pipelines.cli import handrail
from pipelines.doctor import Patient, examine
from pipelines.forgetting import forget_leavers
from sources.audit import lines
from sources.encryption import VARIABLE
from tests.a_server import Server
from tests.an_encryption_key import with_key
from tests.pipelines.a_whole_store import NOW
from tests.pipelines.trust import handrail as command
from tests.pipelines.trust import trained_store
from tests.sources.a_folder import bytes_of, write
from watchlists.answers import of_pupil
from watchlists.holds import Hold, hold
from watchlists.people import everyone

TODAY = date(2025, 7, 1)  # the calendar of the week ends on 3 September
NAMES = "pupil_id,first_name,last_name,own_words\nann,Zoë,Lee,I like maps\nben,Benedict,Oduya,I like bread\n"
SAID = ("Zoë", "Benedict", "Oduya", "I like maps", "I like bread", "Will ring home")


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return with_key(monkeypatch, tmp_path)


def run(*words: object) -> str:
    done = CliRunner().invoke(handrail, [str(word) for word in words])
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


def refused(*words: object) -> str:
    """The one line of a command that refuses, as `handrail` says it."""
    done = CliRunner().invoke(handrail, [str(word) for word in words], standalone_mode=False)
    assert isinstance(done.exception, Refusal), (done.output, done.exception)
    assert done.exception.exit_code == 2
    assert "\n" not in str(done.exception)
    assert not [word for word in SAID if word in done.output + str(done.exception)]
    return str(done.exception)


def to_mend(store: Path, key: Path) -> list[str]:
    return [found.words for found in examine(Patient(store, key, TODAY)) if not found.fine]


def says(folder: Path) -> set[str]:
    """Which names and notes any file under a folder says."""
    data = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return {word for word in SAID for held in data if word.encode() in held}


def kept_words(store: Path) -> set[bytes]:
    """Whatever lies encrypted in the file of names and notes, in use or freed."""
    return set(re.findall(rb"aes:[A-Za-z0-9+/]+=*", (store / "people.db").read_bytes()))


@pytest.mark.usefixtures("key")
def test_from_plain_text_to_an_encrypted_store_and_back_from_its_backup(store: Path, tmp_path: Path) -> None:
    assert says(store) == {"Zoë", "Will ring home"}
    assert "held as plain text" in refused("ingest", tmp_path, "--store", store)
    assert run("encrypt", "--store", store).startswith("Encrypted 2 rows of names and notes.")
    assert says(store) == set()
    exports = write(tmp_path / "exports", people=NAMES)
    run("ingest", exports, "--store", store, "--key-file", tmp_path / "key")
    shutil.rmtree(exports)
    assert everyone(store)["ben"].own_words == "I like bread"
    assert says(store) == set()
    run("backup", "--to", tmp_path / "elsewhere", "--store", store)
    run("restore", "--from", tmp_path / "elsewhere", "--store", tmp_path / "back")
    assert says(tmp_path) == set()
    assert everyone(tmp_path / "back") == everyone(store)
    assert [answer.note for answer in of_pupil(tmp_path / "back", "ann")] == ["Will ring home"]
    assert "names and notes encrypted" in [line["event"] for line in lines(tmp_path / "back")]
    assert [
        str(found) for found in examine(Patient(tmp_path / "back", tmp_path / "key", TODAY)) if not found.fine
    ] == []


@pytest.mark.usefixtures("key")
def test_what_a_family_may_ask_is_told_in_words_and_whoever_is_forgotten_is_gone(
    store: Path, tmp_path: Path
) -> None:
    run("encrypt", "--store", store)
    asked = ("--store", store, "--key-file", tmp_path / "key")
    run("subject-access", "ann", "--to", tmp_path / "asked", *asked)
    held = json.loads((tmp_path / "asked" / "held.json").read_text(encoding="utf-8"))["held"]
    assert held["name"][0]["first_name"] == "Zoë"
    assert held["said by staff: answers"][0]["note"] == "Will ring home"
    assert "names 1" in (said := run("forget", "ann", *asked))
    assert "what staff said 1" in said
    assert everyone(store) == {}


def test_a_key_that_somebody_saw_is_changed_and_opens_nothing_any_more(
    store: Path, tmp_path: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = with_key(monkeypatch, tmp_path, "other", "d")
    monkeypatch.setenv(VARIABLE, str(key))
    assert "have no key to change" in refused("encrypt", "--store", store, "--old-key-file", other)
    run("encrypt", "--store", store)
    run("backup", "--to", tmp_path / "elsewhere", "--store", store)
    before, kept = everyone(store), kept_words(store)
    assert "name the same key" in refused("encrypt", "--store", store, "--old-key-file", key)
    with_key(monkeypatch, tmp_path, "new", "b")
    third = with_key(monkeypatch, tmp_path, "third", "c")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "new"))
    assert "The key at --old-key-file is not the one" in refused(
        "encrypt", "--store", store, "--old-key-file", third
    )
    said = run("encrypt", "--store", store, "--old-key-file", key)
    assert said.startswith("Encrypted 2 rows of names and notes.")
    assert "Keep the key of before for the backups" in said
    assert everyone(store) == before != {}
    assert [answer.note for answer in of_pupil(store, "ann")] == ["Will ring home"]
    assert says(store) == set()
    assert kept
    assert not kept & kept_words(store)  # nothing that the old key opens is left in the file
    assert run("encrypt", "--store", store).startswith("Encrypted 0 rows")
    assert "is not the one" in refused(
        "restore", "--from", tmp_path / "elsewhere", "--store", tmp_path / "back"
    )
    monkeypatch.setenv(VARIABLE, str(key))
    assert "is not the one" in refused("encrypt", "--store", store)
    run("restore", "--from", tmp_path / "elsewhere", "--store", tmp_path / "back")
    assert everyone(tmp_path / "back") == before
    monkeypatch.setenv(VARIABLE, str(tmp_path / "new"))
    run("encrypt", "--store", tmp_path / "back", "--old-key-file", key)
    assert everyone(tmp_path / "back") == before


def test_a_command_without_the_key_is_refused_before_it_reads_or_writes(
    store: Path, tmp_path: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("encrypt", "--store", store)
    monkeypatch.setattr("uvicorn.run", lambda *asked, **more: pytest.fail("pages were served"))
    (store / "dpia.json").write_text(json.dumps({"reference": "x"}), encoding="utf-8")
    exports, before = write(tmp_path / "exports", people=NAMES), bytes_of(store)
    monkeypatch.delenv(VARIABLE)
    subject_access = ("subject-access", "ann", "--to", tmp_path / "asked")
    all_before = ("forget", "--before", "2025-09-01")
    for asked in (("serve",), ("ingest", exports), ("forget", "ann"), all_before, subject_access):
        told = refused(*asked, "--store", store)
        assert {**bytes_of(store), "secret": ""} == {**before, "secret": ""}, asked
        assert f"Name the file of their key in {VARIABLE}" in told
    with pytest.raises(BadSettings, match="Name the file of their key"):
        forget_leavers(store, date(2030, 1, 1))  # as a night does
    assert {**bytes_of(store), "secret": ""} == {**before, "secret": ""}
    key.with_name("another").write_text("b" * 64, encoding="ascii")
    monkeypatch.setenv(VARIABLE, str(key.with_name("another")))
    assert "is not the one" in refused("serve", "--store", store)
    assert "is not the one" in refused("encrypt", "--store", store)


def test_the_doctor_says_what_is_wrong_with_the_key(
    store: Path, tmp_path: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found() -> list[str]:
        return [one.words for one in examine(Patient(store, tmp_path / "key", TODAY)) if not one.fine]

    assert "are held as plain text" in found()[0]
    run("encrypt", "--store", store)
    assert found() == []
    key.chmod(0o644)
    assert f"chmod 600 {key}" in found()[0]
    monkeypatch.delenv(VARIABLE)
    assert "are encrypted. Name the file" in found()[0]
    shutil.copy(key, store / "encryption")
    monkeypatch.setenv(VARIABLE, str(store / "encryption"))
    assert "lies in the store" in found()[0]


def test_a_new_store_with_a_key_never_holds_a_name(tmp_path: Path, key: Path) -> None:
    exports = write(tmp_path / "exports", people=NAMES)
    run("ingest", exports, "--store", tmp_path / "new", "--key-file", tmp_path / "key")
    assert says(tmp_path / "new") == set()
    assert everyone(tmp_path / "new")["ann"].name == "Zoë Lee"


@pytest.mark.slow
def test_from_a_database_that_is_encrypted_a_backup_comes_back_as_files_that_are(
    store: Path, tmp_path: Path, key: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("HANDRAIL_DATABASE", postgres.emptied())
    run("to-database", "--store", store)
    (store / "people.db").unlink()
    monkeypatch.setenv(VARIABLE, str(key))
    assert "held as plain text" in refused("forget", "ann", "--store", store)
    run("encrypt", "--store", store)
    run("backup", "--to", tmp_path / "elsewhere", "--store", store)
    before = everyone(store)
    monkeypatch.delenv("HANDRAIL_DATABASE")
    run("restore", "--from", tmp_path / "elsewhere", "--store", tmp_path / "back")
    assert everyone(tmp_path / "back") == before != {}
    assert [answer.note for answer in of_pupil(tmp_path / "back", "ann")] == ["Will ring home"]
    assert says(tmp_path / "elsewhere") | says(tmp_path / "back") | says(store) == set()


@pytest.mark.slow
def test_a_night_without_the_key_publishes_nothing_and_with_it_the_same_list(
    tmp_path: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)
    plain, hidden = (Path(shutil.copytree(trained_store(), tmp_path / name)) for name in ("plain", "hidden"))
    for kept in (plain, hidden):
        hold(kept, Hold("nobody", "nowhere", "objection", "Ms Head", NOW))
    assert night(plain).returncode in (0, 6)
    assert night(hidden, key, "encrypt").returncode == 0
    refusal = night(hidden)
    assert (refusal.returncode, len(refusal.stderr.splitlines())) == (2, 1)
    assert f"Name the file of their key in {VARIABLE}" in refusal.stderr
    assert not (hidden / "current.json").exists()
    assert night(hidden, key).returncode in (0, 6)
    (one,), (other,) = ((kept / "runs").glob("*/cards.json") for kept in (plain, hidden))
    assert one.read_bytes() == other.read_bytes()


def night(store: Path, key: Path | None = None, asked: str = "nightly") -> "subprocess.CompletedProcess[str]":
    return command(asked, "--store", store, **({VARIABLE: str(key)} if key else {}))
