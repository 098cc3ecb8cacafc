"""The schools and pupils of the pretend trust, with the traits that stay as they are."""

from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from sources.pretend.groups import ETHNICITIES
from sources.pretend.process import FIRST_YEAR, LAST_YEAR, PHASES, PRIMARY, PROCESS, SECONDARY, SPECIAL
from sources.pretend.streams import stream
from sources.pretend.terms import Terms

Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
ORDER = (1, 0, 1, 0, 1, 2, 1, 0, 1, 0, 1, 2)  # the phases of the trust's schools, in turn
AUTHORITY = "999"  # of schools that are nowhere: England has none of that number
UNLIKE = 0.55  # share of its community's free-meals level that the unlike school has
SPECIAL_SIZE = 0.25  # a special school is smaller
Rows = TypeVar("Rows")


def take(rows: Rows, index: npt.NDArray[Any]) -> Rows:
    """The same dataclass of parallel arrays, for the rows of that index."""
    return type(rows)(**{f.name: getattr(rows, f.name)[index] for f in fields(rows)})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Schools:
    """Parallel arrays, one entry a school: phase, and its own habits as log factors or shifts."""

    phase: Ints
    size: Ints
    fsm: Reals
    led: Reals
    incidents: Reals
    absence: Reals
    off_rolling: Mask
    unlike_community: Mask
    feed_gap: Mask

    @property
    def ids(self) -> list[str]:
        """School identifiers: a fictional authority and establishment number."""
        return [f"{AUTHORITY}{4001 + n}" for n in range(len(self.phase))]


@dataclass(frozen=True)
class Pupils:
    """Parallel arrays, one entry a pupil. `cohort` + year = curriculum year; `plan` is school by year."""

    cohort: Ints
    plan: Ints
    join: Ints  # first week on roll
    male: Mask
    ethnicity: Ints
    english: Mask
    fsm: Mask
    sen: Ints  # 0 none, 1 SEN support, 2 plan
    care: Ints  # index into groups.CARE
    carer: Mask
    level: Reals
    conduct: Reals
    avoidance: Reals
    noticed: Reals  # own noise of recorded incidents
    praised: Reals
    late: Reals


def even(rng: np.random.Generator, n: int, sd: float) -> Reals:
    """n evenly spread normal scores in random order: school habits vary, their mean does not."""
    grid = (np.arange(n) + 0.5) / max(n, 1)
    scores = np.sqrt(2.0) * _inverse_erf(2 * grid - 1)
    return np.asarray(rng.permutation(scores) * sd, dtype=np.float64)


def _inverse_erf(x: Reals) -> Reals:
    """Winitzki's approximation, within 0.3 %: enough for spreading school habits."""
    inner = np.log1p(-(x**2))
    part = 2 / (np.pi * 0.147) + inner / 2
    return np.asarray(np.sign(x) * np.sqrt(np.sqrt(part**2 - inner / 0.147) - part), dtype=np.float64)


def make_schools(seed: int, phases: tuple[int, ...], pupils: int) -> Schools:
    """The trust's schools with evenly spread habits, and the planted ones marked."""
    rng = stream(seed, "schools")
    phase = np.array(phases, dtype=np.int64)
    n, spread = len(phase), {}
    for name, sd in (
        ("fsm", 0.45),
        ("led", PROCESS.led.school_sd),
        ("incidents", PROCESS.conduct.school_sd),
        ("absence", PROCESS.absence.school_sd),
    ):
        values = np.zeros(n)
        for p in range(len(PHASES)):
            mine = phase == p
            values[mine] = even(rng, int(mine.sum()), sd)
        spread[name] = values
    size = np.where(phase == SPECIAL, np.maximum(pupils * SPECIAL_SIZE, 20), pupils).astype(np.int64)
    fsm = np.where(phase == SPECIAL, 0.46, 1 / (1 + np.exp(1.10 - spread["fsm"])))
    secondaries = np.flatnonzero(phase == SECONDARY)
    mark = np.zeros((3, n), dtype=np.bool_)
    mark[0, secondaries[-1] if len(secondaries) else n - 1] = True
    mark[1, secondaries[0] if len(secondaries) else 0] = True
    mark[2, min(1, n - 1)] = True
    led = spread["led"] - np.log(np.mean(np.exp(spread["led"])))
    return Schools(
        phase,
        size,
        np.where(mark[1], np.maximum(fsm, 0.28) * UNLIKE, fsm),
        led,
        spread["incidents"],
        spread["absence"],
        mark[0],
        mark[1],
        mark[2],
    )


