"""The report as JSON: its keys are stable; `definitions` says what each figure counts, and over what."""

from reports.needs.values import Need, Needs, Part
from reports.needs.wording import DEFINITIONS, NEEDS
from reports.whole import Json, whole_as_json


def as_json(report: Needs) -> Json:
    """The whole report: report, from, to, schools, trust, definitions."""
    return whole_as_json("needs", report, _part, DEFINITIONS)


def _part(part: Part) -> Json:
    return {
        "name": part.name, "needs": [_need(each) for each in part.needs],
        "recorded_only_after_suspension": [
            {"need": each.need, "pupils": each.pupils, "only_after": each.only_after, "suppressed": each.pupils is None}
            for each in part.late
        ],
        "rising_without_recorded_need": [
            {"pattern": each.pattern, "pupils": each.pupils, "suppressed": each.pupils is None} for each in part.rising
        ],
    }  # fmt: skip


def _need(each: Need) -> Json:
    return {
        "need": each.need, "name": NEEDS.get(each.need, each.need), "pupils": each.pupils,
        "days_per_100_pupils": _to(each.days_per_100, 0), "days_beyond": each.days_beyond,
        "ratio": _to(each.ratio.ratio, 2), "low": _to(each.ratio.low, 2), "high": _to(each.ratio.high, 2),
        "staff_trained": each.staff_trained, "suppressed": each.suppressed,
    }  # fmt: skip


def _to(number: float | None, places: int) -> float | None:
    return None if number is None else round(number, places)
