"""The hubs that school systems feed, Wonde and Assembly: what is asked of each, and where its next page is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from typing import Any

Page = Mapping[str, Any]  # a page as it came: its JSON, a bare list under "data"
Headers = Mapping[str, str]


@dataclass(frozen=True)
class Hub:
    """How a hub is asked. `resources` are asked in order, by their path and parameters; the first is one that every
    token may read. `next_page` says what to ask for after a page: an address, a page number, or None after the last."""

    name: str
    resources: Mapping[str, tuple[str, Mapping[str, str]]]
    headers: Headers
    since: Callable[[date], tuple[Mapping[str, str], Headers]]
    next_page: Callable[[Page, Headers], str | int | None]


def _wonde_since(day: date) -> tuple[Mapping[str, str], Headers]:
    return {"updated_after": f"{day.isoformat()} 00:00:00"}, {}


def _wonde_next(page: Page, _: Headers) -> str | None:
    meta = page.get("meta")
    pagination = meta.get("pagination") if isinstance(meta, dict) else None
    following = pagination.get("next") if isinstance(pagination, dict) else None
    return following if isinstance(following, str) and following else None


def _assembly_since(day: date) -> tuple[Mapping[str, str], Headers]:
    midnight = datetime.combine(day, time(), UTC)
    return {}, {"If-Modified-Since": format_datetime(midnight, usegmt=True)}


def _assembly_next(page: Page, headers: Headers) -> int | None:
    """In version 1 the page says it, in 1.1 a header does."""
    following = str(page.get("next_page") or headers.get("Next-Page") or "")
    return int(following) if following.isascii() and following.isdigit() else None


_DETAILS = {"include": "education_details,extended_details", "per_page": "200"}
WONDE = Hub(
    "wonde",
    {
        "school": ("schools/{school}", {}),
        "students": ("schools/{school}/students", _DETAILS),
        "students-leaver": ("schools/{school}/students-leaver", _DETAILS),
        "attendance-session": ("schools/{school}/attendance/session",
                               {"include": "student,attendance_code", "per_page": "200"}),
        "attendance-lesson": ("schools/{school}/attendance/lesson",
                              {"include": "student,lesson,attendance_code", "per_page": "200"}),
        "behaviours": ("schools/{school}/behaviours", {"include": "students", "per_page": "200"}),
        "achievements": ("schools/{school}/achievements", {"include": "students", "per_page": "200"}),
        "exclusions": ("schools/{school}/exclusions", {"include": "student", "per_page": "200"}),
    },
    {"Accept": "application/json"}, _wonde_since, _wonde_next,
)  # fmt: skip
_PUPILS = {"demographics": "true", "care": "true", "sen_needs": "true", "per_page": "500"}
# Without dates Assembly gives this week's marks and this year's exclusions alone.
_EVENTS = {"start_date": "2000-01-01", "end_date": "2099-12-31", "per_page": "1500"}
ASSEMBLY = Hub(
    "assembly",
    {
        "school": ("school", {}),
        "students": ("students", _PUPILS),
        "students-left": ("students/left", _PUPILS),
        "attendances": ("attendances", _EVENTS),
        "exclusions": ("exclusions", _EVENTS),
    },
    {"Accept": "application/vnd.assembly+json; version=1"}, _assembly_since, _assembly_next,
)  # fmt: skip
HUBS = {hub.name: hub for hub in (WONDE, ASSEMBLY)}
