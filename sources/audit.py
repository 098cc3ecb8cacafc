"""The audit log: what was done to the store and who saw whom. Append-only, each line sealed with the one before.

`audit/log.jsonl` holds the lines, `audit/head` how long the log is and the seal of its last line: a line taken away
anywhere, the end included, shows. One writer at a time, by an operating-system lock on `head`.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

FIRST = "0" * 64
HEAD = 256  # bytes
TAIL = 65_536  # bytes; far longer than any line


def append(store: Path, at: datetime, event: str, **facts: Any) -> None:
    """Adds one line, or raises OSError. `facts` are counts, dates, hashes, opaque ids and names of staff; never a
    pupil's data."""
    folder = store / "audit"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "head").touch()
    with (folder / "head").open("r+b") as head, _log(store).open("a+b") as log:
        fcntl.flock(head, fcntl.LOCK_EX)
        entry = {"at": at.isoformat(timespec="seconds"), "event": event, **facts, "before": _last(head, log)}
        line = json.dumps(entry, sort_keys=True).encode()
        log.write(line + b"\n")
        log.flush()
        os.fsync(
            log.fileno()
        )  # on the disk before anything is shown: a power cut takes no line that mattered
        told = json.dumps({"size": os.fstat(log.fileno()).st_size, "seal": _seal(line)}).encode()
        head.seek(0)
        head.write(told.ljust(HEAD))  # always as long, so that nothing need be cut off, which is slow


def broken_at(store: Path) -> int | None:
    """The number of the first line whose seal does not fit the line before it (one past the end where the last lines
    are gone), or None where all fit. What a writer that died, or a full disk, left after the last seal breaks nothing:
    whole lines are lines, and the next writer takes a torn one off."""
    log, head = _log(store), store / "audit" / "head"
    *lines, _torn = log.read_bytes().split(b"\n") if log.exists() else [b""]
    before, size, seals = FIRST, 0, {0: FIRST}
    for number, line in enumerate(lines, start=1):
        if _carried(line) != before:
            return number
        before, size = _seal(line), size + len(line) + 1
        seals[size] = before
    told = _told(head.read_bytes()) if head.exists() else None
    return len(lines) + 1 if told and seals.get(told["size"]) != told["seal"] else None


def lines_that_name(store: Path, opaque: str) -> Iterator[dict[str, Any]]:
    """Every line that tells of an opaque id, without its seal."""
    if not _log(store).exists():
        return
    with _log(store).open("rb") as log:
        for line in log:
            if opaque.encode() in line:
                said = _told(line) or {}
                yield {key: value for key, value in said.items() if key != "before"}


def last_moment(store: Path) -> datetime | None:
    """When the last whole line was written, or None where there is none."""
    if not _log(store).exists():
        return None
    with _log(store).open("rb") as log:
        log.seek(max(0, log.seek(0, os.SEEK_END) - TAIL))
        line = log.read().rpartition(b"\n")[0].rpartition(b"\n")[2]
    return datetime.fromisoformat(json.loads(line)["at"]) if line else None


def _last(head: BinaryIO, log: BinaryIO) -> str:
    """The seal that the next line carries: the head's, or the last line's where the head was not written in time."""
    head.seek(0)
    told = _told(head.read())
    size = log.seek(0, os.SEEK_END)
    if told and size <= told["size"]:
        return str(told["seal"])
    log.seek(0)
    whole, _, torn = log.read().rpartition(b"\n")
    if torn:  # a power cut in mid-line: nothing was shown for it
        log.truncate(size - len(torn))
    return _seal(whole.rpartition(b"\n")[2]) if whole else FIRST


def _carried(line: bytes) -> str | None:
    """The seal that a line carries of the one before it, or None where it is no line of ours."""
    try:
        return str(json.loads(line)["before"])
    except (ValueError, LookupError, TypeError):
        return None


def _told(head: bytes) -> dict[str, Any] | None:
    try:
        held: dict[str, Any] = json.loads(head)
    except ValueError:
        return None
    return held


def _log(store: Path) -> Path:
    return store / "audit" / "log.jsonl"


def _seal(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
