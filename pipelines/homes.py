"""Between the two homes of accounts, names, notes and the audit log: the store's own files, and a PostgreSQL."""

from pathlib import Path

from configs.refusals import BadData, BadSettings
from sources import audit, audit_table, server
from sources.belonging import of_store
from sources.database import Base
from sources.sql import Said, copied, holds_anything
from watchlists.access.base import ACCOUNTS
from watchlists.notebook import PEOPLE

BASES: tuple[Base, ...] = (PEOPLE, ACCOUNTS)
STILL = "set transaction isolation level repeatable read"  # all tables as they were at one moment


def to_files(store: Path, folder: Path) -> bool:
    """Whether a server holds them, which are now in the folder as a store without one would have them."""
    where = of_store(store)
    if where is None:
        return False
    for base in BASES:
        with server.transaction(where, base.tables) as there, base.in_file(folder) as here:
            there.do(STILL)
            copied(base.tables, there, here)
    audit.write_file(folder, *audit_table.held(where, audit.FIRST))
    return True


def to_database(store: Path) -> str:
    """Copies what the store's files hold into the database, and says so. Refused: no database named, one that holds
    something already (BadSettings), an audit log that is not whole (BadData)."""
    where = of_store(store)
    if where is None:
        raise BadSettings(f"Say which database: {server.VARIABLE} or {server.IN_FILE}, in the environment.")
    lines, head = audit.in_file(store)
    if audit.break_in(lines, head) is not None:
        raise BadData(
            "The audit log in the store's files is not as it was written. Ask `handrail doctor` without the database."
        )
    moved = 0
    for base in BASES:
        if (store / base.file).exists():
            with server.transaction(where, base.tables) as there, base.in_file(store) as here:
                _refuse_begun(base, there)
                moved += copied(base.tables, here, there)
    if lines and not audit_table.fill(where, lines, audit.seal, audit.FIRST):
        raise BadSettings(
            "The database holds an audit log already: it is another store's. Name an empty one."
        )
    left = ", ".join([*(base.file for base in BASES), "audit/"])
    return (
        f"The database now holds {moved:,} rows and {len(lines):,} lines of the audit log. Nothing reads {left} of "
        f"{store} any more: remove them once you have a backup."
    )


def left_behind(store: Path) -> list[str]:
    """What lies in the store's files though a server holds accounts, names, notes and the audit log."""
    if of_store(store) is None:
        return []
    return [name for name in (*(base.file for base in BASES), "audit/log.jsonl") if (store / name).exists()]


def _refuse_begun(base: Base, there: Said) -> None:
    if holds_anything(base.tables.tables, there):
        raise BadSettings("The database holds accounts or names already. Name an empty one.")
