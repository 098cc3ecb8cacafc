"""What a night's receipt says of the list: when, from which records and model, how sure, and what there is to say."""

from datetime import date
from typing import Any

import pandas as pd

from models import shelf
from models.challengers import HANDRAIL
from models.scoring import RANKED_BY
from pipelines.night import Night
from pipelines.retention import kept
from sources.as_known import as_known
from sources.store import Store
from sources.tables import TABLES
from watchlists.language import marked

SIMPLE_WAYS = {
    "suspensions": marked("Most suspensions in the last year"),
    "abc": marked("Attendance and behaviour flags"),
    "environment": marked("School, year group and time of year"),
}


def receipt_of(night: Night, model: shelf.Model) -> dict[str, Any]:
    """The receipt of a night's list, but for what the list's own step adds."""
    passed, store = model.passed, Store(night.store)
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
        "freshness": _freshness(night), "not_known_yet": _not_known_yet(store, night.as_of),
        "trained": model.manifest["rows"], "trained_as_of": model.manifest["as_of"],
        "retention": kept(store.settings, store.days_held()[1]).facts(),
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


def _not_known_yet(store: Store, as_of: date) -> dict[str, int]:
    """How many rows of each table had happened by that night and were entered, or corrected, after it: the list uses
    none of them. Tables without any are left out."""
    tables = {name: rows for name, rows in store.tables().items() if TABLES[name].happened}
    late = {
        name: rows.filter(rows[str(TABLES[name].happened)].cast("date") <= as_of, rows.known_on > as_of)
        for name, rows in tables.items()
    }
    counted = {name: int(rows.count().execute()) for name, rows in late.items()}
    return {name: count for name, count in counted.items() if count}


def in_words(receipt: dict[str, Any]) -> str:
    """What a receipt says, in a few sentences."""
    said = (
        receipt["gate_words"], *receipt["drift"]["alarms"], receipt["note"], _log(receipt), _overlap(receipt)
    )  # fmt: skip
    return " ".join(words for words in said if words)


def stop_in_words(school: str) -> str:
    """That a school gets no list, and what lifts it."""
    return f"The list of {school} is stopped until a named person has looked: `handrail harm stopped`."


def _log(receipt: dict[str, Any]) -> str:
    line = receipt.get("log_broken_at")
    return f"The audit log is not as it was written from line {line} on." if line else ""


def _overlap(receipt: dict[str, Any]) -> str:
    """How many names of the last list are on this one, in words; "" on a first list."""
    if not receipt.get("compared_with"):
        return ""
    stayed, left = (sum(school[way] for school in receipt["turnover"].values()) for way in ("stayed", "left"))
    return f"{stayed} of the {stayed + left} names of the list before are on it."
