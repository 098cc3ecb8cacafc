"""`handrail design`: to plan, to register before the start, and to read what was registered."""

import json
from datetime import datetime
from pathlib import Path

import click

from pipelines.options import DAY, json_option, store_option


@click.group()
def design() -> None:
    """Learning on purpose: designs written down before they start."""


@design.command()
@click.argument("kind", type=click.Choice(["tied-band", "staggered", "cut"]))
@click.option("--support", required=True, help="The kind of support, or “the list”.")
@click.option(
    "--outcome", type=click.Choice(["incidents", "suspension"]), default="incidents", show_default=True
)
@click.option("--starts", type=DAY, required=True, help="The first day; after every day held.")
@click.option("--ends", type=DAY, required=True, help="The last day.")
@click.option("--by", required=True, help="Your name.")
@click.option(
    "--register", "registering", is_flag=True, help="Freeze it; without this the plan is only shown."
)
@store_option
def plan(
    kind: str, support: str, outcome: str, starts: datetime, ends: datetime, by: str, registering: bool, store: Path
) -> None:  # fmt: skip
    """Plan a design of KIND with the sizes at hand, and register it."""
    from pipelines.design import in_words, plan_of, register

    made = plan_of(store, kind, support, outcome, starts.date(), ends.date(), by)
    click.echo(register(store, made) if registering else in_words(made))


@design.command()
@click.argument("plan_id")
@store_option
def show(plan_id: str, store: Path) -> None:
    """Print the plan PLAN_ID as it was registered; refused where it has been changed since."""
    from pipelines.design import shown

    click.echo(json.dumps(shown(store, plan_id), indent=1, ensure_ascii=False))


@design.command()
@click.argument("plan_id")
@click.option("--by", required=True, help="Your name: every look is kept.")
@store_option
@json_option
def read(plan_id: str, by: str, store: Path, as_json: bool) -> None:
    """Say what the plan PLAN_ID found, once its outcomes are in; half-way, once, whether it must stop."""
    from pipelines.design_reading import in_words
    from pipelines.design_reading import read as read_plan

    facts = read_plan(store, plan_id, by)
    click.echo(json.dumps(facts, indent=1) if as_json else in_words(facts))
