"""Facts told by the day: spells of absence, the weekdays they fall on, and days with a recorded incident.

A day is a school day of the pupil's own school on which at least one session was missed (or one incident recorded),
however many. Most pupils' days read the same at every as-of date that could have read them, so they are put in order
once for all dates. The few whose rows became known late, or were superseded with a different result, have a record
for each date instead. Both are then read in one pass.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from features.cohort import visible
from features.measures import ABSENT

WHO = ("pupil_id", "school_id", "as_of")
PUPIL = ("pupil_id", "school_id")
RECORD = (*PUPIL, "read_at")
AT_EVERY_DATE = date(1900, 1, 1)
TERM, YEAR = 60, 190  # open days
WEEKDAYS = range(5)
COLUMNS = (
    "spells_60", "spells_190", "longest_spell_190", "spell_began", "spell_last", "days_missed_190",
    "monday_friday_190", "one_weekday_190", "incident_days_60",
)  # fmt: skip


def told(
    tables: Mapping[str, ir.Table], spine: ir.Table, dates: ir.Table, moments: Sequence[date]
) -> ir.Table:
    """A row for each row of the spine with COLUMNS: whole numbers of days and spells, 0 where there were none; the
    first and last day numbers of the latest spell, null where there was none; and `one_weekday_190`, the days missed
    on the most-missed weekday beyond an even fifth. `dates` is every date up to the last of `moments`
    (`features.dates`)."""
    rows = _rows(tables, spine, dates, moments[-1])
    by_day = _told_once(rows)
    unlike = by_day.group_by(*PUPIL).agg(unlike=(~by_day.alike).ifelse(1, 0).max())
    unlike = unlike.filter(unlike.unlike == 1).select(*PUPIL)
    asked = spine.select(*WHO, now=spine.now.cast("int64"))
    by_date = rows.join(unlike, PUPIL).join(asked.select(*WHO), PUPIL)
    by_date = by_date.filter(visible(by_date))
    once = by_day.anti_join(unlike, PUPIL).mutate(read_at=ibis.literal(AT_EVERY_DATE))
    every = _days_of(once).union(_days_of(by_date.mutate(read_at=by_date.as_of)))
    marked = asked.left_join(unlike.mutate(own=True), PUPIL)
    asked = marked.select(
        *WHO, "now", read_at=marked.own.notnull().ifelse(marked.as_of, ibis.literal(AT_EVERY_DATE))
    )
    return _windows(_in_spells(every), asked)


def _rows(tables: Mapping[str, ir.Table], spine: ir.Table, dates: ir.Table, last: date) -> ir.Table:
    """Sessions missed and incidents, wherever recorded, on open days of the school the pupil is on roll at, that
    some as-of date could read."""
    missed, incidents = tables["attendance"], tables["incidents"]
    columns = ("pupil_id", "date", "known_on", "known_until")
    rows = (
        missed.filter(missed.code.isin(ABSENT))
        .select(*columns, kind=ibis.literal("absence"))
        .union(incidents.select(*columns, kind=ibis.literal("incident")))
    )
    rows = rows.filter(rows.known_on <= ibis.literal(last))
    rows = rows.join(spine.select("pupil_id", "school_id").distinct(), "pupil_id")
    rows = rows.join(dates.filter(dates.open), ["school_id", "date"])
    return rows.filter(rows.known_until.isnull() | (rows.known_until > rows.read_on))


def _told_once(rows: ir.Table) -> ir.Table:
    """One row for each pupil's day, and whether it read alike from the first as-of date that could read it: a row
    that still stands was known by then, or followed without a gap on one that was."""
    day = rows.group_by(*PUPIL, "kind", "number", "weekday").agg(
        stands_from=rows.known_on.min(where=rows.known_until.isnull()),
        first_until=rows.known_until.max(where=rows.known_on <= rows.read_on),
        read_on=rows.read_on.min(),
    )
    alike = (day.stands_from <= day.read_on) | (day.stands_from <= day.first_until)
    return day.select(*PUPIL, "kind", "number", "weekday", alike=alike.fill_null(False))


def _days_of(rows: ir.Table) -> ir.Table:
    return rows.select(*RECORD, "kind", "number", "weekday").distinct()


def _in_spells(days: ir.Table) -> ir.Table:
    """Each day with its place in its spell: days of one kind that follow one another on the school's open days."""
    own = [days[name] for name in (*RECORD, "kind")]
    days = days.mutate(spell=days.number - ibis.row_number().over(group_by=own, order_by=days.number))
    own = [days[name] for name in (*RECORD, "kind", "spell")]
    place = ibis.row_number().over(group_by=own, order_by=days.number) + 1
    absent = days.kind == "absence"
    return days.select(
        *RECORD, "number", place=absent.ifelse(place, 0), missed=absent.ifelse(1, 0),
        incident=absent.ifelse(0, 1),
        **{f"missed_{k}": (absent & (days.weekday == k)).ifelse(1, 0) for k in WEEKDAYS},
    )  # fmt: skip


def _windows(days: ir.Table, asked: ir.Table) -> ir.Table:
    """Each column at each row of `asked`, over the days of its record in the windows that end with it."""
    facts = [name for name in days.columns if name not in (*RECORD, "number")]
    rows = days.select(
        *RECORD, "number", as_of=ibis.null("date"), **{name: days[name].cast("int64") for name in facts}
    ).union(
        asked.select(
            *RECORD, number=asked.now, as_of=asked.as_of, **dict.fromkeys(facts, ibis.literal(0, "int64"))
        )
    )
    term, year, ever = (_over(window) for window in (TERM, YEAR, None))
    begins = (rows.place == 1).ifelse(1, 0)
    weekday = [rows[f"missed_{k}"].sum().over(year) for k in WEEKDAYS]
    read = rows.select(
        *WHO,
        spells_60=begins.sum().over(term),
        spells_190=begins.sum().over(year),
        longest_spell_190=rows.place.max().over(year),
        spell_began=rows.number.max(where=rows.place == 1).over(ever),
        spell_last=rows.number.max(where=rows.place > 0).over(ever),
        days_missed_190=rows.missed.sum().over(year),
        monday_friday_190=weekday[0] + weekday[4],
        one_weekday_190=ibis.greatest(*weekday) - rows.missed.sum().over(year) / len(WEEKDAYS),
        incident_days_60=rows.incident.sum().over(term),
    )
    return read.filter(read.as_of.notnull())


def _over(window: int | None) -> Any:
    back = None if window is None else window - 1
    return ibis.range_window(group_by=RECORD, order_by="number", preceding=back, following=0)
