"""`handrail users`: the accounts of those who may open the pages. Each change is noted in the audit log."""

import getpass
import sys
from pathlib import Path

import click

from configs.refusals import BadSettings
from pipelines import audit
from pipelines.moment import now
from sources.store import Store
from watchlists.access import accounts
from watchlists.access.elsewhere import link
from watchlists.access.passwords import invented
from watchlists.access.roles import EVERY_SCHOOL, Account


def add_user(store: Path, account: Account, password_stdin: bool, no_password: bool = False) -> str:
    """Makes the account; returns what to say: the invented password, once, where none was given or refused."""
    if no_password and password_stdin:
        raise BadSettings("Give --password-stdin or --no-password, not both.")
    held = Store(store).tables()["schools"].select("school_id").to_pandas()["school_id"]
    accounts.check(account)
    accounts.known_schools(account, held)
    given = sys.stdin.readline().rstrip("\n") if password_stdin else ""
    if password_stdin and not given:
        raise BadSettings(
            "No password came in. Give it as one line, for example: echo … | handrail users add …"
        )
    password = None if no_password else given or invented()
    accounts.add(store, account, password, now())
    audit.note(store, "account made", name=account.name, role=account.role, by=operator())
    said = f"Made the account {account.name} ({account.title})."
    if no_password:
        return f"{said} It opens only by signing in at the school's own provider."
    return said if given else f"{said}\nPassword, shown this once: {password}"


def link_user(store: Path, name: str, code: str) -> str:
    """Gives the account a sign-in code; returns what to say."""
    link(store, name, code.strip().lower())
    audit.note(store, "account linked", name=name, code=code.strip().lower(), by=operator())
    return f"Whoever was shown that code now signs in as {name}."


def remove_user(store: Path, name: str) -> str:
    """Removes the account; returns what to say."""
    accounts.remove(store, name)
    audit.note(store, "account removed", name=name, by=operator())
    return f"Removed the account {name}. Whoever used it is signed out at the next click."


def users_as_json(store: Path) -> list[dict[str, object]]:
    """Every account: name, full_name, role, schools, years, tutor_groups, email. No password, no hash."""
    return [
        {"name": held.name, "full_name": held.full_name, "role": held.role, "schools": sorted(held.schools),
         "years": sorted(held.years), "tutor_groups": sorted(held.tutor_groups), "email": held.email}
        for held in accounts.everyone(store)
    ]  # fmt: skip


def users_in_words(store: Path) -> str:
    """A line an account."""
    lines = [
        f"{held.name:24} {held.title}; "
        + ("every school" if EVERY_SCHOOL in held.schools else ", ".join(sorted(held.schools)))
        for held in accounts.everyone(store)
    ]
    return "\n".join(lines) or "No account yet. Make the first with `handrail users add`."


def fresh_password(store: Path, account: Account) -> str:
    """A new password for an account that is made where it is not there yet: the demo's way in."""
    password = invented()
    if account.name in accounts.names(store):
        accounts.change_password(store, account.name, password)
    else:
        accounts.add(store, account, password, now())
    audit.note(store, "account made", name=account.name, role=account.role, by=operator())
    return password


def operator() -> str:
    """Whoever is signed in to this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def say_users(store: Path) -> None:
    """Says where nobody could sign in."""
    if not accounts.names(store):
        click.echo(
            f"Nobody can sign in yet. Make the first account: handrail users add NAME --store {store} …"
        )
