"""Steps on the ladder, read from dated records by the rules of `ladder.yaml`.

A step is one event: a pupil, a day (numbered in their own school's open days), a ladder and a level. Persistent
and severe absence are no events but shares of a year, read on two dates only (`models.outcomes`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from configs.ladder import LADDERS, Ladder, Rung
from features.calendar import SchoolDays
from features.facts import facts

SCHOOL_LED, SELF_LED = "school_led", "self_led"
SPAN = 1 << 32  # more open days than any school will have
STEP = ["pupil_id", "school_id", "date", "ladder", "level"]


@dataclass(frozen=True)
class Steps:
    """Every step of every pupil, placed in the calendar of each school they are or were on roll at.

    A step on a day when that school was closed counts on its next open day. Steps are held as sorted places on
    one line (pupil by pupil, open day by open day), so that counting between two days is two binary searches.
    """

    pupils: pd.MultiIndex
    places: dict[tuple[str, int], np.ndarray]

    def codes(self, who: pd.DataFrame) -> np.ndarray:
        """The pupil codes of rows with pupil_id and school_id: shape (n,)."""
        return self.pupils.get_indexer(pd.MultiIndex.from_frame(who[["pupil_id", "school_id"]]))

    def highest(self, codes: np.ndarray, ladder: str, after: np.ndarray, until: np.ndarray) -> np.ndarray:
        """Each row's highest level of the ladder on open days after `after` and up to `until`; 0 where none."""
        best = np.zeros(len(codes), dtype="int64")
        for level in range(1, 8):
            best[between(self.places[ladder, level], codes, after, until) > 0] = level
        return best

    def any_at_least(
        self, codes: np.ndarray, ladder: str, least: int, after: np.ndarray, until: np.ndarray
    ) -> np.ndarray:
        """Whether each row has a step of at least that level on open days after `after` and up to `until`."""
        found = [between(self.places[ladder, level], codes, after, until) > 0 for level in range(least, 8)]
        return np.asarray(np.logical_or.reduce(found))


def between(places: np.ndarray, codes: np.ndarray, after: np.ndarray, until: np.ndarray) -> np.ndarray:
    """How many places each pupil code has on open days in (after, until]: shape (n,)."""
    start = codes.astype("int64") * SPAN
    last = np.searchsorted(places, start + np.maximum(until, 0), "right")
    first = np.searchsorted(places, start + np.maximum(after, 0), "right")
    return np.where(codes < 0, 0, np.maximum(last - first, 0))


def place(events: pd.DataFrame, homes: pd.DataFrame, days: SchoolDays) -> pd.DataFrame:
    """Events (pupil_id, date, …) in the calendar of every school the pupil belongs to: adds school_id, number, and
    `code`, the row of `homes`."""
    coded = homes.assign(code=np.arange(len(homes)))
    placed = events.drop(columns="school_id", errors="ignore").merge(coded, on="pupil_id")
    numbers = np.zeros(len(placed), dtype="int64")
    for school, rows in placed.groupby("school_id", sort=False).indices.items():
        numbers[rows] = days.next_number(str(school), placed["date"].iloc[rows])
    return placed.assign(number=numbers)


def steps(tables: Mapping[str, ir.Table], homes: pd.DataFrame, days: SchoolDays, ladder: Ladder) -> Steps:
    """All steps that the tables show. `homes` (pupil_id, school_id, no others) says whose calendars are wanted."""
    dated = pd.concat([
        _incident_steps(tables, ladder), _removal_steps(tables), _suspension_steps(tables, ladder),
        _move_steps(tables, ladder), _mark_steps(tables, ladder.rung(SELF_LED, 4)),
    ])  # fmt: skip
    late = _repeated(_marks(tables, ladder.rung(SELF_LED, 1)), homes, days, ladder.rung(SELF_LED, 1))
    truant = _repeated(_truancies(tables, ladder.rung(SELF_LED, 2)), homes, days, ladder.rung(SELF_LED, 2))
    placed = pd.concat([place(dated, homes, days), late, truant])
    pupils = pd.MultiIndex.from_frame(homes[["pupil_id", "school_id"]])
    line = placed["code"].to_numpy(dtype="int64") * SPAN + placed["number"].to_numpy(dtype="int64")
    of = placed["ladder"].to_numpy(), placed["level"].to_numpy()
    return Steps(pupils, {
        (name, level): np.sort(line[(of[0] == name) & (of[1] == level)])
        for name in LADDERS for level in range(1, 8)
    })  # fmt: skip


