"""The report as JSON: its keys are stable; `definitions` says what each figure counts, and over what."""

from typing import Any

from reports.harm.values import Followed, Harm, Share
from reports.harm.wording import DEFINITIONS
from reports.support.effect import Effect
from reports.support.json_form import point_json, to

Json = dict[str, Any]


def as_json(report: Harm) -> Json:
    """The whole report: report, from, to, schools, trust, groups, never_supported, overruled, course,
    definitions."""
    return {
        "report": "harm", "from": str(report.period.start), "to": str(report.period.end),
        "schools": [{"school_id": each.school_id, **_followed(each.followed), "looked": each.looked or None}
                    for each in report.schools],
        "trust": _followed(report.together.followed),
        "groups": [{"characteristic": what, **_followed(each)} for what, each in report.groups],
        "never_supported": [_share(each) for each in report.never_supported],
        "overruled": [_share(each) for each in report.overruled],
        "course": [point_json(each) for each in report.course],
        "definitions": DEFINITIONS,
    }  # fmt: skip


def _followed(each: Followed) -> Json:
    return {
        "name": each.name, "entries": each.entries, "below": each.below, "sanctions": _times(each.sanctions),
        "contacts": _times(each.contacts), "at_the_cut": _times(each.at_the_cut), "alert": each.alert,
    }  # fmt: skip


def _times(effect: Effect) -> Json:
    return {"times": to(effect.estimate, 3), "low": to(effect.low, 3), "high": to(effect.high, 3)}


def _share(each: Share) -> Json:
    return {
        "characteristic": each.characteristic, "group": each.group, "pupils": each.pupils, "share": to(each.share, 3),
        "low": to(each.low, 3), "high": to(each.high, 3),
    }  # fmt: skip
