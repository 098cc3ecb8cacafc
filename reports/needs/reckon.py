"""The report reckoned from the tables as known on its day."""

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.calendar import days_of
from reports.asked import Asked, Known, schools_of
from reports.disclosure import EVERYONE, Cell, rounded, suppressed, too_small
from reports.lost_learning.groups import pupil_totals
from reports.lost_learning.ledger import COLUMNS, ledger, units_of
from reports.lost_learning.records import held
from reports.needs.records import (
    first_known,
    first_suspended,
    needs_now,
    staff_trained,
    with_any_need,
)
from reports.needs.values import ANY, NO_NEED, PATTERNS, Late, Need, Needs, Part, Rising
from reports.periods import slots
from reports.ratios import ratio
from reports.repeats.values import TERM
from reports.steps import climbs
from reports.whole import whole

LEAST_STEP = 2
Trained = Mapping[tuple[str, str], int]


def needs(known: Known, asked: Asked) -> Needs:
    """Learning lost by need, needs first recorded after a suspension, and pupils rising with none on record."""
    schools = schools_of(known, asked)
    ids = [school.school_id for school in schools.held]
    lost = _lost(known, asked, ids)
    trained = staff_trained(known, asked)
    by_need = _by_need(
        lost, needs_now(known, lost["pupil_id"]), trained, units_of(asked.settings.session_minutes)
    )
    late, rising = _late(known), _rising(known, asked)

    def part(school: str, name: str) -> Part:
        return Part(school, name, by_need.get(school, ()), late.get(school, ()), rising.get(school, ()))

    return whole(asked, schools, part)


def _lost(known: Known, asked: Asked, ids: list[str]) -> pd.DataFrame:
    """A row for each pupil and school: possible sessions, and units lost in all columns of the ledger."""
    calendar = known["calendar"].select("school_id", "date").to_pandas()
    found = slots(calendar, ids, (asked.period,))
    return pupil_totals(held(ledger(dict(known), found, asked.settings.session_minutes)), COLUMNS)


def _by_need(
    lost: pd.DataFrame, now: pd.DataFrame, trained: Trained, unit: int
) -> dict[str, tuple[Need, ...]]:
    every = lost.groupby("pupil_id", as_index=False)[["possible", "lost"]].sum().assign(school_id=EVERYONE)
    both = pd.concat([lost, every], ignore_index=True)
    named = both[["pupil_id", "school_id", "lost"]].merge(now, on="pupil_id")
    cells = named.groupby(["school_id", "need"])["lost"].agg(
        pupils="size", touched=lambda lost: int((lost > 0).sum())
    )
    pupils: dict[Cell, int] = {}
    touched: dict[Cell, int] = {}
    for row in cells.reset_index().to_dict("records"):
        cell = (str(row["school_id"]), str(row["need"]))
        pupils[cell], touched[cell] = int(row["pupils"]), int(row["touched"])
    hidden = suppressed(
        pupils, {cell for cell, count in pupils.items() if too_small(count, touched[cell])}, touched
    )
    everyone = {need: sum(count for (_, of), count in trained.items() if of == need) for _, need in trained}
    whose = _members(both["pupil_id"], now)
    found: dict[str, list[Need]] = {}
    for school, place in both.groupby("school_id").indices.items():
        rows = both.iloc[place]
        for need in sorted(need for where, need in pupils if where == school):
            staff = everyone.get(need, 0) if school == EVERYONE else trained.get((str(school), need), 0)
            shown = (school, need) not in hidden
            made = _need(need, staff, rows, whose[need][place], unit) if shown else Need(need, staff)
            found.setdefault(str(school), []).append(made)
    return {school: tuple(sorted(rows, key=_order)) for school, rows in found.items()}


def _members(pupils: "pd.Series[str]", now: pd.DataFrame) -> dict[str, npt.NDArray[np.bool_]]:
    """Need → which of the rows are of pupils who have it."""
    codes, ids = pd.factorize(pupils)
    found = {}
    for need, rows in now.groupby("need"):
        member = np.zeros(len(ids), dtype="bool")
        member[ids.get_indexer(pd.Index(rows["pupil_id"]))] = True
        found[str(need)] = member[codes]
    return found


