"""Exact limits: what chance alone would keep a count, a share or a rate within."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv
from scipy.stats import binom, hypergeom

from reports.paper.charts import Limits

Numbers = npt.NDArray[np.float64]
TAIL_95, TAIL_998 = 0.025, 0.001


@dataclass(frozen=True)
class Expected:
    """The count expected of a school, and the exact limits of chance, 998 times in 1,000."""

    expected: float | None
    lower: int | None
    upper: int | None

    def above(self, count: int) -> bool:
        """Whether a count lies above the upper limit."""
        return self.upper is not None and count > self.upper


def expected_among(size: int, everyone: int, events: int) -> Expected:
    """What a school of `size` pupils would have of all the `events` among `everyone`, were all schools alike.

    The limits are exact: of so many events among so many pupils, a school's share by chance is hypergeometric.
    That reckons with the school's own part of the average, which a binomial about the average would not. None
    where there is no other school to compare with.
    """
    if not size or size >= everyone:
        return Expected(None, None, None)
    lower, upper = hypergeom.ppf([TAIL_998, 1 - TAIL_998], everyone, events, size)
    return Expected(events * size / everyone, int(lower), int(upper))


def funnel_limits(sizes: Sequence[int], everyone: int, events: int, per: float = 100.0) -> tuple[Limits, ...]:
    """The limits of a funnel over a range of sizes, per so many pupils: lines to draw, not to judge by."""
    largest = max(sizes, default=0)
    found = []
    for size in sorted({max(int(largest * 1.08 * step / 60), 1) for step in range(3, 61)}):
        if size < everyone:
            tails = (TAIL_95, 1 - TAIL_95, TAIL_998, 1 - TAIL_998)
            low, high, lowest, highest = (
                between_counts(tail, everyone, events, size) / size * per for tail in tails
            )
            found.append(Limits(size, low, high, lowest, highest))
    return tuple(found)


def between_counts(chance: float, everyone: int, events: int, size: int) -> float:
    """The count that chance leaves so much below, read between two whole counts so that a line may be drawn."""
    count = int(hypergeom.ppf(chance, everyone, events, size))
    below, until = hypergeom.cdf([count - 1, count], everyone, events, size)
    return max(count - float((until - chance) / (until - below)), 0.0)


def share_interval(touched: int, pupils: int) -> tuple[float, float]:
    """The exact (Clopper and Pearson) interval of a share, 19 times in 20.

    >>> tuple(round(end, 3) for end in share_interval(2, 20))
    (0.012, 0.317)
    """
    low = betaincinv(touched, pupils - touched + 1, TAIL_95) if touched else 0.0
    high = betaincinv(touched + 1, pupils - touched, 1 - TAIL_95) if touched < pupils else 1.0
    return float(low), float(high)


def share_limits(pupils: Numbers, share: Numbers, tail: float) -> tuple[Numbers, Numbers]:
    """The counts that chance alone would keep a binomial within, so much of chance left out at either end."""
    low = binom.ppf(tail, pupils, share)
    high = binom.ppf(1 - tail, pupils, share)
    return np.asarray(low), np.asarray(high)
