"""Charts that are rows of a table: intervals on one axis, and bars on one scale."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from reports.paper.charts import Bars, Interval, Intervals
from reports.paper.drawing import Drawing, Shape, line, round_steps, words
from reports.paper.saying import said
from reports.paper.values import TOO_FEW

AXIS_WIDE, ROW_TALL, EDGE = 430, 40, 30
TIMES = {0.125: "eighth", 0.25: "quarter", 0.5: "half", 1.0: "the same", 2.0: "2 times", 4.0: "4 times",
         8.0: "8 times"}  # fmt: skip
BAR_WIDE, ROOM = 500, 9
INKS = {0: "light", 1: "light", 2: "dark", 3: "dark", 4: "light", 5: "light", 6: "dark"}


@dataclass(frozen=True)
class Row:
    """One row: a name, its pupils, its figures in words, and its drawing where it has one."""

    name: str
    pupils: str
    figure: str
    between: str
    drawing: Drawing | None


@dataclass(frozen=True)
class Rows:
    """A chart's rows, and the axis above them."""

    axis: Drawing
    rows: tuple[Row, ...]
    left_out: tuple[str, ...]


def interval_rows(chart: Intervals) -> Rows:
    """A row for each interval that may be shown, and the names of those that may not."""
    ticks, at = _times_axis(chart) if chart.times else _plain_axis(chart)
    centre = 1.0 if chart.times else chart.centre
    grid = [line("grid", at(value), 0, at(value), ROW_TALL) for value, _ in ticks]
    if centre is not None:
        grid.append(line("same", at(centre), 0, at(centre), ROW_TALL))
    shown = [row for row in chart.rows if row.instead != TOO_FEW]
    heads = tuple(words("tick middle", at(value), 13, word) for value, word in ticks)
    axis = Drawing(AXIS_WIDE, 18, "Axis: " + ", ".join(word for _, word in ticks), heads)
    rows = tuple(_interval_row(row, chart.places, at, grid) for row in shown)
    return Rows(axis, rows, tuple(row.name for row in chart.rows if row.instead == TOO_FEW))


def _interval_row(row: Interval, places: int, at: Callable[[float], float], grid: list[Shape]) -> Row:
    shapes, between = list(grid), row.instead
    if row.middle is not None and row.low is not None and row.high is not None:
        between = f"between {said(row.low, places)} and {said(row.high, places)}"
        shapes.append(line("between", at(row.low), ROW_TALL / 2, at(row.high), ROW_TALL / 2))
    if row.middle is not None:
        shapes.append(Shape("circle", "at", {"cx": at(row.middle), "cy": ROW_TALL / 2, "r": 6}))
    figure = "" if row.middle is None else said(float(row.middle), places)
    drawing = Drawing(AXIS_WIDE, ROW_TALL, f"{row.name}: {figure} {between}", tuple(shapes))
    return Row(row.name, said(row.pupils), figure, between, drawing)


def _ends(chart: Intervals) -> list[float]:
    return [end for row in chart.rows for end in (row.low, row.middle, row.high) if end is not None]


def _times_axis(chart: Intervals) -> tuple[list[tuple[float, str]], Callable[[float], float]]:
    ends = [end for end in _ends(chart) if end > 0]
    low = max([tick for tick in TIMES if tick <= min([0.5, *ends])], default=min(TIMES))
    high = min([tick for tick in (*TIMES, 16.0) if tick >= max([2.0, *ends])], default=16.0)

    def at(ratio: float) -> float:
        share = math.log(min(max(ratio, low), high) / low) / math.log(high / low)
        return round(EDGE + share * (AXIS_WIDE - 2 * EDGE), 1)

    return [(tick, word) for tick, word in TIMES.items() if low <= tick <= high], at


def _plain_axis(chart: Intervals) -> tuple[list[tuple[float, str]], Callable[[float], float]]:
    ends = [*_ends(chart), *([chart.centre] if chart.centre is not None else [])] or [0.0, 1.0]
    low, high = min(ends), _most(chart, max(ends))
    room = max(high - low, 1e-6) * 0.08
    low, high = (0.0 if 0 <= low < 0.4 * high else low - room), high + room
    step = [*round_steps(high - low, 4), high - low][1]
    first = math.ceil(low / step - 1e-9)
    values = [round(step * place, 6) for place in range(first, int(high / step + 1e-9) + 1)]
    places = 0 if step >= 1 else 1 if step >= 0.1 else 2

    def at(value: float) -> float:
        return round(EDGE + (min(max(value, low), high) - low) / (high - low) * (AXIS_WIDE - 2 * EDGE), 1)

    ticks = [(value, said(float(value), places)) for value in values]
    if chart.centre is not None and chart.centre_word:
        ticks = [(value, chart.centre_word if value == chart.centre else word) for value, word in ticks]
    return ticks, at


def _most(chart: Intervals, most: float) -> float:
    """How far the axis must reach: one wide interval of many may run off it, so that the others can be read."""
    highs = sorted(row.high for row in chart.rows if row.high is not None)
    middles = [row.middle for row in chart.rows if row.middle is not None]
    return most if len(highs) < 6 else max(highs[int(len(highs) * 0.8)], *middles, chart.centre or 0.0)


def bar_rows(chart: Bars) -> Rows:
    """A row for each bar, split by its keys, the total written at its end."""
    most = max((sum(amounts) for _, amounts in chart.rows if amounts is not None), default=0.0)
    shown = tuple(_bar_row(name, amounts, most, chart) for name, amounts in chart.rows if amounts is not None)
    hidden = tuple(name for name, amounts in chart.rows if amounts is None)
    return Rows(Drawing(0, 0, "", ()), shown, hidden)


def _bar_row(name: str, amounts: tuple[float, ...], most: float, chart: Bars) -> Row:
    shapes, x = [], 0.0
    for place, amount in enumerate(amounts):
        wide = amount / most * BAR_WIDE if most else 0.0
        if wide:
            shapes.append(
                Shape(
                    "rect",
                    f"fill f{place}",
                    {"x": round(x, 1), "y": 1, "width": round(wide, 1), "height": 24},
                )
            )
        label = said(float(amount), chart.places)
        if len(amounts) > 1 and wide > ROOM * len(label) + 4:
            shapes.append(words(f"middle on-{INKS[place]}", round(x + wide / 2, 1), 17.5, label))
        x += wide
    total = said(float(sum(amounts)), chart.places)
    shapes.append(words("total", round(x + 8, 1), 18.5, total))
    each = ", ".join(
        f"{key.lower()} {said(float(amount), chart.places)}"
        for key, amount in zip(chart.keys, amounts, strict=True)
    )
    told = f"{name}: {total} in all. {each}" if len(amounts) > 1 else f"{name}: {total}"
    return Row(name, "", total, "", Drawing(570, 26, told, tuple(shapes)))
