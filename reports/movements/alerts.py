"""What the law asks about, and what should not happen: each rule says which pupils, where, and when it was passed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import ibis
import numpy as np
import pandas as pd

from features.calendar import SchoolDays, days_of
from reports.asked import Asked, Known, frame
from reports.lost_learning.records import OFF_SITE_MOVES
from reports.movements.exits import PERMANENT, UNEXPLAINED, endings, exits, inside, named_exits
from reports.movements.suspension_days import suspended_sessions
from reports.on_roll import OWN

DAYS_BEFORE_PROVISION = 5  # of one suspension; from the sixth, education must be arranged
DAYS_IN_TERM, DAYS_IN_YEAR, SESSIONS_AFTER, WITHOUT_REVIEW = 15, 45, 20, timedelta(days=42)
SESSIONS_A_DAY = 2
EDUCATED_ELSEWHERE = ("B", "D", "K")
UNREGISTERED = ("no", "n", "false", "0")
ROWS = [*OWN, "date", "amount"]


@dataclass(frozen=True)
class Ground:
    """What every rule reads: the tables as known, the open days, how spells ended, and the named exits."""

    known: Known
    asked: Asked
    days: SchoolDays
    ended: pd.DataFrame
    named: pd.DataFrame
    exits: pd.DataFrame


def ground_of(known: Known, asked: Asked) -> Ground:
    """What the rules read, from the tables as known on `asked.as_of`."""
    days = days_of(known)
    ended, named = endings(known, asked, days), named_exits(known)
    return Ground(known, asked, days, ended, named, exits(ended, named, asked))


def alerts(ground: Ground) -> pd.DataFrame:
    """Every alert of the period: alert, pupil_id, school_id, date, amount (days, sessions or 1)."""
    parts = [rule(ground).assign(alert=name)[["alert", *ROWS]] for name, rule in RULES.items()]
    rows = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return rows.sort_values(["alert", "school_id", "date", "pupil_id"], kind="stable", ignore_index=True)


def _over(ground: Ground, by: str, limit: int) -> pd.DataFrame:
    """Pupils suspended for more than `limit` days in one term or year, at the session that passed it."""
    rows = suspended_sessions(ground.known, ground.days)
    rows = rows.sort_values(["pupil_id", "date", "school_id"], kind="stable")
    so_far = rows.groupby(["pupil_id", by])["weight"].cumsum() / 2
    total = rows.groupby(["pupil_id", by])["weight"].transform("sum") / 2
    passed = rows.assign(amount=total)[so_far > limit + 1e-9].drop_duplicates(["pupil_id", by])
    return passed[inside(passed["date"], ground.asked)][ROWS]


def _out_without_provision(ground: Ground) -> pd.DataFrame:
    """Suspensions on end for more than five whole days, with no provision recorded on one of the days after the fifth:
    no move off site that covers it, and no mark of education elsewhere. At the first such day; days out in all."""
    rows = suspended_sessions(ground.known, ground.days)
    out = rows.groupby([*OWN, "date"], as_index=False)["weight"].sum()
    out = out[out["weight"] >= SESSIONS_A_DAY].sort_values([*OWN, "date"], ignore_index=True)
    number = _numbers(out, "date", ground.days)
    begins = (number.diff() != 1) | (out[OWN] != out[OWN].shift()).any(axis=1)
    run = begins.cumsum()
    place = out.groupby(run).cumcount()
    out = out.assign(amount=out.groupby(run)["date"].transform("size").astype("float64"), run=run)
    late = out[place >= DAYS_BEFORE_PROVISION]
    bare = late[~late.index.isin(list(_provided(late, ground.known)))].drop_duplicates("run")
    kept: pd.DataFrame = bare[inside(bare["date"], ground.asked)][ROWS]
    return kept


def _provided(rows: pd.DataFrame, known: Known) -> set[int]:
    """The index of those days on which education elsewhere is recorded."""
    dated = rows.reset_index()[["index", *OWN, "date"]]
    moves = known["moves"]
    moves = frame(moves.filter(moves.kind.isin(OFF_SITE_MOVES)), "pupil_id", "start_date", "end_date")
    both = dated.merge(moves, on="pupil_id")
    covers = both["start_date"].le(both["date"]) & (
        both["end_date"].isna() | both["end_date"].ge(both["date"])
    )
    marks = known["attendance"]
    marks = marks.filter(
        marks.code.isin(EDUCATED_ELSEWHERE), marks.pupil_id.isin(list(set(rows["pupil_id"])))
    )
    marked = dated.merge(frame(marks, *OWN, "date").drop_duplicates(), on=[*OWN, "date"])
    return {*both.loc[covers, "index"], *marked["index"]}


def _soon_off_roll(ground: Ground) -> pd.DataFrame:
    """Early endings no more than 20 sessions after the last session of a suspension at that school."""
    table = ground.known["suspensions"]
    rows = frame(table.filter(table.category.isin(["SUSP", "FIXD"])), *OWN, "start_date", "sessions")
    early = ground.ended[ground.ended["early"] & inside(ground.ended["date"], ground.asked)]
    excluded = ground.named[ground.named["kind"] == PERMANENT][OWN].drop_duplicates()
    early = early.merge(excluded, on=OWN, how="left", indicator=True)
    both = early[early["_merge"] == "left_only"].merge(rows, on=OWN)
    both = both[both["start_date"] <= both["date"]]
    gone, began = _numbers(both, "date", ground.days), _numbers(both, "start_date", ground.days, onward=True)
    since = 2 * gone - (2 * (began - 1) + both["sessions"].fillna(0.0))
    both = both.assign(amount=since.clip(lower=0.0))[since <= SESSIONS_AFTER]
    return both.sort_values([*OWN, "amount"], kind="stable").drop_duplicates(OWN)[ROWS]


def _numbers(rows: pd.DataFrame, column: str, days: SchoolDays, onward: bool = False) -> "pd.Series[float]":
    """The open-day number of each date in its school; of the next open day where `onward`."""
    numbers = pd.Series(0.0, index=rows.index)
    for school, where in rows.groupby("school_id").groups.items():
        count = days.next_number if onward else days.number
        numbers.loc[where] = count(str(school), rows.loc[where, column]).astype("float64")
    return numbers


def _no_destination(ground: Ground) -> pd.DataFrame:
    """Unexplained exits, managed moves to nowhere, and moves off site to no named place."""
    moves = ground.known["moves"]
    moves = moves.filter(moves.kind.isin(["managed_move", *OFF_SITE_MOVES]))
    rows = frame(moves, *OWN, "start_date", "destination", "provider").fillna(
        {"destination": "", "provider": ""}
    )
    rows = rows[(rows["destination"] == "") & (rows["provider"] == "")].rename(columns={"start_date": "date"})
    silent = ground.exits[ground.exits["kind"] == UNEXPLAINED]
    both = pd.concat([rows[inside(rows["date"], ground.asked)], silent])
    return both.assign(amount=1.0)[ROWS].drop_duplicates([*OWN, "date"])


def _part_time_unreviewed(ground: Ground) -> pd.DataFrame:
    """Part-time timetables that ran for more than six weeks on end with no review in them."""
    moves = ground.known["moves"]
    rows = frame(
        moves.filter(moves.kind == "part_time_timetable"), *OWN, "start_date", "end_date", "review_date"
    )
    end = pd.Timestamp(ground.asked.as_of)
    rows["until"] = rows["end_date"].fillna(end)
    rows = rows[rows["until"] >= pd.Timestamp(ground.asked.period.start)]
    meetings = ground.known["meetings"]
    held = frame(meetings.filter(meetings.kind == "review"), *OWN, "date").groupby(OWN)["date"].agg(list)
    found = []
    for row in rows.to_dict("records"):
        reviews = [*held.get((row["pupil_id"], row["school_id"]), []), row["review_date"]]
        passed = _unreviewed_since(row, [when for when in reviews if pd.notna(when)])
        if passed is not None:
            found.append(
                (row["pupil_id"], row["school_id"], passed, float((row["until"] - row["start_date"]).days))
            )
    late = pd.DataFrame(found, columns=ROWS)
    return late[inside(late["date"], ground.asked)] if len(late) else late


def _unreviewed_since(row: dict[Any, Any], reviews: list[pd.Timestamp]) -> pd.Timestamp | None:
    """The day on which six weeks without a review were over, or None where they never were."""
    inside_it = sorted({when for when in reviews if row["start_date"] < when <= row["until"]})
    for before, after in pairwise([row["start_date"], *inside_it, row["until"]]):
        if after - before > WITHOUT_REVIEW:
            passed: pd.Timestamp = before + WITHOUT_REVIEW
            return passed
    return None


def _marks_without_provider(ground: Ground) -> pd.DataFrame:
    """B and D marks of days for which no provider is recorded: no move that names one, and for D no other school."""
    known, period = ground.known, ground.asked.period
    marks = known["attendance"]
    marks = marks.filter(marks.code.isin(["B", "D"]), marks.date.between(period.start, period.end))
    marks = marks.select(*OWN, "date", "session", "code")
    moves = known["moves"]
    named = moves.filter((moves.provider.fill_null("") != "") | (moves.destination.fill_null("") != ""))
    named = named.select("pupil_id", first="start_date", last="end_date")
    other = known["enrolments"].select("pupil_id", other="school_id", first="start_date", last="end_date")
    covered = ibis.union(_covered(marks.join(named, "pupil_id")), _covered(
        marks.filter(marks.code == "D").join(other, "pupil_id").filter(lambda t: t.other != t.school_id)
    ))  # fmt: skip
    bare = marks.anti_join(covered.distinct(), [*OWN, "date"])
    rows: pd.DataFrame = (
        bare.group_by(OWN).agg(date=bare.date.min(), amount=bare.count().cast("float64")).to_pandas()
    )
    rows["date"] = pd.to_datetime(rows["date"]).astype("datetime64[s]")
    kept: pd.DataFrame = rows[ROWS]
    return kept


def _covered(rows: Any) -> Any:
    """The days of the marks that lie within what was joined to them."""
    held = rows.filter(rows["first"] <= rows.date, rows["last"].isnull() | (rows["last"] >= rows.date))
    return held.select(*OWN, "date")


def _unregistered(ground: Ground) -> pd.DataFrame:
    """Moves off site to a provider recorded as not registered."""
    moves = ground.known["moves"]
    rows = moves.filter(
        moves.kind.isin(OFF_SITE_MOVES), moves.provider_registered.strip().lower().isin(UNREGISTERED),
        moves.start_date <= ground.asked.period.end,
        moves.end_date.isnull() | (moves.end_date >= ground.asked.period.start),
    )  # fmt: skip
    held = frame(rows, *OWN, "start_date").rename(columns={"start_date": "date"})
    return held.assign(amount=1.0)[ROWS]


def _year_11(ground: Ground) -> pd.DataFrame:
    """Year 11 pupils who left the roll from 1 September to the day before that school year's January census."""
    ended = ground.ended[ground.ended["early"] & inside(ground.ended["date"], ground.asked)]
    year_11 = ended["year_group"].str.extract(r"(\d+)$")[0] == "11"
    before = [_before_census(when.date()) for when in ended["date"]]
    rows: pd.DataFrame = ended[year_11.to_numpy(dtype="bool") & np.array(before, dtype="bool")]
    return rows.assign(amount=1.0)[ROWS]


def _before_census(when: date) -> bool:
    began = when.year - (when.month < 9)
    return when < january_census(began + 1)


def january_census(year: int) -> date:
    """The day of the spring school census: the third Thursday of January.

    >>> january_census(2026)
    datetime.date(2026, 1, 15)
    """
    first = date(year, 1, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 14)


RULES: dict[str, Callable[[Ground], pd.DataFrame]] = {
    "over_15_days_in_a_term": lambda ground: _over(ground, "term", DAYS_IN_TERM),
    "over_45_days_in_a_year": lambda ground: _over(ground, "year", DAYS_IN_YEAR),
    "over_5_days_out_without_provision": _out_without_provision,
    "off_roll_within_20_sessions_of_a_suspension": _soon_off_roll,
    "no_destination": _no_destination,
    "part_time_over_six_weeks_without_review": _part_time_unreviewed,
    "b_or_d_marks_without_provider": _marks_without_provider,
    "unregistered_provision": _unregistered,
    "year_11_exit_before_january_census": _year_11,
}
