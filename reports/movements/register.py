"""The register: one line for every move off site and off roll in the period, whoever decided it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import ibis
import pandas as pd

from features.calendar import SchoolDays
from reports.asked import Asked, Known, frame
from reports.movements.alerts import Ground
from reports.movements.exits import PERMANENT, UNEXPLAINED, inside
from reports.movements.values import Entry
from reports.on_roll import OWN

LEAVES_FOR_GOOD = ("managed_move", "elective_home_education", "off_roll")
LEFT, OUT, YES, NO = "left the roll", "still out", "yes", "no"
SAID = ("initiated_by", "decided_by", "reason", "destination", "provider", "provider_registered")


def register(ground: Ground) -> tuple[Entry, ...]:
    """Moves that were running or began in the period, permanent exclusions, and endings with no move of their own.

    Days out are the school's open days from the first day to the last, or to the report's. Returned is whether the
    pupil was still on that school's roll after the last day.
    """
    rows = pd.concat(
        [_moves(ground.known, ground.asked), _exclusions(ground), _endings(ground)], ignore_index=True
    )
    rows[list(SAID)] = rows[list(SAID)].fillna("")
    rows["days_out"] = _days_out(rows, ground.days, ground.asked.as_of)
    rows["returned"] = _returned(rows, ground.known)
    rows = rows.sort_values(["start_date", "school_id", "kind", "pupil_id"], kind="stable")
    return tuple(_entries(rows, ground.asked))


def _entries(rows: pd.DataFrame, asked: Asked) -> Iterator[Entry]:
    for row in rows.to_dict("records"):
        yield Entry(
            asked.opaque.of("pupil", row["pupil_id"]), row["school_id"], row["kind"], row["start_date"].date(),
            _date(row["end_date"]), _date(row["review_date"]),
            None if pd.isna(row["days_out"]) else int(row["days_out"]), row["returned"],
            *(str(row[name]) for name in SAID),
        )  # fmt: skip


def _date(moment: Any) -> date | None:
    return None if pd.isna(moment) else moment.date()


def _moves(known: Known, asked: Asked) -> pd.DataFrame:
    moves, period = known["moves"], asked.period
    kind = moves.kind.replace("offsite_", "off_site_")
    for_good = moves.kind.isin(LEAVES_FOR_GOOD)
    running = ibis.ifelse(for_good, moves.start_date, moves.end_date.fill_null(period.end)) >= period.start
    return frame(
        moves.filter(moves.start_date <= period.end, running).mutate(kind=kind),
        *OWN, "kind", "start_date", "end_date", "review_date", *SAID,
    )  # fmt: skip


def _exclusions(ground: Ground) -> pd.DataFrame:
    rows = ground.named[(ground.named["kind"] == PERMANENT) & inside(ground.named["date"], ground.asked)]
    return _blank(rows.rename(columns={"date": "start_date"})).assign(
        initiated_by="school", decided_by="headteacher"
    )


def _endings(ground: Ground) -> pd.DataFrame:
    """Early endings of which no move and no permanent exclusion of the period speaks."""
    early = ground.ended[ground.ended["early"] & inside(ground.ended["date"], ground.asked)]
    spoken = ground.named[inside(ground.named["date"], ground.asked)][OWN].drop_duplicates()
    early = early.merge(spoken, on=OWN, how="left", indicator=True)
    early = early[early["_merge"] == "left_only"].drop(columns=["_merge", "how"])
    silent = ground.exits[ground.exits["kind"] == UNEXPLAINED][[*OWN, "date", "kind"]]
    early = early.merge(silent, on=[*OWN, "date"], how="left")
    early["kind"] = early["kind"].fillna(LEFT.replace(" ", "_")).replace({UNEXPLAINED: "unexplained_exit"})
    return _blank(early.rename(columns={"date": "start_date", "leaving_reason": "reason"}))


def _blank(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.assign(end_date=None, review_date=None)
    for name in SAID:
        if name not in rows:
            rows[name] = ""
    return rows[[*OWN, "kind", "start_date", "end_date", "review_date", *SAID]].astype(
        {"end_date": "datetime64[s]", "review_date": "datetime64[s]"}
    )


def _for_a_time(rows: pd.DataFrame) -> "pd.Series[bool]":
    return ~rows["kind"].isin([*LEAVES_FOR_GOOD, PERMANENT, "unexplained_exit", "left_the_roll"])


def _days_out(rows: pd.DataFrame, days: SchoolDays, as_of: date) -> "pd.Series[float]":
    found = pd.Series(float("nan"), index=rows.index)
    held = rows[_for_a_time(rows) & rows["school_id"].isin(list(days.open_days))]
    for school, where in held.groupby("school_id").groups.items():
        ends = held.loc[where, "end_date"].fillna(pd.Timestamp(as_of))
        first = days.next_number(str(school), held.loc[where, "start_date"])
        found.loc[where] = (days.number(str(school), ends) - first + 1).clip(0)
    return found


def _returned(rows: pd.DataFrame, known: Known) -> "pd.Series[str]":
    """Whether those away for a time were on the roll after it; a blank for those who left for good."""
    stays = frame(known["enrolments"], *OWN, "start_date", "end_date")
    after = rows.reset_index()[["index", *OWN, "end_date"]].merge(stays, on=OWN, suffixes=("", "_of_stay"))
    held = after["end_date_of_stay"].isna() | (after["end_date_of_stay"] > after["end_date"])
    back = set(after.loc[held, "index"])
    said = [YES if place in back else NO for place in rows.index]
    returned = pd.Series(said, index=rows.index, dtype="object").where(rows["end_date"].notna(), OUT)
    return returned.where(_for_a_time(rows), "")
