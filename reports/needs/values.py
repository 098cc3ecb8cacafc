"""What the report says, as values."""

from dataclasses import dataclass, field

from reports.ratios import Ratio
from reports.whole import Whole

NO_NEED, ANY = "none", "any"
PATTERNS = ("school_led", "self_led", "both")


@dataclass(frozen=True)
class Need:
    """One kind of need: pupils, learning lost beside everyone else, and staff trained; None where not shown.

    `days_beyond` are the days lost that would not have been at everyone else's rate.
    """

    need: str
    staff_trained: int
    pupils: int | None = None
    days_per_100: float | None = None
    days_beyond: float | None = None
    ratio: Ratio = field(default_factory=lambda: Ratio(None, None, None))

    @property
    def suppressed(self) -> bool:
        """Whether it may not be shown."""
        return self.pupils is None


@dataclass(frozen=True)
class Late:
    """Of pupils ever suspended with this need (or ANY) on record: how many had no record of it before."""

    need: str
    pupils: int | None = None
    only_after: int | None = None


@dataclass(frozen=True)
class Rising:
    """Pupils who rose with no need on record, by what rose; None where it may not be shown."""

    pattern: str
    pupils: int | None = None


@dataclass(frozen=True)
class Part:
    """A school, or all together."""

    school_id: str
    name: str
    needs: tuple[Need, ...]
    late: tuple[Late, ...]
    rising: tuple[Rising, ...]


Needs = Whole[Part]
