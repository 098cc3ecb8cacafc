"""The report as JSON: its keys are stable; `definitions` says what each figure counts, and over what."""

from typing import Any

from reports.movements.values import Alert, Entry, Movements, SchoolExits
from reports.movements.wording import ALERTS, DEFINITIONS

Json = dict[str, Any]


def as_json(report: Movements) -> Json:
    """The whole report: report, from, to, schools, trust, alerts, register, definitions."""
    return {
        "report": "movements", "from": str(report.period.start), "to": str(report.period.end),
        "schools": [{"school_id": each.school_id, **_exits(each), **_alert_counts(report, each)}
                    for each in report.schools],
        "trust": _exits(report.together),
        "alerts": [_alert(alert) for alert in report.alerts],
        "register": [_entry(entry) for entry in report.register],
        "definitions": DEFINITIONS,
    }  # fmt: skip


def _exits(each: SchoolExits) -> Json:
    expected = each.limits.expected
    return {
        "name": each.name, "pupils": each.pupils, "exits": each.exits, "unexplained_exits": each.unexplained,
        "per_100": None if each.per_100 is None else round(each.per_100, 4),
        "expected": None if expected is None else round(expected, 4),
        "lower": each.limits.lower, "upper": each.limits.upper, "outside_limits": each.outside,
        "not_yet_known": each.not_yet_known, "groups": [group.as_json() for group in each.groups],
    }  # fmt: skip


def _alert_counts(report: Movements, each: SchoolExits) -> Json:
    own = [alert.alert for alert in report.alerts if alert.school_id == each.school_id]
    return {"alerts": {name: own.count(name) for name in ALERTS}}


def _alert(alert: Alert) -> Json:
    return {"alert": alert.alert, "case": alert.case, "school_id": alert.school_id, "date": str(alert.date),
            "amount": alert.amount}  # fmt: skip


def _entry(entry: Entry) -> Json:
    return {name: str(value) if name in ("start", "end", "review_date") and value else value
            for name, value in vars(entry).items()}  # fmt: skip
