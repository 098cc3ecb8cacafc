"""The audit log: what was done to the store and who saw whom. Append-only, each line sealed with the one before.

`audit/log.jsonl` holds the lines, `audit/head` how long the log is and the seal of its last line: a line taken away
anywhere, the end included, shows. One writer at a time, by an operating-system lock on `head`. Where the store has a
PostgreSQL, the same lines stand there instead (`sources/audit_table.py`): one chain, whichever machine writes.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sources import audit_table
from sources.belonging import of_store

FIRST = "0" * 64
HEAD = 256  # bytes
Head = tuple[int, str]  # how many bytes of lines, and the seal of the last
TAIL = 65_536  # bytes; far longer than any line


def append(store: Path, at: datetime, event: str, **facts: Any) -> None:
    """Adds one line, or raises OSError (DatabaseAway at a server). `facts` are counts, dates, hashes, opaque ids and
    names of staff; never a pupil's data."""

    def line_after(before: str) -> bytes:
        entry = {"at": at.isoformat(timespec="seconds"), "event": event, **facts, "before": before}
        return json.dumps(entry, sort_keys=True).encode()

    where = of_store(store)
    if where is not None:
        audit_table.append(where, line_after, seal, FIRST)
        return
    folder = store / "audit"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "head").touch()
    with (folder / "head").open("r+b") as head, _log(store).open("a+b") as log:
        fcntl.flock(head, fcntl.LOCK_EX)
        line = line_after(_last(head, log))
        log.write(line + b"\n")
        log.flush()
        os.fsync(
            log.fileno()
        )  # on the disk before anything is shown: a power cut takes no line that mattered
        told = json.dumps({"size": os.fstat(log.fileno()).st_size, "seal": seal(line)}).encode()
        head.seek(0)
        head.write(told.ljust(HEAD))  # always as long, so that nothing need be cut off, which is slow


def broken_at(store: Path) -> int | None:
    """The number of the first line whose seal does not fit the line before it (one past the end where the last lines
    are gone), or None where all fit. What a writer that died, or a full disk, left after the last seal breaks nothing:
    whole lines are lines, and the next writer takes a torn one off."""
    return break_in(*_held(store))


def break_in(held: Sequence[bytes], head: Head | None) -> int | None:
    """The same of these lines and of the log's head."""
    before, size, seals = FIRST, 0, {0: FIRST}
    for number, line in enumerate(held, start=1):
        if _told_before(line) != before:
            return number
        before, size = seal(line), size + len(line) + 1
        seals[size] = before
    return len(held) + 1 if head and seals.get(head[0]) != head[1] else None


def lines(store: Path) -> list[dict[str, Any]]:
    """Every line of the log, oldest first."""
    return [_told(line) or {} for line in _held(store)[0]]


def lines_that_name(store: Path, opaque: str) -> Iterator[dict[str, Any]]:
    """Every line that tells of an opaque id, without its seal."""
    for line in _held(store)[0]:
        if opaque.encode() in line:
            said = _told(line) or {}
            yield {key: value for key, value in said.items() if key != "before"}


def last_moment(store: Path) -> datetime | None:
    """When the last whole line was written, or None where there is none."""
    where = of_store(store)
    line = _last_in_file(store) if where is None else audit_table.last_line(where)
    return datetime.fromisoformat(json.loads(line)["at"]) if line else None


def in_file(store: Path) -> tuple[list[bytes], Head | None]:
    """The whole lines of the store's own file, and its head."""
    log, head = _log(store), store / "audit" / "head"
    *held, _torn = log.read_bytes().split(b"\n") if log.exists() else [b""]
    told = _told(head.read_bytes()) if head.exists() else None
    return held, (told["size"], told["seal"]) if told else None


def write_file(store: Path, held: Sequence[bytes], head: Head) -> None:
    """The lines of a log kept elsewhere, as a file of the store that has none yet."""
    (store / "audit").mkdir(parents=True)
    text = b"".join(line + b"\n" for line in held)
    _log(store).write_bytes(text)
    (store / "audit" / "head").write_bytes(
        json.dumps({"size": head[0], "seal": head[1]}).encode().ljust(HEAD)
    )


@contextmanager
def standing_still(store: Path) -> Iterator[None]:
    """For the length of the block nobody adds a line to the store's own file."""
    with (store / "audit" / "head").open("a+b") as head:
        fcntl.flock(head, fcntl.LOCK_SH)
        yield


def _held(store: Path) -> tuple[list[bytes], Head | None]:
    """Every whole line, wherever the log is kept, and its head."""
    where = of_store(store)
    return in_file(store) if where is None else audit_table.held(where, FIRST)


def seal(line: bytes) -> str:
    """What the next line carries of this one."""
    return hashlib.sha256(line).hexdigest()


def _last_in_file(store: Path) -> bytes | None:
    if not _log(store).exists():
        return None
    with _log(store).open("rb") as log:
        log.seek(max(0, log.seek(0, os.SEEK_END) - TAIL))
        return log.read().rpartition(b"\n")[0].rpartition(b"\n")[2]


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
    return seal(whole.rpartition(b"\n")[2]) if whole else FIRST


def _told_before(line: bytes) -> str | None:
    """The seal that a line carries of the one before; None where it is no line."""
    held = _told(line)
    return held.get("before") if isinstance(held, dict) else None


def _told(head: bytes) -> dict[str, Any] | None:
    try:
        held: dict[str, Any] = json.loads(head)
    except ValueError:
        return None
    return held


def _log(store: Path) -> Path:
    return store / "audit" / "log.jsonl"
