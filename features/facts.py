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

    Periods 1–3 are read as the morning and later ones as the afternoon; a period that is no number counts when
    the pupil was in school at all that day.
    """
    number = lessons.period.re_extract(r"(\d+)", 1).nullif("").cast("int64")
    session = ibis.cases((number <= MORNING_PERIODS, "AM"), (number > MORNING_PERIODS, "PM"), else_=None)
    lessons = lessons.filter(lessons.mark != "present").mutate(session=session)
    present = attendance.filter(attendance.code.isin(ATTENDED), attendance.known_until.isnull())
    present = present.select("pupil_id", "date", "session").distinct()
    timed = lessons.filter(lessons.session.notnull()).semi_join(present, ["pupil_id", "date", "session"])
    whole_day = present.select("pupil_id", "date").distinct()
    untimed = lessons.filter(lessons.session.isnull()).semi_join(whole_day, ["pupil_id", "date"])
    return timed.union(untimed)
