"""Small tables that pages write to as they are read: SQLite files of the store, behind one SQL.

`Base` is one such file and its tables. SQL is written in what SQLite and PostgreSQL both understand.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Engine, MetaData, Text, create_engine, event, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.schema import CreateIndex, CreateTable

PATIENCE = 10  # seconds to wait for another writer
KEPT = 16  # files whose tables are known to be up to date
ON_OPENING = (
    "pragma foreign_keys = on",
    "pragma secure_delete = on",  # what is forgotten is overwritten
    "pragma wal_autocheckpoint = 1",  # a copy of the file alone holds all that was written
)
Given = Mapping[str, Any] | Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Base:
    """One file of a store and its tables. `readers_wait_for_nobody`: written to at nearly every click."""

    file: str
    tables: MetaData
    readers_wait_for_nobody: bool = False

    def begun(self, store: Path) -> bool:
        """Whether anything has ever been kept here."""
        return (store / self.file).exists()

    @contextmanager
    def transaction(self, store: Path) -> Iterator["Said"]:
        """One transaction on the tables, which are made on first use and readable by their owner only."""
        with _engine(self, store).begin() as connection:
            yield Said(connection)


class Said:
    """A transaction in which SQL is said."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def rows(self, sql: str, **given: Any) -> list[tuple[Any, ...]]:
        """Every row that answers."""
        return [tuple(row) for row in self.connection.execute(text(sql), given)]

    def row(self, sql: str, **given: Any) -> tuple[Any, ...] | None:
        """The first row that answers, or None."""
        found = self.rows(sql, **given)
        return found[0] if found else None

    def do(self, sql: str, given: Sequence[Mapping[str, Any]] = (), **one: Any) -> int:
        """How many rows it changed; said once, or once for each of `given`."""
        return int(self.connection.execute(text(sql), list(given) or one).rowcount)


def words(name: str, **more: Any) -> Column[str]:
    """A column of text, never null."""
    return Column(name, Text, nullable=False, **more)


def _engine(base: Base, store: Path) -> Engine:
    path = store / base.file
    path.touch(mode=0o600, exist_ok=True)
    return _file(base, path.absolute(), path.stat().st_ino)


@lru_cache(maxsize=KEPT)
def _file(base: Base, path: Path, inode: int) -> Engine:
    """A file's engine, its tables up to date, with connections that stay open. Another file at the same place (a store
    restored, a demo begun anew) is another engine."""
    del inode
    address = URL.create("sqlite", database=str(path))
    engine = create_engine(address, connect_args={"timeout": PATIENCE}, max_overflow=-1)
    event.listen(engine, "connect", _opened)
    with engine.connect() as connection:
        if base.readers_wait_for_nobody:
            connection.exec_driver_sql("pragma journal_mode = wal")
        _bring_up_to_date(connection, base.tables)
        connection.commit()
    return engine


def _opened(connection: Any, record: Any) -> None:
    del record
    for pragma in ON_OPENING:
        connection.execute(pragma)


def _bring_up_to_date(connection: Connection, tables: MetaData) -> None:
    """The tables, with the columns that one made by an older version lacks."""
    for table in tables.sorted_tables:
        connection.execute(CreateTable(table, if_not_exists=True))
        for index in table.indexes:
            connection.execute(CreateIndex(index, if_not_exists=True))
        held = {column["name"] for column in inspect(connection).get_columns(table.name)}
        for column in table.columns:
            if column.name not in held:
                connection.execute(
                    text(f"alter table {table.name} add column {column.name} text not null default ''")
                )
