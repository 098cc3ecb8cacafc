"""Charts as shapes: each drawing is a list of lines, rectangles, paths, circles and texts, placed and named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reports.paper.charts import Curves, Flow, Funnel, Limits
from reports.paper.saying import said

Number = float | str
LABEL_TALL = 15.0


@dataclass(frozen=True)
class Shape:
    """One shape: its SVG name, its class in the style sheet, its places, and its text."""

    kind: str
    style: str
    places: dict[str, Number]
    text: str = ""


@dataclass(frozen=True)
class Drawing:
    """A whole drawing, and what it says to those who cannot see it."""

    wide: int
    tall: int
    label: str
    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class Frame:
    """A pair of axes: the box inside which values are drawn, and what they run to."""

    left: float
    top: float
    wide: float
    tall: float
    across: float
    up: float

    def x(self, value: float) -> float:
        """Where a value lies across."""
        return round(self.left + self.wide * value / self.across, 1)

    def y(self, value: float) -> float:
        """Where a value lies up, never above the box."""
        return round(self.top + self.tall * (1 - min(value, self.up) / self.up), 1)

    def axes(
        self, across: Sequence[float], up: Sequence[float], name: str, places: int = 0
    ) -> Iterator[Shape]:
        """Grid lines with their numbers, and what runs across."""
        for value in up:
            yield line("grid", self.left, self.y(value), self.left + self.wide, self.y(value))
            yield words("tick end", self.left - 8, self.y(value) + 4, said(float(value), places))
        for value in across:
            yield words("tick middle", self.x(value), self.top + self.tall + 18, f"{value:,.0f}")
        yield words("tick middle", self.left + self.wide / 2, self.top + self.tall + 38, name)


def line(style: str, x1: float, y1: float, x2: float, y2: float) -> Shape:
    """A straight line."""
    return Shape("line", style, {"x1": x1, "y1": y1, "x2": x2, "y2": y2})


def words(style: str, x: float, y: float, text: str) -> Shape:
    """A text."""
    return Shape("text", style, {"x": x, "y": y}, text)


def path(style: str, points: Sequence[tuple[float, float]], close: bool = False) -> Shape:
    """A line through points, closed where it bounds an area."""
    places = " L".join(f"{x:g} {y:g}" for x, y in points)
    return Shape("path", style, {"d": f"M{places}{' Z' if close else ''}"})


def round_steps(most: float, about: int = 5) -> list[float]:
    """Round numbers from nought to the largest, about so many.

    >>> round_steps(23), round_steps(0.9)
    ([0.0, 5.0, 10.0, 15.0, 20.0], [0.0, 0.2, 0.4, 0.6, 0.8])
    """
    rough = most / about or 1.0
    unit: float = 10.0 ** (len(f"{rough:.0f}") - 1) if rough >= 1 else 0.1 if rough >= 0.1 else 0.01
    step = next((unit * times for times in (1, 2, 5, 10) if unit * times >= rough), unit * 10)
    return [round(step * place, 4) for place in range(int(most / step + 1e-9) + 1)]


def funnel(chart: Funnel) -> Drawing:
    """Schools against the limits that chance alone would keep to; those outside are named."""
    widest = max((point.size for point in chart.points), default=1.0) * 1.08
    least = min((point.size for point in chart.points), default=1.0)
    near = [limit.high_998 for limit in chart.limits if limit.size >= least]
    up = max([point.value for point in chart.points] + near[:1] + [chart.centre, 0.5]) * 1.12
    frame = Frame(46, 14, 520, 280, widest, up)
    held = [limit for limit in chart.limits if limit.size <= widest]
    shapes = [*frame.axes(round_steps(widest), round_steps(up), chart.size, 0 if up >= 5 else 1), *_limits(frame, held),
              line("same", frame.left, frame.y(chart.centre), frame.left + frame.wide, frame.y(chart.centre)),
              words("tick", frame.left + frame.wide + 8, frame.y(chart.centre) + 4, "All together")]  # fmt: skip
    for point in chart.points:
        x, y = frame.x(point.size), frame.y(point.value)
        shapes.append(Shape("circle", "at" if point.outside else "among", {"cx": x, "cy": y, "r": 6}))
        if point.outside:
            shapes.append(
                words(
                    "named middle" if x < frame.left + frame.wide - 60 else "named end", x, y - 12, point.name
                )
            )
    outside = [point.name for point in chart.points if point.outside]
    told = f"{len(chart.points)} schools. Outside the limits: {', '.join(outside) or 'none'}."
    return Drawing(680, 346, f"{chart.caption}. {told}", tuple(shapes))


def _limits(frame: Frame, limits: Sequence[Limits]) -> Iterator[Shape]:
    if not limits:
        return
    for style, low, high in (("wide-limit", "low_998", "high_998"), ("limit", "low_95", "high_95")):
        for name in (low, high):
            inside = [each for each in limits if getattr(each, name) <= frame.up]
            if inside:
                yield path(style, [(frame.x(each.size), frame.y(getattr(each, name))) for each in inside])
    last, right = limits[-1], frame.left + frame.wide + 8
    names = [(last.high_998, "998 in 1,000"), (last.high_95, "19 in 20")]
    tops = apart([frame.y(value) + 4 for value, _ in names])
    yield from (words("tick", right, top, name) for top, (_, name) in zip(tops, names, strict=True))


def apart(tops: Sequence[float], least: float = LABEL_TALL) -> list[float]:
    """Heights moved apart, in their order, so that no two labels lie over one another."""
    order = sorted(range(len(tops)), key=lambda place: tops[place])
    moved = list(tops)
    for before, after in pairwise(order):
        moved[after] = max(moved[after], moved[before] + least)
    return moved


def curves(chart: Curves) -> Drawing:
    """Falling steps, each named at its end."""
    frame = Frame(52, 14, 440, 270, max(chart.ticks), 1.0)
    shapes = [*frame.axes(chart.ticks, (0.0, 0.25, 0.5, 0.75, 1.0), chart.across, 2)]
    tops = apart([frame.y(curve.points[-1][1]) + 4 if curve.points else 0.0 for curve in chart.curves])
    for place, (curve, top) in enumerate(zip(chart.curves, tops, strict=True)):
        stairs = list(_stairs(frame, curve.points))
        shapes.append(path(f"curve c{place % 6}", stairs))
        shapes.append(words(f"curve-name c{place % 6}", stairs[-1][0] + 8, top, curve.name))
    said_all = "; ".join(
        f"{curve.name}: {curve.points[-1][1]:.2f} at the end" for curve in chart.curves if curve.points
    )
    return Drawing(760, 336, f"{chart.caption}. {said_all}.", tuple(shapes))


def _stairs(frame: Frame, points: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    before = 1.0
    yield frame.x(0), frame.y(1.0)
    for when, share in points:
        yield frame.x(when), frame.y(before)
        yield frame.x(when), frame.y(share)
        before = share


NODE, FLOW_TALL, FLOW_GAP, FLOW_LEFT, FLOW_RIGHT = 14.0, 380.0, 12.0, 230.0, 530.0


def flow(chart: Flow) -> Drawing:
    """Bands from each step to the next, as wide as the pupils in them; the highest step is at the top."""
    held = [(left, right, pupils) for left, right, pupils in chart.bands if pupils]
    total = sum(pupils for _, _, pupils in held)
    scale = (FLOW_TALL - FLOW_GAP * len(chart.steps)) / total if total else 0.0
    starts, ends = _stack(held, 0, len(chart.steps), scale), _stack(held, 1, len(chart.steps), scale)
    shapes = [
        words("tick", FLOW_LEFT - 8 - 200, 14, chart.before),
        words("tick", FLOW_RIGHT + NODE + 8, 14, chart.after),
    ]
    at = {0: dict(starts), 1: dict(ends)}
    for left, right, pupils in sorted(held, key=lambda band: (-band[0], -band[1])):
        style = "up" if right > left else "down" if right < left else "stayed"
        tall = pupils * scale
        shapes.append(_band(f"band {style}", at[0][left], at[1][right], tall))
        at[0][left] += tall
        at[1][right] += tall
    shapes += [*_nodes(chart, held, 0, starts, scale), *_nodes(chart, held, 1, ends, scale)]
    told = ", ".join(f"{chart.steps[left]} to {chart.steps[right]}: {pupils}" for left, right, pupils in held)
    return Drawing(760, int(FLOW_TALL) + 40, f"{chart.caption}. {told}.", tuple(shapes))


def _stack(held: Sequence[tuple[int, int, int]], side: int, steps: int, scale: float) -> dict[int, float]:
    """Where each step's bands begin, from the top."""
    tops, top = {}, 26.0
    for step in reversed(range(steps)):
        pupils = sum(band[2] for band in held if band[side] == step)
        tops[step] = top
        top += pupils * scale + (FLOW_GAP if pupils else 0)
    return tops


