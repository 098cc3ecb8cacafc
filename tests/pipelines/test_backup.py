"""The drill: a store is backed up, put back in a new place and found whole there; what was spoilt is named."""

import fcntl
import json
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from configs.refusals import AnotherRun, BadData, BadSettings
from pipelines import runs
from pipelines.audit import whole
from pipelines.backup import backup
from pipelines.cli import handrail
from pipelines.doctor import Patient, examine
from pipelines.homes import to_database
from pipelines.restore import restore
from sources.audit import append, lines
from tests.a_server import Server
from tests.pipelines.a_whole_store import HEAD, LATER, NOW, quietly
from watchlists.access import accounts
from watchlists.answers import Answer, of_pupil, save
from watchlists.people import everyone

TODAY = date(2025, 7, 1)  # the calendar of the week ends on 3 September


@pytest.fixture(params=["a disk", pytest.param("an object store", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "a disk":
        return f"file://{tmp_path}/elsewhere"
    return f"{request.getfixturevalue('bucket')}/{tmp_path.name}"


def is_whole(store: Path, key: Path) -> bool:
    found = [finding.words for finding in examine(Patient(store, key, TODAY)) if not finding.fine]
    assert found == []
    return whole(store).endswith("is whole.")


def test_a_store_put_back_elsewhere_is_the_same(store: Path, url: str, tmp_path: Path) -> None:
    (store / "spill").mkdir()
    (store / "spill" / "of this machine").touch()
    said = backup(store, url, NOW, quietly)
    assert said.endswith(f"to {url}/20250904T020000Z.")
    back = tmp_path / "back"
    assert "each as it was backed up" in restore(url, back, quietly)
    assert is_whole(back, tmp_path / "key")
    assert everyone(back) == everyone(store)
    assert not (back / "spill").exists()
    assert accounts.everyone(back) == [HEAD]
    assert [answer.note for answer in of_pupil(back, "ann")] == ["Will ring home"]
    assert (back / "people.db").stat().st_mode & 0o077 == 0
    assert runs.current(back) == runs.current(store)
    told = [line["event"] for line in lines(back)]
    assert told == ["ingested"] * 3 + ["restored"]
    assert lines(store)[-1]["event"] == "backed up"


def test_the_newest_is_put_back_unless_one_is_named(store: Path, url: str, tmp_path: Path) -> None:
    backup(store, url, NOW, quietly)
    append(store, NOW, "looked at", by="head")
    backup(store, url, LATER, quietly)
    restore(url, tmp_path / "newest", quietly)
    restore(f"{url}/20250904T020000Z", tmp_path / "older", quietly)
    assert len(lines(tmp_path / "newest")) > len(lines(tmp_path / "older"))
    assert is_whole(tmp_path / "older", tmp_path / "key")


def in_url(url: str, change: str, place: str) -> None:
    """Spoils one file of the only backup there."""
    from pipelines.elsewhere import elsewhere

    there = elsewhere(url)
    path = there.at("20250904T020000Z", place)
    held = bytearray(there.files.cat_file(path))
    there.files.rm_file(path)
    if change != "removed":
        held[len(held) // 2] ^= 1
        there.files.pipe_file(path, bytes(held[:-1]) if change == "cut short" else bytes(held))


@pytest.mark.parametrize("change", ["flipped", "cut short", "removed"])
def test_a_file_that_was_spoilt_is_named_and_nothing_is_put_back(
    store: Path, url: str, tmp_path: Path, change: str
) -> None:
    backup(store, url, NOW, quietly)
    in_url(url, change, "people.db")
    with pytest.raises(BadData, match=r"people\.db \((changed|missing)\)\. Nothing was put back"):
        restore(url, tmp_path / "back", quietly)
    assert not list(tmp_path.glob("back*"))


def test_a_backup_cut_short_is_none(store: Path, url: str, tmp_path: Path) -> None:
    backup(store, url, NOW, quietly)
    in_url(url, "removed", "manifest.json")
    with pytest.raises(BadData, match="no whole backup"):
        restore(url, tmp_path / "back", quietly)


@pytest.mark.parametrize("place", ["../outside", "/etc/outside", "a/../../outside", ""])
def test_a_manifest_that_points_outside_is_refused(store: Path, tmp_path: Path, place: str) -> None:
    url = tmp_path / "elsewhere"
    backup(store, str(url), NOW, quietly)
    path = url / "20250904T020000Z" / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["files"][place] = next(iter(manifest["files"].values()))
    path.write_text(json.dumps(manifest))
    with pytest.raises(BadData, match="Nothing was put back"):
        restore(str(url), tmp_path / "back", quietly)


def test_no_backup_is_made_while_a_run_is_at_work(store: Path, tmp_path: Path) -> None:
    with (store / "lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(AnotherRun):
            backup(store, str(tmp_path / "elsewhere"), NOW, quietly)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.slow
def test_a_backup_while_staff_write_and_read_is_of_one_moment(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.backup.shutil.copytree", slowly_copied)
    writer = """import sys; from datetime import datetime; from pathlib import Path
from sources.audit import append; from watchlists.answers import Answer, save
store, at = Path(sys.argv[1]), datetime(2025, 9, 4)
print(flush=True)
while True:
    append(store, at, "answered"); save(store, Answer("ben", "oak", "act", "n", "2025-09-03", "Ms Head", at))"""
    writing = subprocess.Popen([sys.executable, "-c", writer, str(store)], stdout=subprocess.PIPE)
    try:
        assert writing.stdout is not None
        writing.stdout.readline()
        for number in range(2):
            backup(store, str(tmp_path / "elsewhere"), NOW.replace(minute=number), quietly)
            restore(str(tmp_path / "elsewhere"), tmp_path / f"back{number}", quietly)
            assert is_whole(tmp_path / f"back{number}", tmp_path / "key")
    finally:
        writing.kill()
        writing.wait()
    assert len(of_pupil(tmp_path / "back1", "ben")) > len(of_pupil(tmp_path / "back0", "ben"))


def slowly_copied(folder: Path, target: Path) -> None:
    """A copy during which much may happen."""
    target.mkdir()
    for path in sorted(folder.iterdir(), reverse=True):  # the log first, then how long it is
        shutil.copy2(path, target / path.name)
        time.sleep(0.3)


REFUSED = {
    "https://example.school/x": "not to 'https'",
    "file::s3://bucket/x": "not to",
    "s3://key:secret@bucket/x": "Keys do not stand in an address",
}


@pytest.mark.parametrize(("url", "says"), REFUSED.items())
def test_a_place_that_is_none_is_refused(store: Path, url: str, says: str) -> None:
    with pytest.raises(BadSettings, match=says) as refused:
        backup(store, url, NOW, quietly)
    assert "secret" not in str(refused.value).replace("AWS_SECRET_ACCESS_KEY", "")


def test_what_would_overwrite_or_hide_is_refused(store: Path, tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="lies in the store"):
        backup(store, str(store / "copies"), NOW, quietly)
    with pytest.raises(BadSettings, match="There is no store"):
        backup(tmp_path / "none", str(tmp_path / "elsewhere"), NOW, quietly)
    backup(store, str(tmp_path / "elsewhere"), NOW, quietly)
    with pytest.raises(BadSettings, match="is there already"):
        backup(store, str(tmp_path / "elsewhere"), NOW, quietly)
    with pytest.raises(BadSettings, match="is not empty"):
        restore(str(tmp_path / "elsewhere"), store, quietly)


@pytest.mark.slow
def test_a_bucket_that_is_not_there_is_refused_in_one_line(store: Path, bucket: str) -> None:
    with pytest.raises(BadSettings, match="cannot be used") as refused:
        backup(store, f"{bucket.replace('backups', 'no-such-bucket')}/x", NOW, quietly)
    assert "\n" not in str(refused.value)
    assert lines(store)[-1]["event"] != "backed up"


def asked(*words: object) -> Result:
    return CliRunner().invoke(handrail, [str(word) for word in words])


def test_the_commands_say_what_they_did(store: Path, tmp_path: Path) -> None:
    assert "Backed up" in asked("backup", "--to", tmp_path / "elsewhere", "--store", store).stdout
    assert (
        "Restored" in asked("restore", "--from", tmp_path / "elsewhere", "--store", tmp_path / "back").stdout
    )


def without_a_database(store: Path) -> None:
    """Nothing reads these any more."""
    shutil.rmtree(store / "audit")
    for name in ("people.db", "accounts.db"):
        (store / name).unlink()


@pytest.mark.slow
def test_a_store_moves_to_a_database_and_its_backup_needs_none(
    store: Path, url: str, tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadSettings, match="Say which database"):
        to_database(store)
    before, log = everyone(store), lines(store)
    monkeypatch.setenv("HANDRAIL_DATABASE", postgres.emptied())
    assert "3 lines of the audit log" in to_database(store)
    with pytest.raises(BadSettings, match="already"):
        to_database(store)
    left = [
        found.words.split()[0] for found in examine(Patient(store, tmp_path / "key", TODAY)) if not found.fine
    ]
    assert left == ["people.db", "accounts.db", "audit/log.jsonl"]
    without_a_database(store)
    assert everyone(store) == before
    assert lines(store) == log
    save(store, Answer("ann", "oak", "more", "After the move", "2025-09-03", "Ms Head", LATER))
    assert [answer.note for answer in of_pupil(store, "ann")] == ["After the move", "Will ring home"]
    append(store, LATER, "looked at", by="head")
    assert is_whole(store, tmp_path / "key")
    backup(store, url, LATER, quietly)
    assert not list(store.glob("*.db"))
    monkeypatch.delenv("HANDRAIL_DATABASE")
    restore(url, tmp_path / "back", quietly)
    assert is_whole(tmp_path / "back", tmp_path / "key")
    assert [answer.note for answer in of_pupil(tmp_path / "back", "ann")] == [
        "After the move",
        "Will ring home",
    ]
    assert accounts.everyone(tmp_path / "back") == [HEAD]
    assert [line["event"] for line in lines(tmp_path / "back")][-2:] == ["looked at", "restored"]
