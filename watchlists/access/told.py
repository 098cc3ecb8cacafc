"""Who has been told that a list is ready, so that nobody is told twice."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from watchlists.access.base import accounts_base


def not_told(store: Path, run: str, names: Iterable[str]) -> set[str]:
    """Those among the names who have not been told of that run."""
    with accounts_base(store) as base:
        held = {row[0] for row in base.rows("select name from told where run = :run", run=run)}
    return set(names) - held


def told(store: Path, run: str, name: str, at: datetime) -> None:
    """Keeps that somebody was told."""
    with accounts_base(store) as base:
        base.do(
            "insert into told (run, name, at) values (:run, :name, :at) on conflict do nothing",
            run=run, name=name, at=at.isoformat(),
        )  # fmt: skip
