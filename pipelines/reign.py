"""Who is champion: replaced only by a named person with a reason, set beside the one before, undone in one command."""

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from configs.refusals import BadSettings, GateNotPassed
from features.engine import feature_matrix
from models import registry, shelf
from models.scoring import RANKED_BY
from models.side_by_side import SideBySide, side_by_side
from pipelines import audit, runs
from sources.store import Store

FIGURES = {
    "precision_at_capacity": "right at capacity", "recall_at_capacity": "reached", "recall_first": "reached, first",
    "gain": "gain over the best simple list", "calibration": "predicted over observed", "auroc": "AUROC",
}  # fmt: skip


def promote_by_name(store: Path, model_id: str, by: str, reason: str) -> str:
    """Makes a model champion, on the word of a named person, after setting it beside the champion it replaces.
    Refused (GateNotPassed) where it did not pass its gate, or is shown to gain less than the champion."""
    models, model = store / "models", _known(store, model_id)
    if not model.passed:
        raise GateNotPassed(f"Model {model_id} did not pass its gate and cannot be champion.")
    reigning, beside, kept = shelf.champion(models), "", None
    if reigning not in (None, model_id):
        found = compared(store, str(reigning), model_id)
        refuse_worse(model_id, found)
        beside, kept = in_words(str(reigning), model_id, found) + "\n\n", found.names_kept
    shelf.promote(models, model_id, _named(by), reason, str(_latest(store)), kept)
    registry.promote_model(store, model_id, lambda _: None)
    audit.note(store, "promoted", model=model_id, by=by, reason=reason, names_kept=kept)
    return f"{beside}{model_id} is champion, by {by}."


def refuse_worse(model_id: str, found: SideBySide) -> None:
    """Refused (GateNotPassed) where a model's gain over the best simple list is shown to be less than the champion's:
    its whole interval lies below. Not by how often each is right, which moves with how often there is anything to
    find: each was tested on dates of its own."""
    (reigning, *_), (gain, _, high) = found.figures["gain"]
    if reigning is not None and gain is not None and high is not None and high < reigning:
        raise GateNotPassed(
            f"Model {model_id} is right {gain:.2f} times as often as the best simple list (at most {high:.2f}), the "
            f"champion {reigning:.2f} times. It cannot be champion."
        )


def roll_back(store: Path, by: str, reason: str) -> str:
    """Makes the champion before this one champion again, at once."""
    before = shelf.champion(store / "models")
    model_id = shelf.rollback(store / "models", _named(by), reason, str(_latest(store)))
    registry.promote_model(store, model_id, lambda _: None)
    audit.note(store, "rolled back", model=model_id, instead_of=before, by=by, reason=reason)
    return f"{model_id} is champion again, in place of {before}, by {by}. The next list is made by it."


def compared(store: Path, first: str, second: str) -> SideBySide:
    """The two models on the features of the last list, or of the latest day where there is no list yet."""
    models = _known(store, first), _known(store, second)
    for model in models:
        if RANKED_BY not in model.scorecards:
            raise BadSettings(f"Model {model.id} learnt nothing to rank pupils by, so it lists nobody.")
    run = runs.current(store)
    held = store / "runs" / run / "features.parquet" if run else None
    matrix = (
        pd.read_parquet(held)
        if held and held.exists()
        else feature_matrix(Store(store).tables(), [_latest(store)])
    )
    return side_by_side(*models, matrix.reset_index(drop=True), Store(store).settings.capacity)


def in_words(first: str, second: str, found: SideBySide) -> str:
    """The two side by side, at most 110 columns wide."""
    lines = [
        f"On the last list's records {second} names {found.names_kept:.0%} of whom {first} names; "
        f"their orders of everyone agree to {found.alike:.2f} (1: alike).",
        f"{'school':24}{'both':>8}{first[:8] + ' only':>16}{second[:8] + ' only':>16}",
        *(
            f"{school:24}{found.both[school]:>8}{found.only_first[school]:>16}{found.only_second[school]:>16}"
            for school in found.both
        ),
        f"{'held out, each its own':32}{first:>26}{second:>26}",
        *(
            f"{FIGURES[name]:32}{_cell(one):>26}{_cell(other):>26}"
            for name, (one, other) in found.figures.items()
        ),
    ]
    return "\n".join(lines)


def as_json(first: str, second: str, found: SideBySide) -> dict[str, Any]:
    """The same for machines."""
    return {"first": first, "second": second, "names_kept": found.names_kept, **found._asdict()}


def _cell(figure: tuple[float | None, ...]) -> str:
    value, low, high = figure
    if value is None:
        return "–"
    return f"{value:.2f}" if low is None else f"{value:.2f} ({low:.2f}–{high:.2f})"


def _known(store: Path, model_id: str) -> shelf.Model:
    models = store / "models"
    return shelf.load(models, shelf.known(models, model_id))


def _named(by: str) -> str:
    if not by.strip():
        raise BadSettings("--by is empty: a champion is replaced by a person with a name.")
    return by


def _latest(store: Path) -> date:
    latest: date = Store(store).days_held()[1]
    return latest
