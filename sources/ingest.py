"""Ingest: a folder of canonical tables into the store, each row kept, set aside with a reason, or a duplicate."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from configs.refusals import BadData, BadSettings, nearest
from configs.settings import Settings
from sources.loads import Moment, Placed, place, place_without
from sources.publishing import publish, sweep
from sources.quarantine import refuse, set_aside
from sources.reading import Found, ends_unfinished, find
from sources.receipt import Receipt, TableReceipt
from sources.rules import HOMES
from sources.store import Store, hash_of, quoted
from sources.tables import TABLES, Table
from sources.wholeness import check_end, check_last_row, fingerprint, short_days
from sources.writing import File, write

MEMORY = "3GB"
PEOPLE = "people.csv"
Say = Callable[[str], None]


def ingest(
    folder: Path,
    store: Store,
    seen_on: date,
    settings: Settings,
    progress: Say | None = None,
    unread: Iterable[str] | None = None,
) -> Receipt:
    """Loads every canonical table found in the folder and returns the receipt. `unread` are notes on the other files of
    the folder, where somebody has looked at them.

    Refused, the store untouched: no such folder (BadSettings); a required table or column missing, a required
    table with no rows, a file that is not what it says, or more bad rows than the settings allow (BadData).
    """
    if not folder.is_dir():
        raise BadSettings(f"There is no folder {folder}. Give the folder that holds the exported tables.")
    found = find_all(folder)
    for table in TABLES.values():
        if table.required and table.name not in {file.table.name for file in found}:
            hint = nearest(table.name, (path.stem for path in folder.iterdir() if path.stem not in TABLES))
            raise BadData(f"{folder} lacks {table.name}.csv (or .parquet), which is required{hint}. "
                          "Export it and ingest again.")  # fmt: skip
    others = _others(folder, found) if unread is None else unread
    return ingest_found(found, notes_on(found, others), store, seen_on, settings, progress)


def ingest_found(
    found: list[Found],
    notes: list[str],
    store: Store,
    seen_on: date,
    settings: Settings,
    progress: Say | None = None,
) -> Receipt:
    """Loads the tables found, canonical files and exports already staged together, and returns the receipt.

    Refused (BadData) as `ingest` refuses; a required table may be missing where the store holds it already, and
    attendance and the calendar also where exports were read, which often come without them.
    """
    _check_nothing_lacks(found, store)
    order = list(TABLES)
    with work_folder(store, "load") as work, duckdb.connect() as held:
        sweep(store)
        held.execute("SET enable_progress_bar = false")  # DuckDB's own would stand among the command's words
        held.execute(f"SET memory_limit = '{MEMORY}'; SET temp_directory = {quoted(str(work / 'spill'))}")
        load = _Load(store, settings, seen_on, work, held, progress or (lambda _: None))
        return load.run(sorted(found, key=lambda file: order.index(file.table.name)), notes)


@contextmanager
def work_folder(store: Store, name: str) -> Iterator[Path]:
    """A folder beside the tables for one piece of work: gone afterwards, whatever happens, with what a dead one
    left."""
    new, work = not store.root.exists(), store.root / "work" / name
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        for folder in (work.parent, *([store.root] if new else [])):
            if not os.listdir(folder):
                folder.rmdir()


def find_all(folder: Path) -> list[Found]:
    """The canonical files in the folder, their headers checked, in the order in which they are loaded."""
    with duckdb.connect() as held:
        return [file for table in TABLES.values() if (file := find(folder, table, held))]


def _check_nothing_lacks(found: list[Found], store: Store) -> None:
    here = {file.table.name for file in found} | {file["table"] for file in store.manifest()["files"]}
    if any(file.staged for file in found):
        here |= {"attendance", "calendar"}
    for table in TABLES.values():
        if table.required and table.name not in here:
            raise BadData(
                f"{table.name} is required, and neither these files nor the store {store.root} hold any. "
                "Export it and ingest again."
            )


class _Load:
    """One load at work: everything it writes lies to one side until the manifest is replaced."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        seen_on: date,
        work: Path,
        held: duckdb.DuckDBPyConnection,
        say: Say,
    ) -> None:
        self.store, self.settings, self.work, self.held, self.say = store, settings, work, held, say
        self.manifest = store.manifest()
        self.moment = Moment(self.manifest["loads"] + 1, seen_on)
        self.latest: dict[str, dict[str, str]] = self.manifest["latest"]
        self.files: list[File] = []
        self.said: list[str] = []

    def run(self, found: list[Found], notes: list[str]) -> Receipt:
        self._remember_homes()
        tables = {file.table.name: self._table(file) for file in found}
        notes = [
            *notes,
            *self.said,
            *(f"{name}: no rows." for name, table in tables.items() if table.rows_in == 0),
        ]
        if not self.files:
            return Receipt(0, tables, tuple(notes), hash_of(self.manifest))
        files = self.manifest["files"] + self.files
        manifest = {**self.manifest, "loads": self.moment.load, "files": files, "latest": self.latest}
        receipt = Receipt(self.moment.load, tables, tuple(notes), hash_of(manifest))
        publish(self.store, self.work, manifest, receipt)
        return receipt

    def _remember_homes(self) -> None:
        """Which pupils and schools are known, and the school each pupil was last enrolled at."""
        for name, home in HOMES.items():
            held = self.store.view(TABLES[home], self.store.files(home))
            self.held.execute(f"CREATE TABLE known_{home} AS SELECT DISTINCT {name} FROM ({held})")
        held = self.store.view(TABLES["enrolments"], self.store.files("enrolments"))
        self.held.execute(f"CREATE TABLE stays AS SELECT pupil_id, school_id, start_date FROM ({held})")
        last_school = "arg_max(school_id, (start_date, school_id)) AS school_id"
        self.held.execute(f"CREATE VIEW homes AS SELECT pupil_id, {last_school} FROM stays GROUP BY pupil_id")

    def _table(self, file: Found) -> TableReceipt:
        self.say(f"reading {file.name}")
        check_end(file)
        with ThreadPoolExecutor(
            1
        ) as beside:  # a year of marks takes seconds to hash: the other core does it meanwhile
            return self._placed(file, beside.submit(fingerprint, file))

    def _placed(self, file: Found, read: Future[list[dict[str, str | int]]]) -> TableReceipt:
        table = file.table
        reach = self.latest.get(table.name, {})
        placed = place(file, self.store, reach, self.moment, self.held)
        if table.required and placed.rows_in == 0:
            raise BadData(f"{file.name} has no rows, and {table.name} is required. Export it again.")
        check_last_row(file, placed.rows_in, self.held)
        reasons = set_aside(file, self.work, self.held)
        if placed.quarantined > self.settings.quarantine_share * placed.rows_in:
            raise refuse(file, placed, self.settings.quarantine_share, self.work, self.store, self.held)
        if table.name == "attendance":
            placed, reasons = self._without_short_days(file, placed, reasons)
        self._remember(table)
        written = write(table, self.work, self.moment.load, self.held)
        self.files += written.files
        latest = self.latest[table.name] = _later(self.latest.get(table.name, {}), written.latest)
        return TableReceipt(placed.rows_in, placed.kept, placed.quarantined, placed.duplicates,
                            max(latest.values(), default=None), reasons, read.result())  # fmt: skip

    def _without_short_days(
        self, file: Found, placed: Placed, reasons: dict[str, int]
    ) -> tuple[Placed, dict[str, int]]:
        """The same, with the marks of a school's day that was cut short set aside: the others have theirs. They count
        as no bad rows, since nothing is wrong with them but that others are missing."""
        reach, least = self.latest.get(file.table.name, {}), self.settings.least_of_same_weekday
        while short := short_days(file, self.store, reach, least, self.held):
            self.said += [
                f"{file.name}: {day} So that day of the school was set aside: export it again, or, if the school was "
                "truly so empty, lower least_of_same_weekday in the settings."
                for day in short
            ]
            days = [(each.school_id, each.day) for each in short]
            placed = place_without(days, file, placed.rows_in, self.store, self.moment, self.held)
            reasons = set_aside(file, self.work, self.held)
        return placed, reasons

    def _remember(self, table: Table) -> None:
        if table.name in HOMES.values():
            self.held.execute(f"INSERT INTO known_{table.name} SELECT {table.key[0]} FROM fresh")
        if table.name == "enrolments":
            self.held.execute("INSERT INTO stays SELECT pupil_id, school_id, start_date FROM fresh")


