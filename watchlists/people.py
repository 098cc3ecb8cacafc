"""The people database: names and tutor groups, read by pages and exports and by nothing else."""

import csv
import sqlite3
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from configs.refusals import BadData, nearest

PEOPLE = "people.db"
COLUMNS = ("pupil_id", "first_name", "last_name", "preferred_name", "tutor_group", "own_words", "what_helps",
           "key_adult")  # fmt: skip
TABLE = """create table if not exists people (
    pupil_id text primary key, first_name text not null, last_name text not null,
    preferred_name text not null, tutor_group text not null, own_words text not null default '',
    what_helps text not null default '', key_adult text not null default '')"""


@dataclass(frozen=True)
class Person:
    """A pupil's name as the register has it, and what the pupil's own one-page profile says where there is one."""

    first_name: str
    last_name: str
    preferred_name: str = ""
    tutor_group: str = ""
    own_words: str = ""
    what_helps: str = ""
    key_adult: str = ""

    @property
    def called(self) -> str:
        """The name the pupil goes by."""
        return self.preferred_name or self.first_name or self.last_name

    @property
    def name(self) -> str:
        """The name the pupil goes by, with the family name."""
        first = self.preferred_name or self.first_name
        return " ".join(part for part in (first, self.last_name) if part)

    @property
    def short(self) -> str:
        """First name and initial, for paper: "Zoë O"."""
        first = self.preferred_name or self.first_name
        return " ".join(part for part in (first, initial(self.last_name)) if part)


def initial(name: str) -> str:
    """The first letter of a name, with the accents that belong to it."""
    end = 1
    while end < len(name) and unicodedata.combining(name[end]):
        end += 1
    return name[:end]


def load_people(csv_file: Path, store_root: Path) -> int:
    """How many names were loaded from `people.csv` into the store's people database.

    Names are kept letter for letter ("Null" and "NA" are names); a pupil's new name replaces the old one.
    """
    return hold_people(_read(csv_file), store_root)


def hold_people(rows: Sequence[tuple[str, ...]], store_root: Path) -> int:
    """How many names, in the order of `COLUMNS`, were put into the store's people database. Rows may stop short: what
    they do not say of a pupil stays as it was."""
    path, told = store_root / PEOPLE, len(rows[0]) if rows else len(COLUMNS)
    path.touch(mode=0o600, exist_ok=True)
    values = [f"?{n}" for n in range(1, told + 1)]
    values += [f"coalesce((select {name} from people where pupil_id = ?1), '')" for name in COLUMNS[told:]]
    with closing(sqlite3.connect(path)) as base, base:
        _ready(base)
        base.executemany(
            f"insert or replace into people ({', '.join(COLUMNS)}) values ({', '.join(values)})", rows
        )
    return len(rows)


def forget_people(store_root: Path, pupil_ids: Iterable[str]) -> int:
    """How many rows of these pupils were in the people database, notes and answers among them, and are no more; what
    was freed is overwritten."""
    path = store_root / PEOPLE
    if not path.exists():
        return 0
    gone = [(pupil,) for pupil in pupil_ids]
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("pragma secure_delete = on")
        tables = [name for (name,) in base.execute("select name from sqlite_master where type = 'table'")]
        of_pupils = [
            name
            for name in tables
            if "pupil_id" in {row[1] for row in base.execute(f"pragma table_info({name})")}
        ]
        return sum(
            base.executemany(f"delete from {name} where pupil_id = ?", gone).rowcount for name in of_pupils
        )


def everyone(store_root: Path) -> dict[str, Person]:
    """Every pupil with a name on file, by pupil_id."""
    if not (store_root / PEOPLE).exists():
        return {}
    with closing(sqlite3.connect(store_root / PEOPLE)) as base:
        _ready(base)
        found = {
            pupil: Person(*rest) for pupil, *rest in base.execute(f"select {', '.join(COLUMNS)} from people")
        }
    return {pupil: person for pupil, person in found.items() if person.name}


def edition(store_root: Path) -> tuple[int, int]:
    """Changes whenever a name is loaded or forgotten: the last row's number, and how many rows there are."""
    if not (store_root / PEOPLE).exists():
        return (0, 0)
    with closing(sqlite3.connect(store_root / PEOPLE)) as base:
        _ready(base)
        last, many = base.execute("select coalesce(max(rowid), 0), count(*) from people").fetchone()
    return (int(last), int(many))


def _ready(base: sqlite3.Connection) -> None:
    """The table, with the columns that an older people database lacks."""
    base.execute(TABLE)
    held = {row[1] for row in base.execute("pragma table_info(people)")}
    for column in COLUMNS:
        if column not in held:
            base.execute(f"alter table people add column {column} text not null default ''")


def _read(csv_file: Path) -> list[tuple[str, ...]]:
    try:
        with csv_file.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            held = list(reader.fieldnames or ())
            rows = [tuple((row.get(name) or "").strip() for name in COLUMNS) for row in reader]
    except OSError as error:
        raise BadData(f"{csv_file.name} cannot be read ({error.strerror}). Check the path.") from error
    except UnicodeDecodeError as error:
        raise BadData(
            f"{csv_file.name} is not UTF-8 text. Save it as “CSV UTF-8” and load it again."
        ) from error
    for name in COLUMNS[:3]:
        if name not in held:
            raise BadData(
                f"{csv_file.name} has no column '{name}'{nearest(name, held)}. "
                f"Its columns are {', '.join(COLUMNS)}."
            )
    for line, row in enumerate(rows, start=2):
        if not row[0]:
            raise BadData(f"{csv_file.name}, row {line}: pupil_id is empty. Every name needs its pupil_id.")
    return rows
