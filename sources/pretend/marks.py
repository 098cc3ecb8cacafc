"""The registers: a mark for every pupil, open day and session, as a grid of indices into CODES."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from sources.pretend.groups import EID_FAMILIES, ETHNICITIES, TRAVELLING
from sources.pretend.history import History
from sources.pretend.intensity import standing
from sources.pretend.population import Ints, Mask, Pupils, Reals
from sources.pretend.process import PRIMARY, PROCESS, SECONDARY
from sources.pretend.streams import stream
from sources.pretend.terms import DAYS
from sources.pretend.weekly import World

CODES = (
    "",
    "/",
    "\\",
    "L",
    "U",
    "I",
    "O",
    "C",
    "N",
    "M",
    "V",
    "B",
    "P",
    "K",
    "W",
    "R",
    "S",
    "T",
    "J1",
    "C1",
    "G",
    "E",
    "C2",
    "D",
    "J",
)
MARK = {code: n for n, code in enumerate(CODES)}
NEW_CODES = date(2024, 8, 19)  # from this day C2, K, J1, C1 may be recorded
BEFORE = {"C2": "C", "K": "B", "J1": "J", "C1": "C"}
EID = tuple(
    date.fromisoformat(d)
    for d in (
        "2021-05-13",
        "2021-07-20",
        "2022-05-02",
        "2022-07-08",
        "2023-04-21",
        "2023-06-28",
        "2024-04-10",
        "2024-06-17",
        "2025-03-31",
        "2025-06-06",
        "2026-03-20",
        "2026-05-27",
        "2027-03-10",
        "2027-05-17",
    )
)
# Small codes drawn session by session: percent of sessions by phase (primary, secondary, special).
SCATTERED = {
    "M": (0.290, 0.425, 1.20),
    "V": (0.78, 0.81, 0.53),
    "B": (0.19, 0.235, 0.98),
    "P": (0.090, 0.157, 0.055),
    "K": (0.019, 0.087, 0.115),
    "J1": (0.018, 0.0175, 0.0115),
    "C1": (0.0035, 0.0056, 0.0053),
}
LATE = (0.0123, 0.0342, 0.0092)
LATE_CLOSED = (0.0030, 0.0058, 0.0062)
PM_LATE = 0.22  # of the morning's chance
WEEKDAY = np.array([0.09, -0.06, -0.06, -0.04, 0.11])  # log-odds of absence

Grid = npt.NDArray[np.uint8]


def make_marks(seed: int, pupils: Pupils, world: World, history: History) -> Grid:
    """Marks from the chances of absence alone: day x session (0 morning, 1 afternoon) x pupil."""
    rng = stream(seed, "marks")
    days, n = world.terms.weeks * DAYS, len(pupils.cohort)
    marks = np.zeros((days, 2, n), dtype=np.uint8)
    for year, (first, last) in enumerate(world.terms.year_weeks):
        absent = np.zeros(n, dtype=np.bool_)
        reason = np.zeros(n, dtype=np.uint8)
        for week in range(first, last):
            if not world.opened[:, week].any():
                continue
            chances = _week_chances(pupils, world, history, week, year)
            for day in range(week * DAYS, week * DAYS + DAYS):
                here = world.terms.open[history.school[:, week], day] & (history.school[:, week] >= 0)
                if here.any():
                    _one_day(marks[day], here, absent, reason, chances, day % DAYS, rng)
    return marks


@dataclass(frozen=True)
class Chances:
    """This week's chances by pupil: absence (log-odds), O rather than I, lateness, the small codes."""

    odds: npt.NDArray[np.float32]
    other: npt.NDArray[np.float32]
    authorised: npt.NDArray[np.float32]
    late: npt.NDArray[np.float32]
    closed: npt.NDArray[np.float32]
    scattered: npt.NDArray[np.float32]  # cumulative chance, code x phase
    phase: Ints


def _week_chances(pupils: Pupils, world: World, history: History, week: int, year: int) -> Chances:
    """The chances of one week."""
    a, school, strain = PROCESS.absence, history.school[:, week].astype(np.int64), history.strain[:, week]
    at = standing(pupils, world.schools, school, year)
    p = np.clip(history.absent[:, week].astype(np.float64), 1e-6, 0.97)
    score = at.avoidance + a.on_strain * strain
    other = np.array(a.other_reason)[at.phase] + a.other_on_avoidance * score
    load = 0.45 * pupils.avoidance + 0.25 * pupils.level + 0.30 * strain + 0.7 * pupils.late - 0.42
    push = np.exp(np.minimum(load, 2.4))
    scattered = np.cumsum(np.array(list(SCATTERED.values())), axis=0) / 100
    return Chances(
        np.log(p / (1 - p)).astype(np.float32),
        (1 / (1 + np.exp(-other))).astype(np.float32),
        np.array(a.authorised_other)[at.phase].astype(np.float32),
        (np.array(LATE)[at.phase] * 1.64 * push).astype(np.float32),
        (np.array(LATE_CLOSED)[at.phase] * push).astype(np.float32),
        scattered.astype(np.float32),
        at.phase,
    )


def _one_day(
    marks: Grid,
    here: Mask,
    absent: Mask,
    reason: Grid,
    chances: Chances,
    weekday: int,
    rng: np.random.Generator,
) -> None:
    """Fill one day's two sessions. A spell of absence goes on with its reason; a new one draws its own."""
    n = len(here)
    p = 1 / (1 + np.exp(-(chances.odds + WEEKDAY[weekday])))
    stay = np.maximum(PROCESS.absence.stay, p)
    start = p * (1 - stay) / (1 - p)
    u = rng.random((2, n), dtype=np.float32)
    now = u[0] < np.where(absent, stay, start)
    new = np.flatnonzero(now & ~absent)
    reason[new] = _reasons(chances, new, rng)
    absent[here] = now[here]
    half = u[1] < PROCESS.absence.half_day
    for session in (0, 1):
        away = now & ~(half & ((u[1] < PROCESS.absence.half_day / 2) == (session == 0)))
        row = np.where(away, reason, np.uint8(MARK["/"] + session))
        _scatter(row, away, chances, session, rng)
        marks[session] = np.where(here, row, 0)


