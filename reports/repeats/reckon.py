"""The report reckoned from the tables as known on its day."""

from collections.abc import Mapping

import pandas as pd

from features.calendar import SchoolDays, days_of
from reports.asked import Asked, Known, schools_of
from reports.characteristics import CHARACTERISTICS, NOT_RECORDED, characteristics
from reports.disclosure import EVERYONE, Cell, rounded
from reports.repeats.flows import flows
from reports.repeats.values import KINDS, Again, GroupAgain, Meetings, Part, Repeats
from reports.repeats.waits import as_until, by_school, returns, shown, waits, with_meetings
from reports.steps import climbs
from reports.survival import Until
from reports.whole import whole

SUSPENSION = "suspension"
MET, NOT_MET = "met", "not met"


def repeats(known: Known, asked: Asked) -> Repeats:
    """Time to the next step by school and group, reintegration meetings, returns, and the ladder as a flow."""
    schools, days = schools_of(known, asked), days_of(known)
    found = climbs(known, asked, days)
    rows = {kind.key: waits(found, days, asked, kind) for kind in KINDS}
    ids = [school.school_id for school in schools.held]
    again = {key: _of_schools(key, by_school(held, ids)) for key, held in rows.items()}
    away = _of_schools("return", by_school(returns(known, days, asked), ids))
    groups = _groups(rows[SUSPENSION], characteristics(known))
    met = _meetings(rows[SUSPENSION], known, days, ids)
    bands = flows(found)

    def part(school: str, name: str) -> Part:
        return Part(
            school, name, tuple(again[kind.key][school] for kind in KINDS), groups.get(school, ()), met[school],
            away[school], bands.get(school, ()),
        )  # fmt: skip

    return whole(asked, schools, part)


def _of_schools(key: str, held: Mapping[str, Until]) -> dict[str, Again]:
    """One kind of step, school by school: as the schools of one line, so that none is had from all together."""
    cells: dict[Cell, Until] = {(school, key): each for school, each in held.items()}
    return {cell[0]: each for cell, each in shown(key, cells).items()}


def _groups(rows: pd.DataFrame, people: pd.DataFrame) -> dict[str, tuple[GroupAgain, ...]]:
    """After suspensions, every group of each school and of all together."""
    named = rows.merge(people, on="pupil_id", how="left").fillna(dict.fromkeys(CHARACTERISTICS, NOT_RECORDED))
    both = pd.concat([named, named.assign(school_id=EVERYONE)], ignore_index=True)
    found: dict[str, list[GroupAgain]] = {}
    for characteristic in CHARACTERISTICS:
        cells: dict[Cell, Until] = {
            (str(school), str(group)): as_until(held)
            for (school, group), held in both.groupby(["school_id", characteristic])
        }
        for (school, group), each in sorted(shown(SUSPENSION, cells).items()):
            found.setdefault(school, []).append(GroupAgain(characteristic, group, each))
    return {school: tuple(held) for school, held in found.items()}


def _meetings(rows: pd.DataFrame, known: Known, days: SchoolDays, ids: list[str]) -> dict[str, Meetings]:
    """Reintegration meetings after suspensions, and what came after, with one and without."""
    told = with_meetings(rows, known, days)
    halves = {MET: told[told["met"]], NOT_MET: told[~told["met"]]}
    cells: dict[Cell, Until] = {
        (school, name): each for name, half in halves.items() for school, each in by_school(half, ids).items()
    }
    held, every = shown(SUSPENSION, cells), by_school(told, ids)
    totals = _of_schools(SUSPENSION, every)
    return {
        school: _meeting(
            totals[school], every[school], cells[school, MET], held[school, MET], held[school, NOT_MET]
        )
        for school in (*ids, EVERYONE)
    }


def _meeting(total: Again, every: Until, recorded: Until, met: Again, not_met: Again) -> Meetings:
    """Whether a meeting was recorded is the adults' doing, and is told wherever the suspensions may be."""
    if total.suppressed or not every.waits:
        return Meetings(None, None, None, met, not_met)
    return Meetings(rounded(every.waits), rounded(recorded.waits), recorded.waits / every.waits, met, not_met)
