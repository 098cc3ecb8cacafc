"""The accounts database, beside the people database: accounts, sessions, sign-ins begun and sign-ins that failed."""

from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Column, Double, ForeignKey, Index, MetaData, Table

from sources.database import Base
from sources.sql import Said, words

TABLES = MetaData()
Table(
    "accounts", TABLES, words("name", primary_key=True), words("full_name"), words("role"), words("email"),
    words("schools"), words("years"), words("tutor_groups"), words("password"), words("made_at"),
    words("sign_in_code", server_default=""),
)  # fmt: skip
Table(
    "sessions", TABLES, words("token", primary_key=True),
    words("name", ForeignKey("accounts.name", ondelete="cascade")),
    Column("started", Double, nullable=False), Column("used", Double, nullable=False),
)  # fmt: skip
Table("tries", TABLES, words("who"), Column("at", Double, nullable=False), Index("tries_by_who", "who", "at"))
Table(
    "journeys", TABLES, words("place", primary_key=True), words("nonce"), words("verifier"), words("way"),
    Column("at", Double, nullable=False),
)  # fmt: skip
Table("told", TABLES, words("run", primary_key=True), words("name", primary_key=True), words("at"))
ACCOUNTS = Base("accounts.db", TABLES, readers_wait_for_nobody=True)


def accounts_base(store: Path) -> AbstractContextManager[Said]:
    """The store's accounts database; one transaction."""
    return ACCOUNTS.transaction(store)
