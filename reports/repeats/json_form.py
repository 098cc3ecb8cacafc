"""The report as JSON: its keys are stable; `definitions` says what each figure counts, and over what."""

from reports.repeats.values import Again, Meetings, Part, Repeats
from reports.repeats.wording import DEFINITIONS
from reports.whole import Json, whole_as_json


def as_json(report: Repeats) -> Json:
    """The whole report: report, from, to, schools, trust, definitions."""
    return whole_as_json("repeats", report, _part, DEFINITIONS)


def _part(part: Part) -> Json:
    return {
        "name": part.name,
        "steps": [{"step": each.key, **again(each)} for each in part.again],
        "groups": [
            {"characteristic": each.characteristic, "group": each.group, **again(each.again)} for each in part.groups
        ],
        "reintegration": _meetings(part.meetings),
        "returns": {
            "moves": part.returns.steps, "pupils": part.returns.pupils, "within_20": _to(part.returns.within_20),
            "within_60": _to(part.returns.within_60), "suppressed": part.returns.suppressed,
        },
        "flow": [
            {"ladder": ladder, "before": before, "after": after, "pupils": pupils}
            for ladder, bands in part.flows for before, after, pupils in bands
        ],
    }  # fmt: skip


def again(each: Again) -> Json:
    """One kind's figures."""
    return {
        "steps": each.steps, "pupils": each.pupils, "repeat_within_20": _to(each.within_20),
        "repeat_within_60": _to(each.within_60), "low": _to(each.low_60), "high": _to(each.high_60),
        "came_back_down": _to(each.came_back_down), "median_days": each.median,
        "curve": [{"days": day, "still_without": _to(still)} for day, still in each.curve],
        "suppressed": each.suppressed,
    }  # fmt: skip


def _meetings(held: Meetings) -> Json:
    return {
        "suspensions": held.suspensions, "recorded": held.recorded, "share": _to(held.share),
        "with_meeting": again(held.with_meeting) if held.with_meeting else None,
        "without_meeting": again(held.without) if held.without else None,
    }  # fmt: skip


def _to(number: float | None) -> float | None:
    return None if number is None else round(number, 3)
