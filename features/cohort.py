"""Who was on roll, as known then: the left side of every join."""

import ibis
import ibis.expr.types as ir

NOT_COUNTED = ("S", "G", "P")  # subsidiary (dual registered elsewhere), guest, previous


def visible(rows: ir.Table, happened: str = "date") -> ir.BooleanValue:
    """Whether a row, joined to an `as_of`, had both happened and was known by then, and was not yet superseded."""
    return (
        (rows[happened] <= rows.as_of)
        & (rows.known_on <= rows.as_of)
        & (rows.known_until.isnull() | (rows.as_of < rows.known_until))
    )


def on_roll(enrolments: ir.Table, moments: ir.Table) -> ir.Table:
    """A row for each pupil on roll at each as-of date: pupil_id, school_id, as_of, now, year_group, joined.

    A pupil registered at two schools is counted once, at the one where they are not a subsidiary pupil, the
    latest to start if both are main. An end date is known only once it has passed.
    """
    rows = enrolments.join(moments, "school_id")
    rows = rows.filter(
        visible(rows, "start_date"),
        rows.end_date.isnull() | (rows.end_date >= rows.as_of),
        rows.status.isnull() | rows.status.notin(NOT_COUNTED),
    )
    latest = ibis.row_number().over(
        group_by=[rows.pupil_id, rows.as_of], order_by=[rows.start_date.desc(), rows.school_id]
    )
    rows = rows.mutate(choice=latest)
    return rows.filter(rows.choice == 0).select("pupil_id", "school_id", "as_of", "now", "year_group")


def first_days(enrolments: ir.Table) -> ir.Table:
    """A row for each pupil and school with the date of their first enrolment there: pupil_id, school_id, joined."""
    return enrolments.group_by("pupil_id", "school_id").agg(joined=enrolments.start_date.min())
