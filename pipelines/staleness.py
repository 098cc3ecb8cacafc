"""Whether registers are new enough for a list to be called fresh, each school by its own open days."""

import sys
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import ibis.expr.types as ir
import numpy as np

from configs.refusals import StaleFeed
from features.calendar import SchoolDays, days_of
from sources.as_known import as_known
from watchlists.too_old import NO_DAYS, WITHDRAWN_AFTER, WITHDRAWN_FROM, list_of, withdrawn_from

NAMED = 5  # schools; a line that names a hundred is read by nobody
FORGOTTEN_AFTER = 190  # open days, a school year: a school that closed is not spoken of for ever


class Silent(NamedTuple):
    """A school whose registers have ended, or that never sent any: its id and name, the newest day, and the open days
    since, past counting where there is none."""

    school_id: str
    school: str
    newest: date | None
    days: int

    @property
    def withdrawn(self) -> bool:
        """Whether it is so long ago that its last list is not shown any more."""
        return self.days > WITHDRAWN_AFTER

    @property
    def key(self) -> str:
        """What makes a night without it another night than one with it."""
        return f"{'withdrawn' if self.withdrawn else 'silent'} {self.school_id}"


def stale_schools(tables: Mapping[str, ir.Table], asked: date, stale_after: int) -> list[Silent]:
    """The schools with pupils on roll whose registers lag by more than `stale_after` open days behind the night asked
    for, by name. Refused (StaleFeed) where all do: there is no fresh list to make."""
    known = as_known(dict(tables), asked)
    newest = _newest(known)
    days = days_of({"calendar": _told(tables["calendar"], asked)})
    names = dict(known["schools"].select("school_id", "name").to_pandas().itertuples(index=False))
    silent = {school: _open_days(days, school, day, asked) for school, day in newest.items()}
    stale = sorted(
        (
            Silent(school, str(names.get(school) or school), newest[school], count)
            for school, count in silent.items()
            if count > stale_after
        ),
        key=lambda each: each.school,
    )
    if stale and len(stale) == len(newest):
        raise StaleFeed(_refusal(stale, asked, stale_after))
    return stale


def with_days(cards: Mapping[str, Any], calendar: ir.Table, as_of: date, *, pretend: bool) -> dict[str, Any]:
    """The cards of a list, each school's with the day from which pages show it no more; of a pretend trust, whose days
    stand still, with none."""
    ahead = days_of({"calendar": _told(calendar, as_of)}).open_days
    schools = {
        school: {
            **card,
            WITHDRAWN_FROM: None if pretend else str(_day(card, ahead.get(school, NO_DAYS), as_of)),
        }
        for school, card in cards["schools"].items()
    }
    return {**cards, "schools": schools}


def _day(card: Mapping[str, Any], open_days: np.ndarray, as_of: date) -> date:
    return withdrawn_from(list_of(card, {"as_of": as_of}), open_days)


def stale_in_words(stale: list[Silent]) -> list[str]:
    """A sentence for each school whose registers have ended within the last school year, or never began."""
    return [
        _in_words(each) + (" If it has closed, ingest the ends of its enrolments." if each.withdrawn else "")
        for each in stale
        if each.newest is None or each.days <= FORGOTTEN_AFTER
    ]


def _in_words(each: Silent) -> str:
    if each.newest is None:
        return f"No register of {each.school} has come in."
    kept = "is not shown any more" if each.withdrawn else "stays as it was"
    return f"The registers of {each.school} end on {each.newest}, so its list {kept}."


def _newest(known: Mapping[str, ir.Table]) -> dict[str, date | None]:
    """The newest day with attendance at each school that has pupils on roll; None where there is none."""
    enrolments, attendance = known["enrolments"], known["attendance"]
    on_roll = enrolments.filter(enrolments.end_date.isnull()).select("school_id").distinct()
    rows = attendance.group_by("school_id").agg(newest=attendance.date.cast("date").max())
    held = on_roll.left_join(rows, "school_id").select("school_id", "newest").to_pyarrow().to_pylist()
    return {row["school_id"]: row["newest"] for row in held}


def _told(calendar: ir.Table, asked: date) -> ir.Table:
    """The calendar as it stands, days to come with it: a day taken out of it by then was not open."""
    return calendar.filter(calendar.known_until.isnull() | (calendar.known_until > asked))


def _open_days(days: SchoolDays, school: str, after: date | None, until: date) -> int:
    """How many open days followed `after`, up to `until`. Past the end of the calendar every weekday counts: a school
    that sends nothing more, its calendar included, must not look as if it were on holiday."""
    if after is None:
        return sys.maxsize
    known = days.open_days.get(school, NO_DAYS)
    since, to = (np.datetime64(day) + 1 for day in (after, until))
    beyond = max(since, known[-1] + 1) if len(known) else since
    return int(((known >= since) & (known < to)).sum() + max(0, np.busday_count(beyond, to)))


def _refusal(stale: list[Silent], asked: date, stale_after: int) -> str:
    told = "; ".join(
        f"{each.school} on {each.newest}, {each.days} open days before"
        if each.newest
        else f"{each.school} on no day at all"
        for each in stale[:NAMED]
    )
    more = f"; and {len(stale) - NAMED} more schools" if len(stale) > NAMED else ""
    return (
        f"The registers are too old for a list as of {asked}: they end at {told}{more}. At most {stale_after} are "
        f"allowed (`stale_after`). Nothing was published; the last list stands until it is {WITHDRAWN_AFTER} open days "
        "old, then pages name nobody. Ingest newer exports, or the calendar where the school was closed, and run again."
    )
