"""The report reckoned from the tables: the ledger once, then its sums by school, year group, half term and group."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import ibis.expr.types as ir
import pandas as pd

from configs.refusals import BadData, BadSettings, nearest
from reports.characteristics import characteristics
from reports.disclosure import EVERYONE
from reports.lost_learning.england import official_figures
from reports.lost_learning.groups import groups_of, pupil_totals
from reports.lost_learning.ledger import BESIDE, COLUMNS, SESSION_MINUTES, ledger, units_of
from reports.lost_learning.records import held
from reports.lost_learning.sums import Sums, sessions_open, sums, with_year_groups
from reports.lost_learning.values import SCHOOL_LED, Group, LostLearning, Part, totals_from
from reports.periods import NOW, YEAR_AGO, periods, slots
from sources.as_known import as_known

Groups = dict[str, tuple[Group, ...]]


def lost_learning(
    tables: dict[str, ir.Table], as_of: date, from_: date | None = None, school_id: str | None = None,
    england: Path | None = None, session_minutes: int = SESSION_MINUTES,
) -> LostLearning:  # fmt: skip
    """Learning lost by `as_of`, from 1 September or `from_`, for one school or for all.

    The whole store is always reckoned, so that what may be shown of a school does not depend on who else was
    asked for. Refused: a school that is not held, and a period without a single mark.
    """
    return lost_learning_known(as_known(tables, as_of), as_of, from_, school_id, england, session_minutes)


def lost_learning_known(
    known: Mapping[str, ir.Table], as_of: date, from_: date | None, school_id: str | None, england: Path | None,
    session_minutes: int,
) -> LostLearning:  # fmt: skip
    """The same from the tables as known on `as_of`."""
    known = dict(known)
    schools = known["schools"].select("school_id", "name", "phase", "la_code", "trust").to_pandas().fillna("")
    if school_id is not None and school_id not in set(schools["school_id"]):
        raise BadSettings(f"No school '{school_id}' is held{nearest(school_id, schools['school_id'])}.")
    asked = periods(as_of, from_)
    unit = units_of(session_minutes)
    calendar = known["calendar"].select("school_id", "date").to_pandas()
    rows = ledger(known, slots(calendar, schools["school_id"], asked), session_minutes)
    rows = held(with_year_groups(rows, known["enrolments"], asked))
    summed = sums(rows, sessions_open(known["attendance"], asked), unit)
    if (NOW, EVERYONE) not in summed.whole:
        raise BadData(
            f"No attendance is held between {asked[0].start} and {as_of}. Choose another --from or --as-of."
        )
    people = characteristics(known)
    groups = [groups_of(pupil_totals(rows, columns), people, unit) for columns in (COLUMNS, SCHOOL_LED)]
    parts = [_part(row, summed, groups, unit, england) for row in _rows(schools)]
    return LostLearning(
        asked[0], asked[1] if (YEAR_AGO, EVERYONE) in summed.whole else None, session_minutes,
        tuple(part for part in parts[1:] if school_id in (None, part.school_id)), parts[0],
    )  # fmt: skip


def _rows(schools: pd.DataFrame) -> list[dict[str, str]]:
    """The trust, then its schools by name."""
    trusts = set(schools["trust"]) - {""}
    name = trusts.pop() if len(trusts) == 1 else "All schools"
    trust = {"school_id": EVERYONE, "name": name, "phase": "", "la_code": ""}
    listed = schools.sort_values(["name", "school_id"]).to_dict("records")
    return [trust, *({str(column): str(value) for column, value in row.items()} for row in listed)]


def _part(
    row: Mapping[str, str], summed: Sums, groups: list[Groups], unit: int, england: Path | None
) -> Part:
    school = row["school_id"]
    nothing = totals_from(dict.fromkeys(("pupils", "possible", *COLUMNS, *BESIDE), 0), unit)
    return Part(
        school, row["name"] or school, summed.whole.get((NOW, school), nothing),
        summed.whole.get((YEAR_AGO, school)), summed.of_year_groups(school), summed.of_half_terms(school),
        groups[0].get(school, ()), groups[1].get(school, ()),
        official_figures(england, row["la_code"], row["phase"]),
    )  # fmt: skip
