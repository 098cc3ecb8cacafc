"""The rows of a canonical table as what each counts, at the pupil's home and in the slot of its day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

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
    counts = {name: MEASURES[name].count(rows) for name in plan.wanted.of_table(table)}
    packed = plan.packing.packed({name: counts[name] for name in counts if name in plan.packing.places})
    seen = {last_name(name): counts[name] > 0 for name in plan.wanted.last if name in counts}
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


def packed_sums(plan: Plan) -> dict[str, tuple[str, int | None]]:
    """Each packed sum that is wanted, with its column and window."""
    return {
        total_name(column, window): (column, window)
        for window in plan.wanted.windows
        for column in plan.packing.columns_of(plan.wanted.of_window(window))
    }
