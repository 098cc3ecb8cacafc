"""What would be read from a folder, and how: each file, the export it is, and what is made of each of its columns."""

from collections.abc import Iterable, Mapping
from typing import Any

from configs.profile import Rows
from sources.exports.sorting import Known, Sorted

File = dict[str, Any]


def explained(files: Sorted) -> list[File]:
    """One mapping a file: `file`, `export` (null where no profile knows it), `encoding`, `dates`, `columns` (heading →
    what the profile calls it), `not_read` (headings), `tables` (each its name and what each column is made from) and
    `note` (why it is not read)."""
    unread = zip(files.unknown, files.unread(), strict=True)
    return [
        *(_file(found.path.name, "canonical table", "utf-8", ["YYYY-MM-DD"], dict.fromkeys(found.wanted),
                list(found.unknown), [{"table": found.table.name, "from": {name: [name] for name in found.wanted}}])
          for found in files.canonical),
        *map(_known, files.known),
        *(_file(path.name, None, None, [], {}, [], [], note) for path, note in unread),
    ]  # fmt: skip


def in_words(files: Iterable[File]) -> str:
    """The same for a terminal."""
    return "\n\n".join("\n".join(_lines(file)) for file in files)


def _file(
    name: str, export: str | None, encoding: str | None, dates: list[str], columns: Mapping[str, str | None],
    not_read: list[str], tables: list[dict[str, Any]], note: str = "",
) -> File:  # fmt: skip
    return {"file": name, "export": export, "encoding": encoding, "dates": dates, "columns": dict(columns),
            "not_read": not_read, "tables": tables, "note": note}  # fmt: skip


def _known(known: Known) -> File:
    export, table = known.export, known.table
    if table is None:
        columns = {synonyms[0].rsplit("/", 1)[-1]: name for name, synonyms in export.columns.items()}
        tables = [_made(rows, set(export.names)) for rows in export.rows]
        return _file(
            known.path.name, export.title, "as the document says", list(export.dates), columns, [], tables
        )
    columns = {table.fit.headings[place]: name for name, place in table.fit.columns.items()}
    across = export.across
    if across:
        columns[f"{len(table.fit.sessions)} headings, each a day and session"] = across.value
    there = {*table.fit.columns, *((across.date, across.session, across.value) if across else ())}
    return _file(known.path.name, export.title, table.layout.encoding.removesuffix("-sig"), list(export.dates), columns,
                 list(table.fit.unused), [_made(rows, there) for rows in export.rows])  # fmt: skip


def _made(rows: Rows, there: set[str]) -> dict[str, Any]:
    """A table that rows are made for, and of each of its columns what it is made from, as far as the file has it."""
    made = {
        name: [source for source in dict.fromkeys(value.reads) if source in there]
        or [value.text or value.kind]
        for name, value in rows.values.items()
        if not value.reads or set(value.reads) & there
    }
    return {
        "table": rows.table,
        "from": made,
        "when": {name: list(values) for name, values in rows.when.items()},
    }


def _lines(file: File) -> list[str]:
    if file["export"] is None:
        return [str(file["note"])]
    lines = [f"{file['file']}: {file['export']} ({file['encoding']}; dates {' or '.join(file['dates'])})"]
    called = {name: f"“{heading}”" for heading, name in file["columns"].items()}
    for made in file["tables"]:
        lines.append(f"  {made['table']}")
        lines += [f"    {name:16} {' + '.join(called.get(source, source) for source in sources)}"
                  for name, sources in made["from"].items()]  # fmt: skip
    return [*lines, *([f"  not read: {', '.join(file['not_read'])}"] if file["not_read"] else [])]
