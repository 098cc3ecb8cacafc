"""What the report says, as values."""

from dataclasses import dataclass

from reports.support.effect import UNSAID, Effect
from reports.support.values import Point
from reports.whole import Whole


@dataclass(frozen=True)
class Followed:
    """What followed an entry, times as much as of like pupils just below the cut, of a school, a group or all.

    `entries` and `below` are rows compared; None where too few to show. `alert`: more sanctions than chance explains.
    `at_the_cut`: the same where both sides run into the cut.
    """

    name: str
    entries: int | None
    below: int | None = None
    sanctions: Effect = UNSAID
    contacts: Effect = UNSAID
    alert: bool = False
    at_the_cut: Effect = UNSAID


@dataclass(frozen=True)
class Share:
    """Of so many listed pupils, the share of whom something holds, 19 times in 20 between; None where too few."""

    characteristic: str
    group: str
    pupils: int | None
    share: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class OfSchool:
    """A school: what followed in the last term, and the day up to which a named person has last looked."""

    school_id: str
    followed: Followed
    looked: str = ""

    @property
    def name(self) -> str:
        """What the school, or all of them, is called."""
        return self.followed.name


@dataclass(frozen=True)
class Harm(Whole[OfSchool]):
    """The whole report; `course`: sanctions before and after, of all schools together."""

    schools: tuple[OfSchool, ...]
    together: OfSchool
    groups: tuple[tuple[str, Followed], ...]
    never_supported: tuple[Share, ...]
    overruled: tuple[Share, ...]
    course: tuple[Point, ...] = ()
