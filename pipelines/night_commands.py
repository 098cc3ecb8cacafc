"""The commands of the night: check, nightly, schedule."""

import json
from datetime import datetime
from pathlib import Path

import click

from configs.refusals import GateNotPassed
from pipelines.options import HERE, as_of_option, json_option, key_option, store_option
from pipelines.progress import teller

FACTS_ALONE = "Only facts that changed were published: no model has passed its gate."


@click.command()
@as_of_option
@store_option
@json_option
def nightly(as_of: datetime | None, store: Path, as_json: bool) -> None:
    """Publish the list for the latest day held."""
    from pipelines.one_night import LOG_CHANGED, LogChanged, one_night

    with teller("nightly", quiet=as_json) as say:
        night, published = one_night(store, as_of.date() if as_of else None, say)
    said = {
        "run": published.run,
        "as_of": str(night.as_of),
        "gate_passed": published.passed,
        "words": published.words,
    }
    click.echo(
        json.dumps(said) if as_json else f"Published {store / 'runs' / published.run}. {published.words}"
    )
    from pipelines.audit import broken_at

    if broken_at(store) is not None:
        raise LogChanged(LOG_CHANGED)
    if not published.passed:
        raise GateNotPassed(FACTS_ALONE)


@click.command()
@click.option(
    "--exports", type=click.Path(path_type=Path), help="The folder of exports that tonight ingests."
)
@key_option
@store_option
@json_option
def check(exports: Path | None, key_file: Path, store: Path, as_json: bool) -> None:
    """Say whether what tonight needs is here and sound."""
    from pipelines.check import Tonight, before_the_night
    from pipelines.findings import say
    from pipelines.lock import undisturbed
    from pipelines.moment import now

    today = now().astimezone(HERE).date()
    with undisturbed(store):
        findings = before_the_night(Tonight(store, key_file.expanduser(), today, exports, now()))
    say(findings, as_json)


@click.command()
@click.option("--at", default="02:00", show_default=True, help="When the night starts, London time.")
@click.option(
    "--exports", type=click.Path(path_type=Path), help="The folder of exports to ingest first, each night."
)
@key_option
@store_option
def schedule(at: str, exports: Path | None, key_file: Path, store: Path) -> None:
    """Register the nightly with Prefect, and run it every night until stopped."""
    from pipelines.scheduling import Rota, keep_rota

    keep_rota(Rota(store, exports, key_file.expanduser(), at))
