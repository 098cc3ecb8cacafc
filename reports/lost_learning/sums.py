"""The ledger's sums: by school and over the trust, by half term and by year group."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from reports.asked import frame
from reports.disclosure import EVERYONE, suppressed, too_small
from reports.lost_learning.ledger import BESIDE, COLUMNS
from reports.lost_learning.records import POSSIBLE, PUPIL, codes_of
from reports.lost_learning.values import HalfTerm, Totals, YearGroup, totals_from
from reports.periods import NOW, YEAR_AGO, Period
from reports.year_groups import in_order, one_name

Key = tuple[Any, ...]
AMOUNTS = ("possible", *COLUMNS, *BESIDE)


@dataclass(frozen=True)
class Sums:
    """Every sum the report is made of: (period, school or EVERYONE, year group, half term) → totals."""

    whole: Mapping[Key, Totals]
    half_terms: Mapping[Key, Totals]
    year_groups: Mapping[Key, Totals]
    year_half_terms: Mapping[Key, Totals]

    def of_half_terms(self, school: str) -> tuple[HalfTerm, ...]:
        """The half terms of the period itself, oldest first."""
        return self._half_terms.get((NOW, school), ())

    def of_year_groups(self, school: str) -> tuple[YearGroup, ...]:
        """The year groups of the period itself, youngest first; those that may not be shown without totals."""
        return tuple(
            YearGroup(
                name, self._shown[NOW, school, name], self._shown.get((YEAR_AGO, school, name)),
                self._half_terms[NOW, school, name],
            )
            if (NOW, school, name) in self._shown else YearGroup(name, None)
            for name in in_order(self._names.get((NOW, school), ()))
        )  # fmt: skip

    @cached_property
    def _names(self) -> dict[Key, list[str]]:
        return {start: list(held) for start, held in _by_start(self.year_groups).items()}

    @cached_property
    def _half_terms(self) -> dict[Key, tuple[HalfTerm, ...]]:
        found = _by_start({**self.half_terms, **self.year_half_terms})
        return {
            start: tuple(HalfTerm(name, held[name]) for name in sorted(held, key=_place))
            for start, held in found.items()
        }

    @cached_property
    def _shown(self) -> dict[Key, Totals]:
        hidden: set[Key] = set()
        for period in (NOW, YEAR_AGO):
            cells = {
                (key[1], key[2]): held.pupils for key, held in self.year_groups.items() if key[0] == period
            }
            small = {cell for cell, pupils in cells.items() if too_small(pupils, 0)}
            hidden |= {(period, *cell) for cell in suppressed(cells, small)}
        return {key: totals for key, totals in self.year_groups.items() if key not in hidden}


def _by_start(sums: Mapping[Key, Totals]) -> dict[Key, dict[str, Totals]]:
    """Sums by all of their key but its end, then by its end."""
    found: dict[Key, dict[str, Totals]] = {}
    for key, totals in sums.items():
        found.setdefault(key[:-1], {})[key[-1]] = totals
    return found


def _place(half_term: str) -> tuple[str, int, str]:
    year, season, half = half_term.split(" ")
    return year, ("Autumn", "Spring", "Summer").index(season), half


def sums(rows: ir.Table, opened: Mapping[Key, int], unit: int) -> Sums:
    """All sums of a ledger that has year groups (see `with_year_groups`)."""

    every = rows.group_by("period", "school_id", "year_group", "half_term")
    parts = every.agg(**{name: rows[name].sum() for name in AMOUNTS}).to_pandas()

    def by(*also: str) -> dict[Key, Totals]:
        return {**_summed(rows, parts, ("school_id", *also), unit), **_summed(rows, parts, also, unit)}

    return Sums(
        _with_children_out(by(), opened), by("half_term"), by("year_group"), by("year_group", "half_term")
    )


def with_year_groups(rows: ir.Table, enrolments: ir.Table, asked: tuple[Period, ...]) -> ir.Table:
    """The ledger with each pupil's year group in that period: of the latest enrolment there by its end."""
    ends = ibis.memtable(
        {"period": [period.name for period in asked], "until": [period.end for period in asked]}
    )
    stays = enrolments.cross_join(ends)
    stays = stays.filter(stays.start_date <= stays.until)
    latest = stays.group_by(*PUPIL, "period").agg(year_group=stays.year_group.argmax(stays.start_date))
    joined = rows.left_join(latest, [*PUPIL, "period"])
    return joined.select(*[rows[name] for name in rows.columns], year_group=one_name(joined.year_group))


def registers(attendance: ir.Table) -> pd.DataFrame:
    """A row for each school and day with any mark: school_id, date, and the sessions with a mark of a possible one."""
    possible = attendance.code.isin(codes_of(*POSSIBLE))
    days = attendance.group_by("school_id", "date").agg(sessions=attendance.session.nunique(where=possible))
    return frame(days, "school_id", "date", "sessions")


def sessions_open(held: pd.DataFrame, asked: tuple[Period, ...]) -> dict[Key, int]:
    """How many sessions each school held in each period: (period, school) → those of its registers."""
    return {
        (period.name, str(school)): int(sessions)
        for period in asked
        for school, sessions in _within(held, period).groupby("school_id")["sessions"].sum().items()
    }


def days_unheard(held: pd.DataFrame, calendar: pd.DataFrame, period: Period) -> dict[str, tuple[date, ...]]:
    """The open days of each school in the period on which it holds no mark at all: nothing is known of them."""
    open_days = _within(calendar, period).merge(held, on=["school_id", "date"], how="left")
    silent = open_days[open_days["sessions"].isna()].sort_values("date")
    return {str(school): tuple(days.dt.date) for school, days in silent.groupby("school_id")["date"]}


def _within(rows: pd.DataFrame, period: Period) -> pd.DataFrame:
    return rows[rows["date"].between(pd.Timestamp(period.start), pd.Timestamp(period.end))]


def _summed(rows: ir.Table, parts: pd.DataFrame, by: tuple[str, ...], unit: int) -> dict[Key, Totals]:
    """Totals by period and more; where schools are summed over, the school of the key is EVERYONE.

    `parts` are the ledger's amounts by all that may be summed over; only pupils must be counted anew, as one is in
    many half terms.
    """
    keys = ["period", *by]
    pupils = rows.group_by(*keys).agg(pupils=rows.who.nunique()).to_pandas()
    table = parts.groupby(keys)[list(AMOUNTS)].sum().reset_index().merge(pupils, on=keys)
    found: dict[Key, Totals] = {}
    for row in table.to_dict("records"):
        rest = (row[name] for name in by if name != "school_id")
        key = (row["period"], row.get("school_id", EVERYONE), *rest)
        found[key] = totals_from({str(name): value for name, value in row.items()}, unit)
    return found


def _with_children_out(whole: Mapping[Key, Totals], opened: Mapping[Key, int]) -> dict[Key, Totals]:
    """Children out at an average session of each school; over the trust, the sum of its schools."""
    out = {
        key: whole[key].lost_in_all / whole[key].unit / count for key, count in opened.items() if key in whole
    }
    for period in {period for period, _ in out}:
        out[period, EVERYONE] = sum(value for key, value in out.items() if key[0] == period)
    return {key: dataclasses.replace(totals, children_out=out.get(key)) for key, totals in whole.items()}
