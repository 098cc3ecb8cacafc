"""The ways a feature may be read: each is a frozen value that names the totals it needs and makes one column."""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from features.totals import last_name, total_name

Window = int | None


class Read:
    """How a feature is read: the totals, last days and states it needs, and its value from a row that holds them."""

    def totals(self) -> tuple[tuple[str, Window], ...]:
        """The (measure, window) totals the value is made from."""
        return ()

    def last(self) -> tuple[str, ...]:
        """The measures whose last day the value is made from."""
        return ()

    def states(self) -> tuple[str, ...]:
        """The columns of what was true on the day, and of days and suspensions told apart, that it is made from."""
        return ()

    def value(self, row: ir.Table) -> ir.Value:
        """The feature's value, a float, null where it cannot be said."""
        raise NotImplementedError


@dataclass(frozen=True)
class Total(Read):
    """How often something was counted in the last `window` open days (None: in the whole record)."""

    measure: str
    window: Window
    unit: float = 1.0

    def totals(self) -> tuple[tuple[str, Window], ...]:
        return ((self.measure, self.window),)

    def value(self, row: ir.Table) -> ir.Value:
        return row[total_name(self.measure, self.window)] / ibis.literal(self.unit)


@dataclass(frozen=True)
class Share(Read):
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

    def value(self, row: ir.Table) -> ir.Value:
        whole = row[total_name(self.out_of, self.window)] + self.least
        return row[total_name(self.measure, self.window)] / whole.nullif(0).cast("float64")


@dataclass(frozen=True)
class Change(Read):
    """The share in the last `recent` open days less the pupil's own share in the days before, back to `before`."""

    measure: str
    out_of: str
    recent: int
    before: int

    def totals(self) -> tuple[tuple[str, Window], ...]:
        return tuple((m, w) for m in (self.measure, self.out_of) for w in (self.recent, self.before))

    def value(self, row: ir.Table) -> ir.Value:
        part, whole = row[total_name(self.measure, self.recent)], row[total_name(self.out_of, self.recent)]
        earlier_part = row[total_name(self.measure, self.before)] - part
        earlier_whole = row[total_name(self.out_of, self.before)] - whole
        return part / whole.nullif(0).cast("float64") - earlier_part / earlier_whole.nullif(0).cast("float64")


@dataclass(frozen=True)
class Slope(Read):
    """The rise in a share for each `step` open days: the best straight line through its last three stretches of
    `step` days, each weighed by its possible sessions. Null where they all lie in one stretch."""

    measure: str
    out_of: str
    step: int

    def totals(self) -> tuple[tuple[str, Window], ...]:
        return tuple((m, self.step * back) for m in (self.measure, self.out_of) for back in (1, 2, 3))

    def value(self, row: ir.Table) -> ir.Value:
        part, part_by_place, _ = self._sums(row, self.measure)
        whole, whole_by_place, whole_by_square = self._sums(row, self.out_of)
        spread = whole * whole_by_square - whole_by_place * whole_by_place
        return (whole * part_by_place - whole_by_place * part) / spread.nullif(0).cast("float64")

    def _sums(self, row: ir.Table, measure: str) -> tuple[ir.Value, ir.Value, ir.Value]:
        """Over the three stretches: the plain sum, the sum by place (0 oldest, 2 latest), that by its square."""
        latest, two, all_three = (row[total_name(measure, self.step * back)] for back in (1, 2, 3))
        return all_three, two + latest, two + 3 * latest


@dataclass(frozen=True)
class Since(Read):
    """Open days since something last happened, at most `cap`; `cap` too where it never did."""

    measure: str
    cap: int

    def last(self) -> tuple[str, ...]:
        return (self.measure,)

    def value(self, row: ir.Table) -> ir.Value:
        return (
            ibis.least(row.now - row[last_name(self.measure)], self.cap).fill_null(self.cap).cast("float64")
        )


@dataclass(frozen=True)
class State(Read):
    """Something true of the pupil on the day, as known then."""

    column: str

    def states(self) -> tuple[str, ...]:
        return (self.column,)

    def value(self, row: ir.Table) -> ir.Value:
        return row[self.column].cast("float64")


@dataclass(frozen=True)
class Difference(Read):
    """One state less another; null where either is not recorded."""

    column: str
    before: str

    def states(self) -> tuple[str, ...]:
        return (self.column, self.before)

    def value(self, row: ir.Table) -> ir.Value:
        return row[self.column].cast("float64") - row[self.before].cast("float64")


@dataclass(frozen=True)
class StateShare(Read):
    """A count of days over another; with a `window`, over a total in it. Null where that is nothing."""

    column: str
    out_of: str
    window: int | None = None

    def totals(self) -> tuple[tuple[str, Window], ...]:
        return ((self.out_of, self.window),) if self.window else ()

    def states(self) -> tuple[str, ...]:
        return (self.column,) if self.window else (self.column, self.out_of)

    def value(self, row: ir.Table) -> ir.Value:
        whole = row[total_name(self.out_of, self.window) if self.window else self.out_of]
        return row[self.column] / whole.nullif(0).cast("float64")


@dataclass(frozen=True)
class Spell(Read):
    """The length in open days of the spell of absence that still lasts: 0 once a session has been attended on the
    spell's last day or since."""

    def last(self) -> tuple[str, ...]:
        return ("attended",)

    def states(self) -> tuple[str, ...]:
        return ("spell_began", "spell_last")

    def value(self, row: ir.Table) -> ir.Value:
        lasts = row[last_name("attended")].fill_null(-1) < row.spell_last
        return lasts.fill_null(False).ifelse(row.spell_last - row.spell_began + 1, 0).cast("float64")


@dataclass(frozen=True)
class Held(Read):
    """The highest step a pupil already stands on, from the totals of a year: each (level, measure, least) says that
    at least so many of a measure mean the level; 0 where none does.

    A pupil cannot newly reach a step they already hold, so the model must know it. It is no reason for concern.
    """

    steps: tuple[tuple[int, str, int], ...]
    window: int

    def totals(self) -> tuple[tuple[str, Window], ...]:
        return tuple((measure, self.window) for _, measure, _ in self.steps)

    def value(self, row: ir.Table) -> ir.Value:
        held = [
            (row[total_name(measure, self.window)] >= least).ifelse(level, 0)
            for level, measure, least in self.steps
        ]
        return ibis.greatest(*held).cast("float64")


@dataclass(frozen=True)
class AbsenceHeld(Read):
    """1 where persistent absence already holds (a tenth of possible sessions), 2 where severe (half), else 0, over a
    window with at least `least` possible sessions."""

    window: int
    least: int

    def totals(self) -> tuple[tuple[str, Window], ...]:
        return (("absent", self.window), ("possible", self.window))

    def value(self, row: ir.Table) -> ir.Value:
        absent, possible = (row[total_name(name, self.window)] for name in ("absent", "possible"))
        enough = possible >= self.least
        return ibis.cases(
            (enough & (2 * absent >= possible), 2), (enough & (10 * absent >= possible), 1), else_=0
        )


@dataclass(frozen=True)
class Around(Read):
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

    def states(self) -> tuple[str, ...]:
        return ("year",) if self.by_year else ()

    def value(self, row: ir.Table) -> ir.Value:
        return row[self.column]


@dataclass(frozen=True)
class Beyond(Around):
    """The pupil's own share less that of everyone around them, themselves included: schools record unlike one
    another, so what is much in one is little in the next."""

    def value(self, row: ir.Table) -> ir.Value:
        return Share(self.measure, self.out_of, self.window).value(row) - super().value(row)
