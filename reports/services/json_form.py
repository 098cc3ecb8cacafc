"""The report as JSON: its keys are stable; `definitions` says what each figure counts, and over what."""

from reports.services.values import WEEKS, Part, Services, Wait
from reports.services.wording import DEFINITIONS
from reports.whole import Json, whole_as_json


def as_json(report: Services) -> Json:
    """The whole report: report, from, to, schools, trust, definitions."""
    return whole_as_json("services", report, _part, DEFINITIONS)


def _part(part: Part) -> Json:
    return {"name": part.name, **_wait(part.every), "services": [
        {"service": each.service, **_wait(each)} for each in part.waits
    ]}  # fmt: skip


def _wait(each: Wait) -> Json:
    within = each.within or (None,) * len(WEEKS)
    return {
        "referrals": each.referrals, "pupils": each.pupils, "waiting": each.waiting,
        "median_weeks": _to(each.median_weeks, 1),
        **{f"begun_within_{weeks}_weeks": _to(share) for weeks, share in zip(WEEKS, within, strict=True)},
        "low": _to(each.low), "high": _to(each.high), "rose_while_waiting": _to(each.rose),
        "suppressed": each.suppressed,
    }  # fmt: skip


def _to(number: float | None, places: int = 2) -> float | None:
    return None if number is None else round(number, places)
