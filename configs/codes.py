"""Statutory codes with the dates between which they may be recorded, and what became of those that passed."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from configs.settings import read_yaml

HERE = Path(__file__).parent
FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True)
class Code:
    """One code: what it means (of an attendance code, its class), its first and last day, and the code it is counted
    under once these have passed, where there is one."""

    code: str
    means: str
    first: date = FIRST
    last: date = LAST
    becomes: str | None = None

    def in_use(self, on: date) -> bool:
        """Whether it may be recorded on that day."""
        return self.first <= on <= self.last


@cache
def code_table(name: str) -> dict[str, Code]:
    """A table of codes by code: attendance, suspension_reasons, sen_provision, sen_type or enrolment_status."""
    own = name == "attendance"  # which has a file of its own
    entries = read_yaml(HERE / "codes.yaml") if own else read_yaml(HERE / "code_tables.yaml")[name]
    return {
        str(code): Code(str(code), entry.get("class") or entry["means"], entry.get("from", FIRST),
                        entry.get("until", LAST), entry.get("becomes"))
        for code, entry in entries.items()
    }  # fmt: skip


def class_as_of(code: str, on: date) -> str | None:
    """The class of an attendance code on a day; None where there is no such code, or it was not in use then.

    >>> class_as_of("C2", date(2024, 9, 2)), class_as_of("C2", date(2024, 7, 1))
    ('authorised', None)
    """
    known = code_table("attendance").get(code)
    return known.means if known and known.in_use(on) else None


def counted_under(table: str, code: str, as_of: date | None = None) -> str:
    """The code under which one is counted: its successor, or itself where it has none.

    With `as_of`, the successor only once the code's own time has passed.

    >>> counted_under("suspension_reasons", "LD"), counted_under("sen_provision", "S", date(2016, 1, 8))
    ('DB', 'S')
    """
    known = code_table(table).get(code)
    if known is None or known.becomes is None or (as_of is not None and known.in_use(as_of)):
        return code
    return known.becomes