def _band(style: str, start: float, end: float, tall: float) -> Shape:
    left, right, middle = FLOW_LEFT + NODE, FLOW_RIGHT, (FLOW_LEFT + NODE + FLOW_RIGHT) / 2
    upper = f"M{left:g} {start:.1f} C{middle:g} {start:.1f} {middle:g} {end:.1f} {right:g} {end:.1f}"
    start, end = start + tall, end + tall
    lower = f"L{right:g} {end:.1f} C{middle:g} {end:.1f} {middle:g} {start:.1f} {left:g} {start:.1f} Z"
    return Shape("path", style, {"d": f"{upper} {lower}"})


def _nodes(
    chart: Flow, held: Sequence[tuple[int, int, int]], side: int, tops: dict[int, float], scale: float
) -> Iterator[Shape]:
    present = [step for step in tops if any(band[side] == step for band in held)]
    heights = {step: sum(band[2] for band in held if band[side] == step) * scale for step in present}
    middles = apart([tops[step] + heights[step] / 2 + 4 for step in present])
    for step, middle in zip(present, middles, strict=True):
        x = FLOW_LEFT if side == 0 else FLOW_RIGHT
        yield Shape(
            "rect",
            "node",
            {"x": x, "y": round(tops[step], 1), "width": NODE, "height": round(heights[step], 1)},
        )
        pupils = sum(band[2] for band in held if band[side] == step)
        name = f"{chart.steps[step]} {pupils:,}"
        yield (
            words("label end", x - 8, middle, name)
            if side == 0
            else words("label", x + NODE + 8, middle, name)
        )
