"""What the report says, as values."""

import dataclasses
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from reports.by_group import GroupShare
from reports.limits import Expected
from reports.paper.charts import Limits
from reports.whole import Whole


@dataclass(frozen=True)
class Entry:
    """One line of the register: a move off site or off roll, its pupil an opaque id."""

    case: str
    school_id: str
    kind: str
    start: date
    end: date | None
    review_date: date | None
    days_out: int | None
    returned: str
    initiated_by: str
    decided_by: str
    reason: str
    destination: str
    provider: str
    provider_registered: str


@dataclass(frozen=True)
class Alert:
    """One thing that should not happen, or that the law asks about: which, whose (opaque), where and when."""

    alert: str
    case: str
    school_id: str
    date: date
    amount: float


@dataclass(frozen=True)
class SchoolExits:
    """A school's exits: pupils on roll, pupils with an exit, and those of them whom nobody explained."""

    school_id: str
    name: str
    pupils: int
    exits: int
    unexplained: int
    not_yet_known: int
    limits: Expected
    groups: tuple[GroupShare, ...]

    @property
    def per_100(self) -> float | None:
        """Unexplained exits for every 100 pupils on roll."""
        return 100 * self.unexplained / self.pupils if self.pupils else None

    @property
    def outside(self) -> bool:
        """Whether more left unexplained than chance would leave, 998 times in 1,000."""
        return self.limits.above(self.unexplained)


@dataclass(frozen=True)
class Movements(Whole[SchoolExits]):
    """The whole report. `register` and `alerts` are of the schools asked for, `others` are those that were not."""

    schools: tuple[SchoolExits, ...]
    together: SchoolExits
    register: tuple[Entry, ...]
    alerts: tuple[Alert, ...]
    funnel: tuple[Limits, ...]
    others: tuple[SchoolExits, ...] = ()

    @property
    def kinds(self) -> Mapping[tuple[str, str], int]:
        """How many lines of the register each school has of each kind."""
        return Counter((entry.school_id, entry.kind) for entry in self.register)

    def of(self, school_id: str) -> "Movements":
        """The same report of one school alone, the others without their names."""
        return dataclasses.replace(
            super().of(school_id),
            register=tuple(entry for entry in self.register if entry.school_id == school_id),
            alerts=tuple(alert for alert in self.alerts if alert.school_id == school_id),
            others=tuple(each for each in self.schools if each.school_id != school_id),
        )
