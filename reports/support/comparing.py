"""One kind of support: its starts beside those like them, and all that says whether to believe the difference."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reports.support.effect import Codes, Flags, Matched, Reals, apart_before, chances, match
from reports.support.fidelity import fidelity_found
from reports.support.moments import Moments
from reports.support.regression import Regression, plain
from reports.support.trails import Trail
from reports.support.trajectory import EARLY, ahead, lost
from reports.support.values import OUTCOMES, Balance, Check, Finding, Kind, Point
from reports.support.verdict import TOGETHER, against, e_value, e_value_of_limit, missed, verdict

COURSE, STRETCH = 60, 10  # open days either side of the start, and to a point


@dataclass(frozen=True)
class Measured:
    """All that was measured at every moment: `columns` before it by name, `halves` of matched stretches, `after` it;
    of starts the share of planned sessions that were `held`."""

    names: tuple[str, ...]
    columns: Reals
    halves: Mapping[str, Reals]
    after: Mapping[str, Reals]
    trails: Mapping[str, Trail]
    held: Reals


@dataclass(frozen=True)
class Compared:
    """The moments of one kind: `where` they stand among all, who is supported, and how they are weighted."""

    where: Codes
    supported: Flags
    pupils: Codes
    numbers: Codes
    columns: Reals
    matched: Matched

    @cached_property
    def alike(self) -> Regression:
        """The supported beside those weighted to be like them, their columns held alike."""
        return Regression(self.columns, self.supported, self.matched.weights, self.pupils)

    @cached_property
    def weighted_only(self) -> Regression:
        """The same with nothing held alike: what the weights alone make of it."""
        nothing = np.empty((len(self.pupils), 0))
        return Regression(nothing, self.supported, self.matched.weights, self.pupils)


def compared(found: Moments, measured: Measured, kind: int) -> Compared | None:
    """The starts of a kind whose term has closed, beside the moments like them; None where there are none."""
    of = found.of(kind)
    rows, columns = found.rows[of], measured.columns[of]
    closed = rows["closed"].to_numpy()
    supported = (rows["start"] == kind).to_numpy()
    if (supported & closed).sum() < 2 or (~supported & closed).sum() < 2:
        return None
    staying = found.staying(kind, of, chances(columns, supported))[closed]
    supported, columns, rows = supported[closed], columns[closed], rows[closed]
    if not staying[~supported].any():
        return None
    matched = match(columns, supported, rows["season"].to_numpy(), staying)
    if not matched.weights[supported].any():
        return None
    return Compared(
        np.flatnonzero(of)[closed], supported, rows["code"].to_numpy(), rows["number"].to_numpy(), columns, matched,
    )  # fmt: skip


def kind_found(name: str, left_out: int, open_days: float | None, measured: Measured, held: Compared) -> Kind:
    """All that can be said of a kind."""
    balance, checks = _balance(measured, held), _checks(measured, held)
    weights = held.matched.weights
    changes = np.column_stack([each[held.where] for each in measured.halves.values()])
    p = apart_before(changes, held.columns, held.supported, weights, held.pupils)
    starts = int(held.supported.sum())
    worst = max((abs(each.gap_after) for each in balance), default=0.0)
    doubts = against(starts, held.matched.unlike, p, checks, worst)
    findings = tuple(
        _finding(outcome, measured.after[outcome][held.where], held, doubts, missed(checks))
        for outcome in OUTCOMES
    )
    course = {name: _course(measured.trails, name, held) for name in ("incidents", "sessions_lost")}
    return Kind(
        name,
        starts,
        left_out,
        findings,
        held.matched.unlike,
        held.matched.alike,
        open_days,
        p,
        checks,
        balance,
        course,
        fidelity_found(
            measured.held[held.where],
            {name: each[held.where] for name, each in measured.after.items()},
            held.alike,
        ),
    )


def _finding(outcome: str, after: Reals, held: Compared, doubts: tuple[str, ...], hidden: float) -> Finding:
    effect = held.alike.effect(after)
    usual, spread = _usual(after, held)
    limit = e_value_of_limit(outcome, effect, usual, spread)
    said, why = verdict(effect, spread, limit, doubts, hidden)
    strength = None if effect.estimate is None else e_value(outcome, effect.estimate, usual, spread)
    return Finding(
        outcome, plain(after, held.supported, held.pupils), effect, usual, strength, limit, said, why
    )


def _usual(after: Reals, held: Compared) -> tuple[float, float]:
    """The mean and spread of an outcome among those like the supported."""
    weights = held.matched.weights * ~held.supported * ~np.isnan(after)
    if not weights.any():
        return 0.0, 0.0
    values = np.nan_to_num(after)
    mean = float(np.average(values, weights=weights))
    return mean, float(np.sqrt(np.average((values - mean) ** 2, weights=weights)))


def _checks(measured: Measured, held: Compared) -> tuple[Check, ...]:
    """Differences at pretend dates, in the first days, and in what support has no part in."""

    def check(what: str, outcome: str, day: int, after: Reals) -> Check:
        return Check(what, outcome, day, held.alike.effect(after))

    found = []
    for name, change in measured.halves.items():
        outcome, day = name.split(", ")
        found.append(check("pretend_date", outcome, -int(day.split()[0]), change[held.where]))
    trails, pupils, numbers = measured.trails, held.pupils, held.numbers
    early = {
        "incidents": ahead(trails["incidents"], pupils, numbers, 0, EARLY),
        "sessions_lost": lost(trails, pupils, numbers, 0, EARLY),
    }
    found += [check("first_days", outcome, 0, after) for outcome, after in early.items()]
    found.append(
        check("first_days", TOGETHER, 0, np.asarray(sum(_in_spreads(each, held) for each in early.values())))
    )
    found.append(
        check("placebo", "appointments", 0, ahead(trails["appointments"], pupils, numbers, 0, COURSE))
    )
    return tuple(found)


def _in_spreads(outcome: Reals, held: Compared) -> Reals:
    """An outcome in spreads of those like the supported."""
    spread = _usual(outcome, held)[1]
    return outcome / spread if spread else outcome


def _balance(measured: Measured, held: Compared) -> tuple[Balance, ...]:
    """Each column of the match: how unlike the supported and the others were, and are once weighted."""
    own, weights = held.supported & (held.matched.weights > 0), held.matched.weights
    columns = held.columns
    means, everyone = columns[own].mean(axis=0), columns[~held.supported].mean(axis=0)
    alike = np.average(columns[~held.supported], axis=0, weights=weights[~held.supported])
    spread = columns[own].std(axis=0)
    spread = np.where(spread > 0, spread, np.inf)
    return tuple(
        Balance(name, *(float(each) for each in row))
        for name, *row in zip(measured.names, means, everyone, alike, (means - everyone) / spread,
                              (means - alike) / spread, strict=True)
    )  # fmt: skip


def _course(trails: Mapping[str, Trail], outcome: str, held: Compared) -> tuple[Point, ...]:
    """The two courses, ten open days at a time, and how far apart they are."""
    points, weights = [], held.matched.weights
    for day in range(-COURSE, COURSE, STRETCH):
        span = (held.pupils, held.numbers, day, day + STRETCH)
        each = lost(trails, *span) if outcome == "sessions_lost" else ahead(trails[outcome], *span)
        own, alike = (
            float(np.average(each[who], weights=weights[who])) for who in (held.supported, ~held.supported)
        )
        points.append(Point(day, own, alike, held.weighted_only.effect(each)))
    return tuple(points)
