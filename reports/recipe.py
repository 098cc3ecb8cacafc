"""How one report is reckoned, and the forms it is turned into."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reports.asked import Asked, Known
from reports.paper.page import Page, page_of
from reports.paper.text import in_words_of
from reports.paper.values import Paper
from reports.whole import Json


@dataclass(frozen=True)
class Forms:
    """What a report's value is turned into."""

    as_json: Callable[[Any], Json]
    paper: Callable[[Any], Paper]
    page: Callable[[Any], Page]
    in_words: Callable[[Any], str]


@dataclass(frozen=True)
class Recipe:
    """A report: the type of its value (to read a published one again), how it is reckoned of every school held from
    the tables as known on its day, and its forms."""

    value: Any
    reckon: Callable[[Known, Asked], Any]
    forms: Forms


def on_paper(as_json: Callable[[Any], Json], paper: Callable[[Any], Paper]) -> Forms:
    """The forms of a report whose page and text are both made from one paper."""
    return Forms(as_json, paper, lambda held: page_of(paper(held)), lambda held: in_words_of(paper(held)))
