"""Which export of which profile a file is: its headings are matched without case, spaces and punctuation."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from configs.profile import ISO, TIMESTAMP, Export, date_pattern, heading

SESSION = re.compile(r"[\s:,_-]*\b(am|pm)\b[\s:,_-]*", re.IGNORECASE)
WEEKDAY = re.compile(r"^(mon|tue|wed|thu|fri|sat|sun)[a-z]*[\s,]+", re.IGNORECASE)


@dataclass(frozen=True)
class Fit:
    """How a file's headings fit an export: `columns` gives the place of each of its columns, `sessions` the day and
    session of each heading that names one, and `twice` the names that two headings claim."""

    export: Export
    headings: tuple[str, ...]
    columns: Mapping[str, int]
    sessions: Mapping[int, tuple[date, str]] = field(default_factory=dict)
    twice: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[tuple[str, ...], ...]:
        """What the export needs and the file lacks: of each, one of several columns."""
        lacking = [need for need in self.export.needs if not set(need) & self._there]
        return tuple(lacking)

    @property
    def whole(self) -> bool:
        """Whether all is there that the export needs."""
        return not self.missing and (self.export.across is None or bool(self.sessions))

    @property
    def unused(self) -> tuple[str, ...]:
        """Headings that nothing is made from, but for those the profile says are never read."""
        used = {*self.columns.values(), *self.sessions}
        quiet = {heading(text) for text in self.export.never_read}
        return tuple(
            text
            for n, text in enumerate(self.headings)
            if n not in used and heading(text) not in quiet and text
        )

    @property
    def _there(self) -> set[str]:
        wide = self.export.across
        return {*self.columns, *((wide.date, wide.session, wide.value) if wide and self.sessions else ())}


def fit(export: Export, headings: Sequence[str]) -> Fit:
    """How these headings fit that export; of several synonyms that are there, the one the profile names first."""
    folded = [heading(text) for text in headings]
    columns, twice, taken = {}, [], set()
    for name, synonyms in export.columns.items():
        for synonym in map(heading, synonyms):
            places = [n for n, text in enumerate(folded) if text == synonym and n not in taken]
            if places:
                columns[name] = places[0]
                taken.add(places[0])
                twice += [name] if len(places) > 1 else []
                break
    return Fit(export, tuple(headings), columns, _sessions(export, headings, taken), tuple(twice))


def best(exports: Iterable[Export], headings: Sequence[str], file_name: str) -> Fit | None:
    """The export that fits best, all it needs being there: the one that explains most headings, then the one whose
    profile hints at such a file name; None where none fits."""
    fits = [
        found for export in exports if export.format == "table" and (found := fit(export, headings)).whole
    ]
    return max(fits, key=lambda found: _merit(found, file_name), default=None)


def nearest_fit(exports: Iterable[Export], headings: Sequence[str]) -> Fit | None:
    """The export that fits best of those that lack something; None where none has half of what it needs."""
    fits = [fit(export, headings) for export in exports if export.format == "table"]
    near = max(
        fits,
        key=lambda found: (len(found.export.needs) - len(found.missing), len(found.columns)),
        default=None,
    )
    return near if near and 2 * len(near.missing) <= len(near.export.needs) else None


def _merit(found: Fit, file_name: str) -> tuple[bool, int, bool, int]:
    hinted = any(heading(hint) in heading(file_name) for hint in found.export.file)
    source = heading(found.export.source) in heading(file_name)
    return source, len(found.columns) + (len(found.sessions) > 0), hinted, len(found.export.needs)


def _sessions(export: Export, headings: Sequence[str], taken: set[int]) -> dict[int, tuple[date, str]]:
    if export.across is None:
        return {}
    found = {n: _day_and_session(text, export.dates) for n, text in enumerate(headings) if n not in taken}
    return {n: what for n, what in found.items() if what}


def _day_and_session(text: str, dates: Sequence[str]) -> tuple[date, str] | None:
    """The day and session that a heading such as "Mon 01/09/2025 AM" names, in a declared date format."""
    session = SESSION.search(text)
    if session is None:
        return None
    rest = WEEKDAY.sub("", SESSION.sub("", text, count=1).strip())
    for pattern in (date_pattern(form) for form in (*dates, ISO) if form != TIMESTAMP):
        try:
            return datetime.strptime(rest, pattern).date(), session.group(1).upper()  # noqa: DTZ007 - a date alone
        except ValueError:
            continue
    return None
