"""What happened next: the outcomes of each pupil-date over the next H open days, or why they cannot be said.

Each outcome is 1.0, 0.0 or NaN. NaN is never a "no": the window has not closed, the pupil left for an ordinary
reason (censored), or too many marks are missing to read absence. The window opens the day after `as_of`.
"""

from collections.abc import Mapping
from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from configs.ladder import Ladder
from features.calendar import SchoolDays, days_of
from features.cohort import homes_of, numbered
from features.totals import Wanted, held, window_totals
from models.leaving import EXIT, NOT_YET_KNOWN, ORDINARY, leavings
from models.rungs import SCHOOL_LED, SELF_LED, Steps, between, steps
from sources.as_known import as_known
from sources.spells import spells

KEYS = ["pupil_id", "school_id", "as_of"]
EXITS = {SCHOOL_LED: (6, 7), SELF_LED: (6, 7)}
FROM_THE_START = -1


def levels(tables: Mapping[str, ir.Table], who: pd.DataFrame, as_of: date, ladder: Ladder) -> pd.DataFrame:
    """Each row's own highest level over the look-back, as known at `as_of`: level_school, level_self (0–7) and
    ever_school_3, whether anything at school-led level 3 or above is on record. `who` has pupil_id, school_id."""
    known = settled(tables, as_of)
    days = days_of(known)
    rows = who[["pupil_id", "school_id"]].assign(as_of=as_of)
    record = steps(known, rows[["pupil_id", "school_id"]].drop_duplicates(), days, ladder)
    now = days.numbers(rows)
    return _levels(record, rows, now, _absence_level(known, days, rows, now, ladder), ladder)


