"""The report as JSON: its keys are stable; `definitions` says what each figure counts, and over what."""

from typing import Any

from reports.intake.values import Comparison, Intake, Part, Turnover
from reports.intake.wording import DEFINITIONS

Json = dict[str, Any]


def as_json(report: Intake) -> Json:
    """The whole report: report, from, to, comparisons, schools, definitions."""
    return {
        "report": "intake", "from": str(report.period.start), "to": str(report.period.end),
        "comparisons": report.compared, "schools": [_part(part) for part in report.schools],
        "definitions": DEFINITIONS,
    }  # fmt: skip


def _part(part: Part) -> Json:
    return {
        "school_id": part.school_id, "name": part.name, "area_code": part.area_code or None, "pupils": part.pupils,
        "joined": part.joined, "left": part.left, "unlike_community": bool(part.unlike),
        "groups": [_comparison(each) for each in part.comparisons],
        "turnover": [_turnover(each) for each in part.turnover],
    }  # fmt: skip


def _comparison(each: Comparison) -> Json:
    return {
        "characteristic": each.characteristic, "group": each.group, "pupils": each.pupils, "share": _to(each.share),
        "community": _to(each.community), "difference": _to(each.difference), "low": _to(each.low),
        "high": _to(each.high), "lower_limit": _to(each.low_limit), "upper_limit": _to(each.high_limit),
        "outside_limits": each.outside or None, "suppressed": each.suppressed,
    }  # fmt: skip


def _turnover(each: Turnover) -> Json:
    return {
        "characteristic": each.characteristic, "group": each.group, "joined_share": _to(each.joined),
        "left_share": _to(each.left), "share": _to(each.cohort), "share_had_they_stayed": _to(each.had_they_stayed),
        "change": _to(each.change),
    }  # fmt: skip


def _to(number: float | None) -> float | None:
    return None if number is None else round(number, 3)
