"""The report reckoned from the tables as known on its day."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pandas as pd

from features.calendar import days_of
from features.cohort import NOT_COUNTED
from reports.asked import Asked, Known, School, frame, schools_of
from reports.characteristics import NOT_RECORDED
from reports.disclosure import EVERYONE, FEWEST_PUPILS, Cell, rounded, suppressed, too_small
from reports.intake.people import communities, people
from reports.intake.values import CHARACTERISTICS, Comparison, Intake, Part, Turnover
from reports.limits import share_interval, share_limits
from reports.movements.exits import endings, inside
from reports.on_roll import OWN, on_roll_between

CHANCE = 0.05  # that any one of all comparisons lies outside its limits by chance alone
Community = Mapping[tuple[str, str], Mapping[str, float]]


def intake(known: Known, asked: Asked) -> Intake:
    """Each school's pupils on roll on `asked.as_of` beside its community: its area, else its authority."""
    schools, around, who = schools_of(known, asked), communities(known), people(known, asked)
    now = on_roll_between(known, asked.as_of, asked.as_of)[OWN].merge(who, on="pupil_id", how="left")
    areas = {school.school_id: _area(school, around) for school in schools.held}
    compared = _how_many(now, areas, around)
    comparisons = _comparisons(now, areas, around, compared)
    joined, left = _joined(known, asked), _left(known, asked)
    turnover = _turnover(now, joined.merge(who, on="pupil_id"), left.merge(who, on="pupil_id"))
    parts = (
        Part(
            school.school_id, school.name, areas[school.school_id], _size(now, school), _size(joined, school),
            _size(left, school),
            tuple(comparisons.get(school.school_id, ())), tuple(turnover.get(school.school_id, ())),
        )
        for school in schools.held
    )  # fmt: skip
    return Intake(asked.period, tuple(parts), schools.together, compared)


def _size(rows: pd.DataFrame, school: School) -> int:
    return int((rows["school_id"] == school.school_id).sum())


def _area(school: School, around: Community) -> str:
    held = {area for area, _ in around}
    return next((code for code in (school.area_code, school.la_code) if code and code in held), "")


def _recorded(rows: pd.DataFrame, characteristic: str) -> pd.DataFrame:
    """Those of whom it is known: the others are not in the denominator."""
    return rows[rows[characteristic].notna() & (rows[characteristic] != NOT_RECORDED)]


def _counts(rows: pd.DataFrame, characteristic: str) -> dict[Cell, int]:
    held = _recorded(rows, characteristic).groupby(["school_id", characteristic]).size()
    return {
        (str(row["school_id"]), str(row[characteristic])): int(row["count"])
        for row in held.rename("count").reset_index().to_dict("records")
    }


def _how_many(now: pd.DataFrame, areas: Mapping[str, str], around: Community) -> int:
    """How many comparisons are made in all: the limits allow for every one."""
    return sum(
        len(around.get((area, characteristic), {}))
        for school, area in areas.items() if (now["school_id"] == school).any()
        for characteristic in CHARACTERISTICS
    )  # fmt: skip


def _comparisons(
    now: pd.DataFrame, areas: Mapping[str, str], around: Community, compared: int
) -> dict[str, list[Comparison]]:
    found: dict[str, list[Comparison]] = {}
    for characteristic in CHARACTERISTICS:
        counts = _counts(now, characteristic)
        sizes = Counter({school: 0 for school, _ in counts})
        for (school, _), count in counts.items():
            sizes[school] += count
        known = {school: around.get((areas.get(school, ""), characteristic), {}) for school in sizes}
        counts |= {
            (school, group): 0 for school in sizes for group in known[school] if (school, group) not in counts
        }
        hidden = suppressed(_with_total(counts), _small(counts))
        for (school, group), count in sorted(counts.items()):
            share = known[school].get(group)
            each = Comparison(characteristic, group, community=share)
            if (school, group) not in hidden:
                each = _comparison(characteristic, group, count, sizes[school], share, compared)
            found.setdefault(school, []).append(each)
    return found


def _small(counts: Mapping[Cell, int]) -> set[Cell]:
    return {cell for cell, count in counts.items() if too_small(count, 0)}


def _with_total(counts: Mapping[Cell, int]) -> dict[Cell, int]:
    """The counts with those of all schools together, from which a lone hidden one could be had."""
    total: dict[Cell, int] = {}
    for (_, group), count in counts.items():
        total[EVERYONE, group] = total.get((EVERYONE, group), 0) + count
    return {**counts, **total}


def _comparison(
    characteristic: str, group: str, count: int, pupils: int, community: float | None, compared: int
) -> Comparison:
    """A share beside its community's, which is taken as known; the interval is exact, and so are the limits."""
    share = count / pupils
    if community is None:
        return Comparison(characteristic, group, rounded(count), share)
    low, high = share_interval(count, pupils)
    tail = CHANCE / max(compared, 1) / 2
    ends = share_limits(np.array([float(pupils)]), np.array([min(community, 1.0)]), tail)
    return Comparison(
        characteristic, group, rounded(count), share, community, share - community, low - community,
        high - community, float(ends[0][0]) / pupils, float(ends[1][0]) / pupils,
    )  # fmt: skip


def _joined(known: Known, asked: Asked) -> pd.DataFrame:
    """Pupils whose first enrolment at the school began in the period: pupil_id, school_id."""
    table = known["enrolments"]
    table = table.filter(table.status.isnull() | table.status.notin(NOT_COUNTED))
    rows = frame(table.group_by(OWN).agg(start_date=table.start_date.min()), *OWN, "start_date")
    return rows[inside(rows["start_date"], asked)][OWN]


def _left(known: Known, asked: Asked) -> pd.DataFrame:
    """Pupils whose time on roll ended early in the period, however it is explained: pupil_id, school_id."""
    ended = endings(known, asked, days_of(known))
    return ended[ended["early"] & inside(ended["date"], asked)][OWN].drop_duplicates()


def _turnover(now: pd.DataFrame, joined: pd.DataFrame, left: pd.DataFrame) -> dict[str, list[Turnover]]:
    back = pd.concat([now, left], ignore_index=True).drop_duplicates(OWN)
    found: dict[str, list[Turnover]] = {}
    for characteristic in CHARACTERISTICS:
        tables = [_counts(rows, characteristic) for rows in (joined, left, now, back)]
        hidden = [suppressed(_with_total(counts), _small(counts)) for counts in tables]
        hidden[3] |= _gives_leavers_away(tables[3], tables[1])
        for school, group in sorted(tables[3]):
            shares = [_share(counts, school, group, out) for counts, out in zip(tables, hidden, strict=True)]
            found.setdefault(school, []).append(Turnover(characteristic, group, *shares))
    return found


def _gives_leavers_away(back: Mapping[Cell, int], left: Mapping[Cell, int]) -> set[Cell]:
    """The cells whose share, had the leavers stayed, would say of one or two pupils that they left."""
    leavers = {cell: left.get(cell, 0) for cell in back}
    few = {cell for cell, count in leavers.items() if too_small(FEWEST_PUPILS, count)}
    return suppressed(back, few, leavers)


def _share(counts: Mapping[Cell, int], school: str, group: str, hidden: set[Cell]) -> float | None:
    """A group's share of a school's; None where it may not be shown, or there are too few to share out: of one
    leaver, that none had free meals would say that the leaver had them."""
    total = sum(count for (where, _), count in counts.items() if where == school)
    if total < FEWEST_PUPILS or (school, group) in hidden:
        return None
    return counts.get((school, group), 0) / total
