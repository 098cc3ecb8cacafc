"""The ledger's sums: by school and over the trust, by half term and by year group."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from reports.disclosure import EVERYONE, Cell, suppressed, too_small
from reports.lost_learning.ledger import BESIDE, COLUMNS
from reports.lost_learning.records import PUPIL, possible_marks
from reports.lost_learning.values import HalfTerm, Totals, YearGroup, totals_from
from reports.periods import NOW, YEAR_AGO, Period
from reports.year_groups import in_order, one_name

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Sums:
    """Every sum the report is made of: (period, school or EVERYONE, year group, half term) → totals."""

    whole: Mapping[Key, Totals]
    half_terms: Mapping[Key, Totals]
    year_groups: Mapping[Key, Totals]
    year_half_terms: Mapping[Key, Totals]

    def of_half_terms(self, school: str) -> tuple[HalfTerm, ...]:
        """The half terms of the period itself, oldest first."""
        return _half_terms(self.half_terms, (NOW, school))

    def of_year_groups(self, school: str) -> tuple[YearGroup, ...]:
        """The year groups of the period itself, youngest first; those that may not be shown without totals."""
        now, before = (self._shown(period) for period in (NOW, YEAR_AGO))
        names = in_order(key[2] for key in self.year_groups if key[:2] == (NOW, school))
        return tuple(
            YearGroup(
                name, now.get((school, name)), before.get((school, name)),
                _half_terms(self.year_half_terms, (NOW, school, name)),
            )
            if (school, name) in now else YearGroup(name, None)
            for name in names
        )  # fmt: skip

    def _shown(self, period: str) -> dict[Cell, Totals]:
        cells = {key[1:]: totals for key, totals in self.year_groups.items() if key[0] == period}
        pupils = {cell: totals.pupils for cell, totals in cells.items()}
        hidden = suppressed(pupils, {cell for cell, count in pupils.items() if too_small(count, 0)})
        return {cell: totals for cell, totals in cells.items() if cell not in hidden}


def _half_terms(sums: Mapping[Key, Totals], start: Key) -> tuple[HalfTerm, ...]:
    found = {key[-1]: totals for key, totals in sums.items() if key[:-1] == start}
    return tuple(HalfTerm(name, found[name]) for name in sorted(found, key=_place))


def _place(half_term: str) -> tuple[str, int, str]:
    year, season, half = half_term.split(" ")
    return year, ("Autumn", "Spring", "Summer").index(season), half


def sums(rows: ir.Table, opened: Mapping[Key, int], unit: int) -> Sums:
    """All sums of a ledger that has year groups (see `with_year_groups`)."""

    def by(*also: str) -> dict[Key, Totals]:
        return {**_summed(rows, ("school_id", *also), unit), **_summed(rows, also, unit)}

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


def sessions_open(attendance: ir.Table, days: ir.Table) -> dict[Key, int]:
    """How many sessions each school held: (period, school) → those with a mark of a possible session."""
    marks = possible_marks(attendance).select("school_id", "date", "session").distinct()
    counted = (
        marks.join(days, ["school_id", "date"]).group_by("period", "school_id").agg(n=lambda t: t.count())
    )
    return {
        (row["period"], row["school_id"]): int(row["n"]) for row in counted.to_pandas().to_dict("records")
    }


def _summed(rows: ir.Table, by: tuple[str, ...], unit: int) -> dict[Key, Totals]:
    """Totals by period and more; where schools are summed over, the school of the key is EVERYONE."""
    table = rows.group_by("period", *by).agg(
        pupils=rows.pupil_id.nunique(), **{name: rows[name].sum() for name in ("possible", *COLUMNS, *BESIDE)}
    )
    found: dict[Key, Totals] = {}
    for row in table.to_pandas().to_dict("records"):
        key = (
            row["period"],
            row.get("school_id", EVERYONE),
            *(row[name] for name in by if name != "school_id"),
        )
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
