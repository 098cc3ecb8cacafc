"""What training found and what the shelf holds, said for people and for machines."""

from pathlib import Path
from typing import Any

from models import shelf
from models.evaluation import table_for_people
from pipelines.retrain import Trained


def training_in_words(trained: Trained) -> str:
    """The evaluation of every outcome beside its challengers, the gate's verdicts, and the model's id."""
    parts = [table_for_people(table) for table in trained.evaluations.values()]
    parts += [f"{outcome}: no model ({why})." for outcome, why in trained.without_model.items()]
    parts.append("\n".join(f"{c.verdict:>20}  {c.words}" for c in trained.verdict.criteria))
    role = "It is champion." if trained.champion else "It is not champion."
    parts.append(f"Model {trained.model.id}. {role}")
    return "\n\n".join(parts)


def training_as_json(trained: Trained) -> dict[str, Any]:
    """The manifest's account of the training: model, champion, gate, evaluations, outcomes without a model."""
    manifest = trained.model.manifest
    return {"model": trained.model.id, "champion": trained.champion,
            **{name: manifest[name] for name in ("gate", "evaluations", "without_model", "rows")}}  # fmt: skip


def shelf_as_json(store: Path) -> list[dict[str, Any]]:
    """Every model on the shelf: id, as_of, passed, champion, outcomes."""
    models = store / "models"
    champion = shelf.champion(models)
    held = [shelf.load(models, name) for name in shelf.names(models)]
    return [
        {"model": model.id, "as_of": model.manifest["as_of"], "passed": model.passed,
         "champion": model.id == champion, "outcomes": sorted(model.scorecards)}
        for model in sorted(held, key=lambda model: model.manifest["as_of"])
    ]  # fmt: skip


def shelf_in_words(store: Path) -> str:
    """A line a model."""
    lines = [
        f"{'champion' if model['champion'] else '':9}{model['model']}  as of {model['as_of']}  "
        f"{'passed' if model['passed'] else 'did not pass'}  {', '.join(model['outcomes'])}"
        for model in shelf_as_json(store)
    ]
    return "\n".join(lines) or "No model yet. Run `handrail train`."
