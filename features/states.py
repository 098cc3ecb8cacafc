"""What was true of a pupil on a date: needs and support as recorded then, the latest survey answers, the roll."""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from features.cohort import PUPIL, first_days, visible

READ = ("pupil_id", "row", "as_of")  # what of the spine records are read beside
BELONGING = ("belonging", "school_belonging")
SEN = ("K", "E", "A", "P", "S")
FIRST_YEARS = (0.0, 3.0, 7.0, 12.0)  # Reception, junior school, secondary school, sixth form
NEW = 90  # days
OCTOBER, JULY = 10, 7
COUNTS = (
    "sen_support", "plan", "sen_ever", "sen_former", "semh", "social_care", "social_care_ever", "young_carer",
    "support_now", "support_ended",
)  # fmt: skip


def states(tables: Mapping[str, ir.Table], spine: ir.Table, longest: int) -> ir.Table:
    """The rows of the spine with what was true then beside them: needs, support, belonging, year group, time here.

    `longest` caps the open days that a pupil is counted as having been here.
    """
    roll = _roll(tables, spine, longest)
    for part in (
        _needs(tables["needs"], spine),
        _support(tables["support"], spine),
        _belonging(tables["surveys"], spine),
        _schools(tables["enrolments"], spine),
    ):
        roll = roll.left_join(part, "row").drop("row_right")
    return roll.mutate(
        schools_attended=roll.schools_attended.fill_null(1),
        **{name: roll[name].fill_null(0) for name in COUNTS},
    )


def _active(rows: ir.Table) -> ir.BooleanValue:
    """In force at `as_of`: an end that has not passed is not yet known."""
    return rows.end_date.isnull() | (rows.end_date >= rows.as_of)


def _roll(tables: Mapping[str, ir.Table], spine: ir.Table, longest: int) -> ir.Table:
    first, found = first_days(tables["enrolments"]), _found_late(tables["enrolments"], spine)
    rows = spine.left_join(first, PUPIL).drop("pupil_id_right", "school_id_right")
    rows = rows.left_join(found, "row").drop("row_right")
    rows = rows.mutate(joined=rows.found.coalesce(rows.joined))
    days_here = rows.as_of.cast("timestamp").delta(rows.joined.cast("timestamp"), unit="day")
    number = (
        rows.year_group.upper().re_extract(r"^(?:Y|YEAR)?\s*(\d+)(?:\.0)?$", 1).nullif("").cast("float64")
    )
    year = ibis.cases(
        (rows.year_group.upper() == "R", 0.0), (rows.year_group.upper() == "N", -1.0), else_=number
    )
    month, joined = rows.as_of.month(), rows.joined.month()
    return rows.select(
        *[rows[name] for name in spine.columns],
        year=year,
        season=((month + 3) % 12).cast("float64"),  # months since September: the school year's own clock
        first_year=year.isin(FIRST_YEARS).fill_null(False).ifelse(1, 0),
        days_here=ibis.least(days_here.cast("int64"), longest),
        new_here=(days_here < NEW).ifelse(1, 0),
        joined_mid_year=((joined >= OCTOBER) | (joined <= JULY)).ifelse(1, 0),
    )


def _found_late(enrolments: ir.Table, spine: ir.Table) -> ir.Table:
    """The first day here as known then, of the few whose first enrolment was entered late or taken back."""
    in_time = (enrolments.known_on <= enrolments.start_date) & enrolments.known_until.isnull()
    first = enrolments.group_by(*PUPIL).agg(
        start=enrolments.start_date.min(), in_time=enrolments.start_date.min(where=in_time)
    )
    late = first.filter(first.in_time.isnull() | (first.in_time > first.start)).select(*PUPIL)
    rows = enrolments.join(late, PUPIL).join(spine.select(*PUPIL, "row", "as_of"), PUPIL)
    rows = rows.filter(visible(rows, "start_date"))
    return rows.group_by("row").agg(found=rows.start_date.min())


def _schools(enrolments: ir.Table, spine: ir.Table) -> ir.Table:
    """How many schools a pupil who has been at more than one was known to have been at."""
    by_pupil = enrolments.group_by("pupil_id").agg(schools=enrolments.school_id.nunique())
    movers = by_pupil.filter(by_pupil.schools > 1).select("pupil_id")
    rows = enrolments.join(movers, "pupil_id").rename(attended="school_id")
    rows = rows.join(spine.select(*READ), "pupil_id")
    rows = rows.filter(visible(rows, "start_date"))
    return rows.group_by("row").agg(schools_attended=rows.attended.nunique())


def _needs(needs: ir.Table, spine: ir.Table) -> ir.Table:
    rows = needs.join(spine.select(*READ), "pupil_id")
    rows = rows.filter(visible(rows, "start_date"))
    now, code = _active(rows), rows.code.upper()

    def held(condition: ir.BooleanValue) -> ir.Value:
        return condition.fill_null(False).ifelse(1, 0).max()

    sen, care = (rows.kind == "sen_provision") & code.isin(SEN), rows.kind == "social_care"
    return rows.group_by("row").agg(
        sen_support=held(sen & now & code.isin(["K", "A", "P"])),
        plan=held(sen & now & code.isin(["E", "S"])),
        sen_ever=held(sen),
        sen_former=held(sen) - held(sen & now),
        semh=held((rows.kind == "sen_type") & now & code.isin(["SEMH", "BESD"])),
        social_care=held(care & now),
        social_care_ever=held(care),
        young_carer=held((rows.kind == "young_carer") & now),
    )


def _support(support: ir.Table, spine: ir.Table) -> ir.Table:
    rows = support.drop("school_id").join(spine.select(*READ), "pupil_id")
    rows = rows.filter(visible(rows, "start_date"))
    now = _active(rows)
    return rows.group_by("row").agg(
        support_now=rows.kind.nunique(where=now), support_ended=rows.kind.nunique(where=~now)
    )


def _belonging(surveys: ir.Table, spine: ir.Table) -> ir.Table:
    rows = surveys.filter(surveys.scale.isin(BELONGING)).join(spine.select(*READ), "pupil_id")
    rows = rows.filter(visible(rows))
    order = ibis.row_number().over(group_by=rows.row, order_by=[rows.date.desc(), rows.score])
    rows = rows.mutate(order=order)
    return rows.group_by("row").agg(
        belonging=rows.score.max(where=rows.order == 0),
        belonging_before=rows.score.max(where=rows.order == 1),
    )
