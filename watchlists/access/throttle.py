"""Throttled sign-in: after a few wrong passwords a name rests, and after many an address does."""

import hashlib
from datetime import datetime
from pathlib import Path

from watchlists.access.base import accounts_base

REST = 15 * 60  # seconds
BY_NAME = 5
BY_ADDRESS = 100  # a whole school often shares one


def resting(store: Path, name: str, address: str, now: datetime) -> bool:
    """Whether the name or the address has tried too often in the last quarter of an hour."""
    since = now.timestamp() - REST
    with accounts_base(store) as base:
        return any(
            len(
                base.rows(
                    "select 1 from tries where who = :who and at > :since", who=_sealed(who), since=since
                )
            )
            >= most
            for who, most in _limits(name, address)
        )


def failed(store: Path, name: str, address: str, now: datetime) -> None:
    """Counts one wrong try against the name and the address; old ones are forgotten."""
    moment = now.timestamp()
    with accounts_base(store) as base:
        base.do("delete from tries where at < :old", old=moment - REST)
        base.do(
            "insert into tries (who, at) values (:who, :at)",
            [{"who": _sealed(who), "at": moment} for who, _ in _limits(name, address)],
        )


def _limits(name: str, address: str) -> tuple[tuple[str, int], ...]:
    return ((f"name {name}", BY_NAME), (f"address {address}", BY_ADDRESS))


def _sealed(who: str) -> str:
    """What was tried as a name may be a password typed in the wrong box, so it is kept as a hash only."""
    return hashlib.sha256(who.encode()).hexdigest()