def _reasons(chances: Chances, who: Ints, rng: np.random.Generator) -> Grid:
    """Reason of a new spell: illness, other (unauthorised), leave, or not yet known."""
    u = rng.random((2, len(who)), dtype=np.float32)
    code = np.where(u[0] < chances.other[who], MARK["O"], MARK["I"])
    code = np.where(u[1] < chances.authorised[who], MARK["C"], code)
    return np.where(u[1] > 0.9955, MARK["N"], code).astype(np.uint8)


def _scatter(row: Grid, away: Mask, chances: Chances, session: int, rng: np.random.Generator) -> None:
    """Lateness and the small codes, in place, for pupils who are in."""
    share = 1.0 if session == 0 else PM_LATE
    u = rng.random(len(row), dtype=np.float32)
    late, closed = chances.late * share, chances.closed * share
    table = chances.scattered
    who = np.flatnonzero(~away & (u < late + closed + table[-1, chances.phase]))
    v = u[who]
    rest = v - late[who] - closed[who]
    small = (rest > table[:, chances.phase[who]]).sum(axis=0)
    codes = np.array([MARK[c] for c in SCATTERED], dtype=np.uint8)[np.minimum(small, len(SCATTERED) - 1)]
    row[who] = np.where(v < late[who], MARK["L"], np.where(rest < 0, MARK["U"], codes))


def overlay_calendar(marks: Grid, seed: int, pupils: Pupils, world: World, history: History) -> None:
    """Holidays in term, Eid, families who travel, study leave and work experience, in place."""
    rng = stream(seed, "calendar codes")
    phase = world.schools.phase[history.school.max(axis=1)]
    codes = [e.code for e in ETHNICITIES]
    eid = np.isin(pupils.ethnicity, [codes.index(c) for c in EID_FAMILIES])
    travelling = np.isin(pupils.ethnicity, [codes.index(c) for c in TRAVELLING])
    for feast in EID:
        _replace(marks, _day_index(world, feast), 1, eid & (rng.random(len(eid)) < 0.85), "R")
    for year, (first, last) in enumerate(world.terms.year_weeks):
        year_group = pupils.cohort + year
        _holidays(marks, rng, phase, first * DAYS, last * DAYS)
        start = int(rng.integers(first * DAYS, max(last * DAYS - 10, first * DAYS + 1)))
        away = rng.random(len(eid)) < np.where(phase == PRIMARY, 0.9, 0.12)
        _replace(marks, start, 25, travelling & away, "T")
        july = _day_index(world, date(world.terms.first_year + year + 1, 7, 6))
        placed = rng.random(len(eid)) < np.array([0.0, 0.64, 0.13])[phase]
        _replace(marks, july // DAYS * DAYS, DAYS, (year_group == 10) & placed, "W")
        exam = np.array([0.0, 0.036, 0.007])
        may = _day_index(world, date(world.terms.first_year + year + 1, 5, 11))
        for day in range(max(may, 0), may + 35):
            _replace(marks, day, 1, (year_group == 11) & (rng.random(len(eid)) < exam[phase]), "S")


def _day_index(world: World, day: date) -> int:
    """Index of that date on the trust's axis of weekdays, or far outside it."""
    gap = (day - world.terms.start).days
    return gap // 7 * DAYS + min(gap % 7, 4)


def _replace(marks: Grid, day: int, length: int, who: Mask, code: str) -> None:
    """Give those pupils that code wherever they have a mark of presence in those days."""
    if day < 0:
        return
    block = marks[day : day + length]
    block[(block > 0) & (block <= MARK["L"]) & who] = MARK[code]


def _holidays(marks: Grid, rng: np.random.Generator, phase: Ints, first: int, last: int) -> None:
    """A few days of holiday in term time: more in primaries, mostly beside the school holidays."""
    share = np.select([phase == PRIMARY, phase == SECONDARY], [0.315, 0.210], 0.255)
    who = np.flatnonzero(rng.random(len(phase)) < share)
    opened = np.flatnonzero((marks[first:last] > 0).any(axis=(1, 2))) + first
    if not len(opened):
        return
    edge = opened[np.flatnonzero(np.diff(opened, append=opened[-1] + 99) > 4)]
    chosen = np.where(rng.random(len(who)) < 0.65, rng.choice(edge, len(who)), rng.choice(opened, len(who)))
    length = rng.integers(2, 6, len(who))
    for back in range(5):
        rows = (back < length) & (chosen - back >= first)
        for session in (0, 1):
            here = marks[chosen[rows] - back, session, who[rows]]
            swap = (here > 0) & (here <= MARK["L"])
            marks[chosen[rows][swap] - back, session, who[rows][swap]] = MARK["G"]


def minutes_late(marks: Grid, seed: int) -> npt.NDArray[np.int16]:
    """Minutes late for each L or U in the grid's own order: up to 30 before registers close, more after."""
    rng = stream(seed, "minutes late")
    flat = marks.ravel()
    closed = flat[(flat == MARK["L"]) | (flat == MARK["U"])] == MARK["U"]
    short: Reals = 1 + rng.exponential(8.0, len(closed)).clip(max=28)
    return np.where(closed, 30 + rng.exponential(35.0, len(closed)).clip(max=150), short).astype(np.int16)
