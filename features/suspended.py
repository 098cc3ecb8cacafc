"""Suspensions against the limits of the law, and those that came soon after the return from the one before.

Terms are those of the School Discipline (Pupil Exclusions and Reviews) (England) Regulations 2012: they end on 31
December, Easter Monday and 31 July. Suspensions are counted wherever they were given. A lunchtime suspension without
a length is half a day; a permanent exclusion has no length and no return.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import pandas as pd

from features.cohort import Cohort, visible
from features.measures import HUNDREDTHS
from sources.easter import easter

A_DAY = 2 * HUNDREDTHS  # sessions, in hundredths
MOST_IN_A_TERM, MOST_IN_A_YEAR = 15 * A_DAY, 45 * A_DAY
YEAR = 190  # open days
SOON = (20, 60)  # open days back in school
REPEATS = tuple(f"repeats_{soon}" for soon in SOON)
NEVER = {
    "days_left_in_term": MOST_IN_A_TERM / A_DAY,
    "days_left_in_year": MOST_IN_A_YEAR / A_DAY,
    **dict.fromkeys(REPEATS, 0),
}  # of who has no row
COLUMNS = tuple(NEVER)


def told(
    tables: Mapping[str, ir.Table], cohort: Cohort, dates: ir.Table, moments: Sequence[date]
) -> ir.Table:
    """For each `row` of the cohort with a suspension: school days left before 15 in the term and 45 in the school year
    (0 once reached), and how many suspensions of the last 190 open days began within 20 or 60 open days of the return
    from the one before."""
    given = tables["suspensions"]
    given = given.filter(given.category != "PERM").drop("school_id")
    rows = given.join(cohort.rows.select("pupil_id", "school_id", "row", "as_of", "now"), "pupil_id")
    rows = rows.filter(visible(rows, "start_date")).join(_terms(moments), "as_of")
    rows = _with_return(rows, dates)
    found = rows.group_by("row").agg(
        term=rows.length.sum(where=rows.start_date >= rows.term_began),
        year=rows.length.sum(where=rows.start_date >= rows.year_began),
        **{name: _repeats(rows, soon) for soon, name in zip(SOON, REPEATS, strict=True)},
    )
    return found.select(
        "row",
        days_left_in_term=ibis.greatest(MOST_IN_A_TERM - found.term.fill_null(0), 0) / A_DAY,
        days_left_in_year=ibis.greatest(MOST_IN_A_YEAR - found.year.fill_null(0), 0) / A_DAY,
        **{name: found[name] for name in REPEATS},
    )


def _with_return(rows: ir.Table, dates: ir.Table) -> ir.Table:
    """Suspensions with their length (hundredths of sessions), the school's open day they began on, and the open day of
    return from the one before (null for the first)."""
    half_day = (rows.category == "LNCH").ifelse(1.0, 0.0)
    length = (rows.sessions.fill_null(half_day) * HUNDREDTHS).round().cast("int64")
    rows = rows.mutate(length=length)
    rows = rows.left_join(dates, [rows.school_id == dates.school_id, rows.start_date == dates.date])
    number, opened = rows.number.fill_null(0), rows.open.fill_null(False)
    days_out = ibis.greatest(((rows.length + A_DAY - 1) / A_DAY).floor().cast("int64"), 1)
    rows = rows.mutate(number=number, back=number + days_out + opened.ifelse(0, 1))
    before = ibis.window(group_by=rows.row, order_by=[rows.start_date, rows.back, rows.category])
    return rows.mutate(returned=rows.back.lag().over(before))


def _repeats(rows: ir.Table, soon: int) -> ir.Value:
    """How many of the last school year's began within so many open days of the return from the one before."""
    after, before = rows.number >= rows.returned, rows.number < rows.returned + soon
    return (after & before & (rows.number > rows.now - YEAR)).fill_null(False).ifelse(1, 0).sum()


def _terms(moments: Sequence[date]) -> ir.Table:
    """The first day of the term and of the school year that each as-of date lies in, as the regulations have them."""
    rows = [(moment, *_began(moment)) for moment in moments]
    held = ibis.memtable(
        pd.DataFrame(rows, columns=["as_of", "term_began", "year_began"]).astype("datetime64[s]")
    )
    return held.mutate(**{name: held[name].cast("date") for name in held.columns})


def _began(moment: date) -> tuple[date, date]:
    autumn = date(moment.year - (moment.month < 8), 8, 1)
    summer = easter(autumn.year + 1) + timedelta(days=2)  # the day after Easter Monday
    terms = (autumn, date(autumn.year + 1, 1, 1), summer)
    return max(term for term in terms if term <= moment), autumn
