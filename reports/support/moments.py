"""The moments that are compared: every start of support, and weeks of pupils who had not started.

A moment is a pupil at a school and the number of an open day there; what came before that day is the pupil's own
past, and the day itself is the first after. Each week's moments stand beside the starts of the same school and half
term, so that starts may be staggered over the year and nobody stands beside a later season.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.calendar import SchoolDays
from models.rungs import SPAN
from reports.asked import Asked, Known, frame
from reports.periods import HOLIDAY

BEFORE = 60  # open days on roll that a moment must have behind it
WEEK = 5
MOST = 240_000  # moments without support that are kept: more would change nothing but the time it takes
MOST_COUNTED = 10.0
NEVER = np.iinfo("int64").max // 2
Codes = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Moments:
    """`rows`: code, number, season (school and half term), start (the kind's place, -1 where none starts), as_of,
    closed (whether the term after is on record and in the dates asked for).

    `first`: the number of each pupil's first start of each kind (pupils × kinds; NEVER where none); `kinds` their
    names; `left_out`: starts of each kind without a term on record before and after; `share`: of all pupils, those
    whose weeks without support are kept.
    """

    rows: pd.DataFrame
    first: Codes
    kinds: tuple[str, ...]
    left_out: Codes
    share: float
    horizon: int

    def of(self, kind: int) -> npt.NDArray[np.bool_]:
        """Which moments stand in the comparison of a kind: its starts, and those of pupils not yet started."""
        begun = self.first[self.rows["code"].to_numpy(), kind]
        waiting = (self.rows["start"].to_numpy() < 0) & (begun >= self.rows["number"].to_numpy() + WEEK)
        return np.asarray(waiting | (self.rows["start"].to_numpy() == kind))

    def staying(self, kind: int, of: npt.NDArray[np.bool_], chance: Reals) -> Reals:
        """For how many each moment without support must count, so that those who began within the term may be left out.

        They began because of what their records showed, so to leave them out alone would leave the calmer. Those who
        did not begin count as one over their chance of not beginning, week by week, and for MOST_COUNTED at most.
        `chance` is that of beginning in the week, of the moments `of` the kind. 0 for those who began.
        """
        rows = self.rows[of]
        code, number = rows["code"].to_numpy(), rows["number"].to_numpy()
        chance = np.minimum(chance * self.share, 0.5)  # of all pupils, not only of those kept
        waits = np.where(rows["start"].to_numpy() < 0, np.log1p(-chance), 0.0)
        sums, line = np.concatenate([[0.0], np.cumsum(waits)]), code * SPAN + number
        until = np.searchsorted(line, line + self.horizon, "left")
        stays = self.first[code, kind] >= number + self.horizon
        counts = np.exp(sums[np.arange(len(rows)) + 1] - sums[until])
        return np.asarray(np.where(stays, np.minimum(counts, MOST_COUNTED), 0.0))


def moments(known: Known, asked: Asked, homes: pd.DataFrame, days: SchoolDays) -> Moments:
    """The moments of the records, or of the days from `asked.from_`, whose term after has closed."""
    starts = _starts(known, homes, days)
    kinds = tuple(sorted(starts["kind"].unique()))
    first = np.full((len(homes), len(kinds)), NEVER, dtype="int64")
    starts["place"] = pd.Categorical(starts["kind"], categories=list(kinds)).codes
    first[starts["code"], starts["place"]] = starts["number"]
    weeks = _weeks(homes, days)
    share = min(MOST / max(len(weeks), 1), 1.0)
    weeks = weeks[_drawn(weeks["code"].to_numpy(), share)]
    both = pd.concat([
        starts[["code", "number"]].assign(start=starts["place"].astype("int64")), weeks.assign(start=-1)
    ], ignore_index=True)  # fmt: skip
    both = both[_past(both, homes)].sort_values(["code", "number", "start"], ignore_index=True)
    rows = _placed(both.assign(closed=_closed(both, homes, days, asked)), homes, days)
    used = np.bincount(rows.loc[rows["closed"] & (rows["start"] >= 0), "start"], minlength=len(kinds))
    left_out = (first < NEVER).sum(axis=0) - used
    return Moments(rows, first, kinds, left_out, share, asked.settings.horizon)


def _starts(known: Known, homes: pd.DataFrame, days: SchoolDays) -> pd.DataFrame:
    """Each pupil's first start of each kind: code, kind, number."""
    rows = frame(known["support"], "pupil_id", "school_id", "kind", "start_date")
    rows = rows.merge(
        homes[["pupil_id", "school_id"]].assign(code=np.arange(len(homes))), on=["pupil_id", "school_id"]
    )
    rows = rows.sort_values(["code", "kind", "start_date"]).drop_duplicates(
        ["code", "kind"], ignore_index=True
    )
    number = np.zeros(len(rows), dtype="int64")
    for school, where in rows.groupby("school_id").indices.items():
        number[where] = days.next_number(str(school), rows["start_date"].iloc[where])
    return rows.assign(number=number)[["code", "kind", "number"]]


def _weeks(homes: pd.DataFrame, days: SchoolDays) -> pd.DataFrame:
    """Every pupil at the first open day of every week: code, number."""
    parts = []
    for school, where in homes.groupby("school_id").indices.items():
        held = days.open_days[str(school)]
        week = (held.astype("int64") + 3) // 7  # Mondays begin a week
        numbers = np.flatnonzero(np.r_[True, week[1:] != week[:-1]]) + 1
        own = homes.iloc[where]
        there = (own["joined"].to_numpy()[:, None] + BEFORE <= numbers) & (
            own["left"].to_numpy()[:, None] >= numbers
        )
        pupil, place = np.nonzero(there)
        parts.append(pd.DataFrame({"code": np.asarray(where)[pupil], "number": numbers[place]}))
    return (
        pd.concat(parts, ignore_index=True)
        if parts
        else pd.DataFrame({"code": [], "number": []}, dtype="int64")
    )


def _drawn(codes: Codes, share: float) -> npt.NDArray[np.bool_]:
    """Whether each pupil is among the share kept, by a hash: the same data, the same draw."""
    mixed = codes.astype("uint64") * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray((mixed ^ (mixed >> np.uint64(31))) / 2.0**64 < share)


def _past(rows: pd.DataFrame, homes: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether a moment has enough of the pupil's own past behind it."""
    code, number = rows["code"].to_numpy(), rows["number"].to_numpy()
    joined, left = (homes[name].to_numpy()[code] for name in ("joined", "left"))
    return np.asarray((number - BEFORE >= joined) & (number <= left))


def _closed(rows: pd.DataFrame, homes: pd.DataFrame, days: SchoolDays, asked: Asked) -> npt.NDArray[np.bool_]:
    """Whether the term after a moment is on record, and the moment lies in the dates asked for."""
    code, number = rows["code"].to_numpy(), rows["number"].to_numpy()
    closed = number + asked.settings.horizon - 1 <= homes["now"].to_numpy()[code]
    if asked.from_ is not None:
        first = {school: int(days.next_number(school, [asked.from_])[0]) for school in days.open_days}
        closed &= number >= homes["school_id"].map(first).to_numpy()[code]
    return np.asarray(closed)


def _placed(rows: pd.DataFrame, homes: pd.DataFrame, days: SchoolDays) -> pd.DataFrame:
    """The rows with their season and the date of the last open day before them."""
    school = homes["school_id"].to_numpy()[rows["code"]]
    season, as_of = np.zeros(len(rows), dtype="int64"), np.empty(len(rows), dtype="datetime64[D]")
    seasons = 0
    for each in sorted(days.open_days):
        held, where = days.open_days[each], np.flatnonzero(school == each)
        terms = np.cumsum(np.r_[0, np.diff(held).astype("int64") >= HOLIDAY])
        number = rows["number"].to_numpy()[where]
        season[where] = seasons + terms[number - 1]
        as_of[where] = held[np.maximum(number - 2, 0)]
        seasons += int(terms[-1]) + 1
    return rows.assign(season=season, as_of=as_of.astype("datetime64[s]"))
