"""The small drawing of a pupil's own weeks: grey is before, dark is now, a gap at the holiday, one scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from watchlists.language import said
from watchlists.phrases import short_day

STEP, GAP = 24, 14  # px between two weeks, and more where a holiday lies between
LEFT, BASE, TALL = 6, 50, 40
LEAST_SCALE = 3  # a single record is not drawn as a peak
ROOM_FOR_A_LABEL = 62


@dataclass(frozen=True)
class Dot:
    """One week's place in the drawing."""

    x: float
    y: float
    count: int
    monday: date
    now: bool


@dataclass(frozen=True)
class Drawing:
    """All the numbers a template needs to draw one line of weeks."""

    dots: tuple[Dot, ...]
    lines: tuple[tuple[str, bool], ...]
    width: int
    holiday: str
    holiday_x: float
    first: str
    last: str
    words: str

    @property
    def end(self) -> Dot:
        """The last week, whose count is written beside it."""
        return self.dots[-1]


def drawings(concerns: Sequence[dict[str, Any]], as_of: date) -> list[Drawing | None]:
    """A drawing for each concern that is counted by week, all on the scale of the highest."""
    highest = max([LEAST_SCALE, *(week["count"] for concern in concerns for week in concern["weeks"])])
    return [_drawing(concern, highest, as_of) if _worth_drawing(concern) else None for concern in concerns]


def _worth_drawing(concern: dict[str, Any]) -> bool:
    """Whether the weeks show anything: a line along the bottom says less than no line."""
    return len(concern["weeks"]) > 1 and any(week["count"] for week in concern["weeks"])


def _drawing(concern: dict[str, Any], highest: int, as_of: date) -> Drawing:
    dots = _dots(concern["weeks"], highest, gap=bool(concern["holiday"]))
    lines = tuple(
        (" ".join(f"{dot.x:g},{dot.y:g}" for dot in held), now)
        for now, held in groupby(dots, key=lambda dot: dot.now)
    )
    turn = next((number for number, dot in enumerate(dots) if dot.now and number), 0)
    middle = (dots[turn - 1].x + dots[turn].x) / 2 if turn else 0.0
    room = ROOM_FOR_A_LABEL < middle < dots[-1].x - ROOM_FOR_A_LABEL / 2
    return Drawing(
        dots, lines, round(dots[-1].x) + 30, concern["holiday"] if room else "", middle,
        short_day(dots[0].monday, as_of), short_day(dots[-1].monday, as_of), _in_words(concern, dots, as_of),
    )  # fmt: skip


def _dots(weeks: Sequence[dict[str, Any]], highest: int, *, gap: bool) -> tuple[Dot, ...]:
    dots, x, before = [], float(LEFT), None
    for week in weeks:
        if before is not None:
            x += STEP + (GAP if gap and week["now"] != before else 0)
        before = week["now"]
        y = BASE - TALL * week["count"] / highest
        dots.append(Dot(x, round(y, 1), week["count"], date.fromisoformat(week["monday"]), week["now"]))
    return tuple(dots)


def _in_words(concern: dict[str, Any], dots: Sequence[Dot], as_of: date) -> str:
    told = (
        said("{number} in the week of {day}", number=dot.count, day=short_day(dot.monday, as_of))
        for dot in dots
    )
    return said("{subject} by week: {weeks}.", subject=concern["subject"], weeks=", ".join(told))
