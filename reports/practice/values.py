"""What the report says, as values."""

from dataclasses import dataclass, field

from reports.ratios import Ratio
from reports.whole import Whole

NONE = Ratio(None, None, None)


@dataclass(frozen=True)
class Line:
    """Incidents of one kind: how many of every 100 led to any sanction, and out of learning; None where not shown.

    `ratio` is how many times as many led out of learning as did for all others of the same severity.
    """

    name: str
    pupils: int | None = None
    incidents: int | None = None
    any_per_100: float | None = None
    out_per_100: float | None = None
    ratio: Ratio = field(default_factory=lambda: NONE)

    @property
    def suppressed(self) -> bool:
        """Whether it may not be shown."""
        return self.incidents is None


@dataclass(frozen=True)
class Part:
    """A school, or all together: its own line beside the others, and its incidents split in every way."""

    school_id: str
    name: str
    own: Line
    severities: tuple[Line, ...]
    groups: tuple[tuple[str, Line], ...]
    reasons: tuple[Line, ...]
    times: tuple[Line, ...]
    weekdays: tuple[Line, ...]
    half_terms: tuple[Line, ...]


Practice = Whole[Part]
