"""What may be said of a difference: less, no difference seen, or that the records cannot tell."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import norm

from reports.support.effect import Effect
from reports.support.values import CANNOT_TELL, LESS, NO_DIFFERENCE, Check

FEWEST = 20  # starts
PRE_TREND = 0.05  # below this, like pupils were on another course before the start
MORE_AT_ONCE = 0.16  # more in the first days than this chance allows is taken for a strain no record showed
PLACEBO = 0.01
NARROW = 0.25  # of a spread: an interval within it, about nothing, is "no difference seen"
STRONG = 1.2  # a hidden cause weaker than this would explain the interval away: too little to build on
UNBALANCED = 0.25  # of a spread, of any column: the regression sets right less
SHARED = 0.01
OVER_A_TERM = (
    1.3  # a strain's part of a term, over that of the first days: 4.2 times as much, of 3.3 times the spread
)
TOGETHER = "together"
CHANCES = ("suspension", "escalation")


def e_value(outcome: str, estimate: float, usual: float, spread: float) -> float:
    """How many times as likely a hidden cause must make both the support and the outcome, to explain it all away.

    VanderWeele and Ding (2017): from the risk ratio of chances, and from exp(0.91 × standardised difference) of counts.

    >>> round(e_value("suspension", -0.05, 0.1, 0.3), 2)
    3.41
    """
    if outcome in CHANCES:
        ratio = max(usual + estimate, 1e-3) / max(usual, 1e-3)
    else:
        ratio = float(np.exp(0.91 * estimate / spread)) if spread else 1.0
    ratio = max(ratio, 1 / ratio)
    return float(ratio + np.sqrt(ratio * (ratio - 1)))


def e_value_of_limit(outcome: str, effect: Effect, usual: float, spread: float) -> float:
    """The same of the end of the interval nearer to nothing; 1 where the interval holds nothing."""
    if effect.low is None or effect.high is None or effect.low <= 0 <= effect.high:
        return 1.0
    return e_value(outcome, effect.high if effect.high < 0 else effect.low, usual, spread)


def against(
    supported: int, unlike: int, pre_trend_p: float | None, checks: tuple[Check, ...], worst_gap: float
) -> tuple[str, ...]:
    """What stands in the way of saying anything of a kind: keys of sentences, none where nothing does."""
    found = []
    if supported < FEWEST:
        found.append("few")
    if unlike > supported * 0.1:
        found.append("unlike")
    if worst_gap > UNBALANCED:
        found.append("unbalanced")
    if pre_trend_p is None or pre_trend_p < PRE_TREND:
        found.append("before")
    early = at_once(checks)
    if early is not None and early > norm.isf(MORE_AT_ONCE):
        found.append("first_days")
    if any(
        check.effect.p is not None and check.effect.p < PLACEBO for check in checks if check.what == "placebo"
    ):
        found.append("placebo")
    return tuple(found)


def at_once(checks: tuple[Check, ...]) -> float | None:
    """By how many standard errors more was recorded in the first days, incidents and sessions lost together."""
    held = [check.effect for check in checks if check.what == "first_days" and check.outcome == TOGETHER]
    if not held or held[0].p is None or held[0].estimate is None:
        return None
    return float(np.sign(held[0].estimate) * norm.isf(max(held[0].p, 1e-300) / 2))


def missed(checks: tuple[Check, ...]) -> float:
    """How much more over a term, in spreads, a strain may bring that the check of the first days cannot rule out."""
    ends = [check.effect.high for check in checks if check.what == "first_days" and check.outcome == TOGETHER]
    return max((end / 2 * OVER_A_TERM for end in ends if end is not None), default=0.0)


def shared_strain(early: Sequence[float]) -> bool:
    """Whether all kinds together show more in the first days than chance allows: adults then see more than records do,
    and each kind of which more was recorded is doubted with the others."""
    return bool(early) and sum(early) / len(early) ** 0.5 > norm.isf(SHARED)


def verdict(
    effect: Effect, spread: float, e_limit: float, doubts: tuple[str, ...], hidden: float = 0.0
) -> tuple[str, tuple[str, ...]]:
    """The verdict, and the keys of all that led to it. `hidden`: how much more, in spreads, a strain may bring that the
    check of the first days would have missed; it might hide as much help."""
    if effect.low is None or effect.high is None:
        return CANNOT_TELL, (*doubts, "unsaid")
    if effect.low > 0:
        return CANNOT_TELL, (*doubts, "more")
    if effect.high < 0:
        doubts = (*doubts, "weak") if e_limit < STRONG else doubts
        return (CANNOT_TELL if doubts else LESS), doubts
    wide = max(-effect.low, effect.high, hidden * spread) > NARROW * spread
    doubts = (*doubts, "wide") if wide else doubts
    return (CANNOT_TELL if doubts else NO_DIFFERENCE), doubts
