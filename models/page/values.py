"""What the page is made of: sections of words, tables and pictures."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Table:
    """A caption, the headings and the rows; the first cell of each row names it."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Picture:
    """A PNG file and what it shows, in words for whoever cannot see it."""

    file: Path
    words: str


@dataclass(frozen=True)
class Section:
    """One part of the page: heading, its short name in the contents, paragraphs, then tables and pictures."""

    heading: str
    short: str
    text: tuple[str, ...] = ()
    blocks: tuple[Table | Picture, ...] = field(default_factory=tuple)
    folded: bool = False  # long tables for analysts open on demand, and are printed whole