def _order(need: Need) -> tuple[float, str]:
    """Most days beyond first; those that may not be shown last."""
    return (-need.days_beyond if need.days_beyond is not None else np.inf, need.need)


def _need(need: str, staff: int, rows: pd.DataFrame, inside: np.ndarray, unit: int) -> Need:
    lost, possible = rows["lost"].to_numpy("int64"), rows["possible"].to_numpy("int64") * unit
    pupils = int(inside.sum())
    others = possible[~inside].sum()
    rate = lost[~inside].sum() / others if others else 0.0
    beyond = (lost[inside].sum() - rate * possible[inside].sum()) / unit / 2
    days = lost[inside].sum() / unit / 2
    to_five = None if need == NO_NEED else float(np.sign(beyond) * rounded(abs(beyond)))
    return Need(
        need, staff, rounded(pupils), float(days / pupils * 100), to_five, ratio(lost, possible, inside)
    )


def _late(known: Known) -> dict[str, tuple[Late, ...]]:
    """Of those ever suspended with a need on record, how many had none until after the first suspension: any need
    first, then each kind."""
    rows = first_suspended(known).merge(first_known(known), on="pupil_id")
    rows["after"] = rows["needed_on"] > rows["suspended_on"]
    every = rows.drop_duplicates(["pupil_id", "need"]).assign(school_id=EVERYONE)
    both = pd.concat([rows, every], ignore_index=True)
    found: dict[str, list[Late]] = {}
    for kinds in (both[both["need"] == ANY], both[both["need"] != ANY]):
        for school, late in _late_by_need(kinds):
            found.setdefault(school, []).append(late)
    return {school: tuple(held) for school, held in found.items()}


def _late_by_need(rows: pd.DataFrame) -> Iterator[tuple[str, Late]]:
    counts = rows.groupby(["school_id", "need"])["after"].agg(["size", "sum"]).reset_index()
    cells: dict[Cell, tuple[int, int]] = {
        (str(row["school_id"]), str(row["need"])): (int(row["size"]), int(row["sum"]))
        for row in counts.to_dict("records")
    }
    pupils = {cell: size for cell, (size, _) in cells.items()}
    late = {cell: after for cell, (_, after) in cells.items()}
    hidden = suppressed(pupils, {cell for cell, held in cells.items() if too_small(*held)}, late)
    for (school, need), (size, after) in sorted(cells.items()):
        shown = (school, need) not in hidden
        yield school, Late(need, rounded(size), rounded(after)) if shown else Late(need)


def _rising(known: Known, asked: Asked) -> dict[str, tuple[Rising, ...]]:
    """Pupils who rose a step, to level 2 or above, with no need of any kind on record."""
    found = climbs(known, asked, days_of(known))
    homes = found.homes
    codes, now = np.arange(len(homes)), homes["now"].to_numpy()
    there = (homes["joined"].to_numpy() <= now - TERM) & (homes["left"].to_numpy() >= now)
    there &= ~homes["pupil_id"].isin(with_any_need(known)).to_numpy()
    rose = {}
    for ladder in ("school_led", "self_led"):
        before = found.record.highest(codes, ladder, now - 2 * TERM, now - TERM)
        after = found.record.highest(codes, ladder, now - TERM, now)
        rose[ladder] = there & (after > before) & (after >= LEAST_STEP)
    both = rose["school_led"] & rose["self_led"]
    masks = {"school_led": rose["school_led"] & ~both, "self_led": rose["self_led"] & ~both, "both": both}
    cells: dict[Cell, int] = {}
    for pattern, mask in masks.items():
        for school, rows in homes.assign(rose=mask).groupby("school_id"):
            cells[str(school), pattern] = int(rows["rose"].sum())
        cells[EVERYONE, pattern] = int(mask.sum())
    hidden = suppressed(cells, {cell for cell, count in cells.items() if too_small(count, count)})
    return {
        school: tuple(
            Rising(pattern, None if (school, pattern) in hidden else rounded(cells[school, pattern]))
            for pattern in PATTERNS
        )
        for school in {school for school, _ in cells}
    }