def _later(one: dict[str, str], other: dict[str, str]) -> dict[str, str]:
    """The later day of each school; ISO dates sort as days do."""
    return {school: max(one.get(school, ""), other.get(school, "")) for school in sorted({*one, *other})}


def notes_on(found: list[Found], unread: Iterable[str]) -> list[str]:
    """What people should know once: ignored columns, files not read, optional tables that were not there."""
    files = [file for file in found if not file.staged]
    notes = [f"{file.path.name}: column {name!r} is not one of Handrail's and was ignored."
             for file in files for name in file.unknown]  # fmt: skip
    notes += [f"{file.path.name} does not end with a line break: check that it is whole."
              for file in files if ends_unfinished(file)]  # fmt: skip
    here = {file.table.name for file in found}
    absent = [
        name for name, table in TABLES.items() if name not in here and not (table.required or table.made)
    ]
    if absent:
        notes.append(f"Not in the folder, and not needed: {', '.join(absent)}.")
    return notes + list(unread)


def _others(folder: Path, found: list[Found]) -> list[str]:
    known = {file.path.name for file in found} | {PEOPLE}
    names = sorted(path.name for path in folder.iterdir() if path.name not in known)
    return [f"In the folder, and not one of Handrail's tables: {', '.join(names)}."] if names else []
