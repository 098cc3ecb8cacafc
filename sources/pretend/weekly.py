"""One week of the process: strain moves, events are drawn, states follow. Used forwards and for futures."""

from dataclasses import dataclass

import numpy as np

from sources.pretend.intensity import (
    SCHOOL_YEAR,
    Standing,
    absence_chance,
    absence_season,
    led_rate,
    led_season,
)
from sources.pretend.population import Ints, Pupils, Reals, Schools
from sources.pretend.process import PROCESS, SUPPORTS, Support
from sources.pretend.state import Index, State, Week, on_roll
from sources.pretend.terms import DAYS, Terms

NEVER = 1 << 40
MONTH = 20  # open days
LENGTHS = np.array([0.5, 1, 2, 3, 4, 5, 7, 10, 15])
LENGTH_SHARES = np.array([0.075, 0.382, 0.238, 0.138, 0.036, 0.112, 0.009, 0.008, 0.002])


@dataclass(frozen=True)
class World:
    """What does not depend on the pupil: calendar, schools, seasons."""

    terms: Terms
    schools: Schools
    opened: Ints  # open days, school x week
    led_season: Reals
    absence_season: Reals


def make_world(terms: Terms, schools: Schools) -> World:
    """The world of those schools and terms."""
    return World(terms, schools, terms.opened, led_season(terms), absence_season(terms))


def move_strain(state: State, rng: np.random.Generator, week: int) -> None:
    """A week of strain: it reverts, is pushed down by running support, and is shaken; excitement fades."""
    s = PROCESS.strain
    helped = (state.support_until > week) @ np.array([k.effect for k in SUPPORTS])
    state.strain[:] = s.keep * state.strain + (1 - s.keep) * helped + strain_noise(rng, len(state.strain))
    state.excited *= PROCESS.led.excite_keep
    state.visible *= 0.90


def strain_noise(rng: np.random.Generator, n: int) -> Reals:
    """Weekly innovations: normal, plus rare upward shocks, centred."""
    s = PROCESS.strain
    rest = s.sd**2 * (1 - s.keep**2) - s.shock_chance * 2 * s.shock_size**2
    shock = (rng.random(n) < s.shock_chance) * rng.exponential(s.shock_size, n)
    return np.asarray(
        rng.standard_normal(n) * np.sqrt(max(rest, 0.02)) + shock - s.shock_chance * s.shock_size,
        dtype=np.float64,
    )


def free_days(state: State, world: World, week: int) -> tuple[Ints, Ints]:
    """Open days this week on which each pupil is at school, and how many open days come before them."""
    opened = world.opened[state.school, week]
    used = np.clip(state.busy_until - week * DAYS, 0, DAYS)
    cumulative = np.zeros((len(world.opened), DAYS + 1), dtype=np.int64)
    np.cumsum(world.terms.open[:, week * DAYS : (week + 1) * DAYS], axis=1, out=cumulative[:, 1:])
    before = cumulative[state.school, used]
    return np.where(on_roll(state), opened - before, 0), before


def nth_open_day(world: World, school: Ints, week: int, nth: Ints) -> Ints:
    """Day index of the nth (from 0) open day of that week."""
    days = world.terms.open[school, week * DAYS : (week + 1) * DAYS]
    return np.asarray(week * DAYS + (days.cumsum(axis=1) > nth[:, None]).argmax(axis=1), dtype=np.int64)


def one_week(
    state: State, pupils: Pupils, at: Standing, world: World, week: int, rng: np.random.Generator
) -> Week:
    """Advance the state by one week of term and say what happened."""
    absent = absence_chance(at.avoidance + world.absence_season[week], state.strain, at.phase)
    free, before = free_days(state, world, week)
    push = np.exp(PROCESS.led.on_strain * state.strain)
    rate = led_rate(at, state.excited, absent, world.led_season[week]) * push
    spent = -np.log1p(-rng.random(len(rate)))  # exponential clock, in expected events
    hit = np.flatnonzero(spent < rate * free)
    day = nth_open_day(
        world, state.school[hit], week, before[hit] + (spent[hit] / rate[hit]).astype(np.int64)
    )
    kind = _kind_of_event(state.excited[hit], rng)
    days = _length(state, hit, rng)
    suspended = kind == 0
    weeks = rng.integers(*PROCESS.moves.placement_weeks, len(hit))
    incidents = _incidents(state, at, absent, free, rng)
    part_time, until, gone = _self_led(state, pupils, at, world, week, rng)
    gone = [g[~np.isin(g, hit[kind >= 2])] for g in gone]
    happened = Week(
        week,
        hit[suspended],
        day[suspended],
        days[suspended],
        hit[kind == 3],
        day[kind == 3],
        hit[kind == 1],
        day[kind == 1],
        day[kind == 1] + weeks[kind == 1] * DAYS,
        hit[kind == 2],
        day[kind == 2],
        part_time,
        until,
        gone[0],
        gone[1],
        gone[2],
        incidents,
        absent,
        _supports(state, week, rng),
    )
    _follow(state, happened)
    return happened


