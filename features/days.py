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

from features.cohort import Cohort, visible
from features.measures import ABSENT
from features.packing import packing

RECORD = ("home", "read_at")
AT_EVERY_DATE = date(1900, 1, 1)
TERM, YEAR = 60, 190  # open days
WEEKDAYS = range(5)
COUNTED = packing(
    ["begins", "incident", *(f"missed_{k}" for k in WEEKDAYS)], amounts=(), count_bits=YEAR.bit_length()
)  # no window is longer than a year's open days, so one column holds them all
IN_A_TERM = COUNTED.columns_of(["begins", "incident"])
NEVER: dict[str, int] = {}  # of who has no row: everybody has
COLUMNS = (
    "spells_60", "spells_190", "longest_spell_190", "spell_began", "spell_last", "days_missed_190",
    "monday_friday_190", "one_weekday_190", "incident_days_60",
)  # fmt: skip


def told(
    tables: Mapping[str, ir.Table], cohort: Cohort, dates: ir.Table, moments: Sequence[date]
) -> ir.Table:
    """COLUMNS for each `row` of the cohort: whole numbers of days and spells, 0 where there were none; first and last
    day numbers of the latest spell, null where there was none; and `one_weekday_190`, the days missed on the
    most-missed weekday beyond an even fifth. `dates` is every date up to the last of `moments` (`features.dates`)."""
    asked = cohort.rows.select("home", "row", "as_of", now=cohort.rows.now.cast("int64"))
    rows = _rows(tables, cohort.homes, dates, moments[-1])
    by_day = _told_once(rows)
    unlike = by_day.filter(~by_day.alike).select("home").distinct()
    by_date = rows.semi_join(unlike, "home").join(asked.select("home", "as_of"), "home")
    by_date = by_date.filter(visible(by_date))
    once = by_day.anti_join(unlike, "home").mutate(read_at=ibis.literal(AT_EVERY_DATE))
    every = _days_of(once).union(_days_of(by_date.mutate(read_at=by_date.as_of)).distinct())
    marked = asked.left_join(unlike.mutate(own=True), "home")
    read_at = marked.own.notnull().ifelse(marked.as_of, ibis.literal(AT_EVERY_DATE))
    return _windows(_in_spells(every), marked.select("home", "row", "now", read_at=read_at))


def _rows(tables: Mapping[str, ir.Table], homes: ir.Table, dates: ir.Table, last: date) -> ir.Table:
    """Sessions missed and incidents, wherever recorded, on open days of the school the pupil is on roll at, that
    some as-of date could read."""
    missed, incidents = tables["attendance"], tables["incidents"]
    columns = ("pupil_id", "date", "known_on", "known_until")
    rows = (
        missed.filter(missed.code.isin(ABSENT))
        .select(*columns, absent=True)
        .union(incidents.select(*columns, absent=False))
    )
    rows = rows.filter(rows.known_on <= ibis.literal(last)).join(homes, "pupil_id")
    rows = rows.join(dates.filter(dates.open), ["school_id", "date"])
    rows = rows.filter(rows.known_until.isnull() | (rows.known_until > rows.read_on))
    return rows.select("home", "absent", "number", "weekday", "date", "known_on", "known_until", "read_on")


def _told_once(rows: ir.Table) -> ir.Table:
    """One row for each pupil's day, and whether it read alike from the first as-of date that could read it: a row
    that still stands was known by then, or followed without a gap on one that was."""
    day = rows.group_by("home", "absent", "number", "weekday").agg(
        stands_from=rows.known_on.min(where=rows.known_until.isnull()),
        first_until=rows.known_until.max(where=rows.known_on <= rows.read_on),
        read_on=rows.read_on.min(),
    )
    alike = (day.stands_from <= day.read_on) | (day.stands_from <= day.first_until)
    return day.select("home", "absent", "number", "weekday", alike=alike.fill_null(False))


def _days_of(rows: ir.Table) -> ir.Table:
    return rows.select(*RECORD, "absent", "number", "weekday")


def _in_spells(days: ir.Table) -> ir.Table:
    """Each day of absence with its place in its spell, of days that follow one another on the school's open days;
    days with an incident have place 0. What a day counts lies in packed columns."""
    own = [days[name] for name in (*RECORD, "absent")]
    days = days.mutate(spell=days.number - ibis.row_number().over(group_by=own, order_by=days.number))
    own = [days[name] for name in (*RECORD, "absent", "spell")]
    place = ibis.row_number().over(group_by=own, order_by=days.number) + 1
    days = days.mutate(place=days.absent.ifelse(place, 0))
    counts = {
        "begins": days.place == 1,
        "incident": ~days.absent,
        **{f"missed_{k}": days.absent & (days.weekday == k) for k in WEEKDAYS},
    }
    packed = COUNTED.packed({name: count.ifelse(1, 0) for name, count in counts.items()})
    return days.select(*RECORD, "number", "place", **packed)


def _windows(days: ir.Table, asked: ir.Table) -> ir.Table:
    """Each column at each row of `asked` (home, row, now, read_at), over the days of its record in the windows that
    end with it: row and COLUMNS."""
    blank = dict.fromkeys(("place", *COUNTED.columns), ibis.literal(0, "int64"))
    rows = days.select(
        *RECORD, "number", row=ibis.null("int64"), **{name: days[name].cast("int64") for name in blank}
    ).union(asked.select(*RECORD, number=asked.now, row=asked.row, **blank))
    term, year, ever = (_over(window) for window in (TERM, YEAR, None))
    rows = rows.select(
        "row",
        longest_spell_190=rows.place.max().over(year),
        spell_began=rows.number.max(where=rows.place == 1).over(ever),
        spell_last=rows.number.max(where=rows.place > 0).over(ever),
        **{f"{name}_60": rows[name].sum().over(term).cast("int64") for name in IN_A_TERM},
        **{f"{name}_190": rows[name].sum().over(year).cast("int64") for name in COUNTED.columns},
    )  # fmt: skip
    rows = rows.filter(rows.row.notnull())
    weekday = [_read(rows, f"missed_{k}", YEAR) for k in WEEKDAYS]
    missed = sum(weekday[1:], weekday[0])
    return rows.select(
        "row", "longest_spell_190", "spell_began", "spell_last",
        spells_60=_read(rows, "begins", TERM),
        spells_190=_read(rows, "begins", YEAR),
        days_missed_190=missed,
        monday_friday_190=weekday[0] + weekday[4],
        one_weekday_190=ibis.greatest(*weekday) - missed / len(WEEKDAYS),
        incident_days_60=_read(rows, "incident", TERM),
    )  # fmt: skip


def _read(rows: ir.Table, measure: str, window: int) -> ir.Value:
    place = COUNTED.places[measure]
    return place.of(rows[f"{place.column}_{window}"])


def _over(window: int | None) -> Any:
    back = None if window is None else window - 1
    return ibis.range_window(group_by=RECORD, order_by="number", preceding=back, following=0)
