"""Marks that follow from events: suspensions, placements, part-time timetables; codes valid on each date."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sources.pretend.history import PERMANENT_WEEKS, History
from sources.pretend.marks import BEFORE, MARK, NEW_CODES, Grid
from sources.pretend.population import Ints, Schools
from sources.pretend.streams import stream
from sources.pretend.terms import DAYS, Terms

DAY_SIX = 10  # sessions of a suspension after which the school must arrange education (code B)


@dataclass(frozen=True)
class Spans:
    """Stretches of sessions: pupil, first day index, sessions (or last day), parallel arrays."""

    pupil: Ints
    day: Ints
    length: Ints


def suspensions(history: History) -> Spans:
    """Every suspension: its first day and its sessions."""
    return _spans(
        [w.suspended for w in history.weeks],
        [w.suspended_day for w in history.weeks],
        [np.rint(2 * w.suspended_days).astype(np.int64) for w in history.weeks],
    )


def _spans(who: list[Ints], day: list[Ints], length: list[Ints]) -> Spans:
    """Weekly lists as one."""
    return Spans(np.concatenate(who), np.concatenate(day), np.concatenate(length))


def overlay_events(marks: Grid, seed: int, terms: Terms, history: History) -> None:
    """Write the codes that events cause into the marks, in place."""
    rng = stream(seed, "event codes")
    for week in history.weeks:
        for pupil, until in zip(week.part_time, week.part_time_until, strict=True):
            _part_time(marks[week.number * DAYS : until, :, pupil], rng)
        for pupil, day, until in zip(week.placed, week.placed_day, week.placed_until, strict=True):
            block = marks[day + 1 : until, :, pupil]
            block[block > 0] = np.where(
                rng.random(int((block > 0).sum())) < 0.82, MARK["D" if pupil % 2 else "B"], MARK["O"]
            )
    spans = suspensions(history)
    for pupil, day, sessions in zip(spans.pupil, spans.day, spans.length, strict=True):
        _suspend(marks, int(pupil), int(day), int(sessions))
    for week in history.weeks:
        for pupil, day in zip(week.permanent, week.permanent_day, strict=True):
            _suspend(marks, int(pupil), int(day), 2 * DAYS * (PERMANENT_WEEKS + 1))
    _before_2024(marks, terms)


def _part_time(block: Grid, rng: np.random.Generator) -> None:
    """A part-time timetable: afternoons, and for some a morning a week, are leave of absence (C2)."""
    block[:, 1][block[:, 1] > 0] = MARK["C2"]
    if rng.random() < 0.3:
        block[::DAYS, 0][block[::DAYS, 0] > 0] = MARK["C2"]


def _suspend(marks: Grid, pupil: int, day: int, sessions: int) -> None:
    """In that morning; then E from the afternoon for so many sessions, and B from the sixth day on."""
    marks[day, 0, pupil] = MARK["/"]
    column = marks[day : day + sessions * 3 + 60, :, pupil]
    at_school = np.flatnonzero(column.ravel() > 0)[1 : sessions + 1]
    place = np.unravel_index(at_school, column.shape)
    column[place] = np.where(np.arange(len(at_school)) < DAY_SIX, MARK["E"], MARK["B"])


def _before_2024(marks: Grid, terms: Terms) -> None:
    """Codes that did not exist before 19 August 2024 become their predecessors."""
    early = int((terms.dates < np.datetime64(NEW_CODES)).sum())
    table = np.arange(256, dtype=np.uint8)
    for code, old in BEFORE.items():
        table[MARK[code]] = MARK[old]
    marks[:early] = table[marks[:early]]
    late = marks[early:]
    late[late == MARK["J"]] = MARK["J1"]


def provisional(marks: Grid, seed: int) -> None:
    """In the last five days with marks, part of the absences are still without a reason (N), in place."""
    rng = stream(seed, "provisional")
    last = np.flatnonzero((marks > 0).any(axis=(1, 2)))[-5:]
    for day in last:
        away = (marks[day] == MARK["O"]) | (marks[day] == MARK["I"])
        marks[day][away & (rng.random(marks[day].shape) < 0.35)] = MARK["N"]


def plant_gap(marks: Grid, terms: Terms, schools: Schools, history: History) -> dict[str, object]:
    """Lose one week of one school's registers, in place; returns which."""
    school = int(np.flatnonzero(schools.feed_gap)[0])
    first, last = terms.year_weeks[-1]
    full = [w for w in range(first, last) if terms.opened[school, w] == DAYS]
    week = full[len(full) // 3]
    block = marks[week * DAYS : (week + 1) * DAYS]
    block[:, :, history.school[:, week] == school] = 0
    return {"school_id": schools.ids[school], "monday": str(terms.dates[week * DAYS])}


def present_on(marks: Grid, pupil: Ints, day: Ints) -> npt.NDArray[np.bool_]:
    """Whether each pupil was in school that morning or afternoon."""
    morning, afternoon = marks[day, 0, pupil], marks[day, 1, pupil]
    return np.asarray(
        ((morning >= MARK["/"]) & (morning <= MARK["U"]))
        | ((afternoon >= MARK["/"]) & (afternoon <= MARK["U"]))
    )
