"""`handrail design read`: what a registered design found once it has ended, or half-way whether it does harm."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from configs.refusals import BadSettings
from pipelines import audit
from pipelines.design import UNITS, half_way, shown
from pipelines.harm import lists_of, nights_with_a_list
from reports.planning.evidence import closed, evidence, found
from reports.planning.plan import CUT, TIED_BAND
from sources.as_known import as_known
from sources.store import Store, replace_whole
from watchlists.holds import held
from watchlists.tied import draws

TIMES = {"incidents": "times the incidents", "suspension": "times the suspensions"}
DRAWN = {"pupil_id": "str", "school_id": "str", "drawn": "bool", "as_of": "datetime64[s]"}


def read(store: Path, plan_id: str, by: str) -> dict[str, Any]:
    """What the design found: `state`, `up_to`, and once it has ended `effect` and `arms`, before that `stopped`.

    Until its outcomes are in, a design is looked at once, from half-way on, and then only for whether it does harm.
    Every look stands in the audit log. Refused: a plan that is not known or was changed, a look before half-way, and a
    second one before the end.
    """
    plan, last = shown(store, plan_id), Store(store).days_held()[1]
    records = evidence(as_known(Store(store).tables(), last), list(held(store)))
    ended = str(last) >= plan["ends"] and closed(records, plan)
    if not ended:
        _refuse_early(store, plan, plan_id, last)
    told = found(records, plan, _nights(store, plan, last))
    state = "ended" if ended else "half-way"
    audit.note(store, "design read", design=plan_id, by=by, state=state, up_to=str(last))
    facts = {"state": state, "up_to": str(last), "kind": plan["kind"], "outcome": plan["outcome"]}
    if ended:
        return {**facts, "effect": asdict(told.effect), "arms": list(told.arms)}
    replace_whole(half_way(store, plan_id), json.dumps({"up_to": str(last), "stopped": told.harmful}) + "\n")
    return {**facts, "stopped": told.harmful}


def _refuse_early(store: Path, plan: dict[str, Any], plan_id: str, last: date) -> None:
    starts, ends = (date.fromisoformat(plan[name]) for name in ("starts", "ends"))
    middle = starts + timedelta(days=(ends - starts).days // 2)
    if last < middle:
        raise BadSettings(
            f"Plan {plan_id} is looked at from {middle} on, when half of it is over; records end on {last}."
        )
    if half_way(store, plan_id).exists():
        raise BadSettings(
            f"Plan {plan_id} has had its one look half-way. The next is when it has ended and the term after is on "
            f"record; records end on {last}."
        )


def _nights(store: Path, plan: dict[str, Any], last: date) -> pd.DataFrame:
    if plan["kind"] == TIED_BAND:
        drawn = list(_draws(store, plan))
        return (
            pd.concat(drawn, ignore_index=True) if drawn else pd.DataFrame(columns=list(DRAWN)).astype(DRAWN)
        )
    return lists_of(store, last, date.fromisoformat(plan["starts"])).nights


def _draws(store: Path, plan: dict[str, Any]) -> Iterator[pd.DataFrame]:
    """Who was in a tied band on each night of the plan, and whom the lot drew: reckoned again from its scores."""
    capacity = Store(store).settings.capacity
    columns = ["pupil_id", "school_id", "as_of", "year_group", "p_escalation"]
    for day, run in nights_with_a_list(store):
        if plan["starts"] <= day <= plan["ends"]:
            scores = pd.read_parquet(run / "scores.parquet", columns=columns)
            drawn = draws(scores, plan["seed"], capacity.share_of_roll, capacity.per_year_group)
            yield drawn.assign(as_of=pd.Timestamp(day))


def in_words(facts: dict[str, Any]) -> str:
    """What was found, for people."""
    if facts["state"] == "half-way":
        return (
            "Half-way, more of the outcome followed than chance gives once in 200: the design stops here."
            if facts["stopped"]
            else "Half-way, nothing says that it should stop. What it found is told when it has ended."
        )
    effect, (asked, beside) = facts["effect"], facts["arms"]
    if effect["estimate"] is None:
        return (
            f"Of {asked} beside {beside} nothing can be said: they are too few, or too little came to pass."
        )
    about_the_cut = facts["kind"] == CUT
    unit, nothing = (TIMES, 1.0) if about_the_cut else (UNITS, 0.0)
    sign = "" if about_the_cut else "+"
    ending = " That may be chance." if effect["low"] <= nothing <= effect["high"] else ""
    return (
        f"{asked} beside {beside}: {effect['estimate']:{sign}.2f} {unit[facts['outcome']]}, 19 times in 20 between "
        f"{effect['low']:{sign}.2f} and {effect['high']:{sign}.2f}.{ending}"
    )
