"""What needs no model: limits of the law and of good practice that were passed lately, told beside the list."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import ibis.expr.types as ir

from configs.settings import Settings
from reports.asked import Asked
from reports.movements.alerts import alerts, ground_of
from reports.movements.wording import ALERTS

LATELY = timedelta(days=30)
TOLD = (
    "over_15_days_in_a_term", "over_45_days_in_a_year", "over_5_days_out_without_provision",
    "part_time_over_six_weeks_without_review", "off_roll_within_20_sessions_of_a_suspension",
)  # fmt: skip


def exact_alerts(known: Mapping[str, ir.Table], settings: Settings, as_of: date) -> list[dict[str, str]]:
    """Each limit passed in the last 30 days: pupil_id, school_id, date, words; by school, newest first.

    `known` are the tables as known on `as_of`. The rules are those of the movements report.
    """
    asked = Asked(as_of, settings)
    found: list[dict[Any, Any]] = alerts(ground_of(known, asked)).to_dict("records")
    told = [
        {"pupil_id": str(row["pupil_id"]), "school_id": str(row["school_id"]),
         "date": str(row["date"].date()), "words": ALERTS[row["alert"]]}
        for row in found
        if row["alert"] in TOLD and row["date"].date() > as_of - LATELY
    ]  # fmt: skip
    newest = sorted(told, key=lambda row: (row["date"], row["words"], row["pupil_id"]), reverse=True)
    return sorted(newest, key=lambda row: row["school_id"])
