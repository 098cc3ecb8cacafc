"""The ways a feature may be read: each is a frozen value that names the totals it needs and makes one column."""

from dataclasses import dataclass
from typing import Protocol

import ibis
import ibis.expr.types as ir

from features.totals import last_name, total_name

Window = int | None


class Read(Protocol):
    """How a feature is read: the totals and last days it needs, and its value from a row that holds them."""

    def totals(self) -> tuple[tuple[str, Window], ...]:
        """The (measure, window) totals the value is made from."""

    def last(self) -> tuple[str, ...]:
        """The measures whose last day the value is made from."""

    def value(self, row: ir.Table) -> ir.Value:
        """The feature's value, a float, null where it cannot be said."""


@dataclass(frozen=True)
class Total:
    """How often something was counted in the last `window` open days (None: in the whole record)."""

    measure: str
    window: Window
    unit: float = 1.0

    def totals(self) -> tuple[tuple[str, Window], ...]:
        return ((self.measure, self.window),)

    def last(self) -> tuple[str, ...]:
        return ()

    def value(self, row: ir.Table) -> ir.Value:
        return row[total_name(self.measure, self.window)] / ibis.literal(self.unit)


@dataclass(frozen=True)
class Share:
    """One total over another in the same window; null where the other is nothing.

    `least` is added to the denominator, so that little evidence is read as little: one incident in a joiner's
    first week is not a hundred in a hundred.
    """

    measure: str
    out_of: str
    window: Window
    least: int = 0

    def totals(self) -> tuple[tuple[str, Window], ...]:
        return ((self.measure, self.window), (self.out_of, self.window))

    def last(self) -> tuple[str, ...]:
        return ()

    def value(self, row: ir.Table) -> ir.Value:
        whole = row[total_name(self.out_of, self.window)] + self.least
        return row[total_name(self.measure, self.window)] / whole.nullif(0).cast("float64")


@dataclass(frozen=True)
class Change:
    """The share in the last `recent` open days less the pupil's own share in the days before, back to `before`."""

    measure: str
    out_of: str
    recent: int
    before: int

    def totals(self) -> tuple[tuple[str, Window], ...]:
        return tuple((m, w) for m in (self.measure, self.out_of) for w in (self.recent, self.before))

    def last(self) -> tuple[str, ...]:
        return ()

    def value(self, row: ir.Table) -> ir.Value:
        part, whole = row[total_name(self.measure, self.recent)], row[total_name(self.out_of, self.recent)]
        earlier_part = row[total_name(self.measure, self.before)] - part
        earlier_whole = row[total_name(self.out_of, self.before)] - whole
        return part / whole.nullif(0).cast("float64") - earlier_part / earlier_whole.nullif(0).cast("float64")


@dataclass(frozen=True)
class Since:
    """Open days since something last happened, at most `cap`; `cap` too where it never did."""

    measure: str
    cap: int

    def totals(self) -> tuple[tuple[str, Window], ...]:
        return ()

    def last(self) -> tuple[str, ...]:
        return (self.measure,)

    def value(self, row: ir.Table) -> ir.Value:
        return (
            ibis.least(row.now - row[last_name(self.measure)], self.cap).fill_null(self.cap).cast("float64")
        )


@dataclass(frozen=True)
class State:
    """Something true of the pupil on the day, as known then."""

    column: str

    def totals(self) -> tuple[tuple[str, Window], ...]:
        return ()

    def last(self) -> tuple[str, ...]:
        return ()

    def value(self, row: ir.Table) -> ir.Value:
        return row[self.column].cast("float64")


@dataclass(frozen=True)
class Difference:
    """One state less another; null where either is not recorded."""

    column: str
    before: str

    def totals(self) -> tuple[tuple[str, Window], ...]:
        return ()

    def last(self) -> tuple[str, ...]:
        return ()

    def value(self, row: ir.Table) -> ir.Value:
        return row[self.column].cast("float64") - row[self.before].cast("float64")


@dataclass(frozen=True)
class Held:
    """The highest step a pupil already stands on, from the totals of a year: each (level, measure, least) says that
    at least so many of a measure mean the level; 0 where none does.

    A pupil cannot newly reach a step they already hold, so the model must know it. It is no reason for concern.
    """

    steps: tuple[tuple[int, str, int], ...]
    window: int

    def totals(self) -> tuple[tuple[str, Window], ...]:
        return tuple((measure, self.window) for _, measure, _ in self.steps)

    def last(self) -> tuple[str, ...]:
        return ()

    def value(self, row: ir.Table) -> ir.Value:
        held = [
            (row[total_name(measure, self.window)] >= least).ifelse(level, 0)
            for level, measure, least in self.steps
        ]
        return ibis.greatest(*held).cast("float64")


@dataclass(frozen=True)
class AbsenceHeld:
    """1 where persistent absence already holds (a tenth of possible sessions), 2 where severe (half), else 0, over a
    window with at least `least` possible sessions."""

    window: int
    least: int

    def totals(self) -> tuple[tuple[str, Window], ...]:
        return (("absent", self.window), ("possible", self.window))

    def last(self) -> tuple[str, ...]:
        return ()

    def value(self, row: ir.Table) -> ir.Value:
        absent, possible = (row[total_name(name, self.window)] for name in ("absent", "possible"))
        enough = possible >= self.least
        return ibis.cases(
            (enough & (2 * absent >= possible), 2), (enough & (10 * absent >= possible), 1), else_=0
        )


@dataclass(frozen=True)
class Around:
    """The surroundings: a total over all pupils on roll in the same school (or its year group) that day, over
    another total of theirs. Says where a pupil is, never who they are."""

    measure: str
    out_of: str
    window: int
    by_year: bool = False

    @property
    def column(self) -> str:
        """The column that holds it."""
        return f"around_{self.measure}_{self.out_of}_{self.window}{'_year' if self.by_year else ''}"

    def totals(self) -> tuple[tuple[str, Window], ...]:
        return ((self.measure, self.window), (self.out_of, self.window))

    def last(self) -> tuple[str, ...]:
        return ()

    def value(self, row: ir.Table) -> ir.Value:
        return row[self.column]
