"""What the report says, as values: totals, a school, and the whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from reports.lost_learning.england import Official
from reports.lost_learning.ledger import BESIDE, COLUMNS
from reports.periods import Period
from reports.ratios import Ratio
from reports.whole import Whole

SCHOOL_LED = ("internal_exclusion", "suspension", "off_site")
SELF_LED = ("lateness", "absence_authorised", "absence_unauthorised", "part_time_timetable")
SESSIONS_A_DAY = 2


@dataclass(frozen=True)
class Totals:
    """The ledger summed over some pupils and dates. `lost` and `beside` are in units, `unit` to a session.

    `children_out`: how many were out at an average session of the school's, over the trust the sum of its schools.
    """

    pupils: int
    possible: int
    lost: Mapping[str, int]
    beside: Mapping[str, int]
    unit: int
    children_out: float | None = None

    @property
    def lost_in_all(self) -> int:
        """All that was lost, in units."""
        return sum(self.lost.values())

    @property
    def attended(self) -> float:
        """What is left of the possible sessions."""
        return self.possible - self.lost_in_all / self.unit

    @property
    def rate(self) -> float | None:
        """Sessions lost out of sessions possible, 0–1; None where none was possible."""
        return self.lost_in_all / (self.possible * self.unit) if self.possible else None

    def sessions(self, column: str) -> float:
        """Sessions lost in one column."""
        return self.lost[column] / self.unit

    def days_per_100(self, *columns: str) -> float | None:
        """Days lost for every 100 pupils, in these columns or in all; None where there is no pupil."""
        units = sum(self.lost[column] for column in columns or COLUMNS)
        return units / self.unit / SESSIONS_A_DAY / self.pupils * 100 if self.pupils else None


@dataclass(frozen=True)
class HalfTerm:
    """One half term ("2025 Autumn 1": the calendar year its school year began in, and its place)."""

    name: str
    totals: Totals


@dataclass(frozen=True)
class YearGroup:
    """One year group: None for its totals where it may not be shown."""

    name: str
    totals: Totals | None
    year_ago: Totals | None = None
    half_terms: tuple[HalfTerm, ...] = ()


@dataclass(frozen=True)
class Group:
    """One group of pupils beside all others: pupils to the nearest five, None where it may not be shown."""

    characteristic: str
    group: str
    pupils: int | None = None
    rate: float | None = None
    ratio: Ratio = field(default_factory=lambda: Ratio(None, None, None))

    @property
    def suppressed(self) -> bool:
        """Whether it may not be shown."""
        return self.pupils is None


@dataclass(frozen=True)
class Part:
    """A school, or the whole trust: `school_id` is empty for the trust. `unheard` are the school's open days of which
    no mark is held."""

    school_id: str
    name: str
    totals: Totals
    year_ago: Totals | None
    year_groups: tuple[YearGroup, ...]
    half_terms: tuple[HalfTerm, ...]
    groups: tuple[Group, ...]
    groups_school_led: tuple[Group, ...]
    official: tuple[Official, ...] = ()
    unheard: tuple[date, ...] = ()


@dataclass(frozen=True)
class LostLearning(Whole[Part]):
    """The whole report; `year_ago` is None where nothing is held of it."""

    schools: tuple[Part, ...]
    together: Part
    year_ago: Period | None
    session_minutes: int


def totals_from(row: Mapping[str, int], unit: int) -> Totals:
    """Totals from a row of sums."""
    return Totals(
        int(row["pupils"]), int(row["possible"]), {name: int(row[name]) for name in COLUMNS},
        {name: int(row[name]) for name in BESIDE}, unit,
    )  # fmt: skip
