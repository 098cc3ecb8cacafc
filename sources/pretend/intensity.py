"""From a pupil's state to the intensity of what may happen: formulas the process and its truth share."""

from dataclasses import dataclass

import numpy as np

from sources.pretend.groups import ETHNICITIES
from sources.pretend.population import Ints, Pupils, Reals, Schools
from sources.pretend.process import PROCESS, SPECIAL
from sources.pretend.terms import Terms

SCHOOL_YEAR = 190.0  # open days
LED_BY_GROUP = np.array([e.led for e in ETHNICITIES])
ABSENCE_BY_GROUP = np.array([e.absence for e in ETHNICITIES])


def year_tables() -> Reals:
    """Log of expected school-led events a pupil-day, by phase x curriculum year."""
    led = PROCESS.led
    table = np.zeros((3, 12))
    table[0, :7] = led.primary
    table[0, 7:] = led.primary[-1]
    table[1, 7:] = led.secondary
    table[1, :7] = led.secondary[0]
    table[2] = led.special
    return np.asarray(np.log(table / 100 / SCHOOL_YEAR * np.array(led.scale)[:, None]), dtype=np.float64)


LED_TABLE = year_tables()


@dataclass(frozen=True)
class Standing:
    """What does not change within a school year, a row a pupil: log intensities and shifts at a school."""

    led: Reals  # log school-led events an open day, without strain
    incidents: Reals  # log incidents an open day, without strain
    avoidance: Reals  # absence score without strain
    phase: Ints
    year_group: Ints
    school: Ints


def group_shift(pupils: Pupils, phase: Ints) -> Reals:
    """Log factor of school-led events by sex, free meals, SEN, care and ethnicity."""
    led = PROCESS.led
    sen = np.where(phase == SPECIAL, 0.0, np.array(led.sen)[pupils.sen])
    shift = led.boys * pupils.male + led.fsm * pupils.fsm + sen + np.array(led.care)[pupils.care]
    return np.asarray(shift + LED_BY_GROUP[pupils.ethnicity], dtype=np.float64)


def standing(pupils: Pupils, schools: Schools, school: Ints, year: int) -> Standing:
    """Each pupil's standing at that school in that year (school -1 gives a harmless row)."""
    led, absence, conduct = PROCESS.led, PROCESS.absence, PROCESS.conduct
    phase = schools.phase[school]
    year_group = np.clip(pupils.cohort + year, 0, 11)
    groups = group_shift(pupils, phase)
    own = np.array(led.spread)[phase] * (led.on_level * pupils.level + led.on_conduct * pupils.conduct)
    base = LED_TABLE[phase, year_group]
    seen = np.log(np.array(conduct.incidents)[phase] / SCHOOL_YEAR) + 0.55 * (base - LED_TABLE[phase, 9])
    sen = np.where(phase == SPECIAL, 0.0, np.array(absence.sen)[pupils.sen])
    avoid = (
        absence.fsm * pupils.fsm
        + sen
        + np.array(absence.care)[pupils.care]
        + ABSENCE_BY_GROUP[pupils.ethnicity]
        + np.array(absence.year)[year_group]
        + schools.absence[school]
        + absence.on_level * pupils.level
        + absence.on_avoidance * pupils.avoidance
    )
    return Standing(
        base + schools.led[school] + groups + own,
        seen
        + conduct.on_groups * groups
        + conduct.on_led * own
        + conduct.own_sd * pupils.noticed
        + schools.incidents[school]
        - 0.75,
        avoid,
        phase,
        year_group,
        school,
    )


def absence_chance(avoidance: Reals, strain: Reals, phase: Ints) -> Reals:
    """Chance of being absent on a day: log-odds rise with avoidance, faster in the upper tail."""
    a = PROCESS.absence
    score = avoidance + a.on_strain * strain
    beyond = np.maximum(score - a.bend_from, 0.0)
    odds = np.array(a.middle)[phase] + np.array(a.slope)[phase] * score + np.array(a.bend)[phase] * beyond
    return np.asarray(1 / (1 + np.exp(-np.minimum(odds, 3.2))), dtype=np.float64)


def led_rate(at: Standing, excited: Reals, absent: Reals, season: float) -> Reals:
    """School-led events an open day at zero strain (strain multiplies by exp(on_strain * strain))."""
    led, recent = PROCESS.led, -np.expm1(-excited)
    rate = np.exp(at.led) * (1 + led.excite * recent) + led.again * recent
    return np.asarray(rate * (1 - absent) * season, dtype=np.float64)


def led_season(terms: Terms) -> Reals:
    """Factor by week: rises within each half term, falls over the school year (excitement rises instead)."""
    opened = terms.opened.mean(axis=0) > 0
    since = np.zeros(terms.weeks)
    for week in range(1, terms.weeks):
        since[week] = since[week - 1] + 1 if opened[week] else 0
    year = np.concatenate([np.linspace(1.18, 0.84, last - first) for first, last in terms.year_weeks])
    return np.asarray(year * (0.86 + 0.04 * np.minimum(since, 6)), dtype=np.float64)


def absence_season(terms: Terms) -> Reals:
    """Log-odds shift by week: rises to December, and before and at the end of each half term."""
    opened = terms.opened.mean(axis=0)
    shift = np.zeros(terms.weeks)
    for first, last in terms.year_weeks:
        n = np.arange(last - first)
        shift[first:last] = -0.20 + 0.32 * np.exp(-(((n - 14) / 5.0) ** 2)) + 0.10 * (n > 36)
    before_break = (opened > 0) & (np.append(opened[1:], 0) == 0)
    return np.asarray(shift + 0.22 * before_break, dtype=np.float64)
