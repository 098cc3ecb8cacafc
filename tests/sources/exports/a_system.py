"""A school's own system, as small as a data manager could check: files written as it writes them, and read."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from configs.settings import load_settings
from pipelines.load import Asked, load
from sources.exports.upn import check_letter
from sources.receipt import Receipt
from sources.store import Store
from tests.sources.a_folder import plain, plain_rows

SCHOOL = "8014000"
SEEN = date(2025, 9, 15)


def upn(number: int) -> str:
    """A UPN with the right check letter."""
    body = f"801400020{number:03d}"
    return check_letter("A" + body) + body


ANN, BEN, CAT = upn(1), upn(2), upn(3)
REGISTER = f"""
    Legal Surname,Legal Forename,Adno,UPN,DOB,Sex,Year taught in,Reg,Admission date,Leaving date,SEN Status
    O'Brien,Zoë,101,{ANN},09/10/2012,F,Year 8,8A,01/09/2024,,K
    Lee,Ben,102,{BEN},03/04/2013,M,Year 8,8A,01/09/2024,,N
    Lee,Cat,103,{CAT},31/12/2012,F,Year 8,8B,05/01/2025,,"""


def export(folder: Path, encoding: str = "utf-8", **files: str | bytes) -> Path:
    """Writes files of an export, by name (`Student_report` becomes "Student report.csv")."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        path = folder / (name.replace("_", " ") + ".csv")
        path.write_bytes(text if isinstance(text, bytes) else plain(text).encode(encoding))
    return folder


def read(
    folder: Path, root: Path, *, school: str | None = SCHOOL, seen_on: date = SEEN, profiles: Sequence[Path] = (),
    may_set_aside: float = 1.0,
) -> tuple[Receipt, Store]:  # fmt: skip
    """Ingests the folder into a store beside its key; unless said otherwise any share of rows may be set aside."""
    store = Store(root / "store")
    store.keep_settings(dataclasses.replace(load_settings(), quarantine_share=may_set_aside))
    asked = Asked(folder, seen_on, root / "key", None, school, profiles)
    return load(asked, store.root, lambda _: None), store


def rows(store: Store, table: str, *columns: str) -> list[tuple[object, ...]]:
    """The columns of a table as they stand now, in a fixed order."""
    held = store.tables()[table]
    now = held.filter(held.known_until.isnull())
    return [tuple(row[name] for name in columns) for row in plain_rows(now.select(*columns).to_pyarrow())]


def ids(root: Path, store: Store) -> Mapping[str, str]:
    """What the three pupils are called in the store."""
    from sources.exports.keys import read_key
    from sources.exports.pupils import Register

    register = Register(read_key(root / "key"))
    aliases = store.tables()["aliases"].select("pupil_id", "kind", "alias").to_pandas()
    register.remember(aliases.itertuples(index=False, name=None))
    return {name: str(register.of_upn(number)) for name, number in (("ann", ANN), ("ben", BEN), ("cat", CAT))}
