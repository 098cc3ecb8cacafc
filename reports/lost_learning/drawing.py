"""The numbers that the page's drawings are made of: bars of days lost, lines over half terms, ratios on a log axis."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.lost_learning.values import SCHOOL_LED, SELF_LED, Group, HalfTerm, Totals
from reports.lost_learning.wording import COLUMN_NAMES, group_name, whole

INK, WHITE = "#1b2427", "#ffffff"
FILLS = {
    "internal_exclusion": ("#26363c", WHITE), "suspension": ("#4f6369", WHITE), "off_site": ("#869a9f", INK),
    "lateness": ("#0b5a63", WHITE), "absence_authorised": ("#2b7f88", WHITE),
    "absence_unauthorised": ("#74b3b8", INK), "part_time_timetable": ("#bcdcdd", INK),
}  # fmt: skip
OUTLINE = "#5f9a9f"
BAR_WIDE, GAP, ROOM_FOR_A_LABEL = 500, 4, 9  # px; room is for each digit of a label
LINE_WIDE, LINE_TALL, LINE_EDGE = 150, 30, 5
AXIS_WIDE = 430
TICKS = {
    0.125: "eighth",
    0.25: "quarter",
    0.5: "half",
    1.0: "the same",
    2.0: "2 times",
    4.0: "4 times",
    8.0: "8 times",
}
BEYOND = 16.0
TOO_FEW = "Too few pupils to show"


@dataclass(frozen=True)
class Segment:
    """One column's part of a bar."""

    x: float
    width: float
    fill: str
    ink: str
    label: str
    outlined: bool


@dataclass(frozen=True)
class Bar:
    """One row of stacked bars, and its total in words."""

    segments: tuple[Segment, ...]
    end: float
    total: str
    words: str


def bar(amounts: dict[str, float], most: float) -> Bar:
    """A bar of some columns' amounts; `most` is the largest total of the chart, so that all share one scale."""
    segments, x, before = [], 0.0, None
    for column in (*SCHOOL_LED, *SELF_LED):
        if column not in amounts:
            continue
        led = column in SCHOOL_LED
        x += GAP if before is not None and before != led else 0
        before = led
        width = amounts[column] / most * BAR_WIDE if most else 0.0
        label = whole(amounts[column])
        fill, ink = FILLS[column]
        fits = width > ROOM_FOR_A_LABEL * len(label) + 4
        segments.append(Segment(round(x, 1), round(width, 1), fill, ink, label if fits else "",
                                column == "part_time_timetable"))  # fmt: skip
        x += width
    said = ", ".join(f"{COLUMN_NAMES[column].lower()} {whole(amount)}" for column, amount in amounts.items())
    return Bar(tuple(segments), round(x + 8, 1), whole(sum(amounts.values())), said)


def days(totals: Totals, columns: Sequence[str] = (*SCHOOL_LED, *SELF_LED)) -> dict[str, float]:
    """Days lost for every 100 pupils, in each of these columns."""
    return {column: totals.days_per_100(column) or 0.0 for column in columns}


def of_1000(totals: Totals) -> dict[str, float]:
    """Sessions lost of every 1,000 possible, in each column: what half terms of different lengths can share."""
    return {
        column: 1000 * totals.sessions(column) / totals.possible if totals.possible else 0.0
        for column in (*SCHOOL_LED, *SELF_LED)
    }


@dataclass(frozen=True)
class Line:
    """A line over half terms, its last point, and what it says."""

    points: str
    x: float
    y: float
    words: str


def line(half_terms: Sequence[HalfTerm], highest: float) -> Line | None:
    """A line of the share of sessions lost, from nothing to `highest`; None where there is only one half term."""
    rates = [half.totals.rate for half in half_terms if half.totals.rate is not None]
    if len(rates) < 2 or not highest:
        return None
    step = (LINE_WIDE - 2 * LINE_EDGE) / (len(rates) - 1)
    places = [
        (round(LINE_EDGE + step * number, 1), _height(rate, highest)) for number, rate in enumerate(rates)
    ]
    said = ", ".join(f"{1000 * rate:.0f}" for rate in rates)
    points = " ".join(f"{x:g},{y:g}" for x, y in places)
    return Line(points, *places[-1], f"Sessions lost of every 1,000, each half term since: {said}.")


def _height(rate: float, highest: float) -> float:
    return round(LINE_TALL - LINE_EDGE - (LINE_TALL - 2 * LINE_EDGE) * rate / highest, 1)


@dataclass(frozen=True)
class Whisker:
    """One group's row: its name, pupils and ratio in words, and where its mark and interval lie on the axis."""

    name: str
    pupils: str
    ratio: str
    between: str
    x: float | None = None
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True)
class Axis:
    """A log axis: where each tick lies, and its word."""

    ticks: tuple[tuple[float, str], ...]
    same: float


def axis_and_whiskers(groups: Sequence[Group]) -> tuple[Axis, tuple[Whisker, ...]]:
    """The rows of a chart of ratios, on an axis just wide enough for every interval."""
    ends = [end for group in groups for end in (group.ratio.low, group.ratio.high) if end]
    low = max(tick for tick in TICKS if tick <= max(min([0.5, *ends]), min(TICKS)))
    tops = [tick for tick in (*TICKS, BEYOND) if tick >= min(max([2.0, *ends]), BEYOND)]

    def at(ratio: float) -> float:
        share = math.log(min(max(ratio, low), tops[0]) / low) / math.log(tops[0] / low)
        return round(30 + share * (AXIS_WIDE - 60), 1)

    axis = Axis(tuple((at(tick), word) for tick, word in TICKS.items() if low <= tick <= tops[0]), at(1.0))
    return axis, tuple(_whisker(group, at) for group in groups)


def _whisker(group: Group, at: Callable[[float], float]) -> Whisker:
    name = group_name(group.characteristic, group.group)
    if group.pupils is None:
        return Whisker(name, "–", "", TOO_FEW)
    found, pupils = group.ratio, f"{group.pupils:,}"
    if not found.ratio or found.low is None or found.high is None:
        return Whisker(name, pupils, "", "Not enough lost to compare")
    between = f"between {found.low:.1f} and {found.high:.1f}"
    return Whisker(
        name, pupils, f"{found.ratio:.1f}", between, at(found.ratio), at(found.low), at(found.high)
    )
