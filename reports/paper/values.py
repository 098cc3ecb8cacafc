"""What a paper is made of. Every chart stands over the table of its own numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from reports.paper.charts import Chart

Cell = str | int | float | None
TOO_FEW = "Too few pupils to show"


@dataclass(frozen=True)
class Table:
    """Rows under heads; the first `words` columns are words, the rest numbers with so many `places` or words.

    A row of one cell more than its name, holding TOO_FEW, stands for a row that may not be shown.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    words: int = 1
    places: int = 1
    folded: bool = False
    only_in_workbook: bool = False
    nothing: str = "Nothing recorded in these dates."


@dataclass(frozen=True)
class Section:
    """A part of the paper: a heading, a sentence or two, then charts and tables, and a note."""

    heading: str
    text: str
    blocks: tuple[Table | Chart, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """One of the first figures: what it is, its value, and what it is out of or beside."""

    name: str
    value: str
    beside: str


@dataclass(frozen=True)
class Paper:
    """A whole report for people."""

    name: str
    title: str
    whose: str
    start: date
    end: date
    lead: str
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    cannot_see: tuple[str, ...]
    definitions: Mapping[str, str] = field(default_factory=dict)
