"""Several small counters in one whole number, so that an engine sums a few columns where it would have summed many.

A sum of packed numbers is the packed sums, and a difference of two running sums is the packed difference, because no
counter ever runs backwards or outgrows its bits: a measure that adds one a row has room for two million rows of one
pupil, an amount (minutes, hundredths of a session) for two thousand million.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

COUNT_BITS, AMOUNT_BITS, COLUMN_BITS = 21, 31, 63


@dataclass(frozen=True)
class Place:
    """Where one measure lies: the packed column, and the bits in it."""

    column: str
    shift: int
    bits: int

    def of(self, packed: ir.Value) -> ir.Value:
        """The measure's own number, out of its packed column."""
        return (packed >> self.shift) & ((1 << self.bits) - 1)


@dataclass(frozen=True)
class Packing:
    """A place for each measure."""

    places: Mapping[str, Place]

    @property
    def columns(self) -> tuple[str, ...]:
        """The packed columns, in order."""
        return tuple(dict.fromkeys(place.column for place in self.places.values()))

    def packed(self, counts: Mapping[str, ir.Value]) -> dict[str, ir.Value]:
        """The packed columns of one row, from what it counts; the columns where it counts nothing are left out."""
        parts: dict[str, list[ir.Value]] = {}
        for measure, count in counts.items():
            place = self.places[measure]
            parts.setdefault(place.column, []).append(
                count.cast("int64") * ibis.literal(1 << place.shift, "int64")
            )
        return {column: sum(values[1:], values[0]) for column, values in parts.items()}

    def worth(self, codes: Mapping[str, Sequence[str]]) -> dict[str, dict[str, int]]:
        """What each code adds to each packed column, where these are the codes of which a measure counts one."""
        parts: dict[str, dict[str, int]] = {}
        for measure, own in codes.items():
            place = self.places[measure]
            for code in own:
                column = parts.setdefault(place.column, {})
                column[code] = column.get(code, 0) + (1 << place.shift)
        return parts

    def columns_of(self, measures: Iterable[str]) -> tuple[str, ...]:
        """The packed columns in which these measures lie."""
        return tuple(dict.fromkeys(self.places[measure].column for measure in measures))


def packing(measures: Sequence[str], amounts: Iterable[str], count_bits: int = COUNT_BITS) -> Packing:
    """Places for the measures, in order, each in the first column that has room."""
    used: list[int] = []
    places = {}
    for measure in measures:
        bits = AMOUNT_BITS if measure in amounts else count_bits
        column = next((n for n, taken in enumerate(used) if taken + bits <= COLUMN_BITS), len(used))
        if column == len(used):
            used.append(0)
        places[measure] = Place(f"packed_{column}", used[column], bits)
        used[column] += bits
    return Packing(places)
