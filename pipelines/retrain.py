"""`handrail train`: from the store to a judged model on the shelf, logged to MLflow."""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from configs.refusals import BadSettings
from configs.settings import Settings
from features.catalogue import CATALOGUE
from models import registry, shelf
from models.drift import reference
from models.edits import Edit
from models.gate import Verdict, judge
from models.judging.judgement import Judgement, judged
from models.matrices import training_rows
from models.scoring import RANKED_BY
from models.study import Study, study
from pipelines import audit
from pipelines.papers import write_papers
from sources.as_known import as_known
from sources.store import Store

Say = Callable[[str], None]
LIBRARIES = ("lightgbm", "numpy", "pandas", "duckdb", "ibis-framework", "scikit-learn")
BY_ITSELF = "the first model of this store to pass its gate"


@dataclass(frozen=True, eq=False)
class Trained:
    """A model on the shelf with all that was found out about it."""

    model: shelf.Model
    evaluations: dict[str, pd.DataFrame]
    verdict: Verdict
    without_model: dict[str, str]
    champion: bool


@dataclass(frozen=True, eq=False)
class Rehearsed:
    """A model rehearsed and judged, not yet on any shelf; `account` is what its manifest will say."""

    found: Study
    judgement: Judgement
    verdict: Verdict
    account: dict[str, Any]


def retrain(store_root: Path, as_of: date | None, say: Say) -> Trained:
    """Trains, rehearses, judges and shelves a model from what was known by `as_of` (default: the latest day held).

    The first model of a store that passes its gate becomes champion by itself; replacing one needs a named person.
    """
    store = Store(store_root)
    return shelved(store_root, rehearsed(store, day_held(store, as_of), say), say)


def rehearsed(store: Store, by: date, say: Say, edits: Sequence[Edit] = ()) -> Rehearsed:
    """A model from what was known by a day, with edits made by hand, and all that was found out about it."""
    settings, tables = store.settings, store.tables()
    say("reading features as they were known")
    found = study(training_rows(tables, settings, by), settings, say, edits)
    say("judging on later dates")
    judgement = judged(found, tables, settings, by, say)
    ranked = judgement.evaluations.get(RANKED_BY)
    verdict = judge(ranked, judgement.fairness, settings.gate, judgement.suspects)
    return Rehearsed(found, judgement, verdict, _account(store, found, settings, by, judgement, verdict))


def shelved(store_root: Path, made: Rehearsed, say: Say) -> Trained:
    """Puts a model on the shelf with its papers, and in MLflow."""
    found, verdict, by = made.found, made.verdict, made.account["as_of"]
    evaluations = dict(made.judgement.evaluations)
    model = shelf.save(store_root / "models", found.scorecards, found.sources, made.account, found.bags)
    folder = store_root / "models" / model.id
    say("drawing the curves and writing the card")
    pictures = write_papers(folder, model, found, made.judgement, verdict, Store(store_root).settings)
    shelf.record_training(store_root / "models", model.id, by)
    champion = _becomes_champion(store_root / "models", model, by)
    say("logging to MLflow")
    _log(store_root, model, found, evaluations, pictures, champion, say)
    audit.note(store_root, "trained", model=model.id, passed=verdict.passed, champion=champion, as_of=by)
    return Trained(model, evaluations, verdict, dict(found.without_model), champion)


def day_held(store: Store, as_of: date | None) -> date:
    """The as-of date asked for, or the latest day held. Refused (BadSettings) outside the records."""
    first, last = store.days_held()
    if as_of is not None and not first <= as_of <= last:
        raise BadSettings(
            f"--as-of {as_of} is outside the records, which run from {first} to {last}. "
            "Choose a date between them, or ingest what is missing."
        )
    return as_of or last


