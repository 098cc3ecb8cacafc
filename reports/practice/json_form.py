"""The report as JSON: its keys are stable; `definitions` says what each figure counts, and over what."""

from reports.practice.values import Line, Part, Practice
from reports.practice.wording import DEFINITIONS
from reports.whole import Json, whole_as_json


def as_json(report: Practice) -> Json:
    """The whole report: report, from, to, schools, trust, definitions."""
    return whole_as_json("practice", report, _part, DEFINITIONS)


def _part(part: Part) -> Json:
    return {
        "name": part.name, **_line(part.own),
        "severities": [{"severity": int(each.name), **_line(each)} for each in part.severities],
        "groups": [{"characteristic": what, "group": each.name, **_line(each)} for what, each in part.groups],
        "reasons": [{"reason": each.name, **_line(each)} for each in part.reasons],
        "times": [{"time": each.name, **_line(each)} for each in part.times],
        "weekdays": [{"weekday": each.name, **_line(each)} for each in part.weekdays],
        "half_terms": [{"half_term": each.name, **_line(each)} for each in part.half_terms],
    }  # fmt: skip


def _line(each: Line) -> Json:
    return {
        "pupils": each.pupils, "incidents": each.incidents, "any_per_100": _to(each.any_per_100, 1),
        "out_per_100": _to(each.out_per_100, 1), "ratio": _to(each.ratio.ratio, 2), "low": _to(each.ratio.low, 2),
        "high": _to(each.ratio.high, 2), "suppressed": each.suppressed,
    }  # fmt: skip


def _to(number: float | None, places: int) -> float | None:
    return None if number is None else round(number, places)
