"""`handrail encrypt`: names and notes that a store holds as plain text, encrypted once, whichever home they have."""

from pathlib import Path

from sqlalchemy import insert

from configs.refusals import BadSettings
from pipelines import audit
from pipelines.findings import no_store
from pipelines.lock import writing
from sources.encryption import VARIABLE, EncryptionKey, key_for
from watchlists.hidden import HIDDEN, Notebook, begun, cipher_of
from watchlists.notebook import PEOPLE, TABLES


def encrypt(store: Path) -> str:
    """Encrypts names and notes and says how many rows there were. Where none is plain any more, what a run that was cut
    short may have left is overwritten all the same. Refused (BadSettings): no key, another key than they have."""
    key = key_for(store)
    if key is None:
        raise BadSettings(f"Name the file of the key in {VARIABLE}: `openssl rand -hex 32` makes one.")
    if not store.is_dir():
        raise no_store(store)
    with writing(store):
        rows = _encrypted(store, key)
        PEOPLE.rewrite(store, HIDDEN)
        audit.note(store, "names and notes encrypted", rows=rows)
    return (
        f"Encrypted {rows:,} rows of names and notes. Start the pages again with {VARIABLE}, and keep a copy of the "
        "key apart from the store and its backups: without it no name and no note can be read again."
    )


def _encrypted(store: Path, key: EncryptionKey) -> int:
    """How many rows held plain text, which are encrypted now, all in one transaction."""
    with PEOPLE.transaction(store) as said:
        said.alone(HIDDEN)
        if said.row("select 1 from encrypted"):
            cipher_of(said, key)
            return 0
        base = Notebook(said.connection, begun(said, key))
        return sum(_hidden(base, name) for name in HIDDEN)


def _hidden(base: Notebook, name: str) -> int:
    """How many rows the table has. They are put in anew in the order of their ids: a place in an alphabet is a name."""
    table = TABLES.tables[name]
    keys = ", ".join(column.name for column in table.primary_key)
    rows = [base.hidden(name, row) for row in base.named(f"select * from {name} order by {keys}")]
    if rows:
        base.do(f"delete from {name}")
        base.connection.execute(insert(table), rows)
    return len(rows)
