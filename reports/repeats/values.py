"""What the report says, as values."""

from dataclasses import dataclass

from models.rungs import SCHOOL_LED, SELF_LED
from reports.whole import Whole

SOON, TERM = 20, 60
READ_ON = (5, 10, 20, 40, 60, 90, 120, 190)


@dataclass(frozen=True)
class Kind:
    """A step that may come again: its ladder, and the levels that are one kind of step."""

    key: str
    name: str
    ladder: str
    levels: tuple[int, ...]


KINDS = (
    Kind("sent_out", "Sent out or detention", SCHOOL_LED, (1,)),
    Kind("internal_exclusion", "Internal exclusion", SCHOOL_LED, (2,)),
    Kind("suspension", "Suspension", SCHOOL_LED, (3, 4)),
    Kind("off_site", "Off-site or alternative provision", SCHOOL_LED, (5,)),
    Kind("lateness", "Repeated lateness", SELF_LED, (1,)),
    Kind("truancy", "Internal truancy", SELF_LED, (2,)),
    Kind("part_time", "Part-time timetable", SELF_LED, (4,)),
)


@dataclass(frozen=True)
class Again:
    """How soon a step came again: shares within 20 and 60 open days; all None where it may not be shown."""

    key: str
    steps: int | None = None
    pupils: int | None = None
    within_20: float | None = None
    within_60: float | None = None
    low_60: float | None = None
    high_60: float | None = None
    median: float | None = None
    curve: tuple[tuple[int, float], ...] = ()

    @property
    def suppressed(self) -> bool:
        """Whether it may not be shown."""
        return self.steps is None

    @property
    def came_back_down(self) -> float | None:
        """The share with no step at that level or above in the 60 open days after."""
        return None if self.within_60 is None else 1 - self.within_60


@dataclass(frozen=True)
class GroupAgain:
    """One group's share with another step of the kind, or above, within 60 open days."""

    characteristic: str
    group: str
    again: Again


@dataclass(frozen=True)
class Meetings:
    """Suspensions that are over, those with a reintegration meeting recorded, and how many came again after each."""

    suspensions: int | None = None
    recorded: int | None = None
    share: float | None = None
    with_meeting: Again | None = None
    without: Again | None = None


@dataclass(frozen=True)
class Part:
    """A school, or all together (`school_id` empty)."""

    school_id: str
    name: str
    again: tuple[Again, ...]
    groups: tuple[GroupAgain, ...]
    meetings: Meetings
    returns: Again
    flows: tuple[tuple[str, tuple[tuple[int, int, int | None], ...]], ...]


Repeats = Whole[Part]
