"""A sentence about a pupil's records: its words, its family, and the facts it was written from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from watchlists.language import marked

NO_SINGLE_ONE = marked("Small changes across several records; no single one stands out.")
LITTLE_RECORDED = marked("We have little recorded: ask their tutor.")
Fact = int | float | str | date | None


@dataclass(frozen=True)
class Row:
    """One dated record behind a sentence, in words, with the table it came from."""

    date: date
    what: str
    source: str


@dataclass(frozen=True)
class Sentence:
    """One sentence. `kind` names the template and travels with it, `facts` holds every number and date in it.

    `note` is a second, quieter sentence. `new_on` is the day on which something began that was not on record
    before this school year; `weekly` names the weekly count that is drawn beside the sentence; `eased` says that it
    counts fewer than the pupil's own earlier period of the same length.
    """

    text: str
    family: str
    kind: str
    facts: Mapping[str, Fact]
    rows: tuple[Row, ...] = ()
    note: str = ""
    new_on: date | None = None
    weekly: str | None = None
    eased: bool = False


@dataclass(frozen=True)
class Told:
    """What is told of one pupil: at most three concerns, at least one strength, and what changed."""

    concerns: tuple[Sentence, ...]
    strengths: tuple[Sentence, ...]
    changes: tuple[Sentence, ...]


def texts(sentences: Sequence[Sentence]) -> list[str]:
    """The words alone."""
    return [sentence.text for sentence in sentences]
