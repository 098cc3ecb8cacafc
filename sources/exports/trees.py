"""Small trees: what one record of an XML or JSON document holds, and the paths that find texts in it.

A path is names joined by "/", from the record downwards: `Status/EntryDate`. `^/…` starts at the tree the record stands
in; `@name` is an attribute; `.` is the record itself. A trailing `#` takes what stands after the text's last `#`, as
Ed-Fi writes its descriptors. A path that repeats gives its texts joined by ";".

A path may cross to another element of the document. What follows an attribute is looked up in the element whose `id`
it names (`SchoolReference/@ref/SchoolId`). What follows `>Name` is looked up in the element of that name whose child of
the last step's name says the same (`Reference/Code/>Thing/Date`: the Date of the Thing whose Code that is); where two
such elements differ, there is no telling, and it is absent.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

MOST_PARTS, MOST_TEXT, DEEPEST = 50_000, 4_000_000, 100  # of one tree: elements, characters, levels
Steps = tuple[str, ...]
Wanted = tuple[str, Steps]  # of elements referred to: by what (BY_ID, or Name/Key), and the path below them
Referred = Mapping[tuple[Wanted, str], str]  # what is wanted of the element that the text refers to
BY_ID = "@id"


@dataclass(slots=True)
class Tree:
    """One element or JSON value: its name, the line or record it starts at, its own text and what it holds."""

    name: str
    line: int
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list["Tree"] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Way:
    """A path as a profile writes it, taken apart."""

    steps: Steps
    from_top: bool = False
    after_hash: bool = False

    @property
    def wanted(self) -> Wanted | None:
        """What is asked of an element referred to; None where the path crosses to none."""
        for n, step in enumerate(self.steps[:-1]):
            if step.startswith("@"):
                return BY_ID, self.steps[n + 1 :]
            if step.startswith(">"):
                return f"{step[1:]}/{self.steps[n - 1]}", self.steps[n + 1 :]
        return None


def way_of(text: str) -> Way:
    """A path from its text.

    >>> way_of("^/Behavior#")
    Way(steps=('Behavior',), from_top=True, after_hash=True)
    """
    bare = text.removesuffix("#").removesuffix("/")
    steps = tuple(step for step in bare.removeprefix("^/").split("/") if step not in ("", "."))
    return Way(steps, from_top=bare.startswith("^"), after_hash=text.endswith("#"))


def below(tree: Tree, steps: Steps) -> Iterator[Tree]:
    """Every tree that the steps lead to, in the document's order; the tree itself for no steps."""
    if not steps:
        yield tree
        return
    for child in tree.children:
        if child.name == steps[0]:
            yield from below(child, steps[1:])


def said(found: Iterable[str], after_hash: bool) -> str | None:
    """The texts that a path leads to, stripped and joined by ";"; None where there is none, or none but blanks."""
    return ";".join(text for one in found if (text := _meant(one, after_hash))) or None


def _meant(text: str, after_hash: bool) -> str:
    return (text.rpartition("#")[2] if after_hash else text).strip()


def texts(tree: Tree, steps: Steps, referred: Referred) -> Iterator[str]:
    """The texts that the steps lead to, in the document's order."""
    if not steps:
        yield "".join(tree.texts)
    elif steps[0].startswith(">"):
        by = f"{steps[0][1:]}/{tree.name}"
        yield referred.get(((by, steps[1:]), "".join(tree.texts).strip()), "")
    elif not steps[0].startswith("@"):
        for child in tree.children:
            if child.name == steps[0]:
                yield from texts(child, steps[1:], referred)
    elif (value := tree.attributes.get(steps[0][1:])) is not None:
        yield referred.get(((BY_ID, steps[1:]), value), "") if steps[1:] else value
