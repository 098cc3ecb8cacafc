"""`handrail nightly`: from the store to a published list, in steps that each leave their result in the run's folder.

The steps are plain functions of paths and dates. Prefect runs the same ones as tasks (`pipelines.flows`), and sees
no pupil: only the folder and the date.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from configs.refusals import GateNotPassed
from features.calendar import days_of
from features.engine import feature_matrix
from features.engines import on_spark
from features.tonight import features_tonight
from models import shelf
from models.outcomes import levels
from models.scoring import RANKED_BY, reasons, score
from pipelines import audit, runs
from pipelines.design import lot_tonight
from pipelines.dpia import is_pretend
from pipelines.drifting import DRIFT, read_drift
from pipelines.exact_alerts import exact_alerts
from pipelines.harm import keep_stops, lists_of, stops_tonight
from pipelines.night import Night
from pipelines.receipts import in_words, receipt_of, stop_in_words
from pipelines.retrain import day_held
from pipelines.sanity import refuse_jumped, refuse_of_other_schools, refuse_senseless
from pipelines.staleness import stale_in_words, stale_schools, with_days
from reports.asked import Asked
from reports.published import publish as publish_reports
from sources.as_known import as_known
from sources.store import Store
from watchlists.build import Built, build, build_facts_only
from watchlists.cards import write_cards
from watchlists.exports import analysts_csv
from watchlists.holds import held, with_holds
from watchlists.kept import SILENT, keep, read_last
from watchlists.language import speak
from watchlists.opaque import opaque_of
from watchlists.roster import off_with_holds, with_held_out
from watchlists.stopping import Stops, stops_of, without
from watchlists.tied import by_lot

Say = Callable[[str], None]
FEATURES, SCORES, LIST, LIST_CSV = "features.parquet", "scores.parquet", "watchlist.parquet", "watchlist.csv"
ROLL, HELD_OUT, STOPS = "roll.parquet", "held_out.parquet", "stops.json"
NOT_TRAINED = "No model has been trained in this store yet. Run `handrail train` first."


@dataclass(frozen=True)
class Published:
    """What a night left: the run's name, whether a model chose the names, what to say about it."""

    run: str
    passed: bool
    words: str

    @classmethod
    def of(cls, run: str, receipt: dict[str, Any]) -> "Published":
        """What the receipt of a finished run says that it left."""
        return cls(run, receipt["gate"] == "passed", in_words(receipt))


def tonight(store_root: Path, as_of: date | None) -> Night:
    """What tonight is: a date on which a school was open, the champion, or the newest model where none has passed.

    Without `as_of` it is the latest day held. A later one asks whether the registers keep up with it (StaleFeed).
    """
    store = Store(store_root)
    latest = store.days_held()[1]
    asked = as_of or latest
    day = day_held(store, min(asked, latest))
    tables = store.tables()
    stale = stale_schools(tables, asked, store.settings.stale_after)
    models = store_root / "models"
    model_id = shelf.champion(models) or shelf.newest(models)
    if model_id is None:
        raise GateNotPassed(NOT_TRAINED)
    calendar = as_known(tables, day)["calendar"].to_pandas()
    last_open = pd.to_datetime(calendar["date"]).max().date()
    note = " ".join([*_as_of_in_words(asked, day, last_open), *stale_in_words(stale)])
    differs = [*held(store_root), *stops_of(store_root).keys(), *(each.key for each in stale)]
    asked_for = with_holds(store.settings.digest(), differs)
    return Night(store_root, last_open, model_id, store.data_hash(), asked_for, note, tuple(stale))


def make_features(night: Night, part: Path) -> None:
    """`features.parquet`: everyone on roll, as known that day, but those whom an objection or correction holds out."""
    store = Store(night.store)
    if store.settings.engine == "spark":
        with on_spark(store.tables()) as spread:
            matrix = feature_matrix(spread, [night.as_of])
    else:
        matrix = features_tonight(store, night.as_of)
    out = matrix["pupil_id"].isin(list(held(night.store)))
    matrix[~out].to_parquet(part / FEATURES, index=False)
    matrix.loc[out, ["pupil_id", "school_id", "year_group"]].to_parquet(part / HELD_OUT, index=False)