def _account(
    store: Store,
    found: Study,
    settings: Settings,
    by: date,
    judgement: Judgement,
    verdict: Verdict,
) -> dict[str, Any]:
    """What the manifest says beside the table: where it came from, and what was found out."""
    labels = found.rows.labels
    criteria = [{**asdict(criterion), "blocks": criterion.blocks} for criterion in verdict.criteria]
    return {
        "as_of": str(by), "horizon": settings.horizon, "data_hash": store.data_hash(),
        "settings_hash": settings.digest(), "ladder_hash": settings.ladder.digest(),
        "calendar": calendar_facts(store, by), "versions": {name: version(name) for name in LIBRARIES},
        "rows": {**found.rows.counts(), "pupils": int(labels["pupil_id"].nunique()),
                 "schools": int(labels["school_id"].nunique()),
                 "from": str(found.rows.dates[0]), "to": str(found.rows.dates[-1])},
        "taught_on": sorted(map(str, labels["school_id"].unique())),
        "outcomes": {
            name: {"outcomes": int(labels[name].sum()), "known": int(labels[name].notna().sum()),
                   "rounds": rehearsal.rounds, "pairs": _plain(asdict(rehearsal.pairs))}
            for name, rehearsal in found.rehearsals.items()
        },
        "without_model": dict(found.without_model),
        "gate": {"passed": verdict.passed, "criteria": _plain(criteria)},
        "evaluations": {name: _plain(table.to_dict("records")) for name, table in judgement.evaluations.items()},
        "judging": {name: _plain(table.to_dict("records")) for name, table in judgement.tables().items()},
        "reference": _reference(found, judgement),
    }  # fmt: skip


def _reference(found: Study, judgement: Judgement) -> dict[str, Any]:
    """How records and this model's chances are spread over the pupil-dates it was tested on."""
    if RANKED_BY not in judgement.held_out:
        return {}
    tested = judgement.held_out[RANKED_BY]["as_of"].unique()
    rows = found.rows.matrix[found.rows.matrix["as_of"].isin(tested)]
    return reference(rows, np.maximum.reduce([card.chance(rows) for card in found.scorecards.values()]))


def calendar_facts(store: Store, by: date) -> dict[str, Any]:
    """The calendar a model was made by: how many schools, its first and last open day, and a hash of every open day."""
    known = as_known(store.tables(), by)["calendar"].select("school_id", "date").to_pandas()
    days = sorted(
        f"{school} {str(day)[:10]}" for school, day in zip(known["school_id"], known["date"], strict=True)
    )
    return {
        "schools": int(known["school_id"].nunique()), "first": str(known["date"].min())[:10],
        "last": str(known["date"].max())[:10], "sha256": hashlib.sha256("\n".join(days).encode()).hexdigest(),
    }  # fmt: skip


def _plain(records: Any) -> Any:
    """The same as JSON values: numbers rounded to what they can say, what cannot be said null."""
    if isinstance(records, dict):
        return {name: _plain(value) for name, value in records.items()}
    if isinstance(records, list):
        return [_plain(value) for value in records]
    if isinstance(records, float):
        return round(float(records), 6) if math.isfinite(records) else None
    return int(records) if isinstance(records, np.integer) else records


def _becomes_champion(models: Path, model: shelf.Model, by: str) -> bool:
    """Whether the model is champion from now on: only the first that passes, or the champion trained again."""
    held = shelf.champion(models)
    if not model.passed or held is not None:
        return held == model.id
    shelf.promote(models, model.id, "Handrail", BY_ITSELF, by)
    return True


def _log(
    store_root: Path, model: shelf.Model, found: Study, evaluations: dict[str, pd.DataFrame],
    pictures: list[Path], champion: bool, say: Say,
) -> None:  # fmt: skip
    metrics = {
        f"{outcome}.{row['method']}.{name}": float(row[name])
        for outcome, table in evaluations.items()
        for row in table.to_dict("records")
        for name in table.select_dtypes("number").columns
    }
    manifest = model.manifest
    params = {"horizon": manifest["horizon"], "features": len(CATALOGUE), "as_of": manifest["as_of"],
              **{f"rounds.{name}": rehearsal.rounds for name, rehearsal in found.rehearsals.items()}}  # fmt: skip
    tags = {name: manifest[name] for name in ("data_hash", "settings_hash", "catalogue_hash")}
    tags |= {"gate": "passed" if model.passed else "not passed"}
    folder = store_root / "models" / model.id
    held = registry.log_training(store_root, folder, model.id, params, metrics, pictures, tags, say)
    if held is not None:
        registry.promote(store_root, held, say, registry.CHAMPION if champion else registry.CHALLENGER)
