"""Trees as they grow: what the readers of XML and JSON share, and the bounds that keep one tree small."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from configs.refusals import BadData
from sources.exports.trees import DEEPEST, MOST_PARTS, MOST_TEXT, Tree

CHUNK = 1 << 16
ASK = "Export it again; if it is the same, ask the supplier what went wrong."
LONGEST_SILENCE = 8 << 20  # bytes read without one element or value ending: no school's record is so long


class TooBig(BadData):
    """One record, value or nesting that is larger than any a school's system writes."""


@dataclass
class Growing:
    """Grows trees from a document's events. `opens` says whether a tree starts at the names from the root (the last is
    its own) and its attributes; `outside` is told every text that stands in no tree, with the names that lead to it.
    """

    file: str
    opens: Callable[[list[str], Mapping[str, str]], bool]
    outside: Callable[[list[str], str], None] | None = None
    names: list[str] = field(default_factory=list)
    stack: list[Tree] = field(default_factory=list)
    grown: list[Tree] = field(default_factory=list)
    events: int = 0
    parts: int = 0
    size: int = 0

    def start(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        """An element or value begins."""
        self.events += 1
        self.names.append(name)
        if len(self.names) > DEEPEST:
            raise TooBig(too_big(self.file, line, f"holds parts within parts more than {DEEPEST} deep"))
        if not self.stack and not self.opens(self.names, attributes):
            return
        tree = Tree(name, line, attributes)
        if self.stack:
            self.stack[-1].children.append(tree)
        self.stack.append(tree)
        self.parts += 1
        self._count(sum(len(key) + len(text) for key, text in attributes.items()))

    def text(self, text: str) -> None:
        """A text, or a piece of one."""
        self.events += 1
        if self.stack:
            self.stack[-1].texts.append(text)
            self._count(len(text))
        elif self.outside:
            self.outside(self.names, text)

    def end(self) -> None:
        """What began last ends."""
        self.events += 1
        self.names.pop()
        if self.stack:
            tree = self.stack.pop()
            if not self.stack:
                self.grown.append(tree)
                self.parts = self.size = 0

    def taken(self) -> Iterator[Tree]:
        """The trees grown since this was last asked."""
        grown, self.grown = self.grown, []
        yield from grown

    def _count(self, characters: int) -> None:
        self.size += characters
        if self.parts > MOST_PARTS or self.size > MOST_TEXT:
            raise TooBig(too_big(self.file, self.stack[0].line, "holds more than any school's system writes"))


@dataclass
class Watched:
    """A file that is read a chunk at a time; refused (TooBig) where much is read and nothing ends."""

    path: Path
    handle: BinaryIO
    growing: Growing
    silent: int = 0
    heard: int = 0

    def read(self, size: int = CHUNK) -> bytes:
        """The next bytes; none at the file's end."""
        chunk = self.handle.read(min(size, CHUNK) if size > 0 else size)
        self.silent = self.silent + len(chunk) if self.heard == self.growing.events else len(chunk)
        self.heard = self.growing.events
        if self.silent > LONGEST_SILENCE:
            raise TooBig(
                f"{self.path.name}: one value in it is longer than {LONGEST_SILENCE >> 20} MB. {ASK}"
            )
        return chunk


def too_big(file: str, line: int, what: str) -> str:
    """The one line for a tree that is too large; a JSON document has no line to name."""
    where = f", line {line}" if line else ""
    return f"{file}{where}: what starts here {what}. {ASK}"
