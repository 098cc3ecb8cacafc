"""The report as JSON: its keys are stable; `definitions` says what each figure counts, and over what."""

from reports.strategy.values import Change, Part, Strategy
from reports.strategy.wording import DECISIONS, DEFINITIONS
from reports.whole import Json, whole_as_json


def as_json(report: Strategy) -> Json:
    """The whole report: report, from, to, schools, trust, definitions."""
    return whole_as_json("strategy", report, _part, DEFINITIONS)


def _part(part: Part) -> Json:
    return {
        "name": part.name,
        "figures": [_change(each) for each in (*part.lost, *part.moved, *part.exits)],
        "affected": [
            {"characteristic": each.characteristic, "group": each.group, "ratio": round(each.ratio, 2),
             "low": round(each.low, 2), "high": round(each.high, 2), "report": "lost-learning"}
            for each in part.affected
        ],
        "done": [{"kind": each.kind, "pupils": each.pupils, "came_down": each.came_down, "rose": each.rose,
                  "suppressed": each.pupils is None} for each in part.done],
        "to_decide": [DECISIONS[key] for key in part.decide],
    }  # fmt: skip


def _change(each: Change) -> Json:
    now, before = (None if value is None else round(value, 1) for value in (each.now, each.before))
    return {"figure": each.key, "now": now, "year_ago": before, "report": each.report}
