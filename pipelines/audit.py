"""The audit log: what was done to the store, append-only, each line sealed with the hash of the one before."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FIRST = "0" * 64


def note(store: Path, event: str, **facts: Any) -> None:
    """Adds one line. `facts` are counts, dates, hashes and names of staff; never a pupil's data."""
    log = _log(store)
    log.parent.mkdir(parents=True, exist_ok=True)
    before = _seal(lines[-1]) if (lines := _lines(log)) else FIRST
    entry = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "event": event, **facts, "before": before}
    with log.open("a", encoding="utf-8") as handle:
        handle.write(json.dumps(entry, sort_keys=True) + "\n")


def broken_at(store: Path) -> int | None:
    """The number of the first line whose seal does not fit the line before it, or None where all do."""
    before = FIRST
    for number, line in enumerate(_lines(_log(store)), start=1):
        if json.loads(line)["before"] != before:
            return number
        before = _seal(line)
    return None


def _log(store: Path) -> Path:
    return store / "audit" / "log.jsonl"


def _lines(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def _seal(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()
