"""What the report says, as values."""

from dataclasses import dataclass

from reports.whole import Whole

WEEKS = (4, 12, 18)


@dataclass(frozen=True)
class Wait:
    """Referrals to one service: how soon it began, who still waits, who rose; all None where not shown.

    `within` has the share begun within each of WEEKS weeks; `low` and `high` hold the last of them.
    """

    service: str
    referrals: int | None = None
    pupils: int | None = None
    waiting: int | None = None
    median_weeks: float | None = None
    within: tuple[float | None, ...] = ()
    low: float | None = None
    high: float | None = None
    rose: float | None = None
    curve: tuple[tuple[float, float], ...] = ()

    @property
    def suppressed(self) -> bool:
        """Whether it may not be shown."""
        return self.referrals is None


@dataclass(frozen=True)
class Part:
    """A school, or all together."""

    school_id: str
    name: str
    every: Wait
    waits: tuple[Wait, ...]


Services = Whole[Part]
