"""Sessions: begun anew at each sign-in, ended by signing out, by an hour unused, after a working day, or with the
account. The database holds only a hash of what the cookie holds."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from watchlists.access.accounts import COLUMNS, account_of
from watchlists.access.base import accounts_base
from watchlists.access.roles import Account

UNUSED = 60 * 60  # seconds until an unused session ends
LONGEST = 10 * 60 * 60  # seconds until any session ends
SELDOM = 60  # seconds between two notes that a session is in use


@dataclass(frozen=True)
class Session:
    """Whose session it is, and when it ends if nothing more is asked of it."""

    account: Account
    ends: datetime


def begin(store: Path, name: str, now: datetime) -> str:
    """The token of a new session, never one that the browser brought; sessions long over are swept away."""
    token, moment = secrets.token_urlsafe(32), now.timestamp()
    with accounts_base(store) as base:
        base.do("delete from sessions where started < :old", old=moment - LONGEST)
        base.do(
            "insert into sessions (token, name, started, used) values (:token, :name, :at, :at)",
            token=_sealed(token), name=name, at=moment,
        )  # fmt: skip
    return token


def who(store: Path, token: str, now: datetime) -> Session | None:
    """The session of that token, in use from now; None where there is none (any more)."""
    moment, sealed = now.timestamp(), _sealed(token)
    columns = ", ".join(f"accounts.{column}" for column in COLUMNS.split(", "))
    with accounts_base(store) as base:
        row = base.row(
            f"select used, started, {columns} from sessions join accounts on accounts.name = sessions.name"
            " where token = :token and used > :used and started > :started",
            token=sealed, used=moment - UNUSED, started=moment - LONGEST,
        )  # fmt: skip
        if row is None:
            return None
        used, started, *account = row
        if moment - used > SELDOM:
            base.do("update sessions set used = :at where token = :token", at=moment, token=sealed)
            used = moment
    return Session(account_of(account), datetime.fromtimestamp(min(used + UNUSED, started + LONGEST), UTC))


def end(store: Path, token: str) -> None:
    """Ends one session."""
    with accounts_base(store) as base:
        base.do("delete from sessions where token = :token", token=_sealed(token))


def _sealed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
