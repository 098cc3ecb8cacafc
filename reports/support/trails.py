"""Each pupil's records along one line of open days, so that any stretch of days is counted by two searches."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd

from features.calendar import SchoolDays
from features.measures import ABSENT, LATE, UNAUTHORISED, codes_of
from models.rungs import SPAN
from reports.asked import Known

Codes = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
HUNDREDTHS = 100
LOST = codes_of("authorised", "unauthorised")  # code E among them: a suspension is learning lost
APPOINTMENT = "M"


@dataclass(frozen=True)
class Trail:
    """What was recorded: `places` (pupil's code and open day as one number, sorted) and the running `sums` of it."""

    places: Codes
    sums: Codes

    def between(self, codes: Codes, after: Codes, until: Codes) -> Reals:
        """How much each pupil code has on open days in (after, until]. Shape (n,)."""
        start = codes * SPAN
        upto = np.searchsorted(self.places, start + np.maximum(until, 0), "right")
        before = np.searchsorted(self.places, start + np.maximum(after, 0), "right")
        return np.asarray((self.sums[np.maximum(upto, before)] - self.sums[before]) / HUNDREDTHS)


def trails(known: Known, homes: pd.DataFrame, days: SchoolDays) -> dict[str, Trail]:
    """The trails of all who were ever on roll: incidents, serious, absent, unauthorised, late, lost, appointments,
    suspensions, removals, recognitions. `homes` has a row for each pupil code."""
    places = _days_held(days)
    who = ibis.memtable(homes[["pupil_id", "school_id"]].assign(home=np.arange(len(homes))))
    marks = known["attendance"].filter(known["attendance"].code.isin((*LOST, *LATE)))
    removed = known["removals"].mutate(sessions=known["removals"].sessions.fill_null(1.0))
    found: dict[str, Trail] = {}
    for rows, day, amounts in (
        (known["incidents"], "date", {"incidents": _each, "serious": lambda t: (t.severity >= 2).ifelse(1.0, 0.0)}),
        (marks, "date", {
            "absent": _marks(*ABSENT), "unauthorised": _marks(*UNAUTHORISED), "late": _marks(*LATE),
            "lost_marks": _marks(*LOST), "appointments": _marks(APPOINTMENT),
        }),
        (known["suspensions"], "start_date", {"suspensions": _each}),
        (removed, "date", {"removals": _each, "removed_sessions": lambda t: t.sessions}),
        (known["achievements"], "date", {"recognitions": _each}),
    ):  # fmt: skip
        found |= _trails(rows, day, amounts, who, places)
    return found


def trail_of(rows: ir.Table, homes: pd.DataFrame, days: SchoolDays) -> Trail:
    """The trail of rows (pupil_id, school_id, date), each counted once."""
    who = ibis.memtable(homes[["pupil_id", "school_id"]].assign(home=np.arange(len(homes))))
    return _trails(rows, "date", {"each": _each}, who, _days_held(days))["each"]


Amount = Callable[[ir.Table], ir.Value]


def _each(_: ir.Table) -> ir.Value:
    return ibis.literal(1.0)


def _marks(*codes: str) -> Amount:
    return lambda t: t.code.isin(codes).ifelse(1.0, 0.0)


def _trails(
    rows: ir.Table, day: str, amounts: Mapping[str, Amount], who: ir.Table, places: ir.Table
) -> dict[str, Trail]:
    """One trail for each amount; a row on a closed day counts on the next open one."""
    rows = rows.select(
        "pupil_id", "school_id", date=rows[day], **{n: amount(rows) for n, amount in amounts.items()}
    )
    placed = rows.join(who, ["pupil_id", "school_id"]).join(places, ["school_id", "date"])
    sums = {name: (placed[name].sum() * HUNDREDTHS).round().cast("int64") for name in amounts}
    daily = placed.group_by("home", "number").agg(**sums).to_pandas()
    line = daily["home"].to_numpy(dtype="int64") * SPAN + daily["number"].to_numpy(dtype="int64")
    order = np.argsort(line)
    return {name: _trail(line[order], daily[name].to_numpy(dtype="int64")[order]) for name in amounts}


def _trail(line: Codes, amounts: Codes) -> Trail:
    held = amounts != 0
    return Trail(line[held], np.concatenate([[0], np.cumsum(amounts[held])]))


def _days_held(days: SchoolDays) -> ir.Table:
    """Every date between a school's first and last open day with the number of that open day, or of the next."""
    parts = []
    for school, held in days.open_days.items():
        dates = np.arange(held[0], held[-1] + 1)
        parts.append(pd.DataFrame({"school_id": school, "date": dates.astype("datetime64[s]"),
                                   "number": np.searchsorted(held, dates, side="left") + 1}))  # fmt: skip
    places = ibis.memtable(pd.concat(parts, ignore_index=True))
    return places.mutate(date=places.date.cast("date"))
