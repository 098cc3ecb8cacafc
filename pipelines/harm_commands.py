"""`handrail harm`: which schools are stopped, and that a named person has looked."""

from pathlib import Path

import click

from pipelines.options import store_option


@click.group()
def harm() -> None:
    """The schools whose list is stopped, and who has looked."""


@harm.command()
@store_option
def stopped(store: Path) -> None:
    """Print the schools that are stopped, and the looks taken."""
    from pipelines.harm import in_words

    click.echo(in_words(store))


@harm.command()
@click.argument("school")
@click.option("--by", required=True, help="Your name: starting again needs a named person.")
@click.option("--reason", required=True, help="What you found, in a sentence. No pupil's name.")
@store_option
def looked(school: str, by: str, reason: str, store: Path) -> None:
    """Say that you have looked at what followed being listed at SCHOOL: its list is published again."""
    from pipelines.harm import look

    click.echo(look(store, school, by, reason))
