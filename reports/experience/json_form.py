"""The report as JSON: its keys are stable; `definitions` says what each figure counts, and over what."""

from reports.experience.values import Experience, Part, Scale, Told
from reports.experience.wording import DEFINITIONS
from reports.whole import Json, whole_as_json


def as_json(report: Experience) -> Json:
    """The whole report: report, from, to, schools, trust, definitions."""
    return whole_as_json("experience", report, _part, DEFINITIONS)


def _part(part: Part) -> Json:
    return {"name": part.name, "scales": [_scale(each) for each in part.scales]}


def _scale(each: Scale) -> Json:
    return {
        "scale": each.scale, **_told(each.every), "weighted_mean": _to(each.weighted),
        "groups": [{"characteristic": by, "group": line.name, **_told(line)} for by, line in each.groups],
        "absence": [{"band": line.name, **_told(line)} for line in each.absence],
        "incidents": [{"band": line.name, **_told(line)} for line in each.incidents],
        "half_terms": [{"half_term": line.name, **_told(line)} for line in each.half_terms],
    }  # fmt: skip


def _told(each: Told) -> Json:
    return {
        "asked": each.asked, "answered": each.answered, "response": _to(each.response), "mean": _to(each.mean),
        "low": _to(each.low), "high": _to(each.high), "gap": _to(each.gap), "gap_low": _to(each.gap_low),
        "gap_high": _to(each.gap_high), "suppressed": each.suppressed,
    }  # fmt: skip


def _to(number: float | None) -> float | None:
    return None if number is None else round(number, 2)
