"""`handrail models edit`: a curve flattened or capped by hand, its effect shown before it is accepted."""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from configs.refusals import BadData, BadSettings, nearest
from features.catalogue import CATALOGUE
from models import shelf
from models.challengers import HANDRAIL
from models.edits import Edit
from models.evaluation import METRICS
from pipelines import audit
from pipelines.retrain import Rehearsed, Trained, rehearsed, shelved
from sources.store import Store

Say = Callable[[str], None]


@dataclass(frozen=True)
class Effect:
    """One figure or verdict of one outcome, before the edit and after; each with its interval where it has one."""

    outcome: str
    figure: str
    before: str
    after: str


@dataclass(frozen=True, eq=False)
class Edited:
    """What an edit would do, and the model it made where it was accepted."""

    edit: Edit
    effects: tuple[Effect, ...]
    trained: Trained | None


def edit_model(store_root: Path, model_id: str, edit: Edit, accept: bool, say: Say) -> Edited:
    """Rehearses the model again with the edit made in every fold, judges it, and shelves it as a new model where it is
    accepted. It goes through the gate like any other, and keeps the edits of the model it was made from.

    Refused where the feature is not the model's, or where records or settings have changed since it was trained, since
    then two things would have changed at once.
    """
    store, models = Store(store_root), store_root / "models"
    parent = shelf.load(models, shelf.known(models, model_id))
    _can_be_made(store, parent, edit)
    edits = (*(Edit(**made) for made in parent.manifest.get("edits", [])), edit)
    made = rehearsed(store, date.fromisoformat(parent.manifest["as_of"]), say, edits)
    effects = tuple(_effects(parent, made))
    if not accept:
        return Edited(edit, effects, None)
    lineage = {"edited_from": parent.id, "edits": [asdict(one) for one in edits]}
    trained = shelved(store_root, dataclasses.replace(made, account={**made.account, **lineage}), say)
    audit.note(
        store_root, "edited", model=trained.model.id, edited_from=parent.id, by=edit.by, reason=edit.reason
    )
    return Edited(edit, effects, trained)


def in_words(made: Edited) -> str:
    """The edit, each figure before and after, and what was done with it."""
    wide = max((len(effect.figure) for effect in made.effects), default=0)
    lines, outcome = [made.edit.words()], ""
    for effect in made.effects:
        if effect.outcome != outcome:
            outcome = effect.outcome
            lines += ["", outcome.replace("_", " ")]
        changed = "" if effect.before == effect.after else "  *"
        lines.append(f"  {effect.figure:{wide}}  {effect.before:22} {effect.after}{changed}".rstrip())
    done = (
        f"Shelved as model {made.trained.model.id}." if made.trained else "Nothing was changed: add --accept."
    )
    return "\n".join([*lines, "", f"* changed. {done}"])


def as_json(made: Edited) -> dict[str, Any]:
    """The same for machines."""
    model = made.trained.model.id if made.trained else None
    return {"edit": asdict(made.edit), "effects": [asdict(one) for one in made.effects], "model": model}


def _can_be_made(store: Store, parent: shelf.Model, edit: Edit) -> None:
    names = [feature.name for feature in CATALOGUE]
    if edit.feature not in names:
        raise BadSettings(f"There is no feature '{edit.feature}'{nearest(edit.feature, names)}.")
    if edit.outcome is not None and edit.outcome not in parent.scorecards:
        raise BadSettings(
            f"Model {parent.id} has no outcome '{edit.outcome}'; it has {', '.join(parent.scorecards)}."
        )
    if not edit.by.strip() or not edit.reason.strip():
        raise BadSettings("An edit needs a name (--by) and a reason (--reason).")
    held = {"data_hash": store.data_hash(), "settings_hash": store.settings.digest()}
    for name, now in held.items():
        if parent.manifest[name] != now:
            what = "records" if name == "data_hash" else "settings"
            raise BadData(
                f"The {what} have changed since model {parent.id} was trained, so what the edit does could not be told "
                "apart from that. Run `handrail train`, then edit the new model."
            )


def _effects(parent: shelf.Model, made: Rehearsed) -> Iterator[Effect]:
    """Every figure of Handrail's own row of every evaluation, then every criterion of the gate."""
    for outcome, table in made.account["evaluations"].items():
        before, after = _own(parent.manifest["evaluations"].get(outcome, [])), _own(table)
        for name in METRICS:
            if _said(before, name) or _said(after, name):
                yield Effect(outcome, name.replace("_", " "), _said(before, name), _said(after, name))
    was = {criterion["name"]: criterion["verdict"] for criterion in parent.manifest["gate"]["criteria"]}
    for criterion in made.account["gate"]["criteria"]:
        name = criterion["name"]
        yield Effect("gate", name.replace("_", " "), was.get(name, ""), criterion["verdict"])


def _own(records: list[dict[str, Any]]) -> dict[str, Any]:
    return next((record for record in records if record["method"] == HANDRAIL), {})


def _said(record: dict[str, Any], name: str) -> str:
    figure, low, high = (record.get(f"{name}{end}") for end in ("", "_low", "_high"))
    if figure is None:
        return ""
    return f"{figure:.4f}" if low is None or high is None else f"{figure:.4f} ({low:.3f}–{high:.3f})"
