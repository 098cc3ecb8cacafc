"""Any bytes at all: the records of a document, or one refusal, and never anything else."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from configs.profile import Export
from configs.refusals import BadData
from sources.exports import json_trees, xml_trees
from sources.exports.records import recognised, records
from tests.sources.exports.test_records import CENSUS, EXCLUSIONS, STUDENTS, an_export, written

EXPORTS = {
    "xml": an_export(EXCLUSIONS, "PupilOnRoll", format="xml", record="Exclusions/Exclusion",
                     around={"la": ("Header/Source/LEA",)}),
    "json": an_export({"id": ("id",), "sen": ("sen/code",)}, "data", format="json", around={"more": ("meta/more",)}),
}  # fmt: skip
WHOLE = {"xml": CENSUS.encode(), "json": json.dumps({"data": STUDENTS, "meta": {"more": False}}).encode()}
FUZZED = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


pieces = st.sampled_from([1, 2, 5, 64, 1 << 16])


def mutated(whole: bytes) -> st.SearchStrategy[bytes]:
    """The document cut, with a piece of it doubled, and with any bytes put in somewhere."""
    places = st.integers(0, len(whole))
    extras = st.just(b"") | st.binary(max_size=8) | st.sampled_from([b"<", b"&#0;", b"\\u0000", b"["])
    return st.builds(
        lambda a, b, c, extra: whole[: max(a, b)] + extra + whole[min(a, b) : max(a, c)] + whole[c:],
        places, places, places, extras,
    )  # fmt: skip


def read_in_pieces(path: Path, export: Export, size: int) -> list[tuple[int, dict[str, str | None]]]:
    """The records, the file read so many bytes or characters at a time."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(json_trees, "CHUNK", size)
        patched.setattr(xml_trees, "CHUNK", size)
        return list(records(path, export))


@pytest.mark.parametrize("form", ["xml", "json"])
@FUZZED
@given(data=st.data())
def test_mutated_bytes_give_records_or_one_refusal(tmp_path: Path, form: str, data: st.DataObject) -> None:
    export = EXPORTS[form]
    path = written(tmp_path, data.draw(mutated(WHOLE[form]) | st.binary(max_size=200)))
    try:
        read = read_in_pieces(path, export, data.draw(pieces))
        recognised(path, [export])
    except BadData as refused:
        read, said = [], str(refused)
    else:
        said = path.name
    assert path.name in said
    assert "\n" not in said
    assert all(line > 0 and set(row) == set(export.names) for line, row in read)


@pytest.mark.parametrize("size", range(1, 40))
def test_a_number_is_whole_wherever_the_file_is_cut(tmp_path: Path, size: int) -> None:
    export = an_export({"id": ("id",)}, "data", format="json", around={"year": ("year",)})
    path = written(tmp_path, '{"year": 20252026, "data": [{"id": 12345678}]}')
    assert read_in_pieces(path, export, size) == [(1, {"id": "12345678", "year": "20252026"})]


names = st.sampled_from(["A", "B", "C"])
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6)


def elements() -> st.SearchStrategy[ET.Element]:
    """Any small document."""

    def made(name: str, text: str, children: list[ET.Element]) -> ET.Element:
        element = ET.Element(name)
        element.text = text
        element.extend(children)
        return element

    leaves = st.builds(made, names, texts, st.just([]))
    return st.recursive(
        leaves, lambda inner: st.builds(made, names, texts, st.lists(inner, max_size=4)), max_leaves=12
    )


@FUZZED
@given(root=elements(), size=pieces)
def test_xml_reads_as_its_whole_tree_says(tmp_path: Path, root: ET.Element, size: int) -> None:
    """The obvious way: the whole document in memory."""
    export = an_export({"own": (".",), "b": ("B",), "bc": ("B/C",)}, "A", format="xml")
    path = written(tmp_path, ET.tostring(root, encoding="utf-8"))

    def outermost(element: ET.Element) -> list[ET.Element]:
        return [element] if element.tag == "A" else [one for child in element for one in outermost(child)]

    def all_of(element: ET.Element, way: str) -> str | None:
        found = [element] if way == "." else element.findall(way)
        return ";".join(text for one in found if (text := (one.text or "").strip())) or None

    assert [row for _, row in read_in_pieces(path, export, size)] == [
        {name: all_of(element, ways[0]) for name, ways in export.columns.items()}
        for element in outermost(root)
    ]


scalars = st.none() | st.booleans() | st.integers() | texts
values = st.recursive(
    scalars, lambda one: st.lists(one, max_size=3) | st.dictionaries(names, one, max_size=3), max_leaves=12
)


@FUZZED
@given(listed=st.lists(st.dictionaries(names, values, max_size=3), max_size=5), size=pieces)
def test_json_reads_as_the_whole_document_says(
    tmp_path: Path, listed: list[dict[str, Any]], size: int
) -> None:
    export = an_export({"a": ("A",), "bc": ("B/C",)}, "data", format="json")

    def flat(value: Any) -> list[Any]:
        return [one for item in value for one in flat(item)] if isinstance(value, list) else [value]

    def all_of(value: Any, way: list[str]) -> list[str]:
        if not way:
            return [
                str(v).lower() if isinstance(v, bool) else str(v).strip()
                for v in flat(value)
                if not isinstance(v, dict) and v is not None
            ]
        inside = [v[way[0]] for v in flat(value) if isinstance(v, dict) and way[0] in v]
        return [text for v in inside for text in all_of(v, way[1:])]

    def row(record: dict[str, Any], export: Export) -> dict[str, str | None]:
        return {
            name: ";".join(filter(None, all_of(record, ways[0].split("/")))) or None
            for name, ways in export.columns.items()
        }

    path = written(tmp_path, json.dumps({"data": listed}, ensure_ascii=False))
    assert [read for _, read in read_in_pieces(path, export, size)] == [
        row(record, export) for record in listed
    ]
