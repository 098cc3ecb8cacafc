"""`handrail backup`, `restore`, `to-database` and `encrypt`: a store's copies, its homes, and what a thief reads."""

from pathlib import Path

import click

from pipelines.options import store_option
from pipelines.progress import teller


@click.command()
@click.option("--to", "url", required=True, metavar="URL", help="file:///FOLDER or s3://BUCKET/FOLDER.")
@store_option
def backup(url: str, store: Path) -> None:
    """Copy the whole store elsewhere, with the sha256 of every file."""
    from pipelines.backup import backup as back_up
    from pipelines.moment import now

    with teller("backup") as say:
        said = back_up(store, url, now(), say)
    click.echo(said)


@click.command()
@click.option(
    "--from", "url", required=True, metavar="URL", help="A backup, or the folder of several: then the newest."
)
@store_option
def restore(url: str, store: Path) -> None:
    """Put a backup into an empty folder, every file as it was."""
    from pipelines.restore import restore as put_back

    with teller("restore") as say:
        said = put_back(url, store, say)
    click.echo(said)


@click.command(name="to-database")
@store_option
def to_database(store: Path) -> None:
    """Copy accounts, names, notes and the audit log into the PostgreSQL at HANDRAIL_DATABASE."""
    from pipelines.homes import to_database as fill
    from pipelines.lock import only_run

    with only_run(store):
        click.echo(fill(store))


@click.command()
@click.option(
    "--old-key-file", type=click.Path(path_type=Path), help="The file of the key they have, to change it."
)
@store_option
def encrypt(old_key_file: Path | None, store: Path) -> None:
    """Encrypt names and notes held as plain text, with the key at HANDRAIL_ENCRYPTION_KEY_FILE."""
    from pipelines.encrypting import encrypt as hide

    click.echo(hide(store, old_key_file))
