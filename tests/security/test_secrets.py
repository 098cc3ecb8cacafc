"""Secrets come from the environment or a file: no command takes one as a word, which every list of processes shows."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

import click
import pytest

from configs.openid import KEYS as OPENID
from configs.profile import EXPORT_KEYS, PROFILE_KEYS
from configs.settings import Settings
from pipelines.cli import handrail

SECRET = re.compile(r"pass|secret|token|credential|(^|_)key($|_)")
NO_SECRET = {"key_adult"}  # a grown-up, who is no secret


def commands(group: click.Group, way: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command, with the words that lead to it."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{way}{name} ")
        else:
            yield f"{way}{name}", command


def settings_of(kind: type) -> Iterator[str]:
    """The name of every setting, those within others among them."""
    for name, held in get_type_hints(kind).items():
        yield name
        if isinstance(held, type) and dataclasses.is_dataclass(held):
            yield from settings_of(held)


@pytest.mark.parametrize(
    ("way", "command"), commands(handrail), ids=lambda one: one if isinstance(one, str) else ""
)
def test_no_command_takes_a_secret_as_a_word(way: str, command: click.Command) -> None:
    for option in command.params:
        if option.name and SECRET.search(option.name):
            names_a_file = isinstance(option.type, click.Path) and option.name.endswith("_file")
            assert names_a_file or getattr(option, "is_flag", False), (way, option.name)


@pytest.mark.parametrize("name", [*settings_of(Settings), *OPENID, *EXPORT_KEYS, *PROFILE_KEYS])
def test_no_setting_holds_a_secret(name: str) -> None:
    assert not SECRET.search(name) or name.endswith("_file"), name


def test_a_command_or_setting_that_took_a_secret_would_show() -> None:
    @click.command()
    @click.option("--password")
    def careless(password: str) -> None:
        """Would take one."""

    with pytest.raises(AssertionError):
        test_no_command_takes_a_secret_as_a_word("careless", careless)
    with pytest.raises(AssertionError):
        test_no_setting_holds_a_secret("smtp_password")


def test_what_the_store_keeps_secret_is_its_owner_s_alone(tmp_path: Path) -> None:
    from sources.exports.keys import read_key
    from watchlists.access.base import accounts_base
    from watchlists.opaque import opaque_of
    from watchlists.people import hold_people

    read_key(tmp_path / "key")
    opaque_of(tmp_path)
    hold_people([("p1", "Zoë", "Lee", "", "9 Oak")], tmp_path)
    with accounts_base(tmp_path):
        pass
    for name in ("key", "secret", "people.db", "accounts.db"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0, name
