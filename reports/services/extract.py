"""Shared outcomes for a partner agency: pseudonyms of one agreement, few fields, no small cell.

A pupil's pseudonym is a keyed hash of the agreement and the pupil: under another agreement it is another, so that two
agencies cannot put their extracts together.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd

from configs.refusals import BadSettings
from features.calendar import days_of
from reports.asked import Asked, Known, frame
from reports.disclosure import FEWEST_PUPILS
from reports.lost_learning.records import POSSIBLE, codes_of
from reports.services.referrals import referrals
from reports.steps import climbs
from watchlists.exports import PURPOSE, inert

AGREEMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{2,39}")
FIELDS = (
    "pseudonym",
    "service",
    "referred_in",
    "weeks_waited",
    "started",
    "attendance_since",
    "suspended_since",
)
SPAN = timedelta(days=84)  # twelve weeks: about a term
LEAST_POSSIBLE, SAME = 40, 0.05
NOT_YET, WITHHELD = "not yet known", "withheld"


@dataclass(frozen=True)
class Extract:
    """The rows of an extract in the order of FIELDS, and how many were left out as too few."""

    agreement: str
    rows: tuple[tuple[str, ...], ...]
    left_out: int

    def as_csv(self) -> bytes:
        """All quoted, no formula in it, the purpose and the agreement on the first line."""
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow([f"{PURPOSE} Agreement {self.agreement}."])
        writer.writerow(FIELDS)
        writer.writerows([inert(cell) for cell in row] for row in self.rows)
        return text.getvalue().encode("utf-8-sig")


def checked(agreement: str) -> str:
    """The agreement's id. Refused (BadSettings): none, or one that is no id."""
    if not AGREEMENT.fullmatch(agreement):
        raise BadSettings(
            "An extract needs the id of the data-sharing agreement it is made under: --agreement ID, of 3 to 40 "
            "letters, figures, dots, dashes or strokes."
        )
    return agreement


def extract(known: Known, asked: Asked, agreement: str) -> Extract:
    """A row for each referral of the period, for the schools asked for.

    Services with fewer than ten pupils are left out. A term in which a service had fewer than ten is withheld.
    """
    days = days_of(known)
    rows = referrals(known, asked, climbs(known, asked, days), days)
    if asked.school_id is not None:
        rows = rows[rows["school_id"] == asked.school_id]
    rows = rows.merge(_attendance(known, rows), on=["pupil_id", "service", "referred_on"], how="left")
    rows["suspended"] = _suspended(known, rows, asked)
    rows["term"] = [_term(when) for when in rows["referred_on"]]
    shown = rows[rows.groupby("service")["pupil_id"].transform("nunique") >= FEWEST_PUPILS].copy()
    few = shown.groupby(["service", "term"])["pupil_id"].transform("nunique") < FEWEST_PUPILS
    shown["term"] = shown["term"].mask(few, WITHHELD)
    made = sorted(_row(row, asked, checked(agreement)) for row in shown.to_dict("records"))
    return Extract(agreement, tuple(made), len(rows) - len(shown))


def _row(row: Mapping[Any, Any], asked: Asked, agreement: str) -> tuple[str, ...]:
    pseudonym = asked.opaque.of(f"agreement {agreement}", str(row["pupil_id"]))
    since = row["since"] if isinstance(row["since"], str) else NOT_YET
    return (pseudonym, str(row["service"]), str(row["term"]), str(int(float(str(row["days"])) // 7)),
            "yes" if row["came"] else "no", since, str(row["suspended"]))  # fmt: skip


def _term(when: pd.Timestamp) -> str:
    """The term of a referral: calendar months are enough, as a term's first days differ by school."""
    season = "Autumn" if when.month >= 9 else "Spring" if when.month < 4 else "Summer"
    return f"{season} {when.year}"


def _attendance(known: Known, rows: pd.DataFrame) -> pd.DataFrame:
    """Whether more or fewer sessions were attended in the twelve weeks after the start than before the referral."""
    keys = ["pupil_id", "service", "referred_on"]
    begun = rows[rows["came"]][[*keys, "started_on"]]
    marks = known["attendance"].filter(
        known["attendance"].code.isin(codes_of(*POSSIBLE)),
        known["attendance"].pupil_id.isin(sorted(set(begun["pupil_id"]))),
    )
    held = frame(marks, "pupil_id", "date", "code").merge(begun, on="pupil_id")
    held["there"] = held["code"].isin(codes_of("present", "approved"))
    before = held[(held["date"] >= held["referred_on"] - SPAN) & (held["date"] < held["referred_on"])]
    after = held[(held["date"] > held["started_on"]) & (held["date"] <= held["started_on"] + SPAN)]
    each = [part.groupby(keys)["there"].agg(["mean", "size"]) for part in (before, after)]
    both = each[0].merge(each[1], left_index=True, right_index=True, suffixes=("_before", "_after"))
    both = both[(both["size_before"] >= LEAST_POSSIBLE) & (both["size_after"] >= LEAST_POSSIBLE)]
    change = both["mean_after"] - both["mean_before"]
    said = (
        pd.Series("about the same", index=both.index)
        .mask(change >= SAME, "higher")
        .mask(change <= -SAME, "lower")
    )
    return said.rename("since").reset_index()


def _suspended(known: Known, rows: pd.DataFrame, asked: Asked) -> list[str]:
    """Whether a suspension began in the twelve weeks after the start, once those weeks are over."""
    table = known["suspensions"]
    held = frame(table.filter(table.category.isin(["SUSP", "FIXD", "PERM"])), "pupil_id", "start_date")
    dates = held.groupby("pupil_id")["start_date"].agg(list).to_dict()
    said = []
    for row in rows.to_dict("records"):
        begun = row["started_on"]
        if pd.isna(begun) or begun + SPAN > pd.Timestamp(asked.as_of):
            said.append(NOT_YET)
        else:
            again = any(begun < when <= begun + SPAN for when in dates.get(row["pupil_id"], []))
            said.append("yes" if again else "no")
    return said
