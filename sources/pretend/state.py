"""What changes from week to week for each pupil, and what happened in a week."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from sources.pretend.population import Ints, Mask, Pupils, Reals
from sources.pretend.process import SUPPORTS, Strain

Index = npt.NDArray[np.int64]


@dataclass
class State:
    """Parallel arrays, one entry a pupil (or a copy of a pupil whose future is drawn again)."""

    strain: Reals
    excited: Reals
    visible: Reals  # what adults can see in the records, fading
    school: Ints  # -1 when not on roll
    busy_until: Ints  # day index: suspended or placed elsewhere before it
    part_time_until: Ints  # day index
    events: Ints  # suspensions so far this school year
    out_days: Reals  # days suspended so far this school year
    support_until: Ints  # week, pupil x kind of support

    def copy(self, index: Index) -> "State":
        """An independent copy of those rows."""
        return State(**{f.name: getattr(self, f.name)[index].copy() for f in fields(self)})


@dataclass(frozen=True)
class Week:
    """What happened in one week. Each index lists pupils (rows); days are day indices."""

    number: int
    suspended: Index
    suspended_day: Index
    suspended_days: Reals  # length in days
    permanent: Index
    permanent_day: Index
    placed: Index
    placed_day: Index
    placed_until: Index
    managed: Index
    managed_day: Index
    part_time: Index
    part_time_until: Index
    home_education: Index
    unexplained: Index
    moved: Index
    incidents: Ints
    absent: Reals
    supported: list[tuple[Index, Index]]  # by kind: who starts, and until which week

    @property
    def led(self) -> Index:
        """Pupils with any new school-led event of level 3 or above."""
        return np.concatenate([self.suspended, self.permanent, self.placed, self.managed])

    @property
    def left(self) -> Index:
        """Pupils whose place ends this week in a way that is an outcome."""
        return np.concatenate([self.permanent, self.managed, self.home_education, self.unexplained])


def first_state(pupils: Pupils, rng: np.random.Generator, process: Strain) -> State:
    """Everyone before the first week: strain at its long-run spread, nobody on roll."""
    n = len(pupils.cohort)
    zero = np.zeros(n)
    whole = np.zeros(n, dtype=np.int64)
    return State(
        rng.standard_normal(n) * process.sd,
        zero.copy(),
        zero.copy(),
        whole - 1,
        whole.copy(),
        whole.copy(),
        whole.copy(),
        zero.copy(),
        np.zeros((n, len(SUPPORTS)), dtype=np.int64),
    )


def on_roll(state: State) -> Mask:
    """Who is on the roll of a school of the trust."""
    return np.asarray(state.school >= 0, dtype=np.bool_)
