"""Simulating a whole pretend trust into a folder of canonical tables, with its truth aside."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from sources.pretend.conduct import Story as Told
from sources.pretend.files import Names, make_names, write_attendance, write_table
from sources.pretend.history import Story
from sources.pretend.marks import make_marks, overlay_calendar
from sources.pretend.overlay import overlay_events, plant_gap, provisional
from sources.pretend.population import ORDER, make_pupils, make_schools
from sources.pretend.process import PHASES
from sources.pretend.tables import all_tables
from sources.pretend.terms import make_terms
from sources.pretend.truth import as_of_weeks, write_truth
from sources.pretend.weekly import make_world

LAST_SCHOOL_DAY = date(2026, 7, 21)


def quiet(message: str) -> None:
    """Say nothing."""


def simulate(
    out: Path,
    schools: int = 5,
    pupils: int = 900,
    years: int = 3,
    seed: int = 1,
    end: date = LAST_SCHOOL_DAY,
    progress: Callable[[str], None] | None = None,
    phases: Sequence[str] | None = None,
) -> None:
    """Write the canonical tables of a pretend trust into `out`, and what only tests may know aside.

    `schools` of about `pupils` each (a special school a quarter of that), `years` school years up to `end`.
    Phases take turns (secondary, primary, …, special as the sixth) unless `phases` names them, one a school.
    """
    say = progress or quiet
    chosen = (
        tuple(PHASES.index(p) for p in phases) if phases else (ORDER * (schools // len(ORDER) + 1))[:schools]
    )
    terms = make_terms(len(chosen), years, end)
    world = make_world(terms, make_schools(seed, chosen, pupils))
    people = make_pupils(seed, world.schools, terms)
    say(f"{len(people.cohort)} pupils in {len(chosen)} schools")
    history = Story(seed, people, world, as_of_weeks(terms)).run(say)
    marks = make_marks(seed, people, world, history)
    overlay_calendar(marks, seed, people, world, history)
    overlay_events(marks, seed, terms, history)
    provisional(marks, seed)
    gap = plant_gap(marks, terms, world.schools, history)
    told = Told(people, world, history, marks, seed)
    names = make_names(seed, len(people.cohort), world.schools, terms)
    write_folder(out, told, names, gap, say)


def write_folder(
    out: Path, told: Told, names: Names, gap: dict[str, object], say: Callable[[str], None]
) -> None:
    """Write every table and the truth."""
    out.mkdir(parents=True, exist_ok=True)
    for name, frame in all_tables(told, names).items():
        write_table(out, name, frame)
    rows = write_attendance(out, told.seed, names, told.history, told.marks)
    say(f"{rows} marks written")
    write_truth(out / "truth", told, names, gap)
    say("truth written")
