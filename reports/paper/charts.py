"""The charts a paper may hold, as numbers: how they are drawn is for `drawing`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    """One school in a funnel: its size, its value, and whether it lies outside the limits."""

    name: str
    size: float
    value: float
    outside: bool = False


@dataclass(frozen=True)
class Limits:
    """What chance alone would hold a school of one size within: 19 times in 20, and 998 in 1,000."""

    size: float
    low_95: float
    high_95: float
    low_998: float
    high_998: float


@dataclass(frozen=True)
class Funnel:
    """Schools by size against a value, with the limits that chance alone would keep to."""

    caption: str
    size: str
    unit: str
    centre: float
    points: tuple[Point, ...]
    limits: tuple[Limits, ...]


@dataclass(frozen=True)
class Interval:
    """A middle between two ends, 19 times in 20; None where it may not be said, with what is said instead."""

    name: str
    pupils: int | None
    middle: float | None
    low: float | None = None
    high: float | None = None
    instead: str = ""


@dataclass(frozen=True)
class Intervals:
    """Intervals on one axis about `centre`; `times` draws ratios, on a log axis about 1."""

    caption: str
    first: str
    unit: str
    rows: tuple[Interval, ...]
    centre: float | None = None
    centre_word: str = ""
    times: bool = False
    places: int = 1


@dataclass(frozen=True)
class Bars:
    """Amounts by row, each bar split by `keys`; all bars share one scale. None: the row may not be shown."""

    caption: str
    first: str
    unit: str
    keys: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float, ...] | None], ...]
    places: int = 1


@dataclass(frozen=True)
class Curve:
    """A curve that falls in steps: (open days after, share still without)."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Curves:
    """Curves on one pair of axes, from all at the start to none."""

    caption: str
    across: str
    unit: str
    curves: tuple[Curve, ...]
    ticks: tuple[float, ...]


@dataclass(frozen=True)
class Flow:
    """Where those of each step on the left stood on the right. `bands` are (left, right, pupils), None suppressed."""

    caption: str
    before: str
    after: str
    steps: tuple[str, ...]
    bands: tuple[tuple[int, int, int | None], ...]


@dataclass(frozen=True)
class Mark:
    """A difference at a day counted from an event, between two ends 19 times in 20; None where it cannot be said."""

    day: float
    middle: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Course:
    """Differences before and after an `event`, about nothing."""

    caption: str
    across: str
    unit: str
    marks: tuple[Mark, ...]
    event: str = "start"


Chart = Funnel | Intervals | Bars | Curves | Flow | Course
