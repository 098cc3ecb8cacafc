"""The audit log: a line taken away, changed or cut from the end shows, and two writers do not mix."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from configs.refusals import BadData
from pipelines.audit import whole
from sources.audit import append, broken_at

AT = datetime(2025, 11, 24, 8, tzinfo=UTC)


def written(store: Path, lines: int = 4) -> Path:
    for number in range(lines):
        append(store, AT, "viewed", by="lead", number=number)
    return store / "audit" / "log.jsonl"


def test_a_whole_log_fits(tmp_path: Path) -> None:
    log = written(tmp_path)
    assert broken_at(tmp_path) is None
    assert [json.loads(line)["number"] for line in log.read_text().splitlines()] == [0, 1, 2, 3]
    assert broken_at(tmp_path / "nowhere") is None


@pytest.mark.parametrize(("gone", "shows_at"), [(0, 1), (1, 2), (2, 3), (3, 4)])
def test_a_line_taken_away_shows(tmp_path: Path, gone: int, shows_at: int) -> None:
    log = written(tmp_path)
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join(line for number, line in enumerate(lines) if number != gone))
    assert broken_at(tmp_path) == shows_at
    append(tmp_path, AT, "viewed")  # and still shows when the log goes on
    assert broken_at(tmp_path) == shows_at


def test_a_changed_line_shows(tmp_path: Path) -> None:
    log = written(tmp_path)
    log.write_text(log.read_text().replace('"number": 2', '"number": 7'))
    assert broken_at(tmp_path) == 4
    with pytest.raises(BadData, match="from line 4 on"):
        whole(tmp_path)


def test_a_line_that_is_no_line_shows(tmp_path: Path) -> None:
    log = written(tmp_path)
    log.write_text(log.read_text().replace('{"at"', '"at"', 1))
    assert broken_at(tmp_path) == 1


def test_a_writer_that_died_between_the_line_and_its_seal_breaks_nothing(tmp_path: Path) -> None:
    written(tmp_path, 2)
    head = tmp_path / "audit" / "head"
    before = head.read_bytes()
    written(tmp_path, 1)
    for left in (before, b"", b'{"size"'):
        head.write_bytes(left)
        assert broken_at(tmp_path) is None
        append(tmp_path, AT, "viewed")
        assert broken_at(tmp_path) is None


@pytest.mark.parametrize("torn", [b"{", b'{"at": "2025-11-24T08:00", "eve'])
def test_a_line_that_a_power_cut_tore_is_written_over(tmp_path: Path, torn: bytes) -> None:
    for lines in (0, 2):
        log = written(tmp_path / str(lines), lines or 1)
        if not lines:
            log.write_bytes(b"")
            (log.parent / "head").write_bytes(b"")
        with log.open("ab") as file:
            file.write(torn)
        assert broken_at(tmp_path / str(lines)) is None
        append(tmp_path / str(lines), AT, "viewed")
        assert broken_at(tmp_path / str(lines)) is None
        assert len(log.read_bytes().splitlines()) == lines + 1


def test_a_line_is_on_the_disk_before_anything_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sources.audit as audit

    held: list[bytes] = []
    log = written(tmp_path, 1)
    monkeypatch.setattr(audit.os, "fsync", lambda _: held.append(log.read_bytes()))
    append(tmp_path, AT, "viewed", by="lead")
    assert [line.count(b"\n") for line in held] == [2]


def test_many_writers_at_once_keep_one_chain(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as several:
        list(several.map(lambda number: append(tmp_path, AT, "viewed", number=number), range(200)))
    assert broken_at(tmp_path) is None
    assert len((tmp_path / "audit" / "log.jsonl").read_text().splitlines()) == 200
