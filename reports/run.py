"""Any report by its name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from configs.refusals import BadSettings, nearest
from configs.settings import Settings
from reports.asked import Asked
from reports.harm.lists import Lists, no_lists
from sources.as_known import as_known
from watchlists.opaque import Opaque

Tables = dict[str, ir.Table]


@dataclass(frozen=True)
class Report:
    """A report, and what it can be turned into."""

    value: Any
    json_form: Callable[[Any], dict[str, Any]]
    page: Callable[[Any], str]
    text: Callable[[Any], str]
    workbook: Callable[[Any], bytes]

    def as_json(self) -> dict[str, Any]:
        """Its figures, with stable keys."""
        return self.json_form(self.value)

    def as_html(self) -> str:
        """One page that needs nothing else: no script, no other file."""
        return self.page(self.value)

    def in_words(self) -> str:
        """Plain text for a terminal."""
        return self.text(self.value)

    def as_xlsx(self) -> bytes:
        """A workbook in which nothing runs."""
        return self.workbook(self.value)


def report(
    name: str, tables: Tables, settings: Settings, as_of: date, from_: date | None = None,
    school_id: str | None = None, england: Path | None = None, opaque: Opaque | None = None,
    lists: Lists | None = None,
) -> Report:  # fmt: skip
    """The report of that name over the canonical tables, as known on `as_of`.

    `from_` begins the period (default: 1 September), `school_id` asks for one school, `england` is the
    Department for Education's pupil attendance file (default: the figures Handrail holds), `opaque` makes the ids
    that stand for pupils. `lists` are the published lists, for the reports about the list itself.
    Refused: a name or a school that is not known.
    """
    if name == "lost-learning":
        return _lost_learning(tables, settings, as_of, from_, school_id, england)
    if name not in REPORTS:
        raise BadSettings(f"No report '{name}'{nearest(name, REPORTS)}. Reports are {', '.join(REPORTS)}.")
    asked = Asked(as_of, settings, from_, school_id, opaque or Opaque(b""))
    if name in ABOUT_LISTS:
        return ABOUT_LISTS[name](as_known(tables, as_of), asked, lists or no_lists())
    return PAPERS[name](as_known(tables, as_of), asked)


def _lost_learning(
    tables: Tables, settings: Settings, as_of: date, from_: date | None, school_id: str | None,
    england: Path | None,
) -> Report:  # fmt: skip
    from reports.lost_learning import json_form, page, paper, reckon, text

    value = reckon.lost_learning(tables, as_of, from_, school_id, england, settings.session_minutes)
    return Report(
        value,
        json_form.as_json,
        page.as_html,
        text.in_words_of,
        lambda held: _workbook(paper.paper(held)),
    )


def _on_paper(value: Any, json_form: Callable[[Any], dict[str, Any]], paper: Callable[[Any], Any]) -> Report:
    """A report whose page, text and workbook are all made from one paper."""
    from reports.paper import page, text

    return Report(
        value,
        json_form,
        lambda held: page.as_html(paper(held)),
        lambda held: text.in_words_of(paper(held)),
        lambda held: _workbook(paper(held)),
    )


def _workbook(paper: Any) -> bytes:
    from reports.paper import workbook

    return workbook.as_xlsx(paper)


def _movements(known: Tables, asked: Asked) -> Report:
    from reports.movements import json_form, paper, reckon

    return _on_paper(reckon.movements(known, asked), json_form.as_json, paper.paper)


def _repeats(known: Tables, asked: Asked) -> Report:
    from reports.repeats import json_form, paper, reckon

    return _on_paper(reckon.repeats(known, asked), json_form.as_json, paper.paper)


def _intake(known: Tables, asked: Asked) -> Report:
    from reports.intake import json_form, paper, reckon

    return _on_paper(reckon.intake(known, asked), json_form.as_json, paper.paper)


def _practice(known: Tables, asked: Asked) -> Report:
    from reports.practice import json_form, paper, reckon

    return _on_paper(reckon.practice(known, asked), json_form.as_json, paper.paper)


def _needs(known: Tables, asked: Asked) -> Report:
    from reports.needs import json_form, paper, reckon

    return _on_paper(reckon.needs(known, asked), json_form.as_json, paper.paper)


def _experience(known: Tables, asked: Asked) -> Report:
    from reports.experience import json_form, paper, reckon

    return _on_paper(reckon.experience(known, asked), json_form.as_json, paper.paper)


def _services(known: Tables, asked: Asked) -> Report:
    from reports.services import json_form, paper, reckon

    return _on_paper(reckon.services(known, asked), json_form.as_json, paper.paper)


def _strategy(known: Tables, asked: Asked) -> Report:
    from reports.strategy import json_form, paper, reckon

    return _on_paper(reckon.strategy(known, asked), json_form.as_json, paper.paper)


def _support(known: Tables, asked: Asked) -> Report:
    from reports.support import json_form, paper, reckon

    return _on_paper(reckon.support(known, asked), json_form.as_json, paper.paper)


def _harm(known: Tables, asked: Asked, lists: Lists) -> Report:
    from reports.harm import json_form, paper, reckon

    return _on_paper(reckon.harm(known, asked, lists), json_form.as_json, paper.paper)


def _usefulness(known: Tables, asked: Asked, lists: Lists) -> Report:
    from reports.usefulness import json_form, paper, reckon

    return _on_paper(reckon.usefulness(known, asked, lists), json_form.as_json, paper.paper)


def england_intake(path: Path) -> Report:
    """Every school of England in the Department's file of free school meals, beside its authority."""
    from reports.intake import england, england_forms

    return _on_paper(england.of_england(path), england_forms.as_json, england_forms.paper)


PAPERS: dict[str, Callable[[Tables, Asked], Report]] = {
    "movements": _movements,
    "repeats": _repeats,
    "intake": _intake,
    "practice": _practice,
    "needs": _needs,
    "experience": _experience,
    "services": _services,
    "strategy": _strategy,
    "support": _support,
}
ABOUT_LISTS: dict[str, Callable[[Tables, Asked, Lists], Report]] = {
    "harm": _harm,
    "usefulness": _usefulness,
}
REPORTS = ("lost-learning", *PAPERS, *ABOUT_LISTS)
