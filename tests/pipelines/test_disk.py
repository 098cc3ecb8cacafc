"""The disk is full, read-only or broken: the list that pages show stays whole, the command says so in a line, and the
next run begins clean."""

import errno
import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pipelines import audit, doctor, runs
from pipelines.doctor import Patient, examine
from sources.store import Store, sha256_of
from tests.pipelines.a_small_disk import needs_a_disk, on_a_disk
from tests.pipelines.trust import handrail, trained_store
from tests.sources.a_folder import WEEK, bytes_of, load, write

MONDAY, NEXT = date(2026, 3, 2), date(2026, 3, 9)
ROOMY = {"room": 200_000}


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained store with Monday's list."""
    own = tmp_path_factory.mktemp("listed") / "store"
    shutil.copytree(trained_store(), own)
    assert handrail("nightly", "--store", own, "--as-of", str(MONDAY)).returncode in (0, 6)
    return own


def nightly() -> dict[str, list[str]]:
    return {"run": ["nightly", "--as-of", str(NEXT)]}


@needs_a_disk
@pytest.mark.slow
@pytest.mark.parametrize("room", [0, 64, 300])  # KB: before anything is written, the features, the reports
def test_a_night_on_a_full_disk_leaves_the_list_and_the_next_has_it_all(
    listed: Path, tmp_path: Path, room: int
) -> None:
    _, full, _, again = on_a_disk(listed, tmp_path / "after", {"room": room}, nightly(), ROOMY, nightly())
    assert (full["code"], full["current"]) == (1, runs.current(listed))
    assert full["said"].splitlines()[-1].endswith("Check the disk and permissions.")
    assert "No space left" in full["said"]
    assert "Traceback" not in full["said"]
    assert again["code"] in (0, 6)
    assert again["current"] == f"{NEXT}-1"
    assert not [*(tmp_path / "after").rglob("*.part")]
    whole(tmp_path / "after")


@needs_a_disk
@pytest.mark.slow
def test_a_night_on_a_read_only_disk_says_so_and_changes_nothing(listed: Path, tmp_path: Path) -> None:
    _, refused = on_a_disk(listed, tmp_path / "after", {"mount": "ro"}, nightly())
    assert (refused["code"], refused["current"]) == (1, runs.current(listed))
    assert "Read-only file system" in refused["said"]
    assert "Traceback" not in refused["said"]
    assert bytes_of(tmp_path / "after") == bytes_of(listed)


@needs_a_disk
def test_a_load_on_a_full_disk_leaves_the_records_as_they_were(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    load(write(tmp_path / "export"), store)
    more = write(tmp_path / "more", attendance=WEEK["attendance"] + "\nben,oak,2025-09-02,AM,/")
    ingest = {"run": ["ingest", str(more), "--seen-on", "2025-10-02"]}
    _, full, _, again = on_a_disk(store.root, tmp_path / "after", {"room": 4}, ingest, ROOMY, ingest)
    assert full["code"] == 1
    assert full["said"].splitlines()[-1].endswith("Check the disk and permissions.")
    assert again["code"] == 0, again["said"]
    load(more, store, date(2025, 10, 2))
    assert bytes_of(tmp_path / "after" / "tables") == bytes_of(store.tables_folder)


def a_run(store: Path, day: date) -> None:
    with runs.begun(store, day) as part:
        for name in ("cards.json", "list.json"):
            runs.write_json(part / name, {"of": str(day)})
        runs.show(store, runs.finish(part, {"as_of": str(day), "published": True}), runs.fence_of(part))


def whole(store: Path) -> None:
    """What is current is a run whose every file is as it was sealed, and the audit log is whole."""
    folder = store / "runs" / str(runs.current(store))
    for name, seal in runs.read_json(folder / runs.RUN)["files"].items():
        assert sha256_of(folder / name) == seal, name
    audit.whole(store)


def failing(call: Callable[..., object], at: int) -> Callable[..., object]:
    """The same call, but the disk gives an error the `at`-th time."""
    times = 0

    def tried(*words: object, **more: object) -> object:
        nonlocal times
        times += 1
        if times == at:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return call(*words, **more)

    return tried


@pytest.mark.parametrize("call", ["fsync", "replace", "rename", "open"])
def test_a_disk_that_fails_at_any_write_leaves_a_whole_list(tmp_path: Path, call: str) -> None:
    """Every write of a run but the features' and lists' own, one after the other, until a run gets through."""
    a_run(tmp_path, MONDAY)
    for at in range(1, 200):
        with pytest.MonkeyPatch.context() as broken:
            broken.setattr(os, call, failing(getattr(os, call), at))
            try:
                a_run(tmp_path, NEXT)
            except OSError:
                whole(tmp_path)
            else:
                break
    assert at > 1
    whole(tmp_path)
    assert str(runs.current(tmp_path)).startswith(str(NEXT))
    assert not [*tmp_path.rglob("*.part")]


def test_no_list_is_shown_that_the_audit_log_cannot_know(tmp_path: Path) -> None:
    a_run(tmp_path, MONDAY)
    log = tmp_path / "audit" / "log.jsonl"
    kept = log.read_bytes()
    log.unlink()
    log.mkdir()  # no one, root among them, can append to a folder
    with pytest.raises(OSError, match="directory"):
        a_run(tmp_path, NEXT)
    assert runs.current(tmp_path) == f"{MONDAY}-1"
    log.rmdir()
    log.write_bytes(kept)
    runs.show(tmp_path, f"{NEXT}-1", runs.take_fence(tmp_path))  # as the same night does when it is run again
    assert b'"run": "2026-03-09-1"' in log.read_bytes()
    whole(tmp_path)


def test_a_disk_that_is_nearly_full_is_named_by_the_doctor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(write(tmp_path / "export"), Store(tmp_path / "store"))

    def said(free: int) -> list[str]:
        held = shutil.disk_usage(tmp_path)._replace(free=free)
        monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: held)
        found = examine(Patient(tmp_path / "store", tmp_path / "key", date(2025, 7, 1)))
        return [one.words for one in found if one.words.startswith("The disk has") and not one.fine]

    assert said(10**9) == []
    assert "Make room" in said(1)[0]
