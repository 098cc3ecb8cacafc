"""Whose a database is: the names of one store may not be shown on the pages of another."""

import hashlib
from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.engine import URL

from configs.refusals import BadSettings
from sources import server
from sources.sql import words

SECRET = "secret"  # noqa: S105 - the name of the store's file, not its content
TABLES = MetaData()
Table("belongs", TABLES, Column("one", Integer, primary_key=True, autoincrement=False), words("mark"))
_known: set[tuple[URL, Path]] = set()


def of_store(store: Path) -> URL | None:
    """The address of the server that holds this store's tables, or None where its own files do. Refused (BadSettings):
    the database of another store. The first store that asks has it from then on; all its servers share its secret."""
    where = server.address()
    if where is None or (where, store) in _known or not (store / SECRET).exists():
        return where
    mark = hashlib.sha256(b"belongs\0" + (store / SECRET).read_bytes()).hexdigest()
    with server.transaction(where, TABLES) as said:
        said.do("insert into belongs (one, mark) values (1, :mark) on conflict do nothing", mark=mark)
        row = said.row("select mark from belongs where one = 1")
    if row != (mark,):
        raise BadSettings(
            f"The database at {server.VARIABLE} holds another store than {store}. Name its own; another server of one "
            "store needs that store's secret."
        )
    _known.add((where, store))
    return where
