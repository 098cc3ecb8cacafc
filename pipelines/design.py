"""`handrail design`: plans registered before they start, frozen by their hash in the audit log."""

import json
import secrets
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from configs.refusals import BadData, BadSettings
from configs.settings import Settings
from pipelines import audit, runs
from reports.planning.plan import CUT, HOW, STAGGERED, TIED_BAND, Plan, digest, drawn
from reports.planning.power import Size, smallest_found
from sources.as_known import as_known
from sources.store import Store, replace_whole
from watchlists.tied import band_sizes

FOLDER = "designs"
ALIKE_BY_SCHOOL = 0.05  # of the spread of incidents lies between schools, about
UNITS = {"incidents": "incidents a pupil", "suspension": "of the chance of a suspension"}


def plan_of(
    store_root: Path, kind: str, support: str, outcome: str, starts: date, ends: date, by: str
) -> Plan:
    """A plan with the sizes at hand and the power they give. Refused: a start that is not after all records held, and a
    store without a list where the design is about its cut."""
    store = Store(store_root)
    latest = store.days_held()[1]
    if starts <= latest:
        raise BadSettings(
            f"A plan is written before it starts: {starts} is not after {latest}, the latest day held."
        )
    if ends <= starts:
        raise BadSettings(f"--ends {ends} is not after --starts {starts}.")
    schools = tuple(sorted(store.tables()["schools"].select("school_id").to_pandas()["school_id"]))
    size = _size(store_root, store.settings, kind, schools)
    seed = secrets.token_hex(16)  # drawn once, here: a lot that could be foreseen is none
    smallest = smallest_found(size, _spread(store, latest, outcome))
    return Plan(
        kind, support, outcome, str(starts), str(ends), by, size.per_arm,
        None if smallest is None else round(smallest, 3), seed, drawn(seed, schools) if kind == STAGGERED else (),
    )  # fmt: skip


def _size(store: Path, settings: Settings, kind: str, schools: tuple[str, ...]) -> Size:
    """Pupils in each arm: of the last list's tied bands or places, or of half the schools' places."""
    name = runs.current(store)
    if name is None:
        raise BadData(
            "No list has been published yet, so there is no size to plan with. Run `handrail nightly` first."
        )
    scores = pd.read_parquet(store / "runs" / name / "scores.parquet")
    capacity = settings.capacity
    if kind == TIED_BAND:
        bands = dict(band_sizes(scores, capacity.share_of_roll, capacity.per_year_group))
        return Size(sum(bands.values()) // 2)
    listed = len(pd.read_parquet(store / "runs" / name / "watchlist.parquet", columns=["pupil_id"]))
    return Size(listed // 2, len(schools), ALIKE_BY_SCHOOL) if kind == STAGGERED else Size(listed)


def _spread(store: Store, latest: date, outcome: str) -> float:
    """How far pupils who have any at all differ in incidents in the last 90 days, or in whether they were suspended."""
    if outcome == "suspension":
        return 0.5  # the most that a yes or no can spread
    rows = as_known(store.tables(), latest)["incidents"]
    recent = rows.filter(rows.date > pd.Timestamp(latest) - pd.Timedelta(days=90))
    held = recent.group_by("pupil_id").size().to_pandas().iloc[:, 1]
    return float(held.std()) if len(held) > 1 else 1.0


def register(store: Path, plan: Plan) -> str:
    """Freezes the plan: its bytes in `designs/`, its hash in the audit log. Refused: a plan of the same id."""
    path = store / FOLDER / f"{plan.id}.json"
    if path.exists():
        raise BadSettings(
            f"Plan {plan.id} is registered already. A plan that differs in anything is another plan."
        )
    audit.note(
        store, "design registered", design=plan.id, kind=plan.kind, by=plan.by, sha256=digest(plan.as_bytes())
    )
    replace_whole(path, plan.as_bytes().decode())
    return f"Plan {plan.id} is registered and frozen, before {plan.starts}."


def shown(store: Path, plan_id: str) -> dict[str, Any]:
    """A plan as registered. Refused: one that is not known, or whose bytes are no longer those in the audit log."""
    path = store / FOLDER / f"{plan_id}.json"
    if not path.exists():
        raise BadSettings(f"No plan {plan_id} is registered.")
    held = path.read_bytes()
    if digest(held) not in _registered(store):
        raise BadData(f"Plan {plan_id} is not the plan that was registered: its file has been changed.")
    found: dict[str, Any] = json.loads(held)
    return found


def _registered(store: Path) -> set[str]:
    return {entry["sha256"] for entry in audit.lines(store) if entry.get("event") == "design registered"}


def lot_tonight(store: Path, as_of: date) -> str | None:
    """The seed of the tied-band design that runs on a day, or None."""
    for path in sorted((store / FOLDER).glob("*.json")):
        plan = shown(store, path.stem)
        runs_now = plan["starts"] <= str(as_of) <= plan["ends"]
        if plan["kind"] == TIED_BAND and runs_now and not _stopped(store, path.stem):
            return str(plan["seed"])
    return None


def half_way(store: Path, plan_id: str) -> Path:
    """Where the one look at a plan before its end is kept."""
    return store / FOLDER / f"{plan_id}.half-way"


def _stopped(store: Path, plan_id: str) -> bool:
    path = half_way(store, plan_id)
    return path.exists() and bool(json.loads(path.read_text(encoding="utf-8"))["stopped"])


def in_words(plan: Plan) -> str:
    """The plan for people, before it is registered."""
    found = "nothing" if plan.smallest is None else f"{plan.smallest:g}"
    unit = UNITS[plan.outcome]
    always = "" if plan.kind == CUT else f"Beside it, always: {HOW[CUT]}\n"
    return (
        f"{HOW[plan.kind]}\n"
        f"{plan.per_arm} pupils in each arm find a difference of {found} {unit} or more four times in five.\n{always}"
        "Not registered: with --register the lot is drawn and the plan frozen."
    )
