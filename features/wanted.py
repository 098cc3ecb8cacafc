"""What a catalogue asks the engine for: totals of measures over windows, and last days; and their columns' names."""

from dataclasses import dataclass

from features.measures import MEASURES


@dataclass(frozen=True)
class Wanted:
    """Which totals to make: (measure, window) pairs, a window of None being the whole record, and the measures
    whose last day is wanted."""

    totals: tuple[tuple[str, int | None], ...]
    last: tuple[str, ...]

    @property
    def measures(self) -> tuple[str, ...]:
        """Every measure that is counted, in the order of the catalogue of measures."""
        used = {measure for measure, _ in self.totals} | set(self.last)
        return tuple(name for name in MEASURES if name in used)

    @property
    def summed(self) -> tuple[str, ...]:
        """The measures of which a total is wanted, in the order of the catalogue of measures."""
        used = {measure for measure, _ in self.totals}
        return tuple(name for name in MEASURES if name in used)

    @property
    def windows(self) -> tuple[int | None, ...]:
        """The windows of the totals, the whole record last."""
        asked = {window for _, window in self.totals}
        ever: tuple[None, ...] = (None,) if None in asked else ()
        return (*sorted(window for window in asked if window is not None), *ever)

    def of_table(self, table: str) -> tuple[str, ...]:
        """The measures read from one canonical table."""
        return tuple(name for name in self.measures if MEASURES[name].table == table)

    def of_window(self, window: int | None) -> tuple[str, ...]:
        """The measures of which a total over this window is wanted."""
        return tuple(measure for measure, asked in self.totals if asked == window)


def total_name(measure: str, window: int | None) -> str:
    """The column of a total: `absent_20`, or `absent_ever` over the whole record."""
    return f"{measure}_{'ever' if window is None else window}"


def last_name(measure: str) -> str:
    """The column of the number of the last open day on which a measure was counted."""
    return f"{measure}_last"
