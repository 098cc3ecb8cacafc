"""Each recorded incident of the period, and what the adults decided."""

import numpy as np
import pandas as pd

from configs.ladder import Ladder
from models.rungs import SCHOOL_LED
from reports.asked import Asked, Known, frame
from reports.periods import NOW, slots

OUT_ACTIONS = ("internal exclusion", "isolation", "removal", "suspension", "exclusion")
KEY = ["incident_id", "pupil_id"]
HOURS = ((0, "before 9"), (9, "9 to 10"), (10, "10 to 11"), (11, "11 to 12"), (12, "12 to 1"), (13, "1 to 2"),
         (14, "2 to 3"), (15, "after 3"))  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def incidents(known: Known, asked: Asked) -> pd.DataFrame:
    """A row for each pupil and incident: pupil_id, school_id, severity, reason, time, weekday, half_term, any, out.

    `any` (0 or 1): a sanction followed. `out`: internal exclusion or suspension, by its own record or the incident's
    action. Incidents without a severity cannot be compared and are left out.
    """
    period, table = asked.period, known["incidents"]
    table = table.filter(table.date.between(period.start, period.end), table.severity.notnull())
    rows = frame(table, *KEY, "school_id", "date", "category", "severity", "time", "action")
    action = rows["action"].fillna("").str.strip().str.lower()
    removed = (
        _led_to(rows, known, "removals") | _led_to(rows, known, "suspensions") | action.isin(OUT_ACTIONS)
    )
    sanctioned = removed | action.isin(_sanctions(asked.settings.ladder))
    return rows.assign(
        reason=rows["category"].fillna("not recorded"), time=_hours(rows["time"]),
        weekday=[WEEKDAYS[day] for day in rows["date"].dt.day_of_week], half_term=_half_terms(rows, known, asked),
        any=sanctioned.astype("int64"), out=removed.astype("int64"), severity=rows["severity"].astype("int64"),
    )[["pupil_id", "school_id", "severity", "reason", "time", "weekday", "half_term", "any", "out"]]  # fmt: skip


def _sanctions(ladder: Ladder) -> tuple[str, ...]:
    """The actions that are the ladder's first rung."""
    return ladder.rung(SCHOOL_LED, 1).incident_actions


def _led_to(rows: pd.DataFrame, known: Known, name: str) -> "pd.Series[bool]":
    table = known[name]
    led = frame(table.filter(table.incident_id.notnull()), *KEY)
    keys = pd.MultiIndex.from_frame(led)
    return pd.Series(pd.MultiIndex.from_frame(rows[KEY]).isin(keys), index=rows.index)


def _hours(times: "pd.Series[str]") -> list[str]:
    """The hour of each time of day, as a school would say it."""
    hours = times.fillna("").str.extract(r"^(\d{1,2}):")[0].astype("float64")
    starts = np.array([first for first, _ in HOURS])
    place = np.searchsorted(starts, hours.fillna(0).to_numpy(), side="right") - 1
    return [HOURS[at][1] if known else "not recorded" for at, known in zip(place, hours.notna(), strict=True)]


def _half_terms(rows: pd.DataFrame, known: Known, asked: Asked) -> list[str]:
    calendar = known["calendar"].select("school_id", "date").to_pandas()
    found = slots(calendar, sorted(set(rows["school_id"])), (asked.period,))
    names = {(row["school_id"], row["slot"]): row["half_term"] for row in found.held.to_dict("records")
             if row["period"] == NOW}  # fmt: skip
    edges = np.array(found.edges, dtype="datetime64[D]")
    place = np.searchsorted(edges, rows["date"].to_numpy(dtype="datetime64[D]"), side="right")
    return [
        names.get((school, slot), "") for school, slot in zip(rows["school_id"], place.tolist(), strict=True)
    ]
