"""How long until: Kaplan and Meier's curve, with an interval that lets one pupil count many times."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.float64]
NORMAL = 1.959963984540054  # 19 times in 20


@dataclass(frozen=True)
class Until:
    """Waits for an event, or for the end of what is known: a row for each.

    `days` is how long each was followed, `came` whether the event came then, `whose` whose wait it is.
    """

    days: Days
    came: npt.NDArray[np.bool_]
    whose: npt.NDArray[np.int64]

    @property
    def waits(self) -> int:
        """How many waits."""
        return len(self.days)

    @property
    def pupils(self) -> int:
        """How many different pupils wait."""
        return len(np.unique(self.whose))

    @property
    def came_to(self) -> int:
        """To how many different pupils the event came."""
        return len(np.unique(self.whose[self.came]))

    @cached_property
    def curve(self) -> tuple[Days, Days]:
        """The times at which events came, and the share still without one after each."""
        times, hazards, _ = self._steps
        return times, np.cumprod(1 - hazards).astype("float64")

    def still(self, day: float) -> float | None:
        """The share still without the event `day` days on; None where nobody waits."""
        if not self.waits:
            return None
        times, share = self.curve
        place = int(np.searchsorted(times, day, side="right"))
        return float(share[place - 1]) if place else 1.0

    def by(self, day: float) -> float | None:
        """The share to whom the event has come `day` days on."""
        still = self.still(day)
        return None if still is None else 1 - still

    def median(self) -> float | None:
        """The day by which it has come to half; None where that is never seen."""
        times, share = self.curve
        reached = np.flatnonzero(share <= 0.5 + 1e-12)
        return float(times[reached[0]]) if len(reached) else None

    def by_interval(self, day: float) -> tuple[float, float] | None:
        """An interval of `by`, 19 times in 20; None where it cannot be said (nobody, or all, or one pupil).

        Its variance sums what each wait adds to the estimate over the waits of each pupil first, so that one pupil's
        many steps count as one pupil; it is symmetric on the log of minus the log of the share still without.
        """
        still = self.still(day)
        if still is None or not 0 < still < 1 or self.pupils < 2:
            return None
        half = NORMAL * float(np.sqrt(self._variance(day))) / -np.log(still)
        low, high = still ** np.exp(half), still ** np.exp(-half)
        return float(1 - high), float(1 - low)

    @cached_property
    def _steps(self) -> tuple[Days, Days, Days]:
        """The times of events, the hazard at each, and how many still waited just before it."""
        times, events = np.unique(self.days[self.came], return_counts=True)
        waiting = self.waits - np.searchsorted(np.sort(self.days), times, side="left")
        return times, events / np.maximum(waiting, 1), waiting.astype("float64")

    def _variance(self, day: float) -> float:
        """The variance of the cumulative hazard by that day, pupils apart from one another."""
        times, hazards, waiting = self._steps
        keep = times <= day
        times, hazards, waiting = times[keep], hazards[keep], waiting[keep]
        paid = np.concatenate([[0.0], np.cumsum(hazards / waiting)])
        owed = paid[np.searchsorted(times, np.minimum(self.days, day), side="right")]
        at = np.searchsorted(times, self.days)
        gained = np.where(self.came & (self.days <= day), 1 / np.append(waiting, np.inf)[at], 0.0)
        _, who = np.unique(self.whose, return_inverse=True)
        each = np.bincount(who, weights=gained - owed)
        return float((each**2).sum() * len(each) / (len(each) - 1))


def until(
    days: Sequence[float] | Days, came: Sequence[bool] | npt.NDArray[np.bool_], whose: npt.ArrayLike
) -> Until:
    """Waits from three rows of the same length."""
    return Until(
        np.asarray(days, dtype="float64"),
        np.asarray(came, dtype="bool"),
        np.unique(whose, return_inverse=True)[1],
    )
