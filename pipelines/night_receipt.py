"""What a night's receipt says beside the list: the gate's verdict, how often lists were right, how fresh feeds are."""

from typing import Any

import pandas as pd

from models import shelf
from models.challengers import HANDRAIL
from models.scoring import RANKED_BY
from pipelines.night import Night
from sources.as_known import as_known
from sources.store import Store
from watchlists.language import marked

SIMPLE_WAYS = {
    "suspensions": marked("Most suspensions in the last year"),
    "abc": marked("Attendance and behaviour flags"),
    "environment": marked("School, year group and time of year"),
}


def receipt_of(night: Night, model: shelf.Model) -> dict[str, Any]:
    """What made the night, and what to say of it."""
    passed = model.passed
    blocked = [c["words"] for c in model.manifest["gate"]["criteria"] if c["blocks"]]
    words = (
        "The model passed its gate."
        if passed
        else " ".join(["The model has not passed its gate, so only facts that changed are shown.", *blocked])
    )
    evaluation = model.manifest["evaluations"].get(RANKED_BY, [])
    return {
        "as_of": str(night.as_of), "data_hash": night.data_hash, "model_id": night.model_id,
        "settings_hash": night.settings_hash, "note": night.note, "published": True,
        "gate": "passed" if passed else "facts only" if not model.scorecards else "failed", "gate_words": words,
        "how_sure": _how_sure(evaluation), "baselines": _baselines(evaluation),
        "freshness": _freshness(night), "trained": model.manifest["rows"], "trained_as_of": model.manifest["as_of"],
    }  # fmt: skip


def _how_sure(evaluation: list[dict[str, Any]]) -> dict[str, int] | None:
    """Of ten pupils listed on held-out dates, how many stepped up, and how many listings that was read from."""
    own = next((row for row in evaluation if row["method"] == HANDRAIL), None)
    if own is None or own["precision_at_capacity"] is None:
        return None
    return {"of_ten": round(10 * own["precision_at_capacity"]), "n": int(own["places"])}


def _baselines(evaluation: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of ten pupils chosen by each simple way, how many stepped up."""
    return [
        {"way": SIMPLE_WAYS[row["method"]], "of_ten": round(10 * row["precision_at_capacity"])}
        for row in evaluation
        if row["method"] in SIMPLE_WAYS and row["precision_at_capacity"] is not None
    ]


def _freshness(night: Night) -> dict[str, str]:
    """The latest day on record in each feed, as known that night."""
    known = as_known(Store(night.store).tables(), night.as_of)
    feeds = {"attendance": "date", "lessons": "date", "incidents": "date", "achievements": "date",
             "removals": "date", "suspensions": "start_date", "surveys": "date"}  # fmt: skip
    latest = {name: known[name][day].max().to_pandas() for name, day in feeds.items()}
    return {name: str(pd.Timestamp(day).date()) for name, day in latest.items() if not pd.isna(day)}
