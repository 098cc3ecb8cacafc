"""Signing in elsewhere, at the school's own provider: journeys begun and not yet ended, and whose account it is.

A journey belongs to one browser, serves once and lasts ten minutes. An account is found by its sign-in code (a keyed
hash of issuer and subject), or, until it has one, by an e-mail address that the provider has verified; the code of that
first time is kept, so that an address given to somebody else later opens nothing.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from configs.refusals import BadSettings, nearest
from watchlists.access.accounts import names
from watchlists.access.base import accounts_base

LASTS = 10 * 60  # seconds


@dataclass(frozen=True)
class Journey:
    """What Handrail must find again in the provider's answer, and the page to go on to."""

    state: str
    nonce: str
    verifier: str
    way: str


def begin(store: Path, cookie: str, way: str, now: datetime) -> Journey:
    """A new journey of the browser that holds that cookie; old ones are forgotten."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    moment, journey = now.timestamp(), Journey(state, nonce, verifier, way)
    with accounts_base(store) as base:
        base.do("delete from journeys where at < :old", old=moment - LASTS)
        base.do(
            "insert into journeys (place, nonce, verifier, way, at) values (:place, :nonce, :verifier, :way, :at)",
            place=_of(cookie, journey.state), nonce=journey.nonce, verifier=journey.verifier, way=way, at=moment,
        )  # fmt: skip
    return journey


def end(store: Path, cookie: str, state: str, now: datetime) -> Journey | None:
    """The journey with that state, once; None where this browser began none such, or too long ago."""
    place = _of(cookie, state)
    with accounts_base(store) as base:
        row = base.row(
            "delete from journeys where place = :place returning nonce, verifier, way, at", place=place
        )
    if row is None or now.timestamp() - row[3] > LASTS:
        return None
    return Journey(state, row[0], row[1], row[2])


def account_for(store: Path, code: str, email: str | None) -> str | None:
    """The name of the account with that code; else of the only one with that verified address and no code yet, which
    keeps the code from now on; else None."""
    with accounts_base(store) as base:
        row = base.row("select name from accounts where sign_in_code = :code", code=code)
        if row is None and email:
            rows = base.rows(
                "select name, sign_in_code from accounts where lower(email) = :email",
                email=email.strip().lower(),
            )
            row = rows[0] if len(rows) == 1 and rows[0][1] == "" else None
            if row:
                base.do("update accounts set sign_in_code = :code where name = :name", code=code, name=row[0])
    return str(row[0]) if row else None


def link(store: Path, name: str, code: str) -> None:
    """Lets whoever has that sign-in code in as that account. Refused (BadSettings): an unknown name, a code in use."""
    with accounts_base(store) as base:
        taken = base.row("select name from accounts where sign_in_code = :code", code=code)
        if taken and taken[0] != name:
            raise BadSettings(f"That code already opens the account {taken[0]}.")
        if not base.do("update accounts set sign_in_code = :code where name = :name", code=code, name=name):
            raise BadSettings(f"There is no account '{name}'{nearest(name, names(store))}.")


def _of(cookie: str, state: str) -> str:
    return hashlib.sha256(f"{cookie}\0{state}".encode()).hexdigest()
