"""A first draft of a mapping profile for a file that no profile knows: its headings, guessed from those that are known.

No value of the file stands in the draft: of each column only the kind of its values is told.
"""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from configs.profile import TIMESTAMP, Export, heading
from configs.refusals import BadData, BadSettings
from sources.exports.files import TABLE_ENDINGS, cells, headings_of
from sources.exports.upn import SHAPE
from sources.tables import TABLES

LOOKED_AT = 200
SHAPES = {
    "DD/MM/YYYY": r"\d{2}/\d{2}/\d{4}", "DD/MM/YYYY HH:MI": r"\d{2}/\d{2}/\d{4} \d{2}:\d{2}",
    "YYYY-MM-DD": r"\d{4}-\d{2}-\d{2}", TIMESTAMP: r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*",
    "DD MON YYYY": r"\d{2} [A-Za-z]{3} \d{4}",
}  # fmt: skip
DOCUMENT = (
    "Handrail drafts profiles of CSV and Excel files. For XML and JSON start from one of its own, as docs/profiles.md"
    " shows."
)


def draft(path: Path, exports: Sequence[Export]) -> str:
    """A profile in YAML to finish by hand; what could not be guessed is said in comments. Refused (BadSettings): no
    such file, or one that is not of rows; (BadData) one that has no headings."""
    if not path.is_file():
        raise BadSettings(f"There is no file {path}. Give an exported file.")
    if path.suffix.lower() not in TABLE_ENDINGS:
        raise BadSettings(DOCUMENT)
    layout, headings = headings_of(path)
    if not any(headings):
        raise BadData(f"{path.name} has no headings in its first rows. Export it with column names.")
    rows = [row for line, row in itertools.islice(cells(path, layout), LOOKED_AT) if line > layout.header + 1]
    names = _names(headings, exports)
    kinds = {name: _kind([row[n].strip() for row in rows if n < len(row)]) for n, name in enumerate(names)}
    return (
        "\n".join(
            _lines(path, layout.encoding.removesuffix("-sig"), dict(zip(names, headings, strict=True)), kinds)
        )
        + "\n"
    )


def _names(headings: Sequence[str], exports: Sequence[Export]) -> list[str]:
    """A name for each heading: the one that most profiles give it, else the heading in plain letters."""
    known: dict[str, str] = {}
    for export in exports:
        for name, synonyms in export.columns.items():
            for synonym in synonyms:
                known.setdefault(heading(synonym), name)
    names: list[str] = []
    for n, text in enumerate(headings):
        name = (
            known.get(heading(text))
            or re.sub(r"\W+", "_", text.strip().lower()).strip("_")
            or f"column_{n + 1}"
        )
        names.append(name if name not in names else f"{name}_{n + 1}")
    return names


def _kind(values: Iterable[str]) -> str:
    """The kind of a column's values, as far as all of them are of one."""
    said = [value for value in values if value]
    if not said:
        return "blank"
    if all(SHAPE.fullmatch(value.upper()) for value in said):
        return "UPNs"
    for form, shape in SHAPES.items():
        if all(re.fullmatch(shape, value) for value in said):
            return form
    if all(re.fullmatch(r"-?\d+(\.\d+)?", value) for value in said):
        return "numbers"
    if len(set(said)) <= 6 < len(said):
        return "few different texts"
    return "texts"


def _lines(path: Path, encoding: str, columns: Mapping[str, str], kinds: Mapping[str, str]) -> Iterable[str]:
    dates = [form for form in SHAPES if form in kinds.values()] or ["YYYY-MM-DD"]
    upn = next((name for name, kind in kinds.items() if kind == "UPNs"), None)
    pupil = upn or next(
        (name for name in columns if name in ("upn", "adno", "admission", "student", "pupil")), None
    )
    yield f"# Drafted from the headings of {path.name}. Finish what is marked, keep it, and ingest with --profile."
    yield "source: CHANGE ME"
    yield f"encodings: [{encoding if encoding in ('utf-8', 'cp1252') else 'utf-16'}]"
    yield f"dates: [{', '.join(dates)}]"
    yield "exports:"
    yield f"  {re.sub(r'[^a-z ]+', ' ', path.stem.lower()).strip() or 'export'}:"
    yield "    columns:"
    yield from (f"      {name}: [{_quoted(text)}]  # {kinds[name]}" for name, text in columns.items() if text)
    needed = ", ".join(name for name, text in columns.items() if text and kinds[name] != "texts")
    yield f"    needs: [{needed}]  # by these a file is known"
    free = ", ".join(_quoted(text) for name, text in columns.items() if kinds[name] == "texts")
    yield f"    never_read: [{free}]  # free text belongs here"
    yield f"    pupil: {{{'upn' if pupil == upn and upn else 'id'}: {pupil or 'CHANGE ME'}}}"
    yield "    rows:"
    yield f"      {_table(columns, kinds)}:"
    yield from (f"        {line}" for line in _values(_table(columns, kinds), columns, kinds))


def _table(columns: Mapping[str, str], kinds: Mapping[str, str]) -> str:
    """The canonical table that has most of these columns."""
    del kinds
    return max(TABLES, key=lambda name: len({column.name for column in TABLES[name].columns} & set(columns)))


def _values(table: str, columns: Mapping[str, str], kinds: Mapping[str, str]) -> Iterable[str]:
    dated = [name for name, kind in kinds.items() if kind in SHAPES]
    for column in TABLES[table].columns:
        if column.name == "pupil_id":
            yield "pupil_id: pupil"
        elif column.name == "school_id":
            yield "school_id: school"
        elif column.kind == "date" and dated:
            name = column.name if column.name in dated else dated[0]
            yield f"{column.name}: {{date: {name}}}{'' if name == column.name else '  # check which date'}"
        elif column.name in columns:
            yield f"{column.name}: {column.name}"
        elif column.required and not column.blank:
            yield f"# {column.name}: CHANGE ME"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
