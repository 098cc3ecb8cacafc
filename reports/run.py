"""Any report by its name."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis.expr.types as ir

from configs.refusals import BadSettings, nearest
from configs.settings import Settings

if TYPE_CHECKING:
    from reports.lost_learning.values import LostLearning

REPORTS = ("lost-learning",)


@dataclass(frozen=True)
class Report:
    """A report, and what it can be turned into."""

    value: "LostLearning"

    def as_json(self) -> dict[str, Any]:
        """Its figures, with stable keys."""
        from reports.lost_learning.json_form import as_json

        return as_json(self.value)

    def as_html(self) -> str:
        """One page that needs nothing else: no script, no other file."""
        from reports.lost_learning.page import as_html

        return as_html(self.value)

    def in_words(self) -> str:
        """Plain text for a terminal."""
        from reports.lost_learning.text import in_words_of

        return in_words_of(self.value)


def report(
    name: str, tables: dict[str, ir.Table], settings: Settings, as_of: date, from_: date | None = None,
    school_id: str | None = None, england: Path | None = None,
) -> Report:  # fmt: skip
    """The report of that name over the canonical tables, as known on `as_of`.

    `from_` begins the period (default: 1 September), `school_id` asks for one school, `england` is the
    Department for Education's pupil attendance file. Refused: a name or a school that is not known.
    """
    if name not in REPORTS:
        raise BadSettings(f"No report '{name}'{nearest(name, REPORTS)}. Reports are {', '.join(REPORTS)}.")
    from reports.lost_learning.reckon import lost_learning

    return Report(lost_learning(tables, as_of, from_, school_id, england, settings.session_minutes))
