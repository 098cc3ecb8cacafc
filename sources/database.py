"""Small tables that pages write to as they are read: in SQLite files of the store, or all in one PostgreSQL."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, create_engine, event
from sqlalchemy.engine import URL

from sources import server
from sources.belonging import of_store
from sources.sql import Said, bring_up_to_date

PATIENCE = 10  # seconds to wait for another writer
KEPT = 16  # files whose tables are known to be up to date
ON_OPENING = (
    "pragma foreign_keys = on",
    "pragma secure_delete = on",  # what is forgotten is overwritten
    "pragma wal_autocheckpoint = 1",  # a copy of the file alone holds all that was written
)


@dataclass(frozen=True)
class Base:
    """Tables that belong together, and the file that holds them where no server does. `readers_wait_for_nobody`: it is
    written to at nearly every click."""

    file: str
    tables: MetaData
    readers_wait_for_nobody: bool = False

    def begun(self, store: Path) -> bool:
        """Whether anything may have been kept here."""
        return server.address() is not None or (store / self.file).exists()

    def knows(self, store: Path, table: str) -> bool:
        """Whether a table has been made. A file is looked at and not brought up to date; a server's always are."""
        if of_store(store) is not None:
            return True
        with closing(sqlite3.connect(f"{(store / self.file).absolute().as_uri()}?mode=ro", uri=True)) as held:
            return bool(held.execute("select 1 from sqlite_master where name = ?", (table,)).fetchone())

    @contextmanager
    def transaction(self, store: Path) -> Iterator[Said]:
        """One transaction on the tables, which are made on first use; a file is readable by its owner only."""
        where = of_store(store)
        if where is not None:
            with server.transaction(where, self.tables) as said:
                yield said
            return
        with self.in_file(store) as said:
            yield said

    @contextmanager
    def in_file(self, store: Path) -> Iterator[Said]:
        """One transaction on the store's own file."""
        with self._engine(store).begin() as connection:
            yield Said(connection)

    def rewrite(self, store: Path, tables: Iterable[str]) -> None:
        """Writes the file, or these tables of the server, anew: nothing that they held before is left in them."""
        where = of_store(store)
        if where is not None:
            server.rewrite(where, self.tables, tables)
            return
        with self._engine(store).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("vacuum")
            connection.exec_driver_sql("pragma wal_checkpoint(truncate)")  # does nothing where there is none

    def _engine(self, store: Path) -> Engine:
        path = store / self.file
        path.touch(mode=0o600, exist_ok=True)
        return _file(self, path.absolute(), path.stat().st_ino)


@lru_cache(maxsize=KEPT)
def _file(base: Base, path: Path, inode: int) -> Engine:
    """A file's engine, its tables up to date, with connections that stay open. Another file at the same place (a store
    restored, a demo begun anew) is another engine."""
    del inode
    where = URL.create("sqlite", database=str(path))
    engine = create_engine(where, connect_args={"timeout": PATIENCE}, max_overflow=-1)
    event.listen(engine, "connect", _opened)
    with engine.connect() as connection:
        if base.readers_wait_for_nobody:
            connection.exec_driver_sql("pragma journal_mode = wal")
        bring_up_to_date(connection, base.tables)
        connection.commit()
    return engine


def _opened(connection: Any, record: Any) -> None:
    del record
    for pragma in ON_OPENING:
        connection.execute(pragma)
