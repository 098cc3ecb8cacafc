"""What the pages show behind each name, written beside the list: weeks, dated rows, freshness; no names."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from configs.settings import Settings
from watchlists.language import said
from watchlists.records import Record, latest_days, school_times
from watchlists.sentences import Sentence, Told
from watchlists.support import joined_lately, support_now, talks
from watchlists.weeks import COUNTED, Week, weekly

REGISTERS = ("attendance", "lessons")  # taken every day: their silence is news, that of incidents is not

OPEN_DAYS_KEPT = 40  # enough to count the school weeks since an answer


def card(record: Record, told: Told) -> dict[str, Any]:
    """The card of one pupil: concerns with their weeks and rows, strengths, changes, support."""
    return {
        "school_id": record.school_id,
        "concerns": [_concern(record, sentence) for sentence in told.concerns],
        "strengths": [{**_said(sentence), "rows": _rows(sentence)} for sentence in told.strengths],
        "changes": [_said(sentence) for sentence in told.changes],
        "support": support_now(record),
        "talks": talks(record),
        "joined": joined_lately(record),
    }


def school_cards(
    known: Mapping[str, ir.Table], scores: pd.DataFrame, as_of: date, settings: Settings, *, first_list: bool
) -> dict[str, Any]:
    """Of each school: year groups, latest dates, stale registers, latest open days, whether this is the first list."""
    years = {str(school): sorted(set(rows)) for school, rows in scores.groupby("school_id")["year_group"]}
    schools = sorted(years)
    latest = latest_days(known, schools, as_of)
    times = school_times(known["calendar"], schools, as_of)
    return {
        school: {
            "latest": {name: day.isoformat() for name, day in sorted(latest[school].items())},
            "stale": [
                name for name in REGISTERS
                if name in latest[school]
                and times[school].days_between(latest[school][name], as_of) - 1 > settings.stale_after
            ],
            "year_groups": years[school],
            "open_days": [day.isoformat() for day in times[school].open_days[-OPEN_DAYS_KEPT:]],
            "first_list": first_list,
        }
        for school in schools
    }  # fmt: skip


def write_cards(folder: Path, cards: Mapping[str, Any]) -> Path:
    """The cards as `cards.json` in a run's folder: the same cards give the same bytes."""
    path = folder / "cards.json"
    path.write_text(json.dumps(cards, ensure_ascii=False, sort_keys=True, indent=1) + "\n", encoding="utf-8")
    return path


def _concern(record: Record, sentence: Sentence) -> dict[str, Any]:
    weeks = weekly(record, sentence.weekly) if sentence.weekly else ()
    holiday = record.time.last_holiday
    return {
        **_said(sentence),
        "note": sentence.note,
        "rows": _rows(sentence),
        "subject": said(COUNTED[sentence.weekly][0]) if sentence.weekly else "",
        "weeks": [_week(week) for week in weeks],
        "holiday": holiday.name if holiday and _divides(holiday.first_after, weeks) else "",
    }


def _said(sentence: Sentence) -> dict[str, Any]:
    facts = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in sentence.facts.items()
    }
    return {"text": sentence.text, "family": sentence.family, "kind": sentence.kind, "facts": facts}


def _rows(sentence: Sentence) -> list[dict[str, str]]:
    return [{"date": row.date.isoformat(), "what": row.what, "source": row.source} for row in sentence.rows]


def _week(week: Week) -> dict[str, Any]:
    return {"monday": week.monday.isoformat(), "count": week.count, "now": week.now}


def _divides(first_after: date, weeks: tuple[Week, ...]) -> bool:
    """Whether the holiday lies between two of the weeks drawn."""
    return bool(weeks) and weeks[0].monday < first_after
