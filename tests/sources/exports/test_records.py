"""Records of XML and JSON documents, as a data manager's own system writes them."""

import json
from pathlib import Path
from typing import Any

import pytest

from configs.profile import Export
from configs.refusals import BadData
from sources.exports.records import recognised, records

CENSUS = """<?xml version="1.0" encoding="UTF-8"?>
<Message xmlns:x="urn:any">
  <Header><Source><LEA>801</LEA><Estab> 4000 </Estab></Source></Header>
  <Pupils><PupilsOnRoll>
    <x:PupilOnRoll>
      <Identifiers><UPN>A1</UPN><FormerUPN>B1</FormerUPN><FormerUPN>C1</FormerUPN></Identifiers>
      <Exclusions>
        <Exclusion kind="full"><Start>2025-10-01</Start>
          <Reasons><Reason>DB</Reason><Reason>VA</Reason></Reasons></Exclusion>
        <Exclusion><Start>2025-11-02</Start></Exclusion>
      </Exclusions>
    </x:PupilOnRoll>
    <PupilOnRoll><Identifiers><UPN>A2</UPN><FormerUPN/></Identifiers></PupilOnRoll>
  </PupilsOnRoll></Pupils>
</Message>
"""
PUPILS = {"upn": ("Identifiers/UPN",), "former": ("Identifiers/FormerUPN", "Identifiers/OldUPN")}
EXCLUSIONS = {
    "upn": ("^/Identifiers/UPN",), "kind": ("@kind",), "start": ("Start",), "reasons": ("Reasons/Reason",),
}  # fmt: skip


def an_export(columns: dict[str, tuple[str, ...]], within: str, **more: Any) -> Export:
    """An export that needs the first of its columns."""
    return Export(
        "Any", more.pop("name", "any"), "", columns, ((next(iter(columns)),),), (), within=within, **more
    )


def pupils(**more: Any) -> Export:
    return an_export(PUPILS, "PupilOnRoll", format="xml", **more)


def written(folder: Path, text: str | bytes, name: str = "export") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_every_element_is_a_record_with_its_line_whatever_its_namespace(tmp_path: Path) -> None:
    assert list(records(written(tmp_path, CENSUS), pupils())) == [
        (5, {"upn": "A1", "former": "B1;C1"}),
        (13, {"upn": "A2", "former": None}),
    ]


def test_a_part_that_repeats_is_a_record_each_and_looks_up_at_its_pupil(tmp_path: Path) -> None:
    export = an_export(EXCLUSIONS, "PupilOnRoll", format="xml", record="Exclusions/Exclusion")
    assert list(records(written(tmp_path, CENSUS), export)) == [
        (8, {"upn": "A1", "kind": "full", "start": "2025-10-01", "reasons": "DB;VA"}),
        (10, {"upn": "A1", "kind": None, "start": "2025-11-02", "reasons": None}),
    ]


@pytest.mark.parametrize("after", [False, True])
def test_the_header_is_found_before_the_pupils_or_after_them(tmp_path: Path, after: bool) -> None:
    head = "<Header><Source><LEA>801</LEA><Estab> 4000 </Estab></Source></Header>"
    moved = CENSUS.replace(head, "").replace("</Message>", head + "</Message>") if after else CENSUS
    export = pupils(around={"la": ("Header/Source/LEA",), "estab": ("Header/Estab", "Header/Source/Estab")})
    assert [(r["la"], r["estab"]) for _, r in records(written(tmp_path, moved), export)] == [
        ("801", "4000")
    ] * 2


def test_a_reference_leads_to_the_element_it_names_wherever_that_stands(tmp_path: Path) -> None:
    text = """<All><Done><What ref="I2"/></Done><Incident id="I1"><Date>2025-10-01</Date></Incident>
    <Incident id="I2"><Date>2025-10-02</Date></Incident><Done><What ref="I9"/></Done></All>"""
    export = an_export({"date": ("What/@ref/Date",)}, "Done", format="xml")
    assert [r["date"] for _, r in records(written(tmp_path, text), export)] == ["2025-10-02", None]


def test_a_key_leads_to_the_element_that_has_it_unless_two_differ(tmp_path: Path) -> None:
    text = """<All><Done><Code>C2</Code></Done><Done><Code>C1</Code></Done><Done><Code>C9</Code></Done>
    <Thing><Code>C1</Code><Date>2025-10-01</Date></Thing><Thing><Code>C1</Code><Date>2025-10-09</Date></Thing>
    <Thing><Code>C2</Code><Date>2025-10-02</Date></Thing><Other><Code>C9</Code><Date>2025-10-03</Date></Other></All>"""
    export = an_export({"date": ("Code/>Thing/Date",)}, "Done", format="xml")
    assert [r["date"] for _, r in records(written(tmp_path, text), export)] == ["2025-10-02", None, None]


