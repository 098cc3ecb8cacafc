"""What was true of a pupil on a date: needs and support as recorded then, the latest survey answers, the roll."""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from features.cohort import first_days, visible

WHO = ("pupil_id", "school_id", "as_of")
BELONGING = ("belonging", "school_belonging")


def states(tables: Mapping[str, ir.Table], spine: ir.Table, longest: int) -> ir.Table:
    """The rows of the spine with what was true then beside them: needs, support, belonging, year group, time here.

    `longest` caps the open days that a pupil is counted as having been here.
    """
    roll = _roll(tables, spine, longest)
    for part in (
        _needs(tables["needs"], spine),
        _support(tables["support"], spine),
        _belonging(tables["surveys"], spine),
    ):
        roll = roll.left_join(part, WHO).drop(*[f"{name}_right" for name in WHO])
    counts = ("sen_support", "plan", "sen_ever", "semh", "social_care", "young_carer", "support_now")
    return roll.mutate(**{name: roll[name].fill_null(0) for name in counts})


def _active(rows: ir.Table) -> ir.BooleanValue:
    """In force at `as_of`: an end that has not passed is not yet known."""
    return rows.end_date.isnull() | (rows.end_date >= rows.as_of)


def _roll(tables: Mapping[str, ir.Table], spine: ir.Table, longest: int) -> ir.Table:
    first = first_days(tables["enrolments"])
    rows = spine.left_join(first, ["pupil_id", "school_id"])
    days_here = rows.as_of.cast("timestamp").delta(rows.joined.cast("timestamp"), unit="day")
    number = (
        rows.year_group.upper().re_extract(r"^(?:Y|YEAR)?\s*(\d+)(?:\.0)?$", 1).nullif("").cast("float64")
    )
    year = ibis.cases(
        (rows.year_group.upper() == "R", 0.0), (rows.year_group.upper() == "N", -1.0), else_=number
    )
    month = rows.as_of.month()
    return rows.select(
        *[rows[name] for name in spine.columns],
        year=year,
        season=((month + 3) % 12).cast("float64"),  # months since September: the school year's own clock
        days_here=ibis.least(days_here.cast("int64"), longest),
    )


def _needs(needs: ir.Table, spine: ir.Table) -> ir.Table:
    rows = needs.join(spine.select(*WHO), "pupil_id")
    rows = rows.filter(visible(rows, "start_date"))
    now, code = _active(rows), rows.code.upper()

    def held(condition: ir.BooleanValue) -> ir.Value:
        return condition.fill_null(False).ifelse(1, 0).max()

    sen = (rows.kind == "sen_provision") & code.isin(["K", "E", "A", "P", "S"])
    return rows.group_by(*WHO).agg(
        sen_support=held(sen & now & code.isin(["K", "A", "P"])),
        plan=held(sen & now & code.isin(["E", "S"])),
        sen_ever=held(sen),
        semh=held((rows.kind == "sen_type") & now & code.isin(["SEMH", "BESD"])),
        social_care=held((rows.kind == "social_care") & now),
        young_carer=held((rows.kind == "young_carer") & now),
    )


def _support(support: ir.Table, spine: ir.Table) -> ir.Table:
    rows = support.drop("school_id").join(spine.select(*WHO), "pupil_id")
    rows = rows.filter(visible(rows, "start_date"), _active(rows))
    return rows.group_by(*WHO).agg(support_now=rows.kind.nunique())


def _belonging(surveys: ir.Table, spine: ir.Table) -> ir.Table:
    rows = surveys.filter(surveys.scale.isin(BELONGING)).join(spine.select(*WHO), "pupil_id")
    rows = rows.filter(visible(rows))
    order = ibis.row_number().over(group_by=[rows[n] for n in WHO], order_by=[rows.date.desc(), rows.score])
    rows = rows.mutate(order=order)
    return rows.group_by(*WHO).agg(
        belonging=rows.score.max(where=rows.order == 0),
        belonging_before=rows.score.max(where=rows.order == 1),
    )
