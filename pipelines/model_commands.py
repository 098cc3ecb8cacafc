"""`handrail models`: what was trained, how it differs, and which is used."""

import json
from pathlib import Path

import click

from configs.refusals import BadSettings, GateNotPassed
from pipelines.options import json_option, store_option
from pipelines.progress import teller


@click.group()
def models() -> None:
    """The models on the shelf, and which may publish."""


@models.command(name="list")
@store_option
@json_option
def list_models(store: Path, as_json: bool) -> None:
    """Every model with its gate, and who is champion."""
    from pipelines.account import shelf_as_json, shelf_in_words

    click.echo(json.dumps(shelf_as_json(store), indent=1) if as_json else shelf_in_words(store))


@models.command()
@click.argument("model_id")
@click.option("--by", required=True, help="Your name: replacing a champion needs a named person.")
@click.option("--reason", required=True)
@store_option
def promote(model_id: str, by: str, reason: str, store: Path) -> None:
    """Make a model that passed its gate the champion."""
    from pipelines.reign import promote_by_name

    click.echo(promote_by_name(store, model_id, by, reason))


@models.command()
@click.argument("old")
@click.argument("new")
@store_option
@json_option
def diff(old: str, new: str, store: Path, as_json: bool) -> None:
    """Print which curves moved from model OLD to model NEW, and how far in chance."""
    from pipelines.curves import diff_as_json, diff_in_words

    click.echo(
        json.dumps(diff_as_json(store, old, new), indent=1) if as_json else diff_in_words(store, old, new)
    )


@models.command()
@click.argument("model_id")
@click.option("--feature", required=True, help="The feature whose curve is changed.")
@click.option("--flatten", is_flag=True, help="It tells nothing any more.")
@click.option("--cap-at", type=float, help="Values beyond this count as this.")
@click.option("--outcome", help="In one outcome only (default: in all).")
@click.option("--by", required=True, help="Your name.")
@click.option("--reason", required=True)
@click.option(
    "--accept", is_flag=True, help="Shelve it as a new model; without this the effect is only shown."
)
@store_option
@json_option
def edit(
    model_id: str, feature: str, flatten: bool, cap_at: float | None, outcome: str | None, by: str, reason: str,
    accept: bool, store: Path, as_json: bool,
) -> None:  # fmt: skip
    """Flatten or cap a curve of MODEL_ID by hand, and see what it does to every figure."""
    from models.edits import Edit
    from pipelines import editing
    from pipelines.lock import writing

    if flatten == (cap_at is not None):
        raise BadSettings("Say either --flatten or --cap-at VALUE.")
    change = Edit(feature, "flatten" if flatten else "cap", cap_at, reason, by, outcome)
    with writing(store), teller("edit", quiet=as_json) as say:
        made = editing.edit_model(store, model_id, change, accept, say)
    click.echo(json.dumps(editing.as_json(made), indent=1) if as_json else editing.in_words(made))
    if made.trained and not made.trained.verdict.passed:
        raise GateNotPassed("The edited model did not pass its gate and may not publish names. " +
                            " ".join(made.trained.verdict.reasons))  # fmt: skip


@models.command()
@click.option("--by", required=True, help="Your name.")
@click.option("--reason", required=True)
@store_option
def rollback(by: str, reason: str, store: Path) -> None:
    """Make the champion before this one champion again."""
    from pipelines.reign import roll_back

    click.echo(roll_back(store, by, reason))


@models.command()
@click.option("--picture", type=click.Path(path_type=Path), help="Draw it to this PNG file instead.")
@store_option
@json_option
def drift(picture: Path | None, store: Path, as_json: bool) -> None:
    """Whether records, chances or outcomes have moved since the model learnt."""
    from pipelines.drifting import current_drift, draw_drift, drift_in_words
    from sources.store import Store

    if picture:
        click.echo(str(draw_drift(store, Store(store).settings, picture)))
        return
    click.echo(json.dumps(current_drift(store), indent=1) if as_json else drift_in_words(store))


@models.command()
@click.argument("first")
@click.argument("second")
@store_option
@json_option
def compare(first: str, second: str, store: Path, as_json: bool) -> None:
    """Set two models side by side: whom each would list, and their held-out figures."""
    from pipelines import reign

    found = reign.compared(store, first, second)
    said = reign.as_json(first, second, found)
    click.echo(json.dumps(said, indent=1) if as_json else reign.in_words(first, second, found))
