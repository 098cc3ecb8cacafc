"""What a paper is made of. Every chart stands over the table of its own numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from reports.paper.charts import Chart

Cell = str | int | float | None
TOO_FEW = "Too few pupils to show"


@dataclass(frozen=True)
class Table:
    """Rows under heads; the first `words` columns are words, the rest numbers with so many `places` or words.

    A row of one cell more than its name, holding TOO_FEW, stands for a row that may not be shown. A table of `cases`
    has a row for one pupil: it is for those who may see the pupils, and only in a workbook.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    words: int = 1
    places: int = 1
    folded: bool = False
    only_in_workbook: bool = False
    cases: bool = False
    nothing: str = "Nothing recorded in these dates."


@dataclass(frozen=True)
class Section:
    """A part of the paper: a heading, a sentence or two, then charts and tables, and a note."""

    heading: str
    text: str
    blocks: tuple[Table | Chart, ...] = ()
    note: str = ""

    @property
    def in_totals(self) -> "Section":
        """The same without any row of one pupil."""
        kept = (block for block in self.blocks if not (isinstance(block, Table) and block.cases))
        return replace(self, blocks=tuple(kept))


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

    @property
    def in_totals(self) -> "Paper":
        """The same without any row of one pupil."""
        return replace(self, sections=tuple(section.in_totals for section in self.sections))