def make_scores(night: Night, part: Path) -> None:
    """`scores.parquet`: levels, chances and ranks, whatever the gate said. Refused (BadData) if senseless."""
    matrix, store = pd.read_parquet(part / FEATURES), Store(night.store)
    model, tables = shelf.load(night.store / "models", night.model_id), store.tables()
    refuse_of_other_schools(model.manifest.get("taught_on", ()), matrix)
    scores = score(model, matrix, levels(tables, matrix, night.as_of, store.settings.ladder))
    if RANKED_BY in model.scorecards:
        reference, before = model.manifest.get("reference", {}), _scored_before(night)
        refuse_senseless(reference, matrix, scores)
        if before is not None:
            refuse_jumped(reference, days_of(tables), before, scores)
    scores.to_parquet(part / SCORES, index=False)


def watch_for_harm(night: Night, part: Path) -> None:
    """`stops.json`: the schools that get no list tonight, because more sanctions followed being listed than chance
    explains and no named person has looked."""
    runs.write_json(part / STOPS, stops_tonight(Store(night.store), night.as_of).facts())


def make_list(night: Night, part: Path) -> None:
    """`watchlist.parquet`, the same as CSV, and `cards.json`, from the scores and each pupil's dated rows."""
    store = Store(night.store)
    speak(store.settings.language)
    model = shelf.load(night.store / "models", night.model_id)
    scores, tables = pd.read_parquet(part / SCORES), store.tables()
    known, before = as_known(tables, night.as_of), runs.published_before(night.store, night.as_of)
    previous = _earlier(night, before, LIST)
    if model.passed:
        why = reasons(model, pd.read_parquet(part / FEATURES))
        built = build(scores, why, known, store.settings, night.as_of, previous, _by_lot(night, scores))
    else:
        scored = _earlier(night, before, SCORES)
        built = build_facts_only(scores, scored, known, store.settings, night.as_of, previous)
    built = _as_far_as_registers_go(built, night, before)
    built = without(built, set(runs.read_json(part / STOPS)["stopped"]))
    cards = with_days(built.cards, tables["calendar"], night.as_of, pretend=is_pretend(store))
    built.watch_list.to_parquet(part / LIST, index=False)
    (part / LIST_CSV).write_bytes(analysts_csv(built.watch_list))
    out = pd.read_parquet(part / HELD_OUT)
    with_held_out(built.roll, out).to_parquet(part / ROLL, index=False)
    (part / HELD_OUT).unlink()
    held_out = set(out["pupil_id"])
    write_cards(part, cards)
    schools = known["schools"].select("school_id", "name").to_pandas()
    facts = {
        "off_list": off_with_holds(built.off_list, out["pupil_id"]), "turnover": built.turnover,
        "schools": dict(zip(schools["school_id"], schools["name"], strict=True)), "compared_with": before,
        "listed": len(built.watch_list), "on_roll": len(scores), "updated_at": store.settings.updated_at,
        "alerts": [
            alert for alert in exact_alerts(known, store.settings, night.as_of) if alert["pupil_id"] not in held_out
        ],
    }  # fmt: skip
    runs.write_json(part / "list.json", facts)


def make_drift(night: Night, part: Path) -> None:
    """`drift.json`: whether records, chances or outcomes have moved since the model learnt."""
    store, model = Store(night.store), shelf.load(night.store / "models", night.model_id)
    matrix, scores = pd.read_parquet(part / FEATURES), pd.read_parquet(part / SCORES)
    found = read_drift(night.store, model, matrix, scores, store.tables(), store.settings, str(night.as_of))
    runs.write_json(part / DRIFT, found)


def make_reports(night: Night, part: Path) -> None:
    """The reports for leaders and governors, of every school, as files that their pages are made from."""
    store = Store(night.store)
    opaque, lists = opaque_of(night.store), lists_of(night.store, night.as_of)
    asked = Asked(night.as_of, store.settings, opaque=opaque, lists=lists)
    before = runs.published_before(night.store, night.as_of)
    publish_reports(part, store.tables(), asked, night.store / "runs" / before if before else None)


