"""One SQL for a file of the store and for a server: written in what SQLite and PostgreSQL both understand."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Text, insert, inspect, select, text
from sqlalchemy.schema import CreateIndex, CreateTable

BY_BYTES = Text().with_variant(Text(collation="C"), "postgresql")  # the same order wherever it is kept


class Said:
    """A transaction in which SQL is said."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def rows(self, sql: str, **given: Any) -> list[tuple[Any, ...]]:
        """Every row that answers."""
        return [tuple(row) for row in self.connection.execute(text(sql), given)]

    def named(self, sql: str, **given: Any) -> list[dict[str, Any]]:
        """The same, each row by the names of its columns."""
        return [dict(row) for row in self.connection.execute(text(sql), given).mappings()]

    def row(self, sql: str, **given: Any) -> tuple[Any, ...] | None:
        """The first row that answers, or None."""
        found = self.rows(sql, **given)
        return found[0] if found else None

    def do(self, sql: str, given: Sequence[Mapping[str, Any]] = (), **one: Any) -> int:
        """How many rows it changed; said once, or once for each of `given`."""
        return int(self.connection.execute(text(sql), list(given) or one).rowcount)

    def alone(self, tables: Iterable[str]) -> None:
        """Until this transaction ends nobody else writes to these tables; said before anything else is."""
        if self.connection.dialect.name == "postgresql":
            self.do(f"lock table {', '.join(tables)} in access exclusive mode")
        else:
            self.do("begin immediate")


def words(name: str, *more: Any, **options: Any) -> Column[str]:
    """A column of text, never null."""
    return Column(name, BY_BYTES, *more, nullable=False, **options)


def copied(tables: MetaData, source: Said, target: Said) -> int:
    """How many rows of these tables were copied; a row that had a running number gets the next one there."""
    count = 0
    for table in tables.sorted_tables:
        kept = [column for column in table.columns if column is not table.autoincrement_column]
        rows = source.connection.execute(select(*kept).order_by(*table.primary_key.columns)).mappings().all()
        if rows:
            target.connection.execute(insert(table), [dict(row) for row in rows])
        count += len(rows)
    return count


def holds_anything(tables: Iterable[str], said: Said) -> bool:
    """Whether any of the tables of these names has a row."""
    return any(said.row(f"select 1 from {table} limit 1") for table in tables)


def bring_up_to_date(connection: Connection, tables: MetaData) -> None:
    """Makes the tables, and the columns that one made by an older version lacks."""
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
