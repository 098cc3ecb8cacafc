"""The report as JSON: its keys are stable; `definitions` says what each figure counts, and over what."""

from dataclasses import asdict
from typing import Any

from reports.support.json_form import to
from reports.usefulness.loop import Loop
from reports.usefulness.values import Reached, Usefulness
from reports.usefulness.wording import DEFINITIONS

Json = dict[str, Any]


def as_json(report: Usefulness) -> Json:
    """The whole report: report, from, to, schools, trust, ways, answers, definitions."""
    return {
        "report": "usefulness", "from": str(report.period.start), "to": str(report.period.end),
        "schools": [_reached(each) for each in report.schools], "trust": _reached(report.together),
        "ways": [{"way": way, "reached_per_100": to(share, 1)} for way, share in report.ways],
        "answers": [{"answer": answer, "pupils": pupils} for answer, pupils in report.answers],
        "loop": _loop(report.loop),
        "definitions": DEFINITIONS,
    }  # fmt: skip


def _loop(held: Loop) -> Json:
    times = {"times": held.times.estimate, "low": held.times.low, "high": held.times.high}
    return {"entries": held.entries, **{name: to(end, 3) for name, end in times.items()}, "begun": held.begun}


def _reached(each: Reached) -> Json:
    return {name: to(value, 1) if isinstance(value, float) else value for name, value in asdict(each).items()}
