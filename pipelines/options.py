"""Options that commands share."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from pipelines import log
from pipelines.moment import now

HERE = ZoneInfo("Europe/London")
KEY_FILE = "~/.config/handrail/key"
Command = Callable[..., Any]


class _Day(click.DateTime):
    """A date, or the word today: the day it is in England, so that a timer need not work it out."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The day as a moment without a zone."""
        day = now().astimezone(HERE).strftime("%Y-%m-%d") if value == "today" else value
        return super().convert(day, param, ctx)


DAY = _Day(formats=["%Y-%m-%d"])


def store_option(command: Command) -> Command:
    """`--store`, and HANDRAIL_STORE."""
    return click.option("--store", type=click.Path(path_type=Path), envvar="HANDRAIL_STORE", default="store",
                        show_default=True, help="The store's folder (or HANDRAIL_STORE).")(command)  # fmt: skip


def json_option(command: Command) -> Command:
    """`--json`, for machines."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")(command)


def as_of_option(command: Command) -> Command:
    """`--as-of`, a date inside the records."""
    return click.option(
        "--as-of", type=DAY, help="Only what was known by this day, or today (default: the latest held)."
    )(command)


def key_option(command: Command) -> Command:
    """`--key-file`, and HANDRAIL_KEY_FILE."""
    return click.option("--key-file", type=click.Path(path_type=Path), envvar="HANDRAIL_KEY_FILE", default=KEY_FILE,
                        show_default=True,
                        help="The key that makes pupils' ids (or HANDRAIL_KEY_FILE).")(command)  # fmt: skip


def _set_form(_: click.Context, __: click.Parameter, form: str | None) -> None:
    if form:
        os.environ[log.FORM] = form


LOG = click.Option(
    ["--log"], type=click.Choice(log.FORMS), expose_value=False, is_eager=True, callback=_set_form,
    help=f"What is said on the way as plain text, or as lines of JSON (or {log.FORM}).",
)  # fmt: skip
