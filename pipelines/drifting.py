"""Each night: has anything moved since the model learnt? Written beside the list, said with it, drawn on request."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from configs.refusals import BadSettings
from configs.settings import Settings
from features.calendar import days_of
from models.bootstrap import Interval
from models.drift import CHANCES, SHOWN, Shift, alarms, chance_of, late_labels, record_shifts, shift
from models.outcomes import outcomes
from models.scoring import RANKED_BY
from models.shelf import Model
from pipelines import runs

DRIFT = "drift.json"
NOT_YET = "No list is old enough yet to be checked against what came after it."


def read_drift(
    store: Path, model: Model, matrix: pd.DataFrame, scores: pd.DataFrame, tables: Mapping[str, ir.Table],
    settings: Settings, as_of: str,
) -> dict[str, Any]:  # fmt: skip
    """Tonight's drift: the records that moved furthest, the chances, the last list whose window has closed, and what is
    beyond the gate's rule, in words."""
    then = model.manifest.get("reference", {})
    found: dict[str, Any] = {
        "records": [_shift(each) for each in record_shifts(then, matrix)[:SHOWN]],
        "scores": round(shift(then[CHANCES], chance_of(scores)), 4) if CHANCES in then else None,
        "late": _late(store, tables, settings, as_of),
    }
    return {**found, "alarms": alarms(found, settings.gate["drift"])}


def drift_in_words(store: Path) -> str:
    """The current list's drift, in a few lines."""
    found = current_drift(store)
    lines = ["Records that moved furthest since the model was trained (PSI; a quarter is a shift):"]
    lines += [f"  {each['psi']:5.2f}  {each['phrase']}" for each in found["records"]]
    if found["scores"] is not None:
        lines.append(f"  {found['scores']:5.2f}  the chances given")
    lines += [
        "",
        _late_in_words(found["late"]),
        "",
        *(found["alarms"] or ["Nothing has moved beyond its limit."]),
    ]
    return "\n".join(lines)


def current_drift(store: Path) -> dict[str, Any]:
    """The drift read with the current list. Refused where there is no list, or it was made without."""
    run = runs.current(store)
    path = store / "runs" / str(run) / DRIFT
    if run is None or not path.exists():
        raise BadSettings("No list has its drift beside it yet. Run `handrail nightly` first.")
    return runs.read_json(path)


def draw_drift(store: Path, settings: Settings, to: Path) -> Path:
    """The picture of the current list's drift as a PNG file."""
    from models.judging.drawing import drift

    shifts = [Shift(**each) for each in current_drift(store)["records"]]
    return drift(shifts, float(settings.gate["drift"]["records_at_most"]), to)


def _late(
    store: Path, tables: Mapping[str, ir.Table], settings: Settings, as_of: str
) -> dict[str, Any] | None:
    """The latest earlier list whose window has closed, judged by what came after; None where there is none. The
    calendar is asked first: what came after each list of the last month is not worked out only to find it unclosed."""
    days = days_of(tables)
    for name, run in reversed(runs.runs_of(store)):
        scores = store / "runs" / name / "scores.parquet"
        if run["as_of"] >= as_of or run["gate"] != "passed" or not scores.exists():
            continue
        rows = pd.read_parquet(scores).sort_values(["school_id", "pupil_id"], ignore_index=True)
        if (days.numbers(rows.assign(as_of=as_of)) - days.numbers(rows)).min() < settings.horizon:
            continue
        found = outcomes(tables, rows, settings.horizon, settings.ladder, pd.Timestamp(as_of).date())
        if not found["closed"].all():
            continue
        listed = pd.read_parquet(store / "runs" / name / "watchlist.parquet")["pupil_id"]
        named = rows["pupil_id"].isin(listed).to_numpy()
        said = late_labels(rows, found[RANKED_BY].to_numpy(), named, settings.training.seed)
        return {"as_of": run["as_of"], "names": int(named.sum()), **{k: _plain(v) for k, v in said.items()}}
    return None


def _late_in_words(late: Mapping[str, Any] | None) -> str:
    if late is None or late["precision"][0] is None:
        return NOT_YET
    return (
        f"Of the {late['names']} pupils listed on {late['as_of']}, {late['precision'][0]:.0%} stepped up afterwards; "
        f"the chances given to everyone added up to {late['calibration'][0]:.2f} times the outcomes that followed."
    )


def _shift(each: Shift) -> dict[str, Any]:
    return {**each._asdict(), "psi": round(each.psi, 4)}


def _plain(said: Interval) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), 4) for value in said]
