"""Any report by its name."""

import dataclasses
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from configs.refusals import BadSettings, nearest
from configs.settings import Settings
from reports.asked import Asked
from reports.lists import Lists, no_lists
from reports.paper.page import Page
from reports.recipe import Forms, Recipe, on_paper
from sources.as_known import as_known
from watchlists.opaque import Opaque

Tables = dict[str, ir.Table]
ABOUT_LISTS = ("harm", "usefulness")  # those that read every list published so far
REPORTS = (
    "lost-learning", "movements", "repeats", "intake", "practice", "needs", "experience", "services", "strategy",
    "support", *ABOUT_LISTS,
)  # fmt: skip


@dataclass(frozen=True)
class Report:
    """A report's value, and the forms it is turned into."""

    value: Any
    forms: Forms

    def of(self, school_id: str) -> "Report":
        """The report of one school alone: what it is told does not depend on who else was asked for."""
        return dataclasses.replace(self, value=self.value.of(school_id))

    def as_json(self) -> dict[str, Any]:
        """Its figures, with stable keys."""
        return self.forms.as_json(self.value)

    def page(self) -> Page:
        """What stands in its page, without a frame."""
        return self.forms.page(self.value)

    def as_html(self) -> str:
        """One page that needs nothing else: no script, no other file."""
        return self.page().alone()

    def in_words(self) -> str:
        """Plain text for a terminal."""
        return self.forms.in_words(self.value)

    def as_xlsx(self, *, cases: bool = True) -> bytes:
        """A workbook in which nothing runs; without `cases` no row of it is one pupil's."""
        from reports.paper.workbook import as_xlsx

        paper = self.forms.paper(self.value)
        return as_xlsx(paper if cases else paper.in_totals)


def recipe_of(name: str) -> Recipe:
    """The recipe of the report of that name, imported only now. Refused: a name that is not known."""
    if name not in REPORTS:
        raise BadSettings(f"No report '{name}'{nearest(name, REPORTS)}. Reports are {', '.join(REPORTS)}.")
    recipe: Recipe = import_module(f"reports.{name.replace('-', '_')}.recipe").RECIPE
    return recipe


def report(
    name: str, tables: Tables, settings: Settings, as_of: date, from_: date | None = None,
    school_id: str | None = None, england: Path | None = None, opaque: Opaque | None = None,
    lists: Lists | None = None,
) -> Report:  # fmt: skip
    """The report of that name over the canonical tables, as known on `as_of`.

    `from_` begins the period (default: 1 September), `school_id` asks for one school, `england` is the
    Department for Education's pupil attendance file (default: the figures Handrail holds), `opaque` makes the ids
    that stand for pupils, `lists` are the lists published so far. The whole store is always reckoned, so that what is
    expected of a school, and what may be shown of it, does not depend on who was asked for.
    Refused: a name or a school that is not known.
    """
    recipe = recipe_of(name)
    asked = Asked(as_of, settings, from_, school_id, opaque or Opaque(b""), england, lists or no_lists())
    made = Report(recipe.reckon(as_known(tables, as_of), asked), recipe.forms)
    return made if school_id is None else made.of(school_id)


def england_intake(path: Path) -> Report:
    """Every school of England in the Department's file of free school meals, beside its authority."""
    from reports.intake import england, england_forms

    return Report(england.of_england(path), on_paper(england_forms.as_json, england_forms.paper))
