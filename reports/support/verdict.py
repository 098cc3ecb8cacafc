"""What may be said of a difference: less, no difference seen, or that the records cannot tell."""

import numpy as np

from reports.support.effect import Effect
from reports.support.values import CANNOT_TELL, LESS, NO_DIFFERENCE, Check

FEWEST = 20  # starts
PRE_TREND = 0.05  # below this, like pupils were on another course before the start
CHECKS = 0.05  # shared among all the checks of a kind
NARROW = 0.25  # of a spread: an interval within it, about nothing, is "no difference seen"
STRONG = 1.2  # a hidden cause weaker than this would explain the interval away: too little to build on
UNBALANCED = 0.1  # of a spread: the usual line between alike and not
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
    early = [check for check in checks if check.what == "first_days"]
    if any(_more(check.effect, CHECKS / max(len(early), 1)) for check in early):
        found.append("first_days")
    if any(_apart(check.effect, 0.01) for check in checks if check.what == "placebo"):
        found.append("placebo")
    return tuple(found)


def verdict(
    effect: Effect, spread: float, e_limit: float, doubts: tuple[str, ...]
) -> tuple[str, tuple[str, ...]]:
    """The verdict, and the keys of all that led to it."""
    if effect.low is None or effect.high is None:
        return CANNOT_TELL, (*doubts, "unsaid")
    if effect.low > 0:
        return CANNOT_TELL, (*doubts, "more")
    if effect.high < 0:
        doubts = (*doubts, "weak") if e_limit < STRONG else doubts
        return (CANNOT_TELL if doubts else LESS), doubts
    wide = max(-effect.low, effect.high) > NARROW * spread
    doubts = (*doubts, "wide") if wide else doubts
    return (CANNOT_TELL if doubts else NO_DIFFERENCE), doubts


def _more(effect: Effect, chance: float) -> bool:
    return (
        effect.p is not None
        and effect.estimate is not None
        and effect.estimate > 0
        and effect.p / 2 < chance / 2
    )


def _apart(effect: Effect, chance: float) -> bool:
    return effect.p is not None and effect.p < chance
