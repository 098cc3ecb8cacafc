"""The rows of a canonical table as what each counts, at the pupil's home and in the slot of its day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir

from features.facts import DATED, facts
from features.measures import MEASURES
from features.packing import Packing, packing
from features.wanted import Wanted, last_name, total_name

ONE_A_ROW = ibis.dtype("int8")


@dataclass(frozen=True)
class Plan:
    """What is wanted, and where each measure lies in the packed columns."""

    wanted: Wanted
    packing: Packing


def plan(tables: Mapping[str, ir.Table], wanted: Wanted) -> Plan:
    """Places for every measure of which a total is wanted."""
    rows = {table: facts(dict(tables), table) for table in DATED if wanted.of_table(table)}
    amounts = [name for name in wanted.summed if _count(name, rows).type() != ONE_A_ROW]
    return Plan(wanted, packing(wanted.summed, amounts))


def _count(measure: str, rows: Mapping[str, ir.Table]) -> ir.Value:
    return MEASURES[measure].count(rows[MEASURES[measure].table])


def known(tables: Mapping[str, ir.Table], table: str, until: date) -> ir.Table:
    """The facts of one table that happened and were known by `until`."""
    rows = facts(dict(tables), table)
    return rows.filter(rows.date <= ibis.literal(until), rows.known_on <= ibis.literal(until))


def counted(rows: ir.Table, table: str, homes: ir.Table, slots: ir.Table, plan: Plan) -> ir.Table:
    """Facts of one table as what they count: home, slot, number, date, known_on, known_until, in_time, the packed
    columns and the last days that the table fills.

    A home is a pupil at a school where they are on roll. A pupil who moved school keeps their history: rows of the
    school before are placed in the calendar of the new one.
    """
    counts = plan.wanted.of_table(table)
    packed = _packed(rows, [name for name in counts if name in plan.packing.places], plan.packing)
    seen = {last_name(name): MEASURES[name].count(rows) > 0 for name in plan.wanted.last if name in counts}
    rows = rows.select("pupil_id", "date", "known_on", "known_until", **packed, **seen)
    rows = rows.join(homes, "pupil_id")
    rows = rows.left_join(slots, ["school_id", "date"])
    number = rows.number.fill_null(0)
    in_time = (ibis.greatest(rows.date, rows.known_on) <= rows.read_on) & rows.known_until.isnull()
    return rows.select(
        "home", "date", "known_on", "known_until", *packed,
        number=number, slot=rows.slot.fill_null(0),
        in_time=in_time.fill_null(False),
        **{name: rows[name].ifelse(number, ibis.null("int32")) for name in seen},
    )  # fmt: skip


def _packed(rows: ir.Table, measures: Sequence[str], packing: Packing) -> dict[str, ir.Value]:
    """The packed columns of each row. What its code counts for in all of them is looked up at once: asked of each
    measure in turn whether the code is one of its own, an engine takes longer over that than over the rest."""
    by_code = {name: MEASURES[name].codes for name in measures if MEASURES[name].codes}
    others = packing.packed({name: MEASURES[name].count(rows) for name in measures if name not in by_code})
    looked_up = {
        column: rows.code.cases(*worth.items(), else_=0).cast("int64")
        for column, worth in packing.worth(by_code).items()
    }
    return {
        column: reduce(add, (held[column] for held in (others, looked_up) if column in held))
        for column in packing.columns_of(measures)
    }


def packed_sums(plan: Plan) -> dict[str, tuple[str, int | None]]:
    """Each packed sum that is wanted, with its column and window."""
    return {
        total_name(column, window): (column, window)
        for window in plan.wanted.windows
        for column in plan.packing.columns_of(plan.wanted.of_window(window))
    }
