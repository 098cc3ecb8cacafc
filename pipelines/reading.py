"""The commands that take records in, and out again: ingest, pull, profile, forget, subject-access."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import click

from pipelines.options import DAY, json_option, key_option, store_option
from pipelines.progress import teller


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--seen-on", type=DAY, help="The day these records were received (default: today).")
@click.option("--settings", type=click.Path(path_type=Path), help="Settings to keep in the store.")
@click.option("--school", help="The school that exports are of which do not say it.")
@click.option(
    "--profile",
    "profiles",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A mapping profile to keep in the store.",
)
@key_option
@click.option("--explain", is_flag=True, help="Say how each file would be read, and write nothing.")
@store_option
@json_option
def ingest(
    folder: Path, seen_on: datetime | None, settings: Path | None, school: str | None, profiles: tuple[Path, ...],
    key_file: Path, explain: bool, store: Path, as_json: bool,
) -> None:  # fmt: skip
    """Read a FOLDER of exports, or of canonical tables, into the store."""
    from pipelines.load import Asked, explain_folder, load

    if explain:
        click.echo(explain_folder(folder, store, profiles, as_json))
        return
    seen = seen_on.date() if seen_on else datetime.now(UTC).astimezone().date()
    asked = Asked(folder, seen, key_file.expanduser(), settings, school, profiles)
    with teller("ingest", quiet=as_json) as say:
        receipt = load(asked, store, say)
    click.echo(json.dumps(receipt.as_json(), indent=1) if as_json else receipt.in_words())


@click.command()
@click.argument("source")
@click.argument("url")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--school", help="The school's id at the hub.")
@click.option("--updated-after", type=DAY, help="Only what has changed since this day.")
@click.option(
    "--token-file", type=click.Path(path_type=Path), help="The file with the token (or HANDRAIL_TOKEN)."
)
def pull(
    source: str,
    url: str,
    out: Path,
    school: str | None,
    updated_after: datetime | None,
    token_file: Path | None,
) -> None:
    """Pull a school's records from a hub (wonde, assembly) into the new folder OUT, to be ingested."""
    from sources.exports.pull import pull as pull_pages
    from sources.exports.pull import token_from

    token = token_from(token_file, os.environ)
    with teller("pull") as say:
        pulled = pull_pages(
            source, url, out, token, school, updated_after.date() if updated_after else None, say
        )
    told = ", ".join(f"{name} {count:,}" for name, count in pulled.records.items())
    click.echo(f"{out}: {pulled.pages:,} pages. {told}.")
    if pulled.not_allowed:
        click.echo(f"The token does not open {', '.join(pulled.not_allowed)}.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@store_option
def profile(file: Path, store: Path) -> None:
    """Draft a mapping profile for a FILE that no profile knows."""
    from pipelines.load import profiles_of
    from sources.exports.draft import draft

    click.echo(draft(file, profiles_of(store, ())), nl=False)


@click.command()
@click.argument("pupil", required=False)
@click.option(
    "--before", type=DAY, help="Instead of one pupil: all that happened before this day, and all leavers."
)
@key_option
@store_option
def forget(pupil: str | None, before: datetime | None, key_file: Path, store: Path) -> None:
    """Remove a PUPIL (id or UPN) for good: records, names, lists and scores."""
    from pipelines.forgetting import forget as forget_one
    from pipelines.forgetting import forget_all_before

    if (pupil is None) == (before is None):
        raise click.UsageError("Give either a PUPIL or --before DATE.")
    if before:
        click.echo(forget_all_before(store, before.date()))
    else:
        click.echo(forget_one(store, str(pupil), key_file.expanduser()))


@click.command("subject-access")
@click.argument("pupil")
@click.option("--to", type=click.Path(path_type=Path), required=True, help="The new folder to write to.")
@key_option
@store_option
def subject_access(pupil: str, to: Path, key_file: Path, store: Path) -> None:
    """Write all that is held on a PUPIL (id or UPN) to a folder, to read and hand over."""
    from pipelines.subject_access import subject_access as write_all

    click.echo(write_all(store, pupil, to, key_file.expanduser()))
