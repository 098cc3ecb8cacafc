"""A PostgreSQL in place of the store's own files, where several servers show the pages of one store.

Its address is `HANDRAIL_DATABASE`, or the one line of the file that `HANDRAIL_DATABASE_FILE` names: it holds a
password, so it stands in no setting, is no argument of a command and is repeated in no message.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError

from configs.refusals import BadSettings, DatabaseAway
from sources.sql import Said, bring_up_to_date

VARIABLE, IN_FILE = "HANDRAIL_DATABASE", "HANDRAIL_DATABASE_FILE"
EXPECTED = "expected postgresql://USER:PASSWORD@HOST/NAME, with % codes for signs in the password"
HERE = ("", "localhost", "127.0.0.1", "::1")
ONE_AT_A_TIME = 4_271_983  # the advisory lock under which tables are made
MAY_NOT = "42501"  # insufficient_privilege
NONE = MetaData()
PATIENCE = 10  # seconds: for a connection, for another writer, for a network that has gone quiet
ON_OPENING = f"set lock_timeout = '{PATIENCE}s'; set statement_timeout = '{3 * PATIENCE}s'"


def address(environment: Mapping[str, str] = os.environ) -> URL | None:
    """The server's address, or None where the store's own files are used. Refused (BadSettings): one that is none, and
    one that would carry names over a network without saying how they are protected."""
    said = environment.get(VARIABLE, "")
    if path := environment.get(IN_FILE, ""):
        if said:
            raise BadSettings(f"Give {VARIABLE} or {IN_FILE}, not both.")
        try:
            said = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadSettings(f"{IN_FILE}: {path} cannot be read ({error.strerror}).") from error
    return _address(said) if said else None


@contextmanager
def transaction(where: URL, tables: MetaData) -> Iterator[Said]:
    """One transaction on the tables, which are made on first use. Refused (DatabaseAway) where the server does not
    answer or goes away: then nothing of the transaction is kept."""
    with _answering(where), _ready(where, tables).begin() as connection:
        yield Said(connection)


def rewrite(where: URL, tables: MetaData, names: Iterable[str]) -> None:
    """Writes the tables of these names anew, without what was changed or deleted in them. Refused (DatabaseAway) like
    any transaction."""
    with _answering(where), _ready(where, tables).connect() as connection:
        alone = connection.execution_options(isolation_level="AUTOCOMMIT")
        for name in names:
            alone.exec_driver_sql(f"vacuum full {name}")


@contextmanager
def _answering(where: URL) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if not _is_away(error):
            raise
        raise DatabaseAway(
            f"The database {_named(where)} cannot be used ({_reason(error, where)}). Start it, or put {VARIABLE} "
            "right, then try again. What was being written is not kept."
        ) from None


def apart(where: URL, schema: str) -> URL:
    """The address of a part of the database that a library of its own tables has for itself, made where there is none.
    Refused (DatabaseAway) like any transaction."""
    with transaction(where, NONE) as said:
        said.do(f"create schema if not exists {schema}")
    return where.update_query_dict({"options": f"-csearch_path={schema}"})


@lru_cache(maxsize=1)
def _address(said: str) -> URL:
    try:
        found = make_url(said)
    except (ArgumentError, ValueError):
        raise BadSettings(f"{VARIABLE} is no address: {EXPECTED}.") from None
    if found.drivername not in ("postgresql", "postgres"):
        raise BadSettings(f"{VARIABLE} is an address of '{found.drivername}': {EXPECTED}.")
    if not found.database:
        raise BadSettings(f"{VARIABLE} names no database: {EXPECTED}.")
    if not _here(found) and "sslmode" not in found.query:
        raise BadSettings(
            f"{VARIABLE} names another machine, and names would cross the network: end it in "
            "?sslmode=verify-full&sslrootcert=FILE, or, on a network of its own, in ?sslmode=disable."
        )
    return found.set(drivername="postgresql+psycopg")


def _here(found: URL) -> bool:
    host = found.host or str(found.query.get("host", ""))
    return host in HERE or host.startswith("/")  # a socket's folder


@lru_cache(maxsize=8)
def _ready(where: URL, tables: MetaData) -> Engine:
    """The server, with these tables up to date."""
    engine = _server(where)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"select pg_advisory_xact_lock({ONE_AT_A_TIME})")
        bring_up_to_date(connection, tables)
    return engine


@lru_cache(maxsize=2)
def _server(where: URL) -> Engine:
    quiet = {"connect_timeout": PATIENCE, "tcp_user_timeout": PATIENCE * 1000, "application_name": "handrail"}
    try:
        engine = create_engine(
            where, pool_pre_ping=True, pool_size=10, max_overflow=30, connect_args=quiet, hide_parameters=True
        )
    except ModuleNotFoundError as error:
        raise BadSettings(f"{VARIABLE} needs psycopg. Install handrail[postgres].") from error
    event.listen(engine, "connect", _opened)
    event.listen(engine, "before_cursor_execute", _without_nul, retval=True)
    return engine


def _opened(connection: Any, record: Any) -> None:
    del record
    connection.execute(ON_OPENING)
    connection.commit()


def _without_nul(
    connection: Connection, cursor: Any, statement: str, given: Any, context: Any, many: bool
) -> tuple[str, Any]:
    """PostgreSQL's text holds no NUL, and none was ever typed by a person."""
    del connection, cursor, context
    return statement, [_clean(one) for one in given] if many else _clean(given)


def _clean(given: Any) -> Any:
    if not isinstance(given, dict):
        return given
    return {
        name: value.replace("\0", "") if isinstance(value, str) else value for name, value in given.items()
    }


def _is_away(error: DBAPIError) -> bool:
    may_not = getattr(error.orig, "sqlstate", None) == MAY_NOT
    return may_not or error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


def _named(where: URL) -> str:
    return f"{where.host or 'on this machine'}{f':{where.port}' if where.port else ''}/{where.database}"


def _reason(error: DBAPIError, where: URL) -> str:
    """The server's own last word, in one line and without the password."""
    said = (str(error.orig).strip().splitlines() or ["no reason given"])[0]
    return said.replace(str(where.password), "…") if where.password else said