def _as_steps(rows: pd.DataFrame, ladder: str, level: int) -> pd.DataFrame:
    return rows.assign(ladder=ladder, level=level)[STEP]


def _incident_steps(tables: Mapping[str, ir.Table], ladder: Ladder) -> pd.DataFrame:
    rule, rows = ladder.rung(SCHOOL_LED, 1), tables["incidents"]
    chosen = rows.action.lower().isin(rule.incident_actions).fill_null(False)
    if rule.incident_severity is not None:
        chosen = chosen | (rows.severity >= rule.incident_severity).fill_null(False)
    return _as_steps(_days_of(rows.filter(chosen)), SCHOOL_LED, 1)


def _removal_steps(tables: Mapping[str, ir.Table]) -> pd.DataFrame:
    return _as_steps(_days_of(tables["removals"]), SCHOOL_LED, 2)


def _suspension_steps(tables: Mapping[str, ir.Table], ladder: Ladder) -> pd.DataFrame:
    """Suspensions at level 3, or 4 when another lies within the days before; permanent exclusions at 7."""
    rows = tables["suspensions"].rename(date="start_date").select("pupil_id", "school_id", "date", "category")
    rows = rows.to_pandas().sort_values(["pupil_id", "date"], kind="stable")
    rows["date"] = pd.to_datetime(rows["date"])
    single = rows[rows["category"].isin(ladder.rung(SCHOOL_LED, 3).suspension_categories)]
    since = single.groupby("pupil_id")["date"].diff().dt.days
    repeat = (since <= ladder.repeat_within).to_numpy()
    permanent = rows[rows["category"].isin(ladder.rung(SCHOOL_LED, 7).suspension_categories)]
    return pd.concat([
        _as_steps(single[~repeat], SCHOOL_LED, 3), _as_steps(single[repeat], SCHOOL_LED, 4),
        _as_steps(permanent, SCHOOL_LED, 7),
    ])  # fmt: skip


def _move_steps(tables: Mapping[str, ir.Table], ladder: Ladder) -> pd.DataFrame:
    rows = (
        tables["moves"].rename(date="start_date").select("pupil_id", "school_id", "date", "kind").to_pandas()
    )
    parts = [
        _as_steps(rows[rows["kind"].isin(rung.move_kinds)], name, rung.level)
        for name, rungs in ((SCHOOL_LED, ladder.school_led), (SELF_LED, ladder.self_led))
        for rung in rungs
        if rung.move_kinds
    ]
    return pd.concat(parts)


def _marks(tables: Mapping[str, ir.Table], rule: Rung) -> pd.DataFrame:
    rows = tables["attendance"]
    return _days_of(rows.filter(rows.code.isin(rule.codes)))


def _days_of(rows: ir.Table) -> pd.DataFrame:
    """Whose rows they are and on which day."""
    frame: pd.DataFrame = rows.select("pupil_id", "school_id", "date").to_pandas()
    return frame


def _mark_steps(tables: Mapping[str, ir.Table], rule: Rung) -> pd.DataFrame:
    return _as_steps(_marks(tables, rule), SELF_LED, rule.level)


def _truancies(tables: Mapping[str, ir.Table], rule: Rung) -> pd.DataFrame:
    """Lessons missed while marked in school, and incidents recorded as truancy."""
    lessons = facts(dict(tables), "lessons")
    missed = lessons.filter(lessons.mark == "absent")
    incidents = tables["incidents"]
    named = incidents.filter(incidents.category.lower().isin(rule.incident_categories))
    return pd.concat([_days_of(missed), _days_of(named)])


def _repeated(events: pd.DataFrame, homes: pd.DataFrame, days: SchoolDays, rule: Rung) -> pd.DataFrame:
    """The days on which one more event made at least `rule.at_least` in the last `rule.in_open_days`."""
    placed = place(events, homes, days)
    codes = placed["code"].to_numpy(dtype="int64")
    numbers = placed["number"].to_numpy(dtype="int64")
    line = np.sort(codes * SPAN + numbers)
    enough = between(line, codes, numbers - rule.in_open_days, numbers) >= rule.at_least
    return placed[enough].assign(ladder=SELF_LED, level=rule.level)
