"""Small trees: what one record of an XML or JSON document holds, and the paths that find texts in it.

A path is names joined by "/", from the record downwards: `Status/EntryDate`. `^/…` starts at the tree the record stands
in; `@name` is an attribute; what follows an attribute is looked up in the element whose `id` it names
(`SchoolReference/@ref/SchoolId`); `.` is the record itself. A trailing `#` takes what stands after the text's last `#`,
as Ed-Fi writes its descriptors. A path that repeats gives its texts joined by ";".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

MOST_PARTS, MOST_TEXT, DEEPEST = 50_000, 4_000_000, 100  # of one tree: elements, characters, levels
Steps = tuple[str, ...]
Referred = Mapping[tuple[str, Steps], str]  # by an element's id and the path below it


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
    def reference(self) -> Steps:
        """What is asked of the element that an attribute refers to; nothing where the path crosses no reference."""
        crossed = next((n for n, step in enumerate(self.steps[:-1]) if step.startswith("@")), None)
        return () if crossed is None else self.steps[crossed + 1 :]


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


def said(record: Tree, top: Tree, way: Way, referred: Referred) -> str | None:
    """The texts a path leads to, stripped and joined by ";"; None where there is none, or none that is not blank."""
    found = _texts(top if way.from_top else record, way.steps, referred)
    texts = [text for one in found if (text := _meant(one, way.after_hash))]
    return ";".join(texts) or None


def _meant(text: str, after_hash: bool) -> str:
    return (text.rpartition("#")[2] if after_hash else text).strip()


def _texts(tree: Tree, steps: Steps, referred: Referred) -> Iterator[str]:
    if not steps:
        yield "".join(tree.texts)
    elif not steps[0].startswith("@"):
        for child in tree.children:
            if child.name == steps[0]:
                yield from _texts(child, steps[1:], referred)
    elif (value := tree.attributes.get(steps[0][1:])) is not None:
        yield referred.get((value, steps[1:]), "") if steps[1:] else value
