"""Accounts: made, listed and removed at the command line, held in the store's accounts database."""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from configs.refusals import BadSettings, nearest
from sources.sql import Said
from watchlists.access.base import accounts_base
from watchlists.access.passwords import check_new, hashed
from watchlists.access.roles import EVERY_SCHOOL, ROLES, Account

NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")
COLUMNS = "name, full_name, role, email, schools, years, tutor_groups"


def add(store: Path, account: Account, password: str | None, at: datetime) -> None:
    """Makes an account; without a password it opens only by signing in at the school's own provider. Refused
    (BadSettings): a name taken or not a name, an unknown role, no school, a pastoral lead without years or tutor
    groups, an easy password."""
    check(account)
    if password is not None:
        check_new(password, account.name)
    with accounts_base(store) as base:
        if _row(base, account.name):
            raise BadSettings(
                f"There is an account {account.name} already. Remove it first, or choose another name."
            )
        schools, years, tutor_groups = _scope(account)
        base.do(
            f"insert into accounts ({COLUMNS}, password, made_at) values (:name, :full_name, :role, :email, :schools,"
            " :years, :tutor_groups, :password, :made_at)",
            name=account.name, full_name=account.full_name, role=account.role, email=account.email, schools=schools,
            years=years, tutor_groups=tutor_groups, password=hashed(password) if password is not None else "",
            made_at=at.isoformat(),
        )  # fmt: skip


def check(account: Account) -> None:
    """Refuses (BadSettings) an account that could see nothing, or more than it should."""
    if not NAME.fullmatch(account.name):
        raise BadSettings(
            f"'{account.name}' cannot be a sign-in name: use small letters, digits and . _ - @, up to 64."
        )
    if account.role not in ROLES:
        raise BadSettings(
            f"There is no role '{account.role}'{nearest(account.role, ROLES)}. Roles are {', '.join(ROLES)}."
        )
    if not account.schools:
        raise BadSettings("Say which schools the account is for: --school ID (or --every-school).")
    narrowed = account.years or account.tutor_groups
    if account.role == "pastoral" and not narrowed:
        raise BadSettings("Say whom a pastoral lead looks after: --year 9, or --tutor-group '9 Oak'.")
    if account.role != "pastoral" and narrowed:
        raise BadSettings(f"The role {account.role} is not by year or tutor group. Leave them out.")


def known_schools(account: Account, schools: Iterable[str]) -> None:
    """Refuses (BadSettings) an account for a school that the store does not hold."""
    held = list(schools)
    for school in sorted(account.schools - {EVERY_SCHOOL}):
        if school not in held:
            raise BadSettings(f"The store holds no school '{school}'{nearest(school, held)}.")


def remove(store: Path, name: str) -> None:
    """Removes an account and ends its sessions; whoever uses it is signed out at the next click."""
    with accounts_base(store) as base:
        if not _row(base, name):
            raise BadSettings(f"There is no account '{name}'{nearest(name, names(store))}.")
        base.do("delete from accounts where name = :name", name=name)


def change_password(store: Path, name: str, password: str) -> None:
    """Sets a new password and ends every session of the account. Refused (BadSettings) where easy to guess."""
    check_new(password, name)
    with accounts_base(store) as base:
        base.do("update accounts set password = :new where name = :name", new=hashed(password), name=name)
        base.do("delete from sessions where name = :name", name=name)


def everyone(store: Path) -> list[Account]:
    """Every account, by name."""
    with accounts_base(store) as base:
        return [account_of(row) for row in base.rows(f"select {COLUMNS} from accounts order by name")]


def names(store: Path) -> list[str]:
    """Every sign-in name."""
    return [account.name for account in everyone(store)]


def password_of(store: Path, name: str) -> str | None:
    """The account's password hash, or None where there is no such account."""
    with accounts_base(store) as base:
        row = base.row("select password from accounts where name = :name", name=name)
    return str(row[0]) if row else None


def account_of(row: Iterable[Any]) -> Account:
    """An account from the columns COLUMNS."""
    name, full_name, role, email, *scope = row
    schools, years, tutor_groups = (frozenset(json.loads(part)) for part in scope)
    return Account(name, full_name, role, schools, years, tutor_groups, email)


def _scope(account: Account) -> tuple[str, ...]:
    return tuple(json.dumps(sorted(part)) for part in (account.schools, account.years, account.tutor_groups))


def _row(base: Said, name: str) -> tuple[Any, ...] | None:
    return base.row("select name from accounts where name = :name", name=name)
