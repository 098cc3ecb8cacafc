"""True chances of severe absence, exit and escalation, by drawing the future again many times.

They hang together through rungs, so no formula is short; the same weekly process is run from copies of each
pupil's state at as-of. Done at every third as-of date; elsewhere the chance is left blank.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sources.pretend.chances import window
from sources.pretend.conduct import Story
from sources.pretend.history import Snapshot
from sources.pretend.intensity import standing
from sources.pretend.population import Ints, Mask, Reals, take
from sources.pretend.process import PROCESS
from sources.pretend.rungs import Past, past_of
from sources.pretend.state import State, Week
from sources.pretend.streams import stream
from sources.pretend.terms import DAYS
from sources.pretend.weekly import World, make_world, move_strain, one_week, truancy_rate

EVERY = 3  # as-of dates between two such computations
ROWS = 240_000  # pupils x copies at one date
COPIES = (8, 48)
SMALL_ABSENCES = 0.022  # sessions a day lost to appointments, holidays and late arrival, beside spells


@dataclass
class Future:
    """What has happened to each copy so far in the window."""

    led: Mask
    left: Mask
    school_level: Ints
    self_level: Ints
    missed: Reals  # sessions absent
    truancy: Ints  # lessons missed by week ahead, the last four weeks


def other_chances(story: Story, snapshot: Snapshot, who: Ints, horizon: int, number: int) -> dict[str, Reals]:
    """Chances of the other outcomes for those pupils, NaN on dates at which they are not computed."""
    blank = np.full(len(who), np.nan)
    if number % EVERY != 1 or not len(who):
        return {"severe_absence": blank, "exit": blank, "escalation": blank}
    copies = int(np.clip(ROWS // len(who), *COPIES))
    past = past_of(story, snapshot, who)
    future, possible = _draw(story, snapshot, np.repeat(who, copies), horizon)
    outcome = _outcomes(future, possible, past, np.repeat(np.arange(len(who)), copies))
    return {name: hit.reshape(len(who), copies).mean(axis=1) for name, hit in outcome.items()}


def _draw(story: Story, snapshot: Snapshot, rows: Ints, horizon: int) -> tuple[Future, Reals]:
    """Run the process over the window for every row; also the sessions possible in it."""
    days = window(story, snapshot.week, horizon)
    world = _world_of_window(story, snapshot.week, horizon)
    rng = stream(story.seed, f"futures {snapshot.week}")
    state, pupils = snapshot.state.copy(rows), take(story.pupils, rows)
    school = state.school.copy()
    zero = np.zeros(len(rows), dtype=np.int64)
    future = Future(
        zero > 0, zero > 0, zero.copy(), zero.copy(), np.zeros(len(rows)), np.zeros((len(rows), 4), np.int64)
    )
    absent, at, year = zero > 0, None, -1
    for week in range(snapshot.week + 1, snapshot.week + 1 + days.shape[1]):
        move_strain(state, rng, week)
        if at is None or world.terms.year_of(week) != year:
            year = world.terms.year_of(week)
            at = standing(pupils, world.schools, school, year)
        if not world.opened[:, week].any():
            continue
        opened = np.where(state.school >= 0, world.opened[school, week], 0)
        missed = rng.poisson(np.minimum(truancy_rate(state, pupils, at, opened), 25))
        happened = one_week(state, pupils, at, world, week, rng)
        _note(future, happened, missed, rng)
        absent = _absences(future, absent, happened.absent, opened, state, week, rng)
    return future, 2.0 * np.minimum(days.sum(axis=1), horizon)[school]


def _world_of_window(story: Story, week: int, horizon: int) -> World:
    """The world with every school shut once its window is over."""
    terms = story.world.terms
    mask = terms.open.copy()
    after = mask[:, (week + 1) * DAYS :]
    after &= after.cumsum(axis=1) <= horizon
    world = make_world(replace(terms, open=mask), story.world.schools)
    return replace(world, led_season=story.world.led_season, absence_season=story.world.absence_season)


def _note(future: Future, week: Week, missed: Ints, rng: np.random.Generator) -> None:
    """Raise each copy's highest rungs by what the week brought."""
    conduct = PROCESS.conduct
    removal = float(np.dot(conduct.severity, conduct.removed))
    removed = rng.random(len(missed)) < 1 - (1 - removal) ** week.incidents
    _raise(future.school_level, np.flatnonzero(removed), 2)
    _raise(future.school_level, week.suspended[future.led[week.suspended]], 4)
    for who, level in ((week.suspended, 3), (week.placed, 5), (week.managed, 6), (week.permanent, 7)):
        _raise(future.school_level, who, level)
    future.led[week.led] = True
    future.left[week.left] = True
    future.truancy[:] = np.roll(future.truancy, 1, axis=1)
    future.truancy[:, 0] = missed
    _raise(future.self_level, np.flatnonzero(future.truancy.sum(axis=1) >= 2), 2)
    for who, level in ((week.part_time, 4), (week.home_education, 6), (week.unexplained, 7)):
        _raise(future.self_level, who, level)


def _raise(level: Ints, who: Ints, to: int) -> None:
    """Those rows stand at least so high."""
    level[who] = np.maximum(level[who], to)


def _absences(
    future: Future,
    absent: Mask,
    chance: Reals,
    opened: Ints,
    state: State,
    week: int,
    rng: np.random.Generator,
) -> Mask:
    """Add the week's missed sessions, by spells as in the registers; who is absent on its last day."""
    stay = np.maximum(PROCESS.absence.stay, chance)
    start = chance * (1 - stay) / (1 - chance)
    for day in range(int(opened.max(initial=0))):
        now = rng.random(len(absent)) < np.where(absent, stay, start)
        absent = np.where(day < opened, now, absent)
        future.missed += np.where((day < opened) & now, 2 - PROCESS.absence.half_day, 0)
    part_time = (state.part_time_until > week * DAYS) & ~absent
    future.missed += rng.poisson(SMALL_ABSENCES * opened) + part_time * 0.9 * opened
    return np.asarray(absent, dtype=np.bool_)


def _outcomes(future: Future, possible: Reals, past: Past, of: Ints) -> dict[str, npt.NDArray[np.bool_]]:
    """The three outcomes of each copy."""
    total = past.kept_possible[of] + possible
    share = (past.kept_missed[of] + future.missed) / np.maximum(total, 1)
    enough = total >= 120
    severe = enough & (share >= 0.5) & ~past.severe[of]
    persistent = enough & (share >= 0.1) & ~past.persistent[of]
    steps = (future.school_level >= np.maximum(past.school_level[of] + 2, 2)) | (
        future.self_level >= np.maximum(past.self_level[of] + 2, 2)
    )
    escalated = steps | future.led | future.left | persistent | severe
    return {"severe_absence": severe, "exit": future.left, "escalation": escalated}
