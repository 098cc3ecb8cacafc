"""`handrail users`: who may sign in; `handrail dpia`: the assessment without which nobody is shown a pupil."""

import json
from pathlib import Path

import click

from pipelines.options import json_option, store_option


@click.group()
def users() -> None:
    """The accounts of those who may open the pages."""


@users.command(name="add")
@click.argument("name")
@click.option("--role", required=True, help="pastoral, senco, safeguarding, head, trust or governor.")
@click.option("--full-name", help="The name shown on the pages (default: NAME).")
@click.option("--school", "schools", multiple=True, help="A school's id; may be given several times.")
@click.option("--every-school", is_flag=True, help="Every school of the store.")
@click.option("--year", "years", multiple=True, help="A year group a pastoral lead looks after.")
@click.option("--tutor-group", "groups", multiple=True, help="A tutor group a pastoral lead looks after.")
@click.option("--email", default="", help="Where “your list is ready” goes.")
@click.option("--password-stdin", is_flag=True, help="Read the password from one line of input.")
@click.option("--no-password", is_flag=True, help="Let in only by the school's own Microsoft or Google.")
@store_option
def add_user(
    name: str, role: str, full_name: str | None, schools: tuple[str, ...], every_school: bool,
    years: tuple[str, ...], groups: tuple[str, ...], email: str, password_stdin: bool, no_password: bool,
    store: Path,
) -> None:  # fmt: skip
    """Make an account; its password is invented and shown once, unless one is given."""
    from pipelines.users import add_user as add
    from watchlists.access.roles import EVERY_SCHOOL, Account

    places = frozenset((EVERY_SCHOOL,) if every_school else schools)
    account = Account(name, full_name or name, role, places, frozenset(years), frozenset(groups), email)
    click.echo(add(store, account, password_stdin, no_password))


@users.command(name="list")
@store_option
@json_option
def list_users(store: Path, as_json: bool) -> None:
    """Every account and what it opens."""
    from pipelines.users import users_as_json, users_in_words

    click.echo(json.dumps(users_as_json(store), indent=1) if as_json else users_in_words(store))


@users.command(name="link")
@click.argument("name")
@click.argument("code")
@store_option
def link_user(name: str, code: str, store: Path) -> None:
    """Let whoever was shown CODE when signing in elsewhere in as NAME."""
    from pipelines.users import link_user as link

    click.echo(link(store, name, code))


@users.command(name="remove")
@click.argument("name")
@store_option
def remove_user(name: str, store: Path) -> None:
    """Remove an account and end its sessions."""
    from pipelines.users import remove_user as remove

    click.echo(remove(store, name))


@click.command()
@click.argument("reference")
@click.option("--by", required=True, help="Who stands for it: a name and an office.")
@store_option
def dpia(reference: str, by: str, store: Path) -> None:
    """Name the data protection impact assessment: before that no real pupil is shown."""
    from pipelines.dpia import name_assessment

    click.echo(name_assessment(store, reference, by))
