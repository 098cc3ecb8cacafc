"""Where each pupil stood on the two ladders at as-of: what re-drawn futures are compared with."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sources.pretend.conduct import Story
from sources.pretend.history import Snapshot
from sources.pretend.marks import CODES
from sources.pretend.population import Ints, Mask, Reals
from sources.pretend.terms import DAYS

LOOK_BACK = 190  # open days
HORIZON = 60
LEAST_POSSIBLE = 120
ABSENT = np.array(
    [code in {"U", "I", "O", "C", "N", "M", "R", "S", "T", "J1", "C1", "C2", "G"} for code in CODES]
)
POSSIBLE = np.array([code not in {"", "D"} for code in CODES])
LATE = np.array([code in {"L", "U"} for code in CODES])


@dataclass(frozen=True)
class Past:
    """At as-of: absence of the last 190 open days, the part that the window's end keeps, highest rungs."""

    persistent: Mask
    severe: Mask
    kept_missed: Reals
    kept_possible: Reals
    school_level: Ints
    self_level: Ints


def past_of(story: Story, snapshot: Snapshot, who: Ints) -> Past:
    """The past of those pupils at that date."""
    until = (snapshot.week + 1) * DAYS
    since = _days_back(story, until, LOOK_BACK)
    kept = _days_back(story, until, LOOK_BACK - HORIZON)
    missed, possible = _sessions(story, who, since, until)
    kept_missed, kept_possible = _sessions(story, who, kept, until)
    share = missed / np.maximum(possible, 1)
    enough = possible >= LEAST_POSSIBLE
    persistent, severe = enough & (share >= 0.1), enough & (share >= 0.5)
    self_level = _self_level(story, who, since, until)
    self_level = np.maximum(self_level, np.where(severe, 5, np.where(persistent, 3, 0)))
    return Past(
        persistent, severe, kept_missed, kept_possible, _school_level(story, who, since, until), self_level
    )


def _days_back(story: Story, until: int, days: int) -> int:
    """Day index so that about so many open days lie between it and `until`."""
    opened = (story.world.terms.open[:, :until].mean(axis=0) > 0.5)[::-1].cumsum()
    return until - int(np.searchsorted(opened, days) + 1) if opened[-1] >= days else 0


def _sessions(story: Story, who: Ints, since: int, until: int) -> tuple[Reals, Reals]:
    """Sessions absent and possible."""
    block = story.marks[since:until][:, :, who]
    return ABSENT[block].sum(axis=(0, 1)).astype(float), POSSIBLE[block].sum(axis=(0, 1)).astype(float)


def _rows(story: Story, pupil: npt.ArrayLike, day: npt.ArrayLike, since: int, until: int) -> Ints:
    """How many of those events each pupil had between two days."""
    pupil, day = np.asarray(pupil, dtype=np.int64), np.asarray(day, dtype=np.int64)
    return np.bincount(pupil[(day >= since) & (day < until)], minlength=len(story.pupils.cohort))


def _school_level(story: Story, who: Ints, since: int, until: int) -> Ints:
    """Highest school-led rung of the window."""
    incidents, weeks = story.incidents, story.history.weeks
    grave = incidents[(incidents.severity >= 2) | incidents.action.isin(["detention", "sent out"])]
    suspended = (
        np.concatenate([w.suspended for w in weeks]),
        np.concatenate([w.suspended_day for w in weeks]),
    )
    placed = (np.concatenate([w.placed for w in weeks]), np.concatenate([w.placed_day for w in weeks]))
    times = _rows(story, *suspended, since, until)
    ever = _rows(story, *suspended, until - 52 * DAYS, until)
    level = np.where(_rows(story, grave.pupil, grave.day, since, until) > 0, 1, 0)
    level = np.where(_rows(story, story.removals.pupil, story.removals.day, since, until) > 0, 2, level)
    level = np.where(times > 0, np.where(ever > 1, 4, 3), level)
    return np.where(_rows(story, *placed, since, until) > 0, 5, level)[who].astype(np.int64)


def _self_level(story: Story, who: Ints, since: int, until: int) -> Ints:
    """Highest self-led rung of the window but for absence: lateness, lessons missed, part-time timetable."""
    block = LATE[story.marks[since:until][:, :, who]].sum(axis=1)
    total = np.concatenate([np.zeros((1, len(who))), block.cumsum(axis=0)])
    month = total[4 * DAYS :] - total[: -4 * DAYS] if len(total) > 4 * DAYS else total[-1:]
    lessons = story.history.truancy[who, since // DAYS : until // DAYS].astype(np.int64).cumsum(axis=1)
    lessons = np.concatenate([np.zeros((len(who), 1), np.int64), lessons], axis=1)
    missed = lessons[:, 4:] - lessons[:, :-4] if lessons.shape[1] > 4 else lessons[:, -1:]
    weeks = [w for w in story.history.weeks if since <= w.number * DAYS < until]
    part_time = np.zeros(len(story.pupils.cohort), dtype=np.bool_)
    for week in weeks:
        part_time[week.part_time] = True
    level = np.where(month.max(axis=0) >= 5, 1, 0)
    level = np.where(missed.max(axis=1) >= 2, 2, level)
    return np.where(part_time[who], 4, level).astype(np.int64)
