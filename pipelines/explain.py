"""`handrail explain`: what is held of one pupil and why, for an analyst or in plain words for the family."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from configs.refusals import BadData, nearest
from models import shelf
from models.scoring import RANKED_BY, reasons
from pipelines import audit
from pipelines.runs import current, read_json
from pipelines.users import operator
from sources.as_known import as_known
from sources.store import Store
from sources.tables import TABLES
from watchlists.family import Family, family_page
from watchlists.language import speak
from watchlists.opaque import opaque_of


def explain(store: Path, pupil: str, for_family: bool) -> str:
    """The words to print. Refused (BadData) where nothing of the pupil is held. The look is noted in the audit log."""
    name = current(store)
    if name is None:
        raise BadData(f"The store {store} has no list yet. Run `handrail nightly --store {store}` first.")
    run = store / "runs" / name
    facts = read_json(run / "run.json")
    as_of = date.fromisoformat(facts["as_of"])
    held = _held(store, pupil, as_of)
    if not held:
        known = Store(store).tables()["pupils"].select("pupil_id").to_pandas()["pupil_id"]
        raise BadData(f"No record of pupil '{pupil}' is held{nearest(pupil, known)}.")
    event = "explained to a family" if for_family else "explained"
    audit.note(store, event, pupil=opaque_of(store).of("pupil", pupil), by=operator())
    if for_family:
        speak(Store(store).settings.language)
        return family_page(
            store, Family(pupil, as_of, held, read_json(run / "cards.json")["pupils"].get(pupil))
        )
    return _for_analysts(store, run, pupil, held, facts)


def _held(store: Path, pupil: str, as_of: date) -> dict[str, tuple[int, date | None, date | None]]:
    """Of each table that holds rows of the pupil: how many, and the first and last day."""
    known, found = as_known(Store(store).tables(), as_of), {}
    for name, table in TABLES.items():
        if not table.has("pupil_id"):
            continue
        rows = known[name].filter(known[name].pupil_id == pupil).to_pandas()
        if len(rows):
            days = pd.to_datetime(rows[table.happened]).dt.date if table.happened else pd.Series(dtype=object)
            found[name] = (len(rows), days.min() if len(days) else None, days.max() if len(days) else None)
    return found


def _for_analysts(store: Path, run: Path, pupil: str, held: dict[str, Any], facts: dict[str, Any]) -> str:
    scores = pd.read_parquet(run / "scores.parquet")
    own = scores[scores["pupil_id"] == pupil]
    lines = [f"Pupil {pupil}, as of {facts['as_of']}, model {facts['model_id']}.", ""]
    if own.empty:
        lines.append("Not scored: not on roll that day, or held out by an objection or correction.")
    for row in own.itertuples(index=False):
        values: Any = row
        lines.append(
            f"School {values.school_id}, year {values.year_group}: level {values.level_school} school-led, "
            f"{values.level_self} self-led; chance of {RANKED_BY} {values.p_escalation:.3f}; place {values.rank}."
        )
    lines += [*_points(store, run, pupil, facts["model_id"]), "", "Rows held:"]
    lines += [f"  {name:14} {count:>6}  {_span(first, last)}" for name, (count, first, last) in held.items()]
    return "\n".join(lines)


def _points(store: Path, run: Path, pupil: str, model_id: str) -> Iterable[str]:
    """Points toward escalation (log-odds) by reason family, the most first."""
    matrix = pd.read_parquet(run / "features.parquet")
    own = matrix[matrix["pupil_id"] == pupil]
    if own.empty:
        return []
    points = reasons(shelf.load(store / "models", model_id), own).iloc[0].sort_values(ascending=False)
    return ["", "Points toward escalation (log-odds) by family:",
            *(f"  {family:14} {value:+.3f}" for family, value in points.items() if abs(value) >= 0.0005)]  # fmt: skip


def _span(first: date | None, last: date | None) -> str:
    return f"{first} to {last}" if first else ""
