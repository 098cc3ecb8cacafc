"""Any report by its name."""

from datetime import date
from pathlib import Path
from typing import Any, Protocol

import ibis.expr.types as ir

from configs.refusals import BadSettings, nearest
from configs.settings import Settings

REPORTS = ("lost-learning",)


class Report(Protocol):
    """What every report can be turned into."""

    def as_json(self) -> dict[str, Any]:
        """Its figures, with stable keys."""

    def as_html(self) -> str:
        """One page that needs nothing else."""

    def in_words(self) -> str:
        """Plain text for a terminal."""


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
    from reports.lost_learning.ledger import SESSION_MINUTES
    from reports.lost_learning.reckon import lost_learning

    minutes = getattr(settings, "session_minutes", SESSION_MINUTES)
    return lost_learning(tables, as_of, from_, school_id, england, minutes)
