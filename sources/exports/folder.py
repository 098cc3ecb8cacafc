"""A folder of whatever a school's systems export, as canonical tables ready to load."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from configs.profile import ISO, Rows
from configs.refusals import BadData, BadSettings
from sources.exports import records
from sources.exports.derive import derive
from sources.exports.files import LINE
from sources.exports.keys import Key
from sources.exports.mapping import FILE, Mapped, map_rows, standing, told_in
from sources.exports.pupils import Register, lists_pupils
from sources.exports.raw import Raw, raw_of_records, raw_of_table
from sources.exports.sorting import Known, Sorted
from sources.exports.values import Setting
from sources.reading import REASON, Found, rows, staged
from sources.store import Store, listed, quoted
from sources.tables import TABLES

GIVEN_FIRST = ("schools", "calendar")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Read:
    """Exports read: tables to load, notes for people, and names for the people database alone."""

    found: list[Found]
    notes: list[str]
    people: list[tuple[str, ...]] = field(default_factory=list)


def read_exports(
    files: Sorted, store: Store, key: Key, today: str, school: str | None, work: Path, say: Say
) -> Read:
    """Reads every export that a profile knows into staged tables, beside the canonical ones.

    Refused (BadSettings) where an export does not say which school it is of, and nothing else does.
    """
    register = Register(key)
    with duckdb.connect() as held:
        held.execute(f"SET memory_limit = '3GB'; SET temp_directory = {quoted(str(work / 'spill'))}")
        _remember(register, store, held)
        here = school or _only_school(files.canonical, store, held)
        parts: dict[str, list[Path]] = {}
        notes: list[str] = []
        people: list[tuple[str, ...]] = []
        for known in _registers_first(files.known):
            say(f"reading {known.path.name} ({known.export.title})")
            mapped = _read(known, register, _setting(known, here, today), work, held)
            for table, paths in mapped.parts.items():
                parts.setdefault(table, []).extend(paths)
            people += mapped.people
            notes += _notes_on(known, mapped)
        notes += _settle_between(files.canonical, parts)
        given = {found.table.name for found in files.canonical} | set(parts)
        made, said = derive(parts, given, store, work, held)
        tables = [
            _joined(name, [*parts.get(name, []), *made.get(name, [])], _giving(files.known, name), work, held)
            for name in TABLES
            if name in parts or name in made
        ]
        aliases = _aliases(register, _listed(tables, store, held), work)
    return Read([*files.canonical, *tables, *aliases], notes + said + files.unread(), people)


def _registers_first(known: Iterable[Known]) -> list[Known]:
    return sorted(known, key=lambda one: (not lists_pupils(one.export), str(one.path)))


def _read(
    known: Known, register: Register, setting: Setting, work: Path, held: duckdb.DuckDBPyConnection
) -> Mapped:
    raw = raw_of_table(known.table, work, held) if known.table else _raw_of_document(known, work, held)
    parts = work / "parts"
    parts.mkdir(exist_ok=True)
    return map_rows(raw, register, setting, parts, held)


def _raw_of_document(known: Known, work: Path, held: duckdb.DuckDBPyConnection) -> Raw:
    return raw_of_records(known.path, known.export, records.records(known.path, known.export), work, held)


def _setting(known: Known, here: str | None, today: str) -> Setting:
    export, otherwise = known.export, quoted(here) if here else "NULL"
    if not export.school and here is None and any("school" in _kinds(rows) for rows in export.rows):
        raise BadSettings(f"{known.path.name} ({export.title}) does not say which school it is of. Run again with "
                          "--school ID (its DfE number or URN), or put schools.csv beside it.")  # fmt: skip
    said = " || ".join(f"raw.{name}" for name in export.school)
    dates = (
        export.dates
        if not (known.table and known.table.layout.sheet)
        else (*export.dates, "YYYY-MM-DD", "YYYY-MM-DD HH:MI:SS")
    )
    return Setting(dates, today, f"coalesce({said}, {otherwise})" if said else otherwise)


def _kinds(rows: Rows) -> set[str]:
    return {value.kind for value in rows.values.values()}


def _only_school(canonical: Iterable[Found], store: Store, held: duckdb.DuckDBPyConnection) -> str | None:
    """The school that an export without one must be of: the only one given, or the only one held."""
    given = [f"SELECT school_id FROM ({rows(found)})" for found in canonical if found.table.name == "schools"]
    sql = (
        given[0]
        if given
        else f"SELECT school_id FROM ({store.view(TABLES['schools'], store.files('schools'))})"
    )
    met = held.sql(f"SELECT DISTINCT school_id FROM ({sql}) WHERE school_id IS NOT NULL").fetchall()
    return str(met[0][0]) if len(met) == 1 else None


def _remember(register: Register, store: Store, held: duckdb.DuckDBPyConnection) -> None:
    aliases = store.view(TABLES["aliases"], store.files("aliases"))
    register.remember(held.sql(f"SELECT pupil_id, kind, alias FROM ({aliases})").fetchall())
    for table in TABLES.values():
        if table.has("start_date") and table.has("end_date"):
            told = store.view(table, store.files(table.name))
            now = f"SELECT * FROM ({told}) WHERE end_date IS NULL AND known_until IS NULL"
            held.execute(f"CREATE TABLE {standing(table)} AS {now}")


def _aliases(register: Register, pupils: set[str], work: Path) -> list[Found]:
    """The aliases met for the first time of pupils whom some table lists, as a table to load with the rest."""
    new, table = sorted(alias for alias in register.new if alias[0] in pupils), TABLES["aliases"]
    if not new:
        return []
    names = (*(column.name for column in table.columns), FILE, LINE)
    columns = [*map(list, zip(*new, strict=True)), ["the exports"] * len(new), list(range(1, len(new) + 1))]
    path = work / "aliases.parquet"
    pq.write_table(pa.table(dict(zip(names, columns, strict=True))), path)
    return [staged(table, path, names)]


def _listed(tables: Iterable[Found], store: Store, held: duckdb.DuckDBPyConnection) -> set[str]:
    """The ids of all pupils that the exports or the store list."""
    given = [f"SELECT pupil_id FROM ({rows(found)})" for found in tables if found.table.name == "pupils"]
    sql = " UNION ".join(
        [*given, f"SELECT pupil_id FROM ({store.view(TABLES['pupils'], store.files('pupils'))})"]
    )
    return {str(row[0]) for row in held.sql(sql).fetchall()}


def _settle_between(canonical: Iterable[Found], parts: dict[str, list[Path]]) -> list[str]:
    """A table given both as it is and by exports: schools and open days as they are given; of any other, refused."""
    both = [found for found in canonical if found.table.name in parts]
    for found in both:
        if found.table.name not in GIVEN_FIRST:
            raise BadData(f"{found.path.name} gives {found.table.name}, and so do exports beside it. Ingest them from "
                          "two folders, one after the other.")  # fmt: skip
        del parts[found.table.name]
    return [f"{found.path.name} is used; what exports say of {found.table.name} is not." for found in both]


def _joined(
    name: str, paths: Sequence[Path], giving: Sequence[Known], work: Path, held: duckdb.DuckDBPyConnection
) -> Found:
    """One staged file of a table from all the exports that gave rows of it."""
    target = work / f"{name}.parquet"
    columns = (*told_in(TABLES[name]), FILE, LINE, REASON)
    files = ", ".join(quoted(str(path)) for path in paths)
    held.execute(
        f"COPY (SELECT {listed(columns)} FROM read_parquet([{files}])) TO {quoted(str(target))} (FORMAT parquet)"
    )
    dates = " or ".join(dict.fromkeys(form for known in giving for form in known.export.dates))
    return staged(
        TABLES[name], target, columns, dates or ISO, tuple(dict.fromkeys(known.path for known in giving))
    )


def _giving(known: Iterable[Known], table: str) -> list[Known]:
    """The exports that give rows of a table."""
    return [one for one in known if any(rows.table == table for rows in one.export.rows)]


def _notes_on(known: Known, mapped: Mapped) -> list[str]:
    notes = []
    if known.table and known.table.layout.encoding == "cp1252":
        notes.append(f"{known.path.name} was read as Windows-1252.")
    if mapped.left:
        left = f"{mapped.left:,} {'row is' if mapped.left == 1 else 'rows are'}"
        notes.append(f"{known.path.name}: {left} of a kind that nothing is made of ({known.export.title}).")
    return notes