def outcomes(
    tables: Mapping[str, ir.Table], who: pd.DataFrame, horizon: int, ladder: Ladder, by: date,
    latest: date | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Labels for rows of (pupil_id, school_id, as_of), read from what was known by `by`.

    Returns, aligned with `who`: the keys, level_school, level_self, ever_school_3, window_end (the date of the H-th
    open day after `as_of`), closed (the window lies within the records), censored (left for an ordinary reason
    inside it), and escalation, suspension, severe_absence, exit and absence (persistent or severe absence that newly
    holds) as 1.0, 0.0 or NaN. A pupil who left at all inside the window has no severe_absence and no absence. `latest`
    is the last day of marks anywhere, where the tables hold some schools.
    """
    known = settled(tables, by)
    days = days_of(tables)
    rows = who[KEYS].reset_index(drop=True)
    homes = rows[["pupil_id", "school_id"]].drop_duplicates(ignore_index=True)
    record = steps(known, homes, days, ladder)
    now = days.numbers(rows)
    end = now + horizon
    closed = end <= rows["school_id"].map(_latest_number(known, days)).fillna(0).to_numpy()
    before = _levels(record, rows, now, _absence_level(known, days, rows, now, ladder), ladder)
    absence_after = _absence_level(known, days, rows, end, ladder)
    left = _left(known, days, ladder, rows, now, end, latest or latest_day(tables, by))
    codes = record.codes(rows)
    stepped = _entries(record, codes, before, now, end)
    suspended = record.any_at_least(codes, SCHOOL_LED, 3, now, end)
    exited = left["exit"].to_numpy() | _named_exit(record, codes, now, end)
    censored = left["ordinary"].to_numpy() & ~exited
    gap = _gaps(known, days, rows, now, end) > ladder.missing_marks
    unknown = ~closed | censored | (left["unknown"].to_numpy() & ~exited)
    gone = exited | unknown | gap
    persistent = absence_after >= 3
    persistent &= before["absence"].to_numpy() < 3
    severe = (absence_after >= 5) & (before["absence"].to_numpy() < 5)
    any_step = stepped | suspended | exited
    labels = {
        "escalation": _label(any_step | ((persistent | severe) & ~gone), unknown | (gap & ~any_step)),
        "suspension": _label(suspended, unknown),
        "severe_absence": _label(severe, gone),
        "exit": _label(exited, unknown),
        "absence": _label(persistent | severe, gone),
    }
    return pd.concat([rows, before.drop(columns="absence")], axis=1).assign(
        window_end=_dates_of(rows, days, end), closed=closed, censored=censored & closed, **labels
    )


def latest_day(tables: Mapping[str, ir.Table], by: date) -> date:
    """The last day of marks, of any school, known by one date."""
    marks = as_known(dict(tables), by)["attendance"]
    latest: date = pd.Timestamp(marks.date.max().to_pandas()).date()
    return latest


def settled(tables: Mapping[str, ir.Table], by: date) -> dict[str, ir.Table]:
    """The tables as known by one date, for reading what happened: every row counts from the day it happened."""
    return {
        name: table.mutate(known_on=ibis.date("1900-01-01"), known_until=ibis.null("date"))
        for name, table in as_known(dict(tables), by).items()
    }


def _label(happened: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    return np.where(unknown, np.nan, happened.astype("float64"))


def _dates_of(rows: pd.DataFrame, days: SchoolDays, numbers: np.ndarray) -> np.ndarray:
    """The date of each row's numbered open day; the last one held where the calendar does not reach so far."""
    dates = np.empty(len(rows), dtype="datetime64[D]")
    for school, where in rows.groupby("school_id", sort=False).indices.items():
        held = days.open_days[str(school)]
        dates[where] = held[np.clip(numbers[where], 1, len(held)) - 1]
    return dates


def _levels(
    record: Steps, rows: pd.DataFrame, now: np.ndarray, absence: np.ndarray, ladder: Ladder
) -> pd.DataFrame:
    codes, since = record.codes(rows), now - ladder.look_back
    return pd.DataFrame({
        "level_school": record.highest(codes, SCHOOL_LED, since, now),
        "level_self": np.maximum(record.highest(codes, SELF_LED, since, now), absence),
        "ever_school_3": record.any_at_least(codes, SCHOOL_LED, 3, np.full(len(now), FROM_THE_START), now),
        "absence": absence,
    })  # fmt: skip


def _entries(
    record: Steps, codes: np.ndarray, before: pd.DataFrame, now: np.ndarray, end: np.ndarray
) -> np.ndarray:
    """Whether each row entered a level of 2 or more above its own highest, on either ladder."""
    up = np.zeros(len(codes), dtype=bool)
    for ladder, own in ((SCHOOL_LED, "level_school"), (SELF_LED, "level_self")):
        highest = record.highest(codes, ladder, now, end)
        up |= (highest >= 2) & (highest > before[own].to_numpy())
    return up


def _named_exit(record: Steps, codes: np.ndarray, now: np.ndarray, end: np.ndarray) -> np.ndarray:
    found = [
        between(record.places[ladder, level], codes, now, end) > 0
        for ladder, exits in EXITS.items() for level in exits
    ]  # fmt: skip
    return np.asarray(np.logical_or.reduce(found))


def _left(
    known: Mapping[str, ir.Table], days: SchoolDays, ladder: Ladder, rows: pd.DataFrame,
    now: np.ndarray, end: np.ndarray, latest: date,
) -> pd.DataFrame:  # fmt: skip
    """Whether each row's pupil left inside the window, and how: columns exit, ordinary, unknown."""
    enrolments = known["enrolments"].to_pandas()
    enrolments = enrolments[enrolments["pupil_id"].isin(rows["pupil_id"].unique())]
    calendar = known["calendar"].select("school_id", "date").to_pandas()
    until = pd.Timestamp(latest).to_datetime64()
    ended = leavings(spells(enrolments, calendar), enrolments, days, ladder, until).rows
    both = rows[["pupil_id", "school_id"]].assign(place=np.arange(len(rows)), now=now, end=end)
    both = both.merge(ended[["pupil_id", "school_id", "number", "how"]], on=["pupil_id", "school_id"])
    both = both[(both["number"] >= both["now"]) & (both["number"] < both["end"])]
    where = np.arange(len(rows))
    return pd.DataFrame(
        {
            name: np.isin(where, both.loc[both["how"] == how, "place"])
            for name, how in (("exit", EXIT), ("ordinary", ORDINARY), ("unknown", NOT_YET_KNOWN))
        }
    )


def _latest_number(known: Mapping[str, ir.Table], days: SchoolDays) -> dict[str, int]:
    """The open-day number up to which each school's marks reach."""
    rows = known["attendance"].group_by("school_id").agg(latest=known["attendance"].date.max()).to_pandas()
    return {
        str(school): int(days.number(str(school), [latest])[0])
        for school, latest in zip(rows["school_id"], rows["latest"], strict=True)
        if str(school) in days.open_days
    }


def _absence_level(
    known: Mapping[str, ir.Table], days: SchoolDays, rows: pd.DataFrame, numbers: np.ndarray, ladder: Ladder
) -> np.ndarray:
    """5 where severe absence holds over the look-back that ends on each row's open day, 3 where persistent, else 0."""
    totals = _totals_at(known, days, rows, numbers, ladder.look_back, ("possible", "absent"))
    share = totals["absent"] / np.maximum(totals["possible"], 1)
    level = np.zeros(len(rows), dtype="int64")
    for rung in (ladder.rung(SELF_LED, 3), ladder.rung(SELF_LED, 5)):
        holds = (share >= (rung.share_of_sessions or 1.0)) & (totals["possible"] >= rung.least_possible)
        level[holds] = rung.level
    return np.asarray(level)


def _gaps(
    known: Mapping[str, ir.Table], days: SchoolDays, rows: pd.DataFrame, now: np.ndarray, end: np.ndarray
) -> np.ndarray:
    """The share of each row's window for which no mark was recorded."""
    marks = known["attendance"]
    sessions = marks.group_by("school_id").agg(sessions=marks.session.nunique()).to_pandas()
    a_day = (
        rows["school_id"].map(dict(zip(sessions["school_id"], sessions["sessions"], strict=True))).fillna(2)
    )
    window = int((end - now)[0]) if len(rows) else 1
    held = _totals_at(known, days, rows, end, window, ("marks",))["marks"]
    return np.asarray(1 - held / (window * a_day.to_numpy(dtype="float64")))


def _totals_at(
    known: Mapping[str, ir.Table], days: SchoolDays, rows: pd.DataFrame, numbers: np.ndarray, window: int,
    measures: tuple[str, ...],
) -> dict[str, np.ndarray]:  # fmt: skip
    """Totals of the window that ends on each row's open day: the same engine as the features, on settled rows."""
    dates = _dates_of(rows, days, numbers)
    asked = rows[["pupil_id", "school_id"]].assign(as_of=dates.astype("datetime64[s]"))
    wanted = Wanted(tuple((measure, window) for measure in measures), ())
    moments = [moment.date() for moment in pd.to_datetime(np.unique(dates))]
    spine = asked.drop_duplicates(ignore_index=True)
    spine = spine.assign(now=days.numbers(spine))
    cohort = numbered(held(spine), homes_of(held(spine)))
    totals = window_totals(known, cohort, days, moments, wanted).to_pandas()
    totals["as_of"] = pd.to_datetime(totals["as_of"]).astype("datetime64[s]")
    found = asked.merge(totals, on=["pupil_id", "school_id", "as_of"], how="left")
    return {measure: found[f"{measure}_{window}"].fillna(0).to_numpy(dtype="float64") for measure in measures}