def _seats(schools: Schools, terms: Terms, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Cohort, plan and joining week of every pupil ever on roll, before primaries feed secondaries."""
    cohorts, plans, joins = [], [], []
    for school, (phase, size) in enumerate(zip(schools.phase, schools.size, strict=True)):
        first, last = FIRST_YEAR[phase], LAST_YEAR[phase]
        each = size / (last - first + 1)
        for cohort in range(first - terms.years + 1, last + 1):
            entry = max(first - cohort, 0)
            late = int(
                rng.poisson(each * PROCESS.moves.joiners * (min(last - cohort, terms.years - 1) - entry + 1))
            )
            n = round(each * rng.uniform(0.93, 1.03)) + late
            plan = np.full((n, terms.years), -1, dtype=np.int64)
            plan[:, entry : last - cohort + 1] = school
            week = np.full(n, terms.year_weeks[entry][0], dtype=np.int64)
            if late:
                until = terms.year_weeks[min(last - cohort, terms.years - 1)][1]
                week[-late:] = rng.integers(week[0] + 1, until, late)
            cohorts.append(np.full(n, cohort, dtype=np.int64))
            plans.append(plan)
            joins.append(week)
    return np.concatenate(cohorts), np.concatenate(plans), np.concatenate(joins)


def _feed_secondaries(cohort: Ints, plan: Ints, schools: Schools, rng: np.random.Generator) -> Mask:
    """Some Year 6 leavers take a Year 7 seat in the trust. Changes `plan`; returns which rows to keep."""
    keep = np.ones(len(cohort), dtype=np.bool_)
    at = np.array([*schools.phase, -1])
    for year in range(1, plan.shape[1]):
        leavers = np.flatnonzero(
            (cohort + year == FIRST_YEAR[SECONDARY]) & (at[plan[:, year - 1]] == PRIMARY)
        )
        leavers = leavers[rng.random(len(leavers)) < PROCESS.moves.primary_to_trust]
        new = (cohort + year == FIRST_YEAR[SECONDARY]) & (at[plan[:, year]] == SECONDARY)
        seats = rng.permutation(np.flatnonzero(new & (plan[:, year - 1] < 0)))
        n = min(len(leavers), int(len(seats) * 0.6))
        chosen = rng.permutation(leavers)[:n]
        plan[chosen, year:] = plan[seats[:n], year:]
        keep[seats[:n]] = False
    return keep


def make_pupils(seed: int, schools: Schools, terms: Terms) -> Pupils:
    """Everyone who is ever on roll, in an order that says nothing about them."""
    rng = stream(seed, "pupils")
    cohort, plan, join = _seats(schools, terms, rng)
    keep = np.flatnonzero(_feed_secondaries(cohort, plan, schools, rng))
    cohort, plan, join = cohort[keep], plan[keep], join[keep]
    home = plan.max(axis=1)
    n, special = len(home), schools.phase[home] == SPECIAL
    male = rng.random(n) < np.where(special, 0.73, 0.505)
    ethnicity, english = _ethnicity(rng, home, len(schools.phase))
    fsm = rng.random(n) < schools.fsm[home]
    sen = _sen(rng, fsm, male, special, schools.unlike_community[home])
    care = _care(rng, fsm, sen)
    level = np.clip(rng.standard_t(PROCESS.strain.tail, n) / np.sqrt(5 / 3), -3.5, 4.5)
    own = rng.standard_normal((5, n))
    own[1] = 0.25 * own[0] + np.sqrt(1 - 0.25**2) * own[1]
    return Pupils(
        cohort,
        plan,
        join,
        male,
        ethnicity,
        english,
        fsm,
        sen,
        care,
        rng.random(n) < 0.012,
        level,
        own[0],
        own[1],
        own[2],
        own[3],
        own[4],
    )


def _ethnicity(rng: np.random.Generator, home: Ints, schools: int) -> tuple[Ints, Mask]:
    """Ethnic group (each school has its own mix) and whether English is the first language."""
    shares = np.array([e.share for e in ETHNICITIES])
    mix = rng.dirichlet(shares / shares.sum() * 60, schools)
    edges = np.cumsum(mix, axis=1)[home]
    code = (rng.random(len(home))[:, None] > edges).sum(axis=1).clip(max=len(ETHNICITIES) - 1)
    english = rng.random(len(home)) < np.array([e.english for e in ETHNICITIES])[code]
    return code.astype(np.int64), english


def _sen(rng: np.random.Generator, fsm: Mask, male: Mask, special: Mask, unlike: Mask) -> Ints:
    """SEN provision: more with free meals and among boys; less where the intake is unlike the community."""
    weight = np.where(fsm, 1.75, 0.8) * np.where(male, 1.2, 0.8) * np.where(unlike, 0.6, 1.0)
    plan = rng.random(len(fsm)) < 0.032 * weight
    support = rng.random(len(fsm)) < 0.140 * weight
    return np.where(special | plan, 2, np.where(support, 1, 0)).astype(np.int64)


def _care(rng: np.random.Generator, fsm: Mask, sen: Ints) -> Ints:
    """Social care: index into groups.CARE."""
    weight = np.where(fsm, 2.2, 0.6) * np.where(sen > 0, 1.8, 0.8)
    chance = np.array([0.025, 0.006, 0.006])[:, None] * weight
    u, edge = rng.random(len(fsm)), chance.cumsum(axis=0)
    return np.select([u < edge[0], u < edge[1], u < edge[2]], [1, 2, 3], 0).astype(np.int64)
