"""The course before and after an event, drawn: each stretch's difference with its interval, about nothing."""

from collections.abc import Callable, Sequence

from reports.paper.charts import Course, Mark
from reports.paper.drawing import Drawing, Shape, line, round_steps, words
from reports.paper.saying import said

At = Callable[[float], float]
DAYS = (-60, -30, 30, 60), (-20, -10, 10, 20)
LEFT, TOP, WIDE, TALL = 60.0, 16.0, 560.0, 200.0


def course(chart: Course) -> Drawing:
    """The whole drawing; what it shows is also said."""
    held = [mark for mark in chart.marks if mark.middle is not None]
    far = max([abs(mark.day) for mark in chart.marks] + [1.0]) * 1.1
    ends = [end for mark in held for end in (mark.middle, mark.low, mark.high) if end is not None]
    most = max([abs(end) for end in ends] + [0.1]) * 1.1

    def x(day: float) -> float:
        return round(LEFT + WIDE * (day + far) / (2 * far), 1)

    def y(value: float) -> float:
        return round(TOP + TALL * (most - value) / (2 * most), 1)

    shapes = [
        *_ticks(round_steps(most, 2), y),
        line("same", x(0), TOP, x(0), TOP + TALL), words("tick middle", x(0), TOP + TALL + 18, chart.event),
        words("tick middle", LEFT + WIDE / 2, TOP + TALL + 38, chart.across),
        *(words("tick middle", x(day), TOP + TALL + 18, said(day)) for day in DAYS[far < DAYS[0][-1] / 2]),
        *(shape for mark in held for shape in _mark(mark, x, y)),
    ]  # fmt: skip
    return Drawing(680, int(TOP + TALL) + 50, f"{chart.caption}. {_in_words(held)}", tuple(shapes))


def _ticks(steps: Sequence[float], y: At) -> list[Shape]:
    """Grid lines above and below nothing, with their numbers."""
    shapes = []
    for value in sorted({sign * step for step in steps for sign in (1, -1)}):
        shapes.append(line("grid" if value else "same", LEFT, y(value), LEFT + WIDE, y(value)))
        shapes.append(
            words("tick end", LEFT - 8, y(value) + 4, said(float(value), 0 if steps[-1] >= 2 else 1))
        )
    return shapes


def _mark(mark: Mark, x: At, y: At) -> list[Shape]:
    """One stretch: its interval as a line, its middle as a dot."""
    shapes = [Shape("circle", "at", {"cx": x(mark.day), "cy": y(mark.middle or 0.0), "r": 5})]
    if mark.low is not None and mark.high is not None:
        shapes.insert(0, line("between", x(mark.day), y(mark.low), x(mark.day), y(mark.high)))
    return shapes


def _in_words(marks: Sequence[Mark]) -> str:
    """The mean difference before and after, for those who cannot see the drawing."""
    told = []
    for when, held in (
        ("before", [m for m in marks if m.day < 0]),
        ("after", [m for m in marks if m.day >= 0]),
    ):
        middles = [mark.middle for mark in held if mark.middle is not None]
        if middles:
            told.append(f"{when} the start {said(sum(middles) / len(middles), 2)} on average")
    return f"The difference is {' and '.join(told)}." if told else "There is nothing to draw."
