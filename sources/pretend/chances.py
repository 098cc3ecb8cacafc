"""The true chance of a school-led event within the horizon, from the state at as-of and the process alone.

Until a pupil's next event everything in its intensity is known but the future path of strain. So
chance = 1 - E[exp(-A · M)]: A (pupil x week) is the intensity along the expected path, M (week x path) the
factor of each of many random paths, the same for all pupils and scaled so that every week's mean is exact.
Absence is read on the path that the factor favours (its mean under the weight exp(on_strain x strain)), which
is exact to first order, as are support that may yet begin and leaving for home education or without a word.
"""

import numpy as np
import numpy.typing as npt

from sources.pretend.conduct import Story
from sources.pretend.history import Snapshot, last_of_june
from sources.pretend.intensity import absence_chance, led_rate, standing
from sources.pretend.population import Ints, Reals, take
from sources.pretend.process import LAST_YEAR, PROCESS, SUPPORTS
from sources.pretend.state import State
from sources.pretend.streams import stream
from sources.pretend.terms import DAYS
from sources.pretend.weekly import NEVER, leaving_rates, strain_noise, support_chance

AS_OF_EVERY = 4  # weeks of term between as-of dates: 20 open days
PATHS = 512
CHUNK = 20_000  # pupils at a time


def window(story: Story, week: int, horizon: int) -> Ints:
    """Open days of the window by school x week ahead (index 0 is the week after), `horizon` in all."""
    ahead = story.world.opened[:, week + 1 :]
    before = ahead.cumsum(axis=1) - ahead
    days = np.clip(horizon - before, 0, ahead)
    return np.asarray(days[:, : int(np.flatnonzero(days.any(axis=0))[-1]) + 1], dtype=np.int64)


def followed(story: Story, snapshot: Snapshot, horizon: int) -> Ints:
    """Pupils on roll at as-of whose seat lasts beyond the window's end."""
    terms, plan = story.world.terms, story.history.plan
    last = snapshot.week + window(story, snapshot.week, horizon).shape[1]
    year, then = terms.year_of(snapshot.week), terms.year_of(last)
    school = snapshot.state.school
    on = (school >= 0) & (snapshot.state.busy_until < NEVER)
    on &= plan[:, then] >= 0
    phase = story.world.schools.phase[school]
    if last > last_of_june(story.world, then):
        on &= ~((phase > 0) & (story.pupils.cohort + then == np.array(LAST_YEAR)[phase]))
    stays = plan[:, then] == school if then != year else on
    return np.flatnonzero(on & stays)


def path_factors(seed: int, week: int, weeks: int) -> npt.NDArray[np.float32]:
    """Week x path: exp(on_strain x random part of strain), each week scaled to its exact mean."""
    rng, s, load = stream(seed, f"paths {week}"), PROCESS.strain, PROCESS.led.on_strain
    noise, rows = np.zeros(PATHS), []
    for _ in range(weeks):
        noise = s.keep * noise + strain_noise(rng, PATHS)
        rows.append(np.exp(load * noise))
    factors = np.stack(rows)
    exact = np.exp(np.cumsum([_log_mean(load * s.keep**back) for back in range(weeks)]))
    return np.asarray(factors * (exact / factors.mean(axis=1))[:, None], dtype=np.float32)


def _log_mean(a: float) -> float:
    """Log of the mean of exp(a x one week's innovation)."""
    s = PROCESS.strain
    normal = max(s.sd**2 * (1 - s.keep**2) - s.shock_chance * 2 * s.shock_size**2, 0.02)
    shocked = 1 + s.shock_chance * (1 / (1 - a * s.shock_size) - 1)
    return float(a * a * normal / 2 + np.log(shocked) - a * s.shock_chance * s.shock_size)


def suspension_chances(story: Story, snapshot: Snapshot, horizon: int) -> tuple[Ints, Reals]:
    """Pupils followed, and each one's true chance of any new school-led event of level 3 or above."""
    who = followed(story, snapshot, horizon)
    days = window(story, snapshot.week, horizon)
    factors = path_factors(story.seed, snapshot.week, days.shape[1])
    parts = [_chunk(story, snapshot, who[n : n + CHUNK], days, factors) for n in range(0, len(who), CHUNK)]
    return who, np.concatenate(parts) if parts else np.zeros(0)


def _chunk(
    story: Story, snapshot: Snapshot, who: Ints, days: Ints, factors: npt.NDArray[np.float32]
) -> npt.NDArray[np.float64]:
    """Chances of some pupils."""
    expected = _intensity(story, snapshot.week, snapshot.state.copy(who), who, days)
    return np.asarray(1 - np.exp(-(expected.astype(np.float32) @ factors)).mean(axis=1), dtype=np.float64)


def _intensity(story: Story, week: int, state: State, who: Ints, days: Ints) -> Reals:
    """Expected events by pupil x week ahead along the expected path of strain, given no event so far."""
    world, pupils, s = story.world, take(story.pupils, who), PROCESS.strain
    effects = np.array([k.effect for k in SUPPORTS])
    starting = np.stack([support_chance(k, state) for k in SUPPORTS], axis=1)
    rate, year = np.zeros((len(who), days.shape[1])), -1
    strain, excited, stay = state.strain.copy(), state.excited.copy(), np.ones(len(who))
    for n in range(days.shape[1]):
        then = week + 1 + n
        if world.terms.year_of(then) != year:
            year = world.terms.year_of(then)
            at = standing(pupils, world.schools, state.school, year)
            home, unexplained, _ = leaving_rates(state, pupils, at, world)
        running = state.support_until > then
        begun = np.where(running, 1.0, 1 - (1 - starting) ** n)
        strain = s.keep * strain + (1 - s.keep) * (begun @ effects)
        excited *= PROCESS.led.excite_keep
        free = np.minimum(days[state.school, n], np.clip((then + 1) * DAYS - state.busy_until, 0, DAYS))
        tilt = PROCESS.led.on_strain * s.sd**2 * (1 - s.keep ** (2 * n + 2))
        absent = absence_chance(at.avoidance + world.absence_season[then], strain + tilt, at.phase)
        at_zero = led_rate(at, excited, absent, float(world.led_season[then]))
        rate[:, n] = at_zero * np.exp(PROCESS.led.on_strain * strain) * free * stay
        stay = stay * np.exp(-(home + unexplained) * days[state.school, n] / 190)
    return rate