def test_a_descriptor_is_what_stands_after_its_hash(tmp_path: Path) -> None:
    text = "<A><B><C>uri://ed-fi.org/X#Free Lunch</C><C>uri://y#Reduced</C><C>bare</C></B></A>"
    export = an_export({"what": ("C#",), "whole": ("C",)}, "B", format="xml")
    assert next(records(written(tmp_path, text), export))[1]["what"] == "Free Lunch;Reduced;bare"


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "UTF-16LE", "ISO-8859-1", "windows-1252"])
def test_a_document_is_read_in_the_encoding_it_declares(tmp_path: Path, encoding: str) -> None:
    declared = "UTF-16" if encoding == "UTF-16LE" else encoding
    text = f'<?xml version="1.0" encoding="{declared}"?>\n<A><P><N>Zoë</N></P></A>'
    path = written(tmp_path, ("\ufeff" + text if encoding == "UTF-16LE" else text).encode(encoding))
    export = an_export({"name": ("N",)}, "P", format="xml")
    assert list(records(path, export)) == [(2, {"name": "Zoë"})]
    assert recognised(path, [export]) == [export]


def test_the_typographic_marks_of_windows_1252_are_read(tmp_path: Path) -> None:
    text = '<?xml version="1.0" encoding="Windows-1252"?><A><P><N>O’Brien – €</N></P></A>'.encode("cp1252")
    assert (
        next(records(written(tmp_path, text), an_export({"n": ("N",)}, "P", format="xml")))[1]["n"]
        == "O’Brien – €"
    )


STUDENTS = [
    {"id": 1, "sen": {"code": "K", "from": None}, "ok": True, "in": ["a", "b"]},
    {"id": "2", "score": 1.50},
]
JSON = {
    "id": ("id",),
    "sen": ("sen/code",),
    "from": ("sen/from",),
    "ok": ("ok",),
    "in": ("in",),
    "score": ("score",),
}
NOTHING = dict.fromkeys(JSON)
AS_READ = [
    (1, {**NOTHING, "id": "1", "sen": "K", "ok": "true", "in": "a;b"}),
    (2, {**NOTHING, "id": "2", "score": "1.5"}),
]


@pytest.mark.parametrize(
    ("within", "text"),
    [
        ("", json.dumps(STUDENTS)),
        ("", "\n".join(map(json.dumps, STUDENTS))),
        ("data", json.dumps({"data": STUDENTS, "meta": {"more": False}})),
        ("data", "\n".join(json.dumps({"data": [student]}) for student in STUDENTS)),
        ("a/b", json.dumps({"a": {"c": [1], "b": STUDENTS}})),
        ("data", "\ufeff" + json.dumps({"data": STUDENTS})),
    ],
    ids=["a list", "a line each", "a page", "a page a line", "deeper", "with a mark first"],
)
def test_the_objects_of_a_json_list_are_records_from_one(tmp_path: Path, within: str, text: str) -> None:
    assert list(records(written(tmp_path, text), an_export(JSON, within, format="json"))) == AS_READ


def test_the_parts_of_a_json_record_and_what_stands_around_its_list(tmp_path: Path) -> None:
    text = json.dumps(
        {"data": [{"id": 7, "students": {"data": [{"id": "A"}, {"id": "B"}]}}], "meta": {"school": "S1"}}
    )
    export = an_export(
        {"id": ("^/id",), "pupil": ("id",)}, "data", format="json", record="students/data",
        around={"school": ("meta/school",)},
    )  # fmt: skip
    read = list(records(written(tmp_path, text), export))
    assert read == [(n, {"id": "7", "pupil": pupil, "school": "S1"}) for n, pupil in ((1, "A"), (2, "B"))]


def test_half_a_character_is_replaced_so_that_what_is_read_can_be_written(tmp_path: Path) -> None:
    row = next(
        records(written(tmp_path, r'[{"id": "Zo\ud83d"}]'), an_export({"id": ("id",)}, "", format="json"))
    )[1]
    assert row["id"] == "Zo?"


def test_a_comment_longer_than_any_is_not_read_on(tmp_path: Path) -> None:
    path = written(tmp_path, "<M><!--" + "x" * 9_000_000 + "--><PupilOnRoll/></M>")
    with pytest.raises(BadData, match="longer than 8 MB"):
        list(records(path, pupils()))