def publish(night: Night, part: Path) -> Published:
    """Gives the run its name and makes it current, in one atomic step. Refused (AnotherRun) where it was overtaken."""
    fence = runs.fence_of(part)
    runs.refuse_overtaken(night.store, fence)
    model = shelf.load(night.store / "models", night.model_id)
    stops, drift = Stops.from_facts(runs.read_json(part / STOPS)), runs.read_json(part / DRIFT)
    receipt = {
        **receipt_of(night, model),
        **runs.read_json(part / "list.json"),
        "drift": drift,
        "stopped": sorted(stops.stopped),
        "log_broken_at": audit.broken_at(night.store),
    }
    receipt["note"] = " ".join(
        [receipt["note"], *(stop_in_words(school) for school in receipt["stopped"])]
    ).strip()
    (part / "list.json").unlink()
    (part / STOPS).unlink()
    keep_stops(night.store, stops)
    name = runs.finish(part, receipt)
    runs.show(night.store, name, fence, **_told(receipt))
    if drift["alarms"]:
        audit.note(night.store, "drift", run=name, model=model.id, alarms=drift["alarms"])
    return Published.of(name, receipt)


STEPS: tuple[tuple[str, Callable[[Night, Path], None]], ...] = (
    ("features", make_features), ("scores", make_scores), ("harm watch", watch_for_harm), ("list", make_list),
    ("drift", make_drift), ("reports", make_reports),
)  # fmt: skip


def run_plainly(night: Night, say: Say) -> Published:
    """The whole night as plain functions."""
    with runs.begun(night.store, night.as_of) as part:
        for name, step in STEPS:
            say(f"making the {name}")
            step(night, part)
        return publish(night, part)


def already_done(night: Night) -> Published | None:
    """The same night's run where it was finished before: the same date, data, model and settings; else None."""
    name = runs.same_run(night.store, night.as_of, night.data_hash, night.model_id, night.settings_hash)
    if name is None:
        return None
    receipt = runs.receipt(night.store, name)
    runs.show(night.store, name, runs.take_fence(night.store), **_told(receipt))
    return Published.of(name, receipt)


def _told(receipt: dict[str, Any]) -> dict[str, Any]:
    """What the audit log is told of a list."""
    return {"model": receipt["model_id"], "gate": receipt["gate"], "listed": receipt["listed"]}


def _as_of_in_words(asked: date, day: date, last_open: date) -> list[str]:
    """Why the list is as of another day than was asked for; nothing where it is not."""
    if last_open == asked:
        return []
    why = f"{asked} was no open day" if day == asked else f"The registers end on {day}"
    return [f"{why}; the list is as of {last_open}."]


def _as_far_as_registers_go(built: Built, night: Night, before: str | None) -> Built:
    """The same, but a school whose registers have ended keeps its last list, and in time lists nobody."""
    if before and night.silent:
        kept = [each.school_id for each in night.silent if not each.withdrawn]
        built = keep(built, read_last(night.store / "runs" / before), kept)
    return without(built, {each.school_id for each in night.silent if each.withdrawn}, SILENT)


def _by_lot(night: Night, scores: pd.DataFrame) -> "pd.Series[float] | None":
    """The order of the list while a registered design draws lots in the tied band; else None."""
    seed = lot_tonight(night.store, night.as_of)
    capacity = Store(night.store).settings.capacity
    return by_lot(scores, seed, capacity.share_of_roll, capacity.per_year_group) if seed else None


def _scored_before(night: Night) -> pd.DataFrame | None:
    """The scores of the last list, where the same model gave them."""
    before = runs.published_before(night.store, night.as_of)
    same = before and runs.receipt(night.store, before)["model_id"] == night.model_id
    return _earlier(night, before, SCORES) if same else None


def _earlier(night: Night, run: str | None, file: str) -> pd.DataFrame | None:
    return pd.read_parquet(night.store / "runs" / run / file) if run else None
