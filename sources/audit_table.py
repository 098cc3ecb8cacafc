"""The audit log where a server holds it: the same lines under the same seals, of every machine that writes to it.

Two page servers write to one chain: whoever adds a line holds the head's row until the line is kept. The server itself
refuses to change or take away a line; should its owner do so, the seals show it, as they do in a file.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table
from sqlalchemy.engine import URL

from sources import server
from sources.sql import Said, words

TABLES = MetaData()
Table("audit_log", TABLES, Column("number", BigInteger, primary_key=True, autoincrement=False), words("line"))
Table(
    "audit_head", TABLES, Column("chain", Integer, primary_key=True, autoincrement=False),
    Column("lines", BigInteger, nullable=False), words("seal"),
)  # fmt: skip
GUARD = (
    "create or replace function audit_log_only_grows() returns trigger language plpgsql as"
    " $$ begin raise exception 'the audit log only grows'; end $$",
    "create or replace trigger only_grows before update or delete or truncate on audit_log"
    " for each statement execute function audit_log_only_grows()",
)
BEGIN = "insert into audit_head (chain, lines, seal) values (1, 0, :first) on conflict do nothing"
FOR_UPDATE = "select lines, seal from audit_head where chain = 1 for update"


Seal = Callable[[bytes], str]


def append(where: URL, line_after: Callable[[str], bytes], seal: Seal, first: str) -> None:
    """Adds the line that follows the last one's seal. Refused (DatabaseAway) where it cannot be kept."""
    with server.transaction(where, TABLES) as said:
        lines, before = _head(said, first)
        line = line_after(before)
        _add(said, lines + 1, line, seal(line))


def fill(where: URL, lines: Sequence[bytes], seal: Seal, first: str) -> bool:
    """Whether a log begun in a file now stands here, line for line: not where this one has begun already."""
    with server.transaction(where, TABLES) as said:
        held, _ = _head(said, first)
        if held:
            return False
        for number, line in enumerate(lines, start=1):
            _add(said, number, line, seal(line))
    return True


def held(where: URL, first: str) -> tuple[list[bytes], tuple[int, str]]:
    """Every line, and the head as a file would have it: how many bytes there are, and the last seal (the first of all
    where there is no head)."""
    with server.transaction(where, TABLES) as said:
        head = said.row(
            "select seal from audit_head where chain = 1 for share"
        )  # nobody adds a line meanwhile
        lines = [line.encode() for (line,) in said.rows("select line from audit_log order by number")]
    return lines, (sum(len(line) + 1 for line in lines), head[0] if head else first)


def last_line(where: URL) -> bytes | None:
    """The last line, or None where there is none."""
    with server.transaction(where, TABLES) as said:
        row = said.row("select line from audit_log order by number desc limit 1")
    return row[0].encode() if row else None


def _head(said: Said, first: str) -> tuple[int, str]:
    """How many lines there are and the last one's seal, held against every other writer."""
    held = said.row(FOR_UPDATE)
    if held is None and said.do(BEGIN, first=first):
        for statement in GUARD:
            said.do(statement)
    lines, seal = held or said.row(FOR_UPDATE) or (0, first)
    return int(lines), str(seal)


def _add(said: Said, number: int, line: bytes, seal: str) -> None:
    said.do("insert into audit_log (number, line) values (:number, :line)", number=number, line=line.decode())
    said.do("update audit_head set lines = :number, seal = :seal where chain = 1", number=number, seal=seal)
