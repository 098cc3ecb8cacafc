"""The people database: names and tutor groups, and what staff said of pupils: answers with notes, mistakes, holds,
support entered.

Nothing here is read by features or by what ranks the list; support and reviews reach them as dated records only,
through the store's own `entered` folder and the next ingest.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Index, Integer, MetaData, Table

from sources.database import Base
from sources.encryption import key_for
from sources.sql import words
from watchlists.hidden import Notebook, cipher_from_now_on, cipher_of

SAID = ("answers", "mistakes", "holds", "supports", "reviews")
TABLES = MetaData()
Table(
    "people", TABLES, words("pupil_id", primary_key=True), words("first_name"), words("last_name"),
    words("preferred_name"), words("tutor_group"),
    *(words(name, server_default="") for name in ("own_words", "what_helps", "key_adult")),
)  # fmt: skip
Table("editions", TABLES, words("name", primary_key=True), Column("number", Integer, nullable=False))
Table(
    "answers", TABLES, Column("number", Integer, primary_key=True), words("pupil_id"), words("school_id"),
    words("answer"), words("note"), words("seen_until"), words("by"), words("at"), Index("answers_of", "pupil_id"),
)  # fmt: skip
Table(
    "mistakes", TABLES, Column("number", Integer, primary_key=True), words("pupil_id"), words("school_id"),
    words("what"), words("note"), words("by"), words("at"),
    *(words(name, server_default="") for name in ("settled_by", "settled_at")),
)  # fmt: skip
Table(
    "holds",
    TABLES,
    words("pupil_id", primary_key=True),
    words("school_id"),
    words("kind"),
    words("by"),
    words("at"),
)
Table(
    "supports", TABLES, words("pupil_id", primary_key=True), words("school_id", primary_key=True),
    words("kind", primary_key=True), words("start_date", primary_key=True), words("end_date"), words("known_on"),
    words("by"),
)  # fmt: skip
Table(
    "reviews", TABLES, words("pupil_id", primary_key=True), words("school_id", primary_key=True),
    words("date", primary_key=True), words("known_on"), words("by"),
)  # fmt: skip
Table(
    "encrypted", TABLES, Column("one", Integer, primary_key=True, autoincrement=False), words("salt"), words("mark")
)  # fmt: skip
PEOPLE = Base("people.db", TABLES)


@contextmanager
def notebook(store: Path) -> Iterator[Notebook]:
    """The people database; one transaction. Refused (BadSettings): an encrypted one without its key, and a key for one
    that holds plain text."""
    key = key_for(store)
    with PEOPLE.transaction(store) as said:
        cipher = cipher_of(said, key) or (cipher_from_now_on(said, key) if key else None)
        yield Notebook(said.connection, cipher)
        if cipher is None:
            cipher_of(said, None)  # another may have encrypted it meanwhile: then no plain word is added


def refuse_unreadable(store: Path) -> None:
    """Refused (BadSettings) where `notebook` would be, before anything else is read or written."""
    key = key_for(store)
    if PEOPLE.begun(store):
        with PEOPLE.transaction(store) as said:
            cipher_of(said, key)


def encryption_begun(store: Path) -> bool:
    """Whether the people database has a place for what it is encrypted with. Nothing is written."""
    return PEOPLE.begun(store) and PEOPLE.knows(store, "encrypted")


def moment_last(row: Sequence[Any]) -> tuple[Any, ...]:
    """A row whose last column is a moment, with that moment as a datetime."""
    return (*row[:-1], datetime.fromisoformat(row[-1]))
