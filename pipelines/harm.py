"""The harm watch: each night what followed being listed; a school with an alert gets no list until somebody looks."""

import dataclasses
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from configs.refusals import BadSettings, nearest
from configs.settings import LEAST_KEPT
from models import shelf
from models.scoring import RANKED_BY
from pipelines import audit, runs
from reports.lists import ANSWER, NIGHT, Lists, no_nights
from sources.store import Store
from watchlists.answers import latest_of_school
from watchlists.notebook import PEOPLE
from watchlists.stopping import Stops, keep, stops_of

DEPTH = 2  # lengths of the longest list: how far below its cut pupils are read
RECENT = timedelta(days=LEAST_KEPT)  # holds a term of entries and the month after, holidays among them


def lists_of(store: Path, as_of: date, since: date | None = None) -> Lists:
    """The lists published up to a day, those near their cuts, and what staff answered. A date's last run stands for it;
    lists of facts only have no cut and are left out."""
    first = str(since) if since else ""
    nights = [_night(run, day) for day, run in nights_with_a_list(store) if first <= day <= str(as_of)]
    held = pd.concat(nights, ignore_index=True) if nights else no_nights()
    return Lists(held, _answers(store, held), stops_of(store).looked_up_to(), _ways(store))


def nights_with_a_list(store: Path) -> list[tuple[str, Path]]:
    """Each date on which a model chose a list, and the folder of its run, in order: a date's last run stands for it."""
    last = {
        run["as_of"]: store / "runs" / name
        for name, run in runs.runs_of(store)
        if run["published"] and run["gate"] == "passed"
    }
    return sorted(last.items())


def _ways(store: Path) -> tuple[tuple[str, float], ...]:
    """Of every 100 who stepped up on held-out dates, how many each way would have listed: the champion's evaluation."""
    model_id = shelf.champion(store / "models")
    if model_id is None:
        return ()
    rows = shelf.load(store / "models", model_id).manifest["evaluations"].get(RANKED_BY, [])
    return tuple(
        (row["method"], 100 * row["recall_at_capacity"])
        for row in rows
        if row["recall_at_capacity"] is not None
    )


def _night(run: Path, as_of: str) -> pd.DataFrame:
    """The listed of one run, and those below them."""
    listed = pd.read_parquet(run / "watchlist.parquet", columns=["pupil_id", "school_id"])
    longest = int(listed.groupby("school_id").size().max()) if len(listed) else 0
    columns = ["pupil_id", "school_id", "rank", "p_escalation"]
    scores = pd.read_parquet(run / "scores.parquet", columns=columns)
    on = scores["pupil_id"].isin(listed["pupil_id"])
    near = scores[on | (scores["rank"] <= DEPTH * longest)].rename(columns={"p_escalation": "chance"})
    return near.assign(as_of=pd.Timestamp(as_of), listed=on, rank=near["rank"].astype("int64"))[list(NIGHT)]


def _answers(store: Path, nights: pd.DataFrame) -> pd.DataFrame:
    if not PEOPLE.begun(store):
        return pd.DataFrame(columns=list(ANSWER))
    held = [
        answer
        for school in sorted(nights["school_id"].unique())
        for answer in latest_of_school(store, school).values()
    ]
    return pd.DataFrame([[getattr(answer, name) for name in ANSWER] for answer in held], columns=list(ANSWER))


def stops_tonight(store: Store, as_of: date) -> Stops:
    """The stops that stand, with those that tonight's look at what followed adds."""
    from reports.asked import Asked
    from reports.harm.reckon import alerts
    from sources.as_known import as_known

    stops = stops_of(store.root)
    lists = lists_of(store.root, as_of, as_of - RECENT)
    if lists.nights.empty:
        return stops
    found = alerts(as_known(store.tables(), as_of), Asked(as_of, store.settings, lists=lists))
    new = {
        school: {"as_of": str(as_of), "entries": each.entries, "times": _to(each.sanctions.estimate),
                 "low": _to(each.sanctions.low), "high": _to(each.sanctions.high)}
        for school, each in found.items() if school not in stops.stopped
    }  # fmt: skip
    return dataclasses.replace(stops, stopped={**stops.stopped, **new})


def _to(number: float | None) -> float | None:
    return None if number is None else round(number, 2)


def keep_stops(store: Path, stops: Stops) -> None:
    """Keeps tonight's stops; each new one is noted in the audit log."""
    before = stops_of(store)
    for school, alert in stops.stopped.items():
        if school not in before.stopped:
            audit.note(store, "list stopped", school=school, **alert)
    if stops != before:
        keep(store, stops)


def in_words(store: Path) -> str:
    """A line for each school stopped, and each look taken."""
    stops = stops_of(store)
    lines = [
        f"{school}: stopped since {alert['as_of']}. After being listed, {alert['times']} times as many sanctions as of "
        f"like pupils (19 times in 20 between {alert['low']} and {alert['high']})."
        for school, alert in sorted(stops.stopped.items())
    ]
    lines += [
        f"{look['school_id']}: looked at up to {look['up_to']} by {look['by']}: {look['reason']}"
        for look in stops.looked
    ]
    return "\n".join(lines) or "No school is stopped, and nobody has had to look."


def look(store: Path, school: str, by: str, reason: str) -> str:
    """Keeps that a named person has looked: the school is published again, and only what follows later can stop it.

    Refused: a school that is not stopped, and a look without a name or a reason.
    """
    stops = stops_of(store)
    if school not in stops.stopped:
        raise BadSettings(f"No list of '{school}' is stopped{nearest(school, stops.stopped)}.")
    if not by.strip() or not reason.strip():
        raise BadSettings("A look needs a name (--by) and what was found (--reason).")
    up_to = str(Store(store).days_held()[1])
    audit.note(
        store, "harm looked at", school=school, by=by, reason=reason, up_to=up_to, **_alert(stops, school)
    )
    rest = {name: alert for name, alert in stops.stopped.items() if name != school}
    entry = {"school_id": school, "by": by, "reason": reason, "up_to": up_to}
    keep(store, Stops(rest, (*stops.looked, entry)))
    return f"{school} is published again from the next night on. {by} has looked."


def _alert(stops: Stops, school: str) -> dict[str, object]:
    return {f"alert_{name}": value for name, value in stops.stopped[school].items()}
