"""What staff said of pupils, kept in the people database: answers with notes, mistakes, holds, support entered.

Nothing here is read by features or by what ranks the list; support and reviews reach them as dated records only,
through the store's own `entered` folder and the next ingest.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from watchlists.people import PEOPLE

SAID = ("answers", "mistakes", "holds", "supports", "reviews")
TABLES = """
create table if not exists answers (
    number integer primary key, pupil_id text not null, school_id text not null, answer text not null,
    note text not null, seen_until text not null, by text not null, at text not null);
create index if not exists answers_of on answers (pupil_id);
create table if not exists mistakes (
    number integer primary key, pupil_id text not null, school_id text not null, what text not null,
    note text not null, by text not null, at text not null, settled_by text not null default '',
    settled_at text not null default '');
create table if not exists holds (
    pupil_id text primary key, school_id text not null, kind text not null, by text not null, at text not null);
create table if not exists supports (
    pupil_id text not null, school_id text not null, kind text not null, start_date text not null,
    end_date text not null, known_on text not null, by text not null,
    primary key (pupil_id, school_id, kind, start_date));
create table if not exists reviews (
    pupil_id text not null, school_id text not null, date text not null, known_on text not null, by text not null,
    primary key (pupil_id, school_id, date));
"""
PATIENCE = 10  # seconds to wait for another writer


@contextmanager
def notebook(store: Path) -> Iterator[sqlite3.Connection]:
    """The notebook's tables in the people database; one transaction."""
    path = store / PEOPLE
    path.touch(mode=0o600, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=PATIENCE)) as base, base:
        if not base.execute("select 1 from sqlite_master where name = 'reviews'").fetchone():
            base.executescript(TABLES)
        yield base


def moment_last(row: Sequence[Any]) -> tuple[Any, ...]:
    """A row whose last column is a moment, with that moment as a datetime."""
    return (*row[:-1], datetime.fromisoformat(row[-1]))
