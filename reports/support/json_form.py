"""The report as JSON: its keys are stable; `definitions` says what each figure counts, and over what."""

from typing import Any

from reports.support.effect import Effect
from reports.support.values import Fidelity, Finding, Kind, Point, Support
from reports.support.wording import DEFINITIONS, REASONS

Json = dict[str, Any]
LEAST = 10


def as_json(report: Support) -> Json:
    """The whole report: report, from, to, kinds, checks, balance, fidelity, courses, schools, definitions."""
    return {
        "report": "support", "from": str(report.period.start), "to": str(report.period.end),
        "kinds": [_finding(kind, each) for kind in report.kinds for each in kind.findings],
        "checks": [_checks(kind) for kind in report.kinds],
        "balance": [_balance(kind) for kind in report.kinds],
        "fidelity": [_fidelity(kind, kind.fidelity) for kind in report.kinds if kind.fidelity],
        "courses": [_course(kind, outcome) for kind in report.kinds for outcome in kind.course or ()],
        "schools": [{"school_id": each.school_id, "name": each.name, "started": dict(each.started)}
                    for each in report.schools],
        "definitions": DEFINITIONS,
    }  # fmt: skip


def _finding(kind: Kind, each: Finding) -> Json:
    return {
        "kind": kind.kind, "outcome": each.outcome, "n_supported": _many(kind), "naive": effect_json(each.naive),
        "adjusted": effect_json(each.adjusted), "pre_trend_p": to(kind.pre_trend_p, 4), "verdict": each.verdict,
    }  # fmt: skip


def _many(kind: Kind) -> int | None:
    return kind.n_supported if kind.n_supported >= LEAST or kind.n_supported == 0 else None


def _checks(kind: Kind) -> Json:
    return {
        "kind": kind.kind, "left_out": kind.left_out, "unlike": kind.unlike, "alike": round(kind.alike),
        "days_run": to(kind.open_days, 0),
        "pretend": [{"what": each.what, "outcome": each.outcome, "day": each.day, **effect_json(each.effect)}
                    for each in kind.checks],
        "sensitivity": [{"outcome": each.outcome, "usual": to(each.usual, 4), "e_value": to(each.e_value, 2),
                         "e_value_limit": to(each.e_value_limit, 2), "why": [REASONS[key] for key in each.why]}
                        for each in kind.findings],
    }  # fmt: skip


def _fidelity(kind: Kind, given: Fidelity) -> Json:
    return {
        "kind": kind.kind, "starts": given.starts, "share_held": to(given.held, 2), "as_planned": given.most,
        "effects": [{"outcome": outcome, "as_planned": effect_json(most), "less": effect_json(rest)}
                    for outcome, (most, rest) in given.effects.items()],
    }  # fmt: skip


def _balance(kind: Kind) -> Json:
    return {
        "kind": kind.kind,
        "columns": [{"column": each.column, "supported": to(each.supported, 3), "others": to(each.others, 3),
                     "alike": to(each.alike, 3), "gap_before": to(each.gap_before, 3),
                     "gap_after": to(each.gap_after, 3)} for each in kind.balance],
    }  # fmt: skip


def _course(kind: Kind, outcome: str) -> Json:
    points = (kind.course or {})[outcome]
    return {
        "kind": kind.kind, "outcome": outcome,
        "points": [point_json(each) for each in points],
    }  # fmt: skip


def point_json(each: Point) -> Json:
    """A point of a course before and after an event."""
    return {"day": each.day, "supported": to(each.supported, 3), "alike": to(each.alike, 3),
            **effect_json(each.difference)}  # fmt: skip


def effect_json(effect: Effect) -> Json:
    """An effect as estimate, low, high."""
    return {"estimate": to(effect.estimate, 4), "low": to(effect.low, 4), "high": to(effect.high, 4)}


def to(number: float | None, places: int) -> float | None:
    """A number to so many places, None where there is none."""
    return None if number is None else round(number, places)
