"""The people database: names and tutor groups, read by pages and exports and by nothing else."""

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

from configs.refusals import BadData, nearest
from sources.sql import Said
from watchlists.notebook import PEOPLE, notebook

COLUMNS = ("pupil_id", "first_name", "last_name", "preferred_name", "tutor_group", "own_words", "what_helps",
           "key_adult")  # fmt: skip
NAMES = 5  # the first so many columns are the register's; the rest are the pupil's own profile
LONGEST_FIELD = 2_000_000  # characters; a longer one is nobody's name


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
    return hold_people(names_in(csv_file), store_root)


def hold_people(rows: Sequence[tuple[str, ...]], store_root: Path) -> int:
    """How many names were put into the store's people database: rows of the first five of `COLUMNS`, or of all.

    What a row does not say stays as it was.
    """
    if not rows:
        return 0
    columns = COLUMNS[: len(rows[0])]
    told = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
    by_id = sorted(rows, key=itemgetter(0))  # an order by name, kept, would say what is encrypted
    with notebook(store_root) as base:
        base.do(
            f"insert into people ({', '.join(columns)}) values ({', '.join(f':{column}' for column in columns)})"
            f" on conflict (pupil_id) do update set {told}",
            [base.hidden("people", dict(zip(columns, row, strict=True))) for row in by_id],
        )
        _turn_edition(base)
    return len(rows)


def forget_people(store_root: Path, pupil_ids: Iterable[str]) -> int:
    """How many of these pupils were in the people database, and are no more; what was freed is overwritten."""
    if not PEOPLE.begun(store_root):
        return 0
    with notebook(store_root) as base:
        _turn_edition(base)
        return sum(base.do("delete from people where pupil_id = :pupil", pupil=pupil) for pupil in pupil_ids)


def everyone(store_root: Path) -> dict[str, Person]:
    """Every pupil with a name on file, by pupil_id."""
    if not PEOPLE.begun(store_root):
        return {}
    with notebook(store_root) as base:
        rows = [base.shown("people", row) for row in base.named(f"select {', '.join(COLUMNS)} from people")]
    found = {row.pop("pupil_id"): Person(**row) for row in rows}
    return {pupil: person for pupil, person in found.items() if person.name}


def edition(store_root: Path) -> int:
    """A number that grows whenever names are loaded or forgotten."""
    if not PEOPLE.begun(store_root):
        return 0
    with notebook(store_root) as base:
        row = base.row("select number from editions where name = 'people'")
    return int(row[0]) if row else 0


def _turn_edition(base: Said) -> None:
    base.do(
        "insert into editions (name, number) values ('people', 1)"
        " on conflict (name) do update set number = editions.number + 1"
    )


def names_in(csv_file: Path) -> list[tuple[str, ...]]:
    """The rows of a `people.csv`, as `hold_people` takes them. Refused (BadData): what is no such file, a column that
    is missing, a name without its pupil_id."""
    csv.field_size_limit(LONGEST_FIELD)
    try:
        with csv_file.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            held = list(reader.fieldnames or ())
            columns = COLUMNS if set(COLUMNS[NAMES:]) & set(held) else COLUMNS[:NAMES]
            rows = [tuple((row.get(name) or "").strip() for name in columns) for row in reader]
    except OSError as error:
        raise BadData(f"{csv_file.name} cannot be read ({error.strerror}). Check the path.") from error
    except UnicodeDecodeError as error:
        raise BadData(
            f"{csv_file.name} is not UTF-8 text. Save it as “CSV UTF-8” and load it again."
        ) from error
    except csv.Error:
        raise BadData(
            f"{csv_file.name} cannot be read as rows: a value is far too long, or a quotation mark is not closed. "
            "Export it again."
        ) from None
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
