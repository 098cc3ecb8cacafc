"""A cohort in which what each kind of support does is known, made straight as canonical tables.

Strain moves week by week: it fades, is shaken, and is pushed by the support that runs. Incidents, absence and
suspensions follow strain. Support goes to those whose records show most lately, or to those under most strain.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from sources.tables import TABLES
from tests.small_tables import TYPES

FIRST = date(2023, 9, 4)
OPEN_WEEKS = tuple(
    52 * year + week for year in range(3) for week in (*range(7), *range(8, 15), *range(17, 23), *range(24, 29),
                                                       *range(31, 37), *range(38, 45))
)  # fmt: skip
KEEP, SEEN_KEEP = 0.93, 0.90
TERM = 12  # weeks


@dataclass(frozen=True)
class Kind:
    """One kind of support: its push on strain while it runs, how often it starts, and whom it follows."""

    name: str
    push: float
    weekly: float = 0.002
    on_records: float = 0.55
    on_strain: float = 0.0
    surge: float = 0.0  # strain that no record shows, risen in the week in which support starts
    weeks: int = 12


HELPS, NOTHING = Kind("mentoring", -1.6), Kind("report_card", 0.0)
UNSEEN = (
    Kind("mentoring", -1.0, on_records=0.0, on_strain=1.1, weekly=0.001),
    Kind("report_card", 0.0, on_records=0.0, on_strain=1.1, weekly=0.001),
)


@dataclass(frozen=True)
class Cohort:
    """The tables, the last day, and by kind the true mean change of incidents and sessions lost in a term."""

    tables: dict[str, ir.Table]
    as_of: date
    truth: Mapping[str, dict[str, float]]
    started: Mapping[str, int]


def cohort(
    seed: int, kinds: tuple[Kind, ...] = (HELPS, NOTHING), pupils: int = 1500, schools: int = 3, weeks: int = 76
) -> Cohort:  # fmt: skip
    """The cohort of one seed."""
    chance = np.random.default_rng(seed)
    level = chance.normal(0, 0.6, pupils)
    noise, seen = chance.normal(0, 1, pupils), np.zeros(pupils)
    helped = np.zeros((len(kinds), pupils))
    until, begun = np.full((len(kinds), pupils), -1), np.full((len(kinds), pupils), -1)
    missing: dict[str, list[np.ndarray]] = {name: [] for name in ("incidents", "sessions_lost")}
    counts: dict[str, list[np.ndarray]] = {name: [] for name in ("incidents", "absent", "suspended")}
    for week in range(weeks):
        for place, kind in enumerate(kinds):
            follows = kind.on_records * seen + kind.on_strain * (noise + helped.sum(0))
            rate = kind.weekly * np.exp(np.minimum(follows, 3.5))
            starts = (chance.random(pupils) < rate) & (begun[place] < 0) & (week > 0)
            begun[place][starts], until[place][starts] = week, week + kind.weeks
            noise = noise + kind.surge * starts
            helped[place] = KEEP * helped[place] + (1 - KEEP) * kind.push * (until[place] > week)
        strain = noise + helped.sum(0)
        incidents = chance.poisson(_incidents(level, strain))
        absent = chance.binomial(10, _absent(level, strain))
        suspended = chance.random(pupils) < 1 - np.exp(-0.06 * incidents)
        missing["incidents"].append(_incidents(level, strain) - _incidents(level, strain - helped))
        missing["sessions_lost"].append(10 * (_absent(level, strain) - _absent(level, strain - helped)))
        for name, held in (("incidents", incidents), ("absent", absent), ("suspended", suspended)):
            counts[name].append(held)
        seen = SEEN_KEEP * seen + incidents + 2 * suspended
        noise = KEEP * noise + chance.normal(0, np.sqrt(1 - KEEP**2), pupils)
    truth = {
        kind.name: {
            name: _over_a_term(np.stack(held)[:, place], begun[place], weeks)
            for name, held in missing.items()
        }
        for place, kind in enumerate(kinds)
    }
    tables = _tables(chance, {name: np.stack(held) for name, held in counts.items()}, kinds, begun, schools)
    started = {kind.name: int((begun[place] >= 0).sum()) for place, kind in enumerate(kinds)}
    return Cohort(tables, _day(weeks - 1, 4), truth, started)


def _incidents(level: np.ndarray, strain: np.ndarray) -> np.ndarray:
    return np.asarray(np.minimum(0.16 * np.exp(0.6 * strain + 0.8 * level), 4.0))


def _absent(level: np.ndarray, strain: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(2.9 - 0.45 * strain - 0.5 * level)))


def _over_a_term(changes: np.ndarray, begun: np.ndarray, weeks: int) -> float:
    """The mean change over the twelve weeks from the start, of those with twelve weeks before and after it."""
    who = np.flatnonzero((begun >= TERM) & (begun + TERM <= weeks))
    return float(np.mean([changes[begun[one] : begun[one] + TERM, one].sum() for one in who]))


def _day(week: int, weekday: int) -> date:
    return FIRST + timedelta(days=7 * OPEN_WEEKS[week] + weekday)


def _tables(
    chance: np.random.Generator, counts: dict[str, np.ndarray], kinds: tuple[Kind, ...], begun: np.ndarray, schools: int
) -> dict[str, ir.Table]:  # fmt: skip
    weeks, pupils = counts["incidents"].shape
    days = np.array([[_day(week, day) for day in range(5)] for week in range(weeks)], dtype="datetime64[s]")
    names = np.array([f"p{number:06d}" for number in range(pupils)])
    school = np.array([f"s{number % schools}" for number in range(pupils)])
    roll = pd.DataFrame({"pupil_id": names, "school_id": school})

    def events(each: np.ndarray) -> pd.DataFrame:
        week, pupil = (np.repeat(place, each[np.nonzero(each)]) for place in np.nonzero(each))
        return roll.iloc[pupil].assign(week=week, date=days[week, chance.integers(0, 5, len(week))])

    incidents = events(counts["incidents"])
    rows: dict[str, pd.DataFrame] = {
        "schools": pd.DataFrame({"school_id": sorted(set(school)), "name": sorted(set(school)), "phase": "secondary",
                                 "la_code": "801"}),
        "calendar": pd.DataFrame([(one, day) for one in sorted(set(school)) for day in days.ravel()],
                                 columns=["school_id", "date"]),
        "pupils": pd.DataFrame({"pupil_id": names}),
        "enrolments": roll.assign(start_date=days[0, 0], status="C",
                                  year_group=[str(7 + n % 5) for n in range(pupils)]),
        "attendance": _marks(chance, counts["absent"], roll, days),
        "incidents": incidents.assign(incident_id=[f"i{n}" for n in range(len(incidents))], category="disruption",
                                      severity=1),
        "suspensions": events(counts["suspended"].astype(int)).rename(columns={"date": "start_date"})
            .drop_duplicates(["pupil_id", "start_date"]).assign(category="SUSP", sessions=2.0),
        "support": pd.concat([
            roll.iloc[who].assign(kind=kind.name, start_date=days[begun[place][who], 0],
                                  end_date=days[np.minimum(begun[place][who] + kind.weeks - 1, weeks - 1), 4])
            for place, kind in enumerate(kinds) for who in [np.flatnonzero(begun[place] >= 0)]
        ]),
    }  # fmt: skip
    held = ibis.duckdb.connect(threads=1)
    return {name: _table(held, name, rows.get(name, pd.DataFrame())) for name in TABLES}


def _marks(
    chance: np.random.Generator, absent: np.ndarray, roll: pd.DataFrame, days: np.ndarray
) -> pd.DataFrame:
    weeks, pupils = absent.shape
    order = chance.random((weeks, pupils, 10)).argsort(axis=2)
    missed = (order < absent[:, :, None]).ravel().astype(int)
    week, pupil, place = (axis.ravel() for axis in np.indices((weeks, pupils, 10)))
    who = roll.iloc[pupil].reset_index(drop=True)
    return who.assign(
        date=days[week, place // 2], session=pd.Series(["AM", "PM"]).take(place % 2).to_numpy(),
        code=pd.Series(["/", "O"]).take(missed).to_numpy(),
    )  # fmt: skip


def _table(held: Any, name: str, frame: pd.DataFrame) -> ir.Table:
    table = TABLES[name]
    schema = {column.name: TYPES[column.kind] for column in table.columns}
    schema.update(known_on="date", known_until="date")
    frame = frame.reindex(columns=list(schema)).assign(
        known_on=frame[table.happened] if table.happened and len(frame) else pd.Timestamp("1900-01-01")
    )
    for column, kind in schema.items():
        if kind == "date":
            frame[column] = pd.to_datetime(frame[column]).astype("datetime64[s]")
    held.create_table(name, schema=ibis.schema(schema))
    if len(frame):
        held.insert(name, ibis.memtable(frame).cast(schema))
    return held.table(name)