def _kind_of_event(excited: Reals, rng: np.random.Generator) -> Ints:
    """0 suspension, 1 placement, 2 managed move, 3 permanent exclusion; the graver, the more excited."""
    led = PROCESS.led
    share = np.array([led.placement, led.managed_move, led.permanent])[:, None] * (
        1 + led.excited_share * np.minimum(excited, 4)
    )
    u, edge = rng.random(len(excited)), share.cumsum(axis=0)
    return np.select([u < edge[0], u < edge[1], u < edge[2]], [1, 2, 3], 0).astype(np.int64)


def _length(state: State, hit: Index, rng: np.random.Generator) -> Reals:
    """Length of a suspension in days, within the 45 a school year allows."""
    days = LENGTHS[np.searchsorted(LENGTH_SHARES.cumsum() / LENGTH_SHARES.sum(), rng.random(len(hit)))]
    return np.asarray(np.clip(np.minimum(days, 45 - state.out_days[hit]), 0.5, None), dtype=np.float64)


def _incidents(state: State, at: Standing, absent: Reals, free: Ints, rng: np.random.Generator) -> Ints:
    """Incidents recorded this week."""
    rate = np.exp(at.incidents + PROCESS.conduct.on_strain * state.strain) * (1 - absent) * free
    return rng.poisson(np.minimum(rate, 4.0))


def _self_led(
    state: State, pupils: Pupils, at: Standing, world: World, week: int, rng: np.random.Generator
) -> tuple[Index, Index, list[Index]]:
    """Part-time timetables (who, until which day), and who leaves: home education, unexplained, ordinary."""
    m = PROCESS.moves
    days = np.where(on_roll(state), world.opened[state.school, week], 0) / SCHOOL_YEAR
    home, unexplained, alike = leaving_rates(state, pupils, at, world)
    part_time = (
        days
        * alike
        * np.array(m.part_time)[at.phase]
        * np.exp(0.3 * (pupils.conduct + pupils.avoidance) - 0.1)
    )
    ordinary = np.array(m.ordinary)[at.phase]
    u = rng.random((2, len(days)))
    edge = np.cumsum([days * home, days * unexplained, days * ordinary], axis=0)
    leaving = [np.flatnonzero((u[0] < edge[n]) & (u[0] >= (edge[n - 1] if n else 0))) for n in range(3)]
    starts = np.flatnonzero((u[1] < part_time) & (state.part_time_until <= week * DAYS))
    length = rng.integers(*m.part_time_weeks, len(starts))
    return starts, (week + length) * DAYS, leaving


def leaving_rates(state: State, pupils: Pupils, at: Standing, world: World) -> tuple[Reals, Reals, Reals]:
    """Yearly intensity of home education and of unexplained exits, and the factor of strain in both."""
    m = PROCESS.moves
    alike = np.exp(m.on_strain * state.strain + m.on_level * pupils.level - 0.45)
    home = alike * np.array(m.home_education)[at.phase] * np.exp(0.5 * pupils.avoidance - 0.12)
    usual = np.exp(at.incidents + PROCESS.conduct.on_strain * state.strain) * MONTH
    seen = np.clip(usual, 0.05, 8.0)
    rolled = np.where(world.schools.off_rolling[state.school], m.off_rolling * seen, 1)
    unexplained = alike * np.array(m.unexplained)[at.phase] * rolled * np.exp(0.3 * pupils.conduct - 0.05)
    return home, unexplained, alike


def _supports(state: State, week: int, rng: np.random.Generator) -> list[tuple[Index, Index]]:
    """Who starts each kind of support: mostly those whose records, or whose strain, show most."""
    roll = on_roll(state)
    started = []
    for n, kind in enumerate(SUPPORTS):
        chance = support_chance(kind, state)
        who = np.flatnonzero(roll & (rng.random(len(chance)) < chance) & (state.support_until[:, n] <= week))
        started.append((who, week + 1 + rng.integers(*kind.weeks, len(who))))
    return started


def support_chance(kind: Support, state: State) -> Reals:
    """Chance that this kind of support starts in a week."""
    return np.asarray(
        kind.weekly * np.exp(np.minimum(kind.on_records * state.visible + kind.on_strain * state.strain, 3.5))
    )


def _follow(state: State, week: Week) -> None:
    """What the week leaves behind in the state."""
    state.excited[week.led] += 1
    state.events[week.suspended] += 1
    state.out_days[week.suspended] += week.suspended_days
    calendar = np.ceil(week.suspended_days).astype(np.int64)
    state.busy_until[week.suspended] = week.suspended_day + 1 + calendar
    state.busy_until[week.placed] = week.placed_until
    state.busy_until[week.permanent] = NEVER
    for gone in (week.managed, week.home_education, week.unexplained, week.moved):
        state.school[gone] = -1
    state.part_time_until[week.part_time] = week.part_time_until
    state.visible += 0.22 * week.incidents + 3.0 * np.maximum(week.absent - 0.12, 0)
    state.visible[week.led] += 1.2
    for n, (who, until) in enumerate(week.supported):
        state.support_until[who, n] = until


def truancy_rate(state: State, pupils: Pupils, at: Standing, free: Ints) -> Reals:
    """Lessons missed while marked present, this week."""
    yearly = np.array(PROCESS.conduct.truancy)[at.phase]
    load = 0.55 * pupils.avoidance + 0.35 * pupils.conduct + 0.45 * pupils.level + 0.5 * state.strain
    return np.asarray(yearly / SCHOOL_YEAR * free * np.exp(np.minimum(load - 0.5, 3.0)), dtype=np.float64)
