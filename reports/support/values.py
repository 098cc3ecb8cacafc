"""What the report says, as values."""

from collections.abc import Mapping
from dataclasses import dataclass

from reports.support.effect import UNSAID, Effect
from reports.whole import Whole

OUTCOMES = ("incidents", "sessions_lost", "suspension", "escalation")
LESS, NO_DIFFERENCE, CANNOT_TELL = "less", "no difference seen", "cannot tell"


@dataclass(frozen=True)
class Finding:
    """One outcome of one kind: the plain and the adjusted difference, and what may be said of it.

    `usual` is what came of like pupils without it; `e_value` how strong a hidden cause would have to be, in times as
    likely, to explain the difference away, `e_value_limit` its interval. `why`: keys of what stands in the way.
    """

    outcome: str
    naive: Effect = UNSAID
    adjusted: Effect = UNSAID
    usual: float | None = None
    e_value: float | None = None
    e_value_limit: float | None = None
    verdict: str = CANNOT_TELL
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """A difference that support cannot have made: `what` is pretend_date, first_days or placebo."""

    what: str
    outcome: str
    day: int
    effect: Effect


@dataclass(frozen=True)
class Balance:
    """One thing on record before the start: its mean, and the gaps in spreads before and after matching."""

    column: str
    supported: float
    others: float
    alike: float
    gap_before: float
    gap_after: float


@dataclass(frozen=True)
class Point:
    """Ten open days: their first, counted from the start, what was recorded of a pupil, and the difference."""

    day: int
    supported: float
    alike: float
    difference: Effect


@dataclass(frozen=True)
class Fidelity:
    """Of the starts compared, those of which sessions planned and held are on record: how many (`starts`), the middle
    share held, and to how many `most` were held. `effects`: by outcome the difference of those and of the others."""

    starts: int
    held: float
    most: int
    effects: Mapping[str, tuple[Effect, Effect]]


@dataclass(frozen=True)
class Kind:
    """One kind of support. `n_supported` starts are compared; `left_out` lack a term before or after, `unlike` have
    nobody like them; `alike`: to how many equally weighted moments the others amount; `open_days`: half ran so long."""

    kind: str
    n_supported: int
    left_out: int
    findings: tuple[Finding, ...]
    unlike: int = 0
    alike: float = 0.0
    open_days: float | None = None
    pre_trend_p: float | None = None
    checks: tuple[Check, ...] = ()
    balance: tuple[Balance, ...] = ()
    course: Mapping[str, tuple[Point, ...]] | None = None
    fidelity: Fidelity | None = None


@dataclass(frozen=True)
class Of:
    """A school: how many of its pupils started each kind; None where too few to say."""

    school_id: str
    name: str
    started: Mapping[str, int | None]


@dataclass(frozen=True)
class Support(Whole[Of]):
    """The whole report; effects are of all schools together."""

    schools: tuple[Of, ...]
    together: Of
    kinds: tuple[Kind, ...]
