"""The report as JSON: its keys are stable; `definitions` says what each figure counts, and over what."""

from collections.abc import Mapping, Sequence
from typing import Any

from reports.disclosure import FEWEST_PUPILS, rounded
from reports.lost_learning.england import SOURCE
from reports.lost_learning.ledger import COLUMNS
from reports.lost_learning.values import Group, LostLearning, Part, Totals, YearGroup
from reports.lost_learning.wording import DEFINITIONS
from reports.year_groups import in_words

PLACES = 6  # of a session: a millionth of three hours
Json = dict[str, Any]


def as_json(report: LostLearning) -> Json:
    """The whole report: report, from, to, session_minutes, schools, trust, definitions."""
    return {
        "report": "lost-learning",
        "from": str(report.period.start),
        "to": str(report.period.end),
        "session_minutes": report.session_minutes,
        "schools": [{"school_id": part.school_id, **_part(part)} for part in report.schools],
        "trust": _part(report.together),
        "definitions": DEFINITIONS,
    }


def _part(part: Part) -> Json:
    before = part.year_ago
    return {
        "name": part.name,
        **_totals(part.totals),
        "children_out_on_an_average_day": _to(part.totals.children_out, 2),
        "open_days_without_a_register": [str(each) for each in part.unheard],
        "fewer_than_10_pupils": part.totals.pupils < FEWEST_PUPILS,
        "year_ago": {**_totals(before), "children_out_on_an_average_day": _to(before.children_out, 2)}
        if before
        else None,
        "year_groups": [_year_group(year) for year in part.year_groups],
        "half_terms": [{"half_term": half.name, **_totals(half.totals)} for half in part.half_terms],
        "groups": [_group(group) for group in part.groups],
        "groups_school_led": [_group(group) for group in part.groups_school_led],
        "beside": {name: _to(units / part.totals.unit) for name, units in part.totals.beside.items()},
        "official": [
            {"where": row.where, "level": row.level, "phase": row.phase, "period": row.period, "source": SOURCE,
             "rates": {column: _to(rate) for column, rate in row.rates.items()}}
            for row in part.official
        ],
    }  # fmt: skip


def _totals(totals: Totals) -> Json:
    return {
        "pupils": totals.pupils,
        "sessions_possible": totals.possible,
        "sessions_attended": _to(totals.attended),
        "sessions_lost": _lost(totals),
        "sessions_lost_in_all": _to(totals.lost_in_all / totals.unit),
        "rate": _to(totals.rate),
        "days_per_100_pupils": _to(totals.days_per_100(), 2),
    }


def _lost(totals: Totals) -> Mapping[str, float | None]:
    return {column: _to(totals.sessions(column)) for column in COLUMNS}


def _year_group(year: YearGroup) -> Json:
    held = year.totals
    keys: Sequence[str] = (
        "pupils", "sessions_possible", "sessions_lost", "rate", "days_per_100_pupils", "year_ago_days_per_100_pupils"
    )  # fmt: skip
    named = {"year_group": year.name, "name": in_words(year.name), "suppressed": held is None}
    if held is None:
        return {**named, **dict.fromkeys(keys), "half_terms": []}
    before = year.year_ago.days_per_100() if year.year_ago else None
    shown = (
        rounded(held.pupils), rounded(held.possible),
        {column: rounded(held.sessions(column)) for column in COLUMNS}, _to(held.rate, 3),
        _to(held.days_per_100(), 0), _to(before, 0),
    )  # fmt: skip
    return {
        **named, **dict(zip(keys, shown, strict=True)),
        "half_terms": [
            {"half_term": half.name, "rate": _to(half.totals.rate, 3)}
            for half in year.half_terms
            if half.totals.pupils >= FEWEST_PUPILS
        ],
    }  # fmt: skip


def _group(group: Group) -> Json:
    found = group.ratio
    return {
        "characteristic": group.characteristic, "group": group.group, "pupils": group.pupils,
        "rate": _to(group.rate, 3), "ratio": _to(found.ratio, 2), "low": _to(found.low, 2),
        "high": _to(found.high, 2), "suppressed": group.suppressed,
    }  # fmt: skip


def _to(number: float | None, places: int = PLACES) -> float | None:
    return None if number is None else round(number, places)
