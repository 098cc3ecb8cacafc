"""What was on record of a pupil before a moment, and what came after it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from configs.ladder import Ladder
from models.outcomes import outcomes
from reports.asked import Asked, Known, frame
from reports.support.moments import Moments
from reports.support.trails import Reals, Trail

STRETCHES = ((0, 5), (5, 10), (10, 20), (20, 30), (30, 60), (60, 120))  # open days before: (nearer, further]
CLOSELY = ("incidents", "absent", "suspensions", "removals")
BROADLY = ("serious", "unauthorised", "late", "recognitions")
HALVES = {
    "45": ((30, 45), (45, 60)),
    "90": ((60, 90), (90, 120)),
}  # of a matched stretch, compared by the checks
EARLY = 10  # open days in which support cannot have done much yet
NEEDS = {"sen support": ("K", "A", "P"), "plan": ("E", "S")}


def before(known: Known, found: Moments, trails: Mapping[str, Trail], homes: pd.DataFrame) -> pd.DataFrame:
    """The columns in which pupils are matched: one row for each moment, read only from days before it."""
    code, number = found.rows["code"].to_numpy(), found.rows["number"].to_numpy()
    held: dict[str, Reals] = {}
    for name in CLOSELY:
        for near, far in STRETCHES:
            held[f"{name}, {near + 1} to {far} days before"] = _back(trails[name], code, number, near, far)
        for far in (20, 60):
            held[f"{name}, last {far} days, as a log"] = np.log1p(_back(trails[name], code, number, 0, far))
    for name in BROADLY:
        for near, far in ((0, 20), (20, 60)):
            held[f"{name}, {near + 1} to {far} days before"] = _back(trails[name], code, number, near, far)
    held["open days on roll"] = np.minimum(number - homes["joined"].to_numpy()[code], 190.0)
    return pd.DataFrame({**held, **_standing(known, found, homes)})


def _back(trail: Trail, code: np.ndarray, number: np.ndarray, near: int, far: int) -> Reals:
    """What a trail holds from `far` to just after `near` open days before the moment."""
    return trail.between(code, number - 1 - far, number - 1 - near)


def _standing(known: Known, found: Moments, homes: pd.DataFrame) -> dict[str, Reals]:
    """Needs on record the day before, the year group, and other support that ran."""
    rows = found.rows.assign(pupil_id=homes["pupil_id"].to_numpy()[found.rows["code"]])
    year = _year_groups(known, homes)[found.rows["code"]]
    return {
        **{f"year {name}": (year == name).astype(float) for name in sorted(set(year))[1:]},
        **{name: _ran(_needs(known, codes), rows) for name, codes in NEEDS.items()},
        "other support running": _other_support(known, found, rows),
    }


def _year_groups(known: Known, homes: pd.DataFrame) -> np.ndarray:
    rows = frame(known["enrolments"], "pupil_id", "school_id", "start_date", "year_group")
    latest = rows.sort_values("start_date").drop_duplicates(["pupil_id", "school_id"], keep="last")
    both = homes[["pupil_id", "school_id"]].merge(latest, on=["pupil_id", "school_id"], how="left")
    return both["year_group"].fillna("").astype(str).to_numpy()


def _needs(known: Known, codes: tuple[str, ...]) -> pd.DataFrame:
    table = known["needs"]
    table = table.filter(table.kind == "sen_provision", table.code.isin(codes))
    return frame(table, "pupil_id", "start_date", "end_date")


def _other_support(known: Known, found: Moments, rows: pd.DataFrame) -> Reals:
    """How many other kinds ran on the day itself."""
    held = frame(known["support"], "pupil_id", "kind", "start_date", "end_date")
    running = np.zeros(len(rows))
    for place, kind in enumerate(found.kinds):
        own = found.rows["start"].to_numpy() == place
        running += np.where(own, 0.0, _ran(held[held["kind"] == kind].drop(columns="kind"), rows))
    return running


def _ran(spells: pd.DataFrame, rows: pd.DataFrame) -> Reals:
    """1 where one of the pupil's spells had begun by, and not ended before, the eve of the moment; else 0."""
    both = rows[["pupil_id", "as_of"]].assign(place=np.arange(len(rows))).merge(spells, on="pupil_id")
    on = (both["start_date"] <= both["as_of"]) & (
        both["end_date"].isna() | (both["end_date"] >= both["as_of"])
    )
    running = np.zeros(len(rows))
    running[both.loc[on, "place"]] = 1.0
    return running


def halves(found: Moments, trails: Mapping[str, Trail]) -> dict[str, Reals]:
    """Of each stretch that is matched as a whole: how much more of it lay in its nearer half. None can be support's."""
    code, number = found.rows["code"].to_numpy(), found.rows["number"].to_numpy()
    held = {}
    for day, (near, far) in HALVES.items():
        for name in ("incidents", "absent"):
            change = _back(trails[name], code, number, *near) - _back(trails[name], code, number, *far)
            held[f"{name}, {day} days before"] = change
    return held


def after(
    known: Known, asked: Asked, found: Moments, trails: Mapping[str, Trail], homes: pd.DataFrame
) -> dict[str, Reals]:
    """The four outcomes over the term after each moment, NaN where they cannot be said: of pupils who left in it,
    counts cannot."""
    code, number = found.rows["code"].to_numpy(), found.rows["number"].to_numpy()
    horizon = asked.settings.horizon
    stayed = homes["left"].to_numpy()[code] >= number + horizon - 1
    labels = _labels(known, asked, found, homes)
    return {
        "incidents": np.where(stayed, ahead(trails["incidents"], code, number, 0, horizon), np.nan),
        "sessions_lost": np.where(stayed, lost(trails, code, number, 0, horizon), np.nan),
        "suspension": labels["suspension"].to_numpy(),
        "escalation": labels["escalation"].to_numpy(),
    }


def ahead(trail: Trail, code: np.ndarray, number: np.ndarray, first: int, last: int) -> Reals:
    """What a trail holds from the moment's day `first` (0 is the day itself) to before its day `last`."""
    return trail.between(code, number - 1 + first, number - 1 + last)


def lost(trails: Mapping[str, Trail], code: np.ndarray, number: np.ndarray, first: int, last: int) -> Reals:
    """Sessions lost in the same days: marked absent or suspended, or spent in internal exclusion."""
    held = (ahead(trails[name], code, number, first, last) for name in ("lost_marks", "removed_sessions"))
    return np.asarray(sum(held), dtype="float64")


def _labels(known: Known, asked: Asked, found: Moments, homes: pd.DataFrame) -> pd.DataFrame:
    """The labels that models learn from, of each moment."""
    import ibis

    who = homes[["pupil_id", "school_id"]].iloc[found.rows["code"]].reset_index(drop=True)
    who["as_of"] = found.rows["as_of"].dt.date.to_numpy()
    settled = {
        name: table.mutate(known_on=ibis.date("1900-01-01"), known_until=ibis.null("date"))
        for name, table in known.items()
    }
    ladder: Ladder = asked.settings.ladder
    return outcomes(settled, who, asked.settings.horizon, ladder, asked.as_of)
