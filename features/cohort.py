"""Who was on roll, as known then: the left side of every join."""

from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

PUPIL = ("pupil_id", "school_id")
FIRST_DAY, DAYS = date(1900, 1, 1), 1_000_000  # no record is older, and none of a pupil ever as long
NOT_COUNTED = ("S", "G", "P")  # subsidiary (dual registered elsewhere), guest, previous


@dataclass(frozen=True)
class Cohort:
    """Who is asked about: `rows` (pupil_id, school_id, as_of, now, and any others), the left side of every join, and
    `homes` (pupil_id, school_id, home), each pupil at a school. Rows have short keys for all that follows: their `home`
    and, for themselves, `row`."""

    rows: ir.Table
    homes: ir.Table


def visible(rows: ir.Table, happened: str = "date") -> ir.BooleanValue:
    """Whether a row, joined to an `as_of`, had both happened and was known by then, and was not yet superseded."""
    return (
        (rows[happened] <= rows.as_of)
        & (rows.known_on <= rows.as_of)
        & (rows.known_until.isnull() | (rows.as_of < rows.known_until))
    )


def on_roll(enrolments: ir.Table, moments: ir.Table) -> ir.Table:
    """A row for each pupil on roll at each as-of date: pupil_id, school_id, as_of, now, year_group.

    A pupil registered at two schools is counted once, at the one where they are not a subsidiary pupil, the
    latest to start if both are main. An end date is known only once it has passed.
    """
    rows = enrolments.join(moments, "school_id")
    rows = rows.filter(
        visible(rows, "start_date"),
        rows.end_date.isnull() | (rows.end_date >= rows.as_of),
        rows.status.isnull() | rows.status.notin(NOT_COUNTED),
    )
    rows = rows.select("pupil_id", "school_id", "as_of", "now", "year_group", "start_date")
    twice = _told_twice(enrolments)
    return (
        rows.anti_join(twice, "pupil_id")
        .drop("start_date")
        .union(_one_each(rows.semi_join(twice, "pupil_id")))
    )


def _told_twice(enrolments: ir.Table) -> ir.Table:
    """The few pupils with two rows that overlap in time: registered twice, or corrected."""
    in_order = ibis.window(group_by="pupil_id", order_by=["start_date", "end_date", "school_id"])
    rows = enrolments.select("pupil_id", "start_date", "end_date", "school_id")
    rows = rows.mutate(next_start=rows.start_date.lead().over(in_order))
    return (
        rows.filter(rows.end_date.isnull() | (rows.next_start <= rows.end_date), rows.next_start.notnull())
        .select("pupil_id")
        .distinct()
    )


def _one_each(rows: ir.Table) -> ir.Table:
    latest = ibis.row_number().over(
        group_by=[rows.pupil_id, rows.as_of], order_by=[rows.start_date.desc(), rows.school_id]
    )
    rows = rows.mutate(choice=latest)
    return rows.filter(rows.choice == 0).drop("choice", "start_date")


def homes_of(spine: ir.Table) -> ir.Table:
    """Each pupil at a school where they are on roll, numbered: pupil_id, school_id, home."""
    homes = spine.select(*PUPIL).distinct()
    return homes.mutate(home=ibis.row_number().over(order_by=PUPIL))


def numbered(spine: ir.Table, homes: ir.Table) -> Cohort:
    """The cohort of a spine (pupil_id, school_id, as_of, now, and any others)."""
    rows = spine.join(homes, PUPIL).select(*spine.columns, "home")
    return Cohort(rows.mutate(row=row_of(rows.home, rows.as_of)), homes)


def row_of(home: ir.Value, as_of: ir.Value) -> ir.Value:
    """The number of the row of a home at an as-of date."""
    day = as_of.cast("timestamp").delta(ibis.literal(FIRST_DAY).cast("timestamp"), unit="day")
    return home * DAYS + day


def first_days(enrolments: ir.Table) -> ir.Table:
    """A row for each pupil and school with the date of their first enrolment there: pupil_id, school_id, joined."""
    return enrolments.group_by("pupil_id", "school_id").agg(joined=enrolments.start_date.min())
