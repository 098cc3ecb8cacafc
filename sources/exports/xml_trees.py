"""Reading XML a tree at a time: namespaces ignored, no document type, no entities but the five, nothing fetched."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from configs.refusals import BadData
from sources.exports.growing import CHUNK, Growing, Watched
from sources.exports.trees import BY_ID, Referred, Steps, Tree, Wanted, below, texts

__all__ = ["around", "below", "referred", "texts", "trees"]
AGAIN = "Export it again, and copy it whole."
WORDS = {
    expat.errors.XML_ERROR_NO_ELEMENTS: "the file ends before its last element does",
    expat.errors.XML_ERROR_UNCLOSED_TOKEN: "the file ends in the middle of an element",
    expat.errors.XML_ERROR_PARTIAL_CHAR: "the file ends in the middle of a character",
    expat.errors.XML_ERROR_TAG_MISMATCH: "an element is closed that was not open",
    expat.errors.XML_ERROR_UNDEFINED_ENTITY: "an entity is used that XML does not know",
    expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: "there is more after the document's end",
    expat.errors.XML_ERROR_UNKNOWN_ENCODING: "it declares an encoding that is not known",
    expat.errors.XML_ERROR_INCORRECT_ENCODING: "it is not in the encoding that it declares",
}


def trees(path: Path, within: str) -> Iterator[Tree]:
    """Every outermost element of that local name, as a small tree.

    Refused (BadData), with the line: what is no whole, well-formed XML, and any document type.
    """
    yield from _grown(path, Growing(path.name, lambda names, _: names[-1] == within))


def around(path: Path, within: str, wanted: Mapping[str, tuple[Steps, ...]]) -> dict[str, str]:
    """The first text, outside the elements named `within`, at any of the paths (from the root) wanted for each name.
    Reading stops once every name has its text."""
    pieces: dict[Steps, list[str]] = {}
    asked = {steps for ways in wanted.values() for steps in ways}

    def outside(names: list[str], text: str) -> None:
        steps = tuple(names[1:])
        if steps in asked:
            pieces.setdefault(steps, []).append(text)

    grower = Growing(path.name, lambda names, _: names[-1] == within, outside)
    for _ in _grown(path, grower):
        if all(_first(pieces, ways) for ways in wanted.values()):
            break
    return {name: text for name, ways in wanted.items() if (text := _first(pieces, ways))}


def referred(path: Path, wanted: frozenset[Wanted]) -> Referred:
    """What is wanted of every element that may be referred to; where two by the same key differ, nothing."""
    elements = {by.split("/")[0] for by, _ in wanted}
    found: dict[tuple[Wanted, str], str] = {}
    opens = lambda names, held: names[-1] in elements or (BY_ID in elements and "id" in held)  # noqa: E731
    for tree in _grown(path, Growing(path.name, opens)):
        for by, steps in wanted:
            for key in _keys(tree, by):
                text = ";".join("".join(end.texts).strip() for end in below(tree, steps))
                same = found.setdefault(((by, steps), key), text) == text
                found[(by, steps), key] = text if same else ""
    return found


def _keys(tree: Tree, by: str) -> list[str]:
    """What an element is referred to by: its id, or what its child of that name says."""
    if by == BY_ID:
        return [tree.attributes["id"]] if "id" in tree.attributes else []
    element, _, key = by.partition("/")
    return ["".join(end.texts).strip() for end in below(tree, (key,))] if tree.name == element else []


def _first(pieces: Mapping[Steps, list[str]], ways: tuple[Steps, ...]) -> str:
    texts = ("".join(pieces.get(steps, ())).strip() for steps in ways)
    return next((text for text in texts if text), "")


def _grown(path: Path, growing: Growing) -> Iterator[Tree]:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, held: growing.start(
        _local(name), {_local(key): text for key, text in held.items()}, parser.CurrentLineNumber
    )
    parser.EndElementHandler = lambda _: growing.end()
    parser.CharacterDataHandler = growing.text
    parser.StartDoctypeDeclHandler = lambda *_: _no_document_type(path, parser.CurrentLineNumber)
    try:
        with path.open("rb") as handle:
            watched = Watched(path, handle, growing)
            while chunk := watched.read(CHUNK):
                parser.Parse(chunk, False)
                yield from growing.taken()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        said = WORDS.get(expat.errors.messages[error.code], expat.errors.messages[error.code])
        raise BadData(f"{path.name}, line {error.lineno}: this is not whole XML ({said}). {AGAIN}") from None
    except (LookupError, ValueError):  # an encoding that Python does not know, or of more than one byte
        raise BadData(
            f"{path.name}, line 1: it declares an encoding that is not known. Export it as UTF-8."
        ) from None
    except OSError as error:
        raise BadData(f"{path.name} cannot be read ({error.strerror}). Check the file.") from None
    yield from growing.taken()


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _no_document_type(path: Path, line: int) -> NoReturn:
    raise BadData(f"{path.name}, line {line}: it declares a document type (DOCTYPE), which no school's export does and "
                  "Handrail does not read. Export it again from the school's system.")  # fmt: skip
