"""The accounts database, beside the people database: accounts, sessions, sign-ins begun and sign-ins that failed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

ACCOUNTS = "accounts.db"
TABLES = """
create table if not exists accounts (
    name text primary key, full_name text not null, role text not null, email text not null, schools text not null,
    years text not null, tutor_groups text not null, password text not null, made_at text not null,
    sign_in_code text not null default '');
create table if not exists sessions (
    token text primary key, name text not null references accounts (name) on delete cascade,
    started real not null, used real not null);
create table if not exists tries (who text not null, at real not null);
create index if not exists tries_by_who on tries (who, at);
create table if not exists journeys (
    place text primary key, nonce text not null, verifier text not null, way text not null, at real not null);
create table if not exists told (run text not null, name text not null, at text not null, primary key (run, name));
"""
EDITION = 2  # of the tables: 2 added journeys and the codes of those who sign in elsewhere
PATIENCE = 10  # seconds to wait for another writer


@contextmanager
def accounts_base(store: Path) -> Iterator[sqlite3.Connection]:
    """The store's accounts database, made on first use and readable by its owner only; one transaction."""
    path = store / ACCOUNTS
    if not path.exists():
        _make(path)
    with closing(sqlite3.connect(path, timeout=PATIENCE)) as base, base:
        if base.execute("pragma user_version").fetchone()[0] < EDITION:
            _bring_up_to_date(base)
        base.execute("pragma foreign_keys = on")
        yield base


def _make(path: Path) -> None:
    path.touch(mode=0o600, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=PATIENCE)) as base:
        base.execute("pragma journal_mode = wal")  # readers never wait for a writer
        _bring_up_to_date(base)


def _bring_up_to_date(base: sqlite3.Connection) -> None:
    """The tables, with what a database made by an older version lacks."""
    base.executescript(TABLES)
    if "sign_in_code" not in {row[1] for row in base.execute("pragma table_info(accounts)")}:
        base.execute("alter table accounts add column sign_in_code text not null default ''")
    base.execute(f"pragma user_version = {EDITION}")
