"""Rows as facts: each source table brought to one shape (pupil, school, date, when known) before it is counted."""

import ibis
import ibis.expr.types as ir

from features.measures import ATTENDED

DATED = {
    "attendance": "date", "lessons": "date", "incidents": "date", "achievements": "date", "removals": "date",
    "suspensions": "start_date", "moves": "start_date", "meetings": "date", "support": "start_date",
}  # fmt: skip
MORNING_PERIODS = 3


def facts(tables: dict[str, ir.Table], name: str) -> ir.Table:
    """The rows of one table that may be counted, with `date` as the day they happened."""
    rows = tables[name]
    if name == "lessons":
        return _lessons_while_in_school(rows, tables["attendance"])
    return rows if DATED[name] == "date" else rows.rename(date=DATED[name])


def _lessons_while_in_school(lessons: ir.Table, attendance: ir.Table) -> ir.Table:
    """Lesson marks of sessions for which the pupil was marked in school: a lesson missed at home is absence.

    Periods from 4 on are read as the afternoon, all else (1–3, tutor time) as the morning. The fact is known once
    both marks are, and stands until either is superseded.
    """
    number = lessons.period.re_extract(r"(\d+)", 1).nullif("").cast("int64")
    session = (number > MORNING_PERIODS).fill_null(False).ifelse("PM", "AM")
    lessons = lessons.filter(lessons.mark != "present").mutate(session=session)
    present = attendance.filter(attendance.code.isin(ATTENDED))
    both = lessons.join(
        present.select("pupil_id", "date", "session", seen="known_on", gone="known_until"),
        ["pupil_id", "date", "session"],
    )
    return both.mutate(
        known_on=ibis.greatest(both.known_on, both.seen), known_until=ibis.least(both.known_until, both.gone)
    )
