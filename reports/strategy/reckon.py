"""The report reckoned from the tables as known on its day."""

import dataclasses
from datetime import date

import numpy as np
import pandas as pd

from features.calendar import days_of
from reports.asked import Asked, Known, any_open, schools_of
from reports.disclosure import EVERYONE, Cell, hidden_schools, rounded, suppressed, too_small
from reports.limits import expected_among
from reports.lost_learning.reckon import lost_learning
from reports.lost_learning.values import SCHOOL_LED
from reports.lost_learning.values import Part as LostPart
from reports.movements.exits import UNEXPLAINED, endings, exits, named_exits
from reports.on_roll import OWN, on_roll
from reports.periods import half_term, half_terms_begin
from reports.repeats.values import TERM
from reports.steps import Climbs, climbs
from reports.strategy.support import done, highest
from reports.strategy.values import Affected, Change, Part, Strategy
from reports.whole import whole

Changes = dict[str, tuple[Change, ...]]


def strategy(known: Known, asked: Asked) -> Strategy:
    """The continuum over the term up to `asked.as_of` (or from `asked.from_`), beside the same dates a year ago."""
    schools = schools_of(known, asked)
    asked = dataclasses.replace(asked, from_=asked.from_ or term_begins(known, asked.as_of))
    lost = lost_learning(known, asked)
    found = climbs(known, asked, days_of(known))
    moved, left, given = _moved(found), _exits(known, asked), done(known, asked, found)
    held = {part.school_id: part for part in lost.lines}
    hidden = hidden_schools({part.school_id: part.totals.pupils for part in lost.schools})

    def part(school: str, name: str) -> Part:
        affected = () if school in hidden else _affected(held[school])
        figures = () if school in hidden else _lost(held[school])
        made = Part(school, name, figures, moved.get(school, ()), left.get(school, ()), affected,
                    given.get(school, ()), ())  # fmt: skip
        return dataclasses.replace(made, decide=tuple(_decide(made)))

    return whole(asked, schools, part)


def term_begins(known: Known, as_of: date) -> date:
    """The first open day, at any school, of the term in which the day lies; the day itself without a calendar."""
    begins = half_terms_begin(any_open(known))
    names = {day: half_term(day).rsplit(" ", 1)[0] for day in begins}
    return min((day for day in begins if names[day] == names[begins[-1]]), default=as_of)


def _lost(part: LostPart) -> tuple[Change, ...]:
    """Days lost per 100 pupils: in all, school-led, and each column."""
    now, before = part.totals, part.year_ago
    alone = ("absence_unauthorised", "absence_authorised", "part_time_timetable")
    columns = {"all": (), "school_led": SCHOOL_LED, **{name: (name,) for name in alone}}
    return tuple(
        Change(
            key, "lost-learning", now.days_per_100(*names), before.days_per_100(*names) if before else None
        )
        for key, names in columns.items()
    )


def _affected(part: LostPart) -> tuple[Affected, ...]:
    """The groups that lost more to school-led decisions than all others, chance allowed for; most first."""
    found = [
        Affected(each.characteristic, each.group, each.ratio.ratio, each.ratio.low, each.ratio.high)
        for each in part.groups_school_led
        if not each.suppressed
        and each.ratio.ratio
        and each.ratio.low
        and each.ratio.high
        and each.ratio.low > 1
    ]
    return tuple(sorted(found, key=lambda each: (-each.ratio, each.group)))


def _moved(found: Climbs) -> Changes:
    """Pupils who rose and who came back down, of those on roll through both stretches of 60 open days."""
    before, after = highest(found)
    homes = found.homes
    there = (homes["joined"] <= homes["now"] - 2 * TERM + 1) & (homes["left"] >= homes["now"])
    rows = homes[["school_id"]].assign(moved_up=there & (after > before), came_down=there & (after < before))
    sums = rows.groupby("school_id")[["moved_up", "came_down"]].sum()
    both = pd.concat([sums, sums.sum().to_frame(EVERYONE).T])
    found_changes: Changes = {}
    shown = {name: _shown(both[name], name) for name in ("moved_up", "came_down")}
    for school in both.index:
        changes = (Change(name, "repeats", held[str(school)]) for name, held in shown.items())
        found_changes[str(school)] = tuple(changes)
    return found_changes


def _shown(counts: "pd.Series[int]", name: str) -> dict[str, int | None]:
    """Counts of pupils to the nearest five, none of fewer than ten, nor one that others would give away."""
    cells: dict[Cell, int] = {(str(school), name): int(count) for school, count in counts.items()}
    hidden = suppressed(cells, {cell for cell, count in cells.items() if too_small(count, count)})
    return {cell[0]: None if cell in hidden else rounded(count) for cell, count in cells.items()}


def _exits(known: Known, asked: Asked) -> Changes:
    """Exits and unexplained exits, and how many unexplained ones chance alone would keep within."""
    left = exits(endings(known, asked, days_of(known)), named_exits(known), asked)
    pupils = pd.concat([on_roll(known, asked)[OWN], left[OWN]]).drop_duplicates().groupby("school_id").size()
    silent = left[left["kind"] == UNEXPLAINED].groupby("school_id").size()
    every = left.groupby("school_id").size()
    found: Changes = {}
    for school, count in pupils.items():
        limits = expected_among(int(count), int(pupils.sum()), int(silent.sum()))
        upper = None if limits.upper is None else float(limits.upper)
        found[str(school)] = _of_exits(int(every.get(school, 0)), int(silent.get(school, 0)), upper)
    found[EVERYONE] = _of_exits(int(every.sum()), int(silent.sum()), None)
    return found


def _of_exits(every: int, silent: int, upper: float | None) -> tuple[Change, ...]:
    return (Change("exits", "movements", float(every)), Change("unexplained_exits", "movements", float(silent)),
            Change("unexplained_by_chance_at_most", "movements", upper))  # fmt: skip


def _decide(part: Part) -> list[str]:
    """What the figures ask the school to decide: the keys of sentences."""
    lost = {each.key: each for each in part.lost}
    left = {each.key: each.now for each in part.exits}
    asked = []
    upper, silent = left.get("unexplained_by_chance_at_most"), left.get("unexplained_exits") or 0.0
    if upper is not None and silent > upper:
        asked.append("unexplained")
    school_led = lost.get("school_led")
    if school_led and school_led.now and school_led.before and school_led.now > school_led.before:
        asked.append("school_led")
    if part.affected:
        asked.append("affected")
    moved = {each.key: each.now for each in part.moved}
    if (moved.get("moved_up") or 0) > (moved.get("came_down") or np.inf):
        asked.append("rising")
    return [*asked, "support"]
