"""The report reckoned from the tables: the ledger once, then its sums by school, year group, half term and group."""

from dataclasses import replace
from pathlib import Path

from configs.refusals import BadData
from reports.asked import Asked, Known, School, frame, schools_of
from reports.characteristics import characteristics
from reports.disclosure import EVERYONE
from reports.lost_learning.england import official_figures
from reports.lost_learning.groups import groups_of, pupil_totals
from reports.lost_learning.ledger import BESIDE, COLUMNS, ledger, units_of
from reports.lost_learning.records import held
from reports.lost_learning.sums import Sums, days_unheard, registers, sessions_open, sums, with_year_groups
from reports.lost_learning.values import SCHOOL_LED, Group, LostLearning, Part, totals_from
from reports.periods import NOW, YEAR_AGO, periods, slots

Groups = dict[str, tuple[Group, ...]]


def lost_learning(known: Known, asked: Asked) -> LostLearning:
    """Learning lost by `asked.as_of`, from 1 September or `asked.from_`. Refused: a period without a single mark."""
    schools, unit = schools_of(known, asked), units_of(asked.settings.session_minutes)
    both = periods(asked.as_of, asked.from_)
    calendar, kept = frame(known["calendar"], "school_id", "date"), registers(known["attendance"])
    within = slots(calendar, [school.school_id for school in schools.held], both)
    rows = ledger(dict(known), within, asked.settings.session_minutes)
    rows = held(with_year_groups(rows, known["enrolments"], both))
    summed, unheard = sums(rows, sessions_open(kept, both), unit), days_unheard(kept, calendar, both[0])
    if (NOW, EVERYONE) not in summed.whole:
        raise BadData(
            f"No attendance is held between {both[0].start} and {asked.as_of}. Choose another --from or --as-of."
        )
    people = characteristics(known)
    groups = [groups_of(pupil_totals(rows, columns), people, unit) for columns in (COLUMNS, SCHOOL_LED)]
    parts = [
        replace(_part(school, summed, groups, unit, asked.england), unheard=unheard.get(school.school_id, ()))
        for school in schools.held
    ]
    every = _part(School(EVERYONE, schools.together, "", "", ""), summed, groups, unit, asked.england)
    before = both[1] if (YEAR_AGO, EVERYONE) in summed.whole else None
    return LostLearning(both[0], tuple(parts), every, before, asked.settings.session_minutes)


def _part(school: School, summed: Sums, groups: list[Groups], unit: int, england: Path | None) -> Part:
    key = school.school_id
    nothing = totals_from(dict.fromkeys(("pupils", "possible", *COLUMNS, *BESIDE), 0), unit)
    return Part(
        key, school.name, summed.whole.get((NOW, key), nothing), summed.whole.get((YEAR_AGO, key)),
        summed.of_year_groups(key), summed.of_half_terms(key), groups[0].get(key, ()), groups[1].get(key, ()),
        official_figures(england, school.la_code, school.phase),
    )  # fmt: skip
