"""Which groups of pupils lost more than everyone else, school by school and over the trust."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd

from reports.characteristics import CHARACTERISTICS, NOT_RECORDED
from reports.disclosure import EVERYONE, Cell, rounded, suppressed, too_small
from reports.lost_learning.records import PUPIL
from reports.lost_learning.values import Group
from reports.periods import NOW
from reports.ratios import ratio


@dataclass(frozen=True)
class Cohort:
    """The pupils of one school, or of every school: what each lost, what was possible, and who they are."""

    lost: npt.NDArray[np.int64]
    possible: npt.NDArray[np.int64]
    groups: pd.DataFrame  # a column of codes for each characteristic
    names: dict[str, tuple[str, ...]]

    def inside(self, characteristic: str, group: str) -> npt.NDArray[np.bool_]:
        """Which of the pupils are in the group."""
        codes = self.groups[characteristic].to_numpy()
        return np.asarray(codes == self.names[characteristic].index(group))


def pupil_totals(ledger: ir.Table, columns: Sequence[str]) -> pd.DataFrame:
    """A row for each pupil and school of the period itself: possible sessions, and units lost in the columns."""
    rows = ledger.filter(ledger.period == NOW)
    lost = sum((rows[name] for name in columns[1:]), rows[columns[0]])
    totals = rows.group_by(*PUPIL).agg(possible=rows.possible.sum(), lost=lost.sum())
    in_order: pd.DataFrame = totals.order_by(*PUPIL).to_pandas()  # or sums would differ in their last digit
    return in_order


def groups_of(pupils: pd.DataFrame, people: pd.DataFrame, unit: int) -> dict[str, tuple[Group, ...]]:
    """The groups of each school and, under EVERYONE, of the trust; the same cells are left out whoever asks."""
    cohorts = dict(_cohorts(pupils, people))
    found = {
        characteristic: _of_characteristic(cohorts, characteristic, unit)
        for characteristic in CHARACTERISTICS
    }
    return {
        school: tuple(group for characteristic in CHARACTERISTICS for group in found[characteristic][school])
        for school in cohorts
    }


def _cohorts(pupils: pd.DataFrame, people: pd.DataFrame) -> Iterator[tuple[str, Cohort]]:
    rows = pupils.merge(people, on="pupil_id", how="left")
    coded, names = {}, {}
    for characteristic in CHARACTERISTICS:
        held = pd.Categorical(rows[characteristic].fillna(NOT_RECORDED))
        coded[characteristic], names[characteristic] = held.codes, tuple(map(str, held.categories))
    codes = pd.DataFrame(coded)
    lost, possible = rows["lost"].to_numpy("int64"), rows["possible"].to_numpy("int64")
    for school, where in rows.groupby("school_id").indices.items():
        yield str(school), Cohort(lost[where], possible[where], codes.iloc[where], names)
    number, first = pd.factorize(rows["pupil_id"])[0], ~rows["pupil_id"].duplicated()
    once = [np.bincount(number, weights=each).astype("int64") for each in (lost, possible)]
    yield EVERYONE, Cohort(once[0], once[1], codes[first], names)


def _of_characteristic(
    cohorts: dict[str, Cohort], characteristic: str, unit: int
) -> dict[str, tuple[Group, ...]]:
    pupils: dict[Cell, int] = {}
    touched: dict[Cell, int] = {}
    for school, cohort in cohorts.items():
        for group in cohort.names[characteristic]:
            inside = cohort.inside(characteristic, group)
            pupils[school, group] = int(inside.sum())
            touched[school, group] = int((cohort.lost[inside] > 0).sum())
    small = {cell for cell, count in pupils.items() if too_small(count, touched[cell])}
    hidden = suppressed(pupils, small, touched)
    return {
        school: tuple(
            Group(characteristic, group)
            if (school, group) in hidden
            else _group(cohort, characteristic, group, unit)
            for group in cohort.names[characteristic]
            if pupils[school, group]
        )
        for school, cohort in cohorts.items()
    }


def _group(cohort: Cohort, characteristic: str, group: str, unit: int) -> Group:
    inside = cohort.inside(characteristic, group)
    rate = cohort.lost[inside].sum() / (cohort.possible[inside].sum() * unit)
    return Group(
        characteristic, group, rounded(int(inside.sum())), float(rate),
        ratio(cohort.lost, cohort.possible * unit, inside),
    )  # fmt: skip