def test_a_document_is_recognised_by_what_its_records_say(tmp_path: Path) -> None:
    on_roll, left = (
        pupils(name="on roll"),
        an_export(PUPILS, "PupilNoLongerOnRoll", format="xml", name="left"),
    )
    parts = an_export(
        EXCLUSIONS, "PupilOnRoll", format="xml", record="Exclusions/Exclusion", name="exclusions"
    )
    others = an_export(
        {"ap": ("Place",)}, "PupilOnRoll", format="xml", record="Placements/Placement", name="places"
    )
    page = an_export({"upn": ("upn",)}, "data", format="json", name="page")
    every = [page, others, parts, on_roll, left]
    assert recognised(written(tmp_path, CENSUS), every) == [parts, on_roll]
    assert recognised(written(tmp_path, '{"data": [{"upn": "A1"}]}'), every) == [page]
    assert recognised(written(tmp_path, '{"data": [{"mis_id": 1}], "upn": 1}'), every) == []
    assert recognised(written(tmp_path, "UPN,Mark\nA1,/\n"), every) == []
    assert recognised(written(tmp_path, b""), every) == []


def test_a_rare_part_is_recognised_however_late_it_stands(tmp_path: Path) -> None:
    one = "<PupilOnRoll><Identifiers><UPN>A</UPN></Identifiers></PupilOnRoll>"
    late = one.replace("</P", "<Exclusions><Exclusion><Start>2025-10-01</Start></Exclusion></Exclusions></P")
    path = written(tmp_path, "<M>" + one * 20_000 + late + "</M>")
    parts = an_export({"start": ("Start",)}, "PupilOnRoll", format="xml", record="Exclusions/Exclusion")
    assert recognised(path, [parts]) == [parts]


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "long.json"
    with path.open("w") as file:
        file.write(
            '{"data": [' + ",".join('{"id": "A", "note": "%s"}' % ("x" * 1000) for _ in range(8000)) + "]}"
        )
    export = an_export({"id": ("id",)}, "data", format="json")
    tracemalloc.start()
    assert sum(1 for _ in records(path, export)) == 8000
    assert tracemalloc.get_traced_memory()[1] < path.stat().st_size / 4
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("form", "text", "says"),
    [
        ("xml", CENSUS[:-30], "line 14: this is not whole XML (the file ends"),
        (
            "xml",
            CENSUS.replace("</Identifiers></P", "</P"),
            "line 13: this is not whole XML (an element is closed",
        ),
        ("xml", b'<?xml version="1.0" encoding="utf-8"?><M>\xff</M>', "line 1: this is not whole XML"),
        ("xml", b'<?xml version="1.0" encoding="klingon"?><M/>', "line 1: it declares an encoding"),
        ("xml", "", "the file ends before"),
        ("json", '[{"id": 1}, {"id": 2', "line 1: this is not whole JSON"),
        ("json", '[{"id": 1}]]', "line 1: this is not whole JSON"),
        ("json", b'[{"id": "\xe9"}]', "not whole JSON in UTF-8"),
        ("json", '[{"id": 1}]'.encode("utf-16"), "is in UTF-16"),
        ("json", "", "line 1: this is not whole JSON"),
        ("json", "[" * 100_000, "parts within parts"),
        ("json", '{"a":' * 100_000, "parts within parts"),
        ("json", '[{"id": 1},\n{"id": 2,}]', "line 2: this is not whole JSON"),
        ("json", '[{"id": 1} {"id": 2}]', "line 1: this is not whole JSON"),
        ("json", '[{"id": NaN}]', "line 1: this is not whole JSON"),
        ("xml", "<A>" * 100_000, "parts within parts"),
    ],
)
def test_a_damaged_document_is_refused_in_one_line(
    tmp_path: Path, form: str, text: str | bytes, says: str
) -> None:
    export = an_export({"id": ("id",)}, "PupilOnRoll" if form == "xml" else "", format=form)
    with pytest.raises(BadData) as refused:
        list(records(written(tmp_path, text), export))
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "A1" not in str(refused.value)


def test_a_billion_laughs_and_a_file_outside_are_refused_unread(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    secret = written(tmp_path, "secret", "secret")
    for inside in ('<!ENTITY l0 "lol">' + laughs, f'<!ENTITY l9 SYSTEM "file://{secret}">'):
        path = written(tmp_path, f"<!DOCTYPE M [{inside}]><M><PupilOnRoll>&l9;</PupilOnRoll></M>")
        with pytest.raises(BadData, match="line 1: it declares a document type"):
            list(records(path, pupils()))


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("what", ["one value", "many parts"])
def test_a_record_larger_than_any_school_writes_is_refused(tmp_path: Path, form: str, what: str) -> None:
    whole = {"one value": "x" * 9_000_000, "many parts": "<U/>" * 60_000}[what]
    json_whole = json.dumps([{"id": whole if what == "one value" else [{}] * 1_500_000}])
    text = f"<M>\n<PupilOnRoll><U>{whole}</U></PupilOnRoll></M>" if form == "xml" else json_whole
    with pytest.raises(BadData, match=r"line 2: what starts here holds more|holds more|longer than"):
        list(
            records(
                written(tmp_path, text),
                an_export({"id": ("id",)}, "PupilOnRoll" if form == "xml" else "", format=form),
            )
        )
