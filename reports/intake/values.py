"""What the report says, as values."""

import dataclasses
from dataclasses import dataclass

from reports.periods import Period

CHARACTERISTICS = ("fsm", "sen", "social_care", "language", "ethnicity", "sex", "prior_absence")


@dataclass(frozen=True)
class Comparison:
    """One group of one school beside its community: shares 0–1, the difference between two ends 19 times in 20.

    `low_limit` and `high_limit` are the shares that chance alone would keep a school of that size within, allowing
    for all comparisons made. Without a community `community` is None; where it may not be shown `share` is.
    """

    characteristic: str
    group: str
    pupils: int | None = None
    share: float | None = None
    community: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    low_limit: float | None = None
    high_limit: float | None = None

    @property
    def suppressed(self) -> bool:
        """Whether it may not be shown."""
        return self.share is None

    @property
    def outside(self) -> str:
        """ "below" or "above" the limits, or nothing."""
        if self.share is None or self.low_limit is None or self.high_limit is None:
            return ""
        return "below" if self.share < self.low_limit else "above" if self.share > self.high_limit else ""


@dataclass(frozen=True)
class Turnover:
    """Of one group: its share of those who joined and left in the period, and of the cohort with the leavers back."""

    characteristic: str
    group: str
    joined: float | None = None
    left: float | None = None
    cohort: float | None = None
    had_they_stayed: float | None = None

    @property
    def change(self) -> float | None:
        """How much leaving changed the group's share of the cohort."""
        if self.cohort is None or self.had_they_stayed is None:
            return None
        return self.cohort - self.had_they_stayed


@dataclass(frozen=True)
class Part:
    """One school's intake."""

    school_id: str
    name: str
    area_code: str
    pupils: int
    joined: int
    left: int
    comparisons: tuple[Comparison, ...]
    turnover: tuple[Turnover, ...]

    @property
    def unlike(self) -> tuple[Comparison, ...]:
        """The groups that lie outside the limits."""
        return tuple(each for each in self.comparisons if each.outside)


@dataclass(frozen=True)
class Intake:
    """The whole report; `compared` is how many comparisons the limits allow for."""

    period: Period
    schools: tuple[Part, ...]
    together: str
    compared: int

    @property
    def without_community(self) -> tuple[str, ...]:
        """The names of the schools whose community is not recorded."""
        return tuple(part.name for part in self.schools if not part.area_code)

    def of(self, school_id: str) -> "Intake":
        """The same report of one school alone."""
        return dataclasses.replace(
            self, schools=tuple(part for part in self.schools if part.school_id == school_id)
        )
