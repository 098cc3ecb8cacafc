"""The whole story of the trust, week by week: who was where, under what strain, and what happened."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from sources.pretend.intensity import Standing, led_rate, standing
from sources.pretend.population import Ints, Pupils
from sources.pretend.process import LAST_YEAR, PROCESS, SECONDARY, SPECIAL
from sources.pretend.state import Index, State, Week, first_state, on_roll
from sources.pretend.streams import stream
from sources.pretend.weekly import World, move_strain, one_week, truancy_rate

PERMANENT_WEEKS = 3  # from a permanent exclusion to the end of the enrolment: the governors' meeting


UNSEEN_DAYS = 320.0  # open days whose events, with those they set off, still echo when the data begin
SUMMER_WEEKS = 7


@dataclass(frozen=True)
class Snapshot:
    """The state at the end of a week, kept so that its true chances can be computed."""

    week: int
    state: State


@dataclass(frozen=True)
class History:
    """Grids are pupil x week; `weeks` holds what happened; `ends` says why and where to each spell ended."""

    school: npt.NDArray[np.int16]
    strain: npt.NDArray[np.float32]
    absent: npt.NDArray[np.float32]
    incidents: npt.NDArray[np.uint8]
    truancy: npt.NDArray[np.uint8]
    weeks: list[Week]
    ends: dict[tuple[int, int], tuple[str, str]]  # (pupil, last week) -> reason, destination
    plan: Ints
    snapshots: list[Snapshot]


def last_of_june(world: World, year: int) -> int:
    """The last week on roll of the last secondary year: that of June's last Friday."""
    day = date(world.terms.first_year + year + 1, 6, 30)
    day -= timedelta(days=(day.weekday() - 4) % 7)
    return (day - world.terms.start).days // 7


class Story:
    """Runs the process forwards over the calendar and keeps its history."""

    def __init__(self, seed: int, pupils: Pupils, world: World, snapshot_weeks: frozenset[int]) -> None:
        self.pupils, self.world, self.snapshot_weeks = pupils, world, snapshot_weeks
        self.draws, self.destinies = stream(seed, "weeks"), stream(seed, "destinations")
        n, weeks = len(pupils.cohort), world.terms.weeks
        self.state = first_state(pupils, self.draws, PROCESS.strain)
        self.plan, self.left = pupils.plan.copy(), np.zeros(n, dtype=np.bool_)
        self.leave_week = np.full(n, -1, dtype=np.int64)
        self.at: Standing = standing(pupils, world.schools, self.state.school, 0)
        self.history = History(
            np.full((n, weeks), -1, dtype=np.int16),
            np.zeros((n, weeks), dtype=np.float32),
            np.zeros((n, weeks), dtype=np.float32),
            np.zeros((n, weeks), dtype=np.uint8),
            np.zeros((n, weeks), dtype=np.uint8),
            [],
            {},
            self.plan,
            [],
        )

    def run(self, progress: Callable[[str], None]) -> History:
        """The history from the first week to the last."""
        for year, (first, last) in enumerate(self.world.terms.year_weeks):
            progress(f"school year {self.world.terms.first_year + year}: {last - first} weeks")
            self.state.events[:] = 0
            self.state.out_days[:] = 0
            for week in range(first, last):
                self._arrive(year, week, week == first)
                if week == 0:
                    self._remember()
                self._live(week)
                self._leave(year, week)
        return self.history

    def _arrive(self, year: int, week: int, september: bool) -> None:
        """Seats taken this week: everyone in September, joiners in their week, movers to their new school."""
        seat = np.where((self.pupils.join <= week) & ~self.left, self.plan[:, year], -1)
        if week > last_of_june(self.world, year):
            seat[self._finishing(seat, year)] = -1
        if september or not np.array_equal(seat, self.state.school):
            self.state.school = seat
            self.at = standing(self.pupils, self.world.schools, seat, year)

    def _remember(self) -> None:
        """Events of the year before the data, so that the first autumn is like the others."""
        strain, n = self.state.strain, len(self.state.strain)
        rate = led_rate(self.at, np.zeros(n), np.full(n, 0.07), 1.0) * np.exp(PROCESS.led.on_strain * strain)
        events = self.draws.poisson(np.minimum(rate * UNSEEN_DAYS, 8.0))
        age = self.draws.uniform(SUMMER_WEEKS, SUMMER_WEEKS + 38, n)
        self.state.excited = events * PROCESS.led.excite_keep**age

    def _finishing(self, seat: Ints, year: int) -> npt.NDArray[np.bool_]:
        """Who is in the last year group of a secondary or special school."""
        phase = self.world.schools.phase[seat]
        oldest = self.pupils.cohort + year == np.array(LAST_YEAR)[phase]
        return np.asarray((seat >= 0) & oldest & ((phase == SECONDARY) | (phase == SPECIAL)), dtype=np.bool_)

    def _live(self, week: int) -> None:
        """One week of strain and events, written into the history."""
        h, world = self.history, self.world
        move_strain(self.state, self.draws, week)
        h.strain[:, week] = self.state.strain
        h.school[:, week] = self.state.school
        if not world.opened[:, week].any():
            return
        roll = on_roll(self.state)
        free = np.where(roll, world.opened[self.state.school, week], 0)
        rate = truancy_rate(self.state, self.pupils, self.at, free)
        h.truancy[:, week] = np.minimum(self.draws.poisson(rate), 25)
        happened = one_week(self.state, self.pupils, self.at, world, week, self.draws)
        h.absent[:, week] = np.where(roll, happened.absent, 0)
        h.incidents[:, week] = np.minimum(happened.incidents, 20)
        h.weeks.append(happened)
        if week in self.snapshot_weeks:
            everyone = np.arange(len(roll))
            h.snapshots.append(Snapshot(week, self.state.copy(everyone)))

    def _leave(self, year: int, week: int) -> None:
        """End the spells that end this week; movers within the trust sit in their new school next week."""
        if not self.history.weeks or not self.world.opened[:, week].any():
            return
        now = self.history.weeks[-1]
        self.leave_week[now.permanent] = week + PERMANENT_WEEKS
        excluded = np.flatnonzero((self.leave_week == week) & ~self.left)
        self._end(excluded, week, "permanent exclusion", "alternative provision")
        self._end(now.home_education, week, "elective home education", "home education")
        self._end(now.unexplained, week, "", "")
        for who, reason, share in (
            (now.managed, "managed move", 0.5),
            (now.moved, "change of school", PROCESS.moves.within_trust),
        ):
            self._rehouse(who, year, week, reason, share)

    def _end(self, who: Index, week: int, reason: str, destination: str) -> None:
        """These pupils leave the trust at the end of the week."""
        self.left[who] = True
        for pupil in who:
            self.history.ends[int(pupil), week] = (reason, destination)

    def _rehouse(self, who: Index, year: int, week: int, reason: str, share: float) -> None:
        """A new school: sometimes another of the trust with the same phase, else one outside it."""
        schools = self.world.schools
        inside = self.destinies.random(len(who)) < share
        for pupil, stay in zip(who, inside, strict=True):
            here = self.plan[pupil, year]
            others = np.flatnonzero(
                (schools.phase == schools.phase[here]) & (np.arange(len(schools.phase)) != here)
            )
            if stay and len(others):
                there = int(self.destinies.choice(others))
                later = self.plan[pupil, year:]
                later[later == here] = there
                self.history.ends[int(pupil), week] = (reason, schools.ids[there])
            else:
                self._end(np.array([pupil]), week, reason, f"998{4001 + int(self.destinies.integers(900))}")
