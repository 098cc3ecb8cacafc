"""`handrail encrypt`: names and notes that a store holds as plain text, encrypted once, whichever home they have; or
encrypted anew with another key."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from configs.refusals import BadSettings
from pipelines import audit
from pipelines.findings import no_store
from pipelines.lock import writing
from sources.encryption import VARIABLE, EncryptionKey, key_for, key_in
from watchlists.hidden import HIDDEN, Notebook, begun, cipher_of
from watchlists.notebook import PEOPLE, TABLES

BEFORE = "--old-key-file"


def encrypt(store: Path, before: Path | None = None) -> str:
    """Encrypts names and notes and says how many rows there were. Where none is plain any more, what a run that was cut
    short may have left is overwritten all the same. With the file of the key that they had `before`, they are encrypted
    anew with the one that is given now.

    Refused (BadSettings): no key, another key than they have, and a key before where there was none or the same.
    """
    key = key_for(store)
    if key is None:
        raise BadSettings(f"Name the file of the key in {VARIABLE}: `openssl rand -hex 32` makes one.")
    if not store.is_dir():
        raise no_store(store)
    old = key_in(before, BEFORE) if before else None
    if old and old.secret == key.secret:
        raise BadSettings(f"{VARIABLE} and {BEFORE} name the same key. Name the new one in {VARIABLE}.")
    with writing(store):
        rows = _encrypted(store, key) if old is None else _under_another_key(store, old, key)
        PEOPLE.rewrite(store, HIDDEN)
        audit.note(store, "names and notes encrypted", rows=rows, key_changed=old is not None)
    kept = " Keep the key of before for the backups made with it." if old else ""
    return (
        f"Encrypted {rows:,} rows of names and notes. Start the pages again with {VARIABLE}, and keep a copy of the "
        f"key apart from the store and its backups: without it no name and no note can be read again.{kept}"
    )


def _encrypted(store: Path, key: EncryptionKey) -> int:
    """How many rows held plain text, which are encrypted now, all in one transaction."""
    with PEOPLE.transaction(store) as said:
        said.alone(HIDDEN)
        if said.row("select 1 from encrypted"):
            cipher_of(said, key)
            return 0
        base = Notebook(said.connection, begun(said, key))
        return sum(_turned(base, name, base.hidden) for name in HIDDEN)


def _under_another_key(store: Path, old: EncryptionKey, key: EncryptionKey) -> int:
    """How many rows were encrypted with the old key, and are with this one now, all in one transaction."""
    with PEOPLE.transaction(store) as said:
        said.alone(HIDDEN)
        if not said.row("select 1 from encrypted"):
            raise BadSettings(f"Names and notes of this store have no key to change. Leave out {BEFORE}.")
        before = Notebook(said.connection, cipher_of(said, old, BEFORE))
        said.do("delete from encrypted")
        base = Notebook(said.connection, begun(said, key))
        return sum(
            _turned(base, name, lambda of, row: base.hidden(of, before.shown(of, row))) for name in HIDDEN
        )


def _turned(base: Notebook, name: str, turned: Callable[[str, dict[str, Any]], dict[str, Any]]) -> int:
    """How many rows the table has. They are put in anew in the order of their ids: a place in an alphabet is a name."""
    table = TABLES.tables[name]
    keys = ", ".join(column.name for column in table.primary_key)
    rows = [turned(name, row) for row in base.named(f"select * from {name} order by {keys}")]
    if rows:
        base.do(f"delete from {name}")
        base.connection.execute(insert(table), rows)
    return len(rows)
