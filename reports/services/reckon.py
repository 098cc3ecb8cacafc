"""The report reckoned from the tables as known on its day."""

import pandas as pd

from features.calendar import days_of
from reports.asked import Asked, Known, schools_of
from reports.disclosure import EVERYONE, Cell, rounded, suppressed, too_small
from reports.services.referrals import referrals
from reports.services.values import WEEKS, Part, Services, Wait
from reports.steps import climbs
from reports.survival import until
from reports.whole import whole

ALL = "all"
WEEK = 7.0
CURVE = tuple(range(2, 41, 2))  # weeks


def services(known: Known, asked: Asked) -> Services:
    """Waits from referral to start by service, and pupils rising while waiting."""
    schools, days = schools_of(known, asked), days_of(known)
    rows = referrals(known, asked, climbs(known, asked, days), days)
    both = pd.concat([rows, rows.assign(school_id=EVERYONE)], ignore_index=True)
    every, each = _waits(both.assign(service=ALL)), _waits(both)

    def part(school: str, name: str) -> Part:
        whole = every.get(school, ())
        return Part(school, name, whole[0] if whole else Wait(ALL, 0, 0, 0), each.get(school, ()))

    return whole(asked, schools, part)


def _waits(rows: pd.DataFrame) -> dict[str, tuple[Wait, ...]]:
    """The waits of each school and of all together, by service, where they may be shown."""
    cells: dict[Cell, pd.DataFrame] = {
        (str(school), str(service)): held
        for (school, service), held in rows.groupby(["school_id", "service"])
    }
    pupils = {cell: held["pupil_id"].nunique() for cell, held in cells.items()}
    hidden = suppressed(pupils, {cell for cell, count in pupils.items() if too_small(count, 0)})
    found: dict[str, list[Wait]] = {}
    for cell in sorted(cells):
        wait = Wait(cell[1]) if cell in hidden else _wait(cell[1], cells[cell])
        found.setdefault(cell[0], []).append(wait)
    return {school: tuple(held) for school, held in found.items()}


def _wait(service: str, rows: pd.DataFrame) -> Wait:
    found = until(
        rows["days"].to_numpy("float64"), rows["came"].to_numpy("bool"), rows["pupil_id"].to_numpy()
    )
    between = found.by_interval(WEEKS[-1] * WEEK)
    median = found.median()
    curve = tuple((float(week), still) for week in CURVE if (still := found.still(week * WEEK)) is not None)
    return Wait(
        service, rounded(len(rows)), rounded(found.pupils), rounded(int((~rows["came"]).sum())),
        None if median is None else median / WEEK, tuple(found.by(weeks * WEEK) for weeks in WEEKS),
        between[0] if between else None, between[1] if between else None, float(rows["rose"].mean()), curve,
    )  # fmt: skip
