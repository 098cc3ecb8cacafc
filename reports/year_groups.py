"""Year groups as schools write them ("Y8", "Year 8", "8", "R"), brought to one name, one order and words."""

import re
from collections.abc import Iterable

import ibis
import ibis.expr.types as ir

from reports.characteristics import NOT_RECORDED

BEFORE_YEAR_1 = {"N1": "Nursery 1", "N2": "Nursery 2", "N": "Nursery", "R": "Reception"}


def one_name(year_group: ir.StringValue) -> ir.StringValue:
    """The year group's number, or what was written in capitals; "not recorded" where blank."""
    text = year_group.strip().upper()
    number = text.re_extract(r"^(?:Y|YEAR|NC)?\s*0*(\d+)$", 1)
    return ibis.coalesce(number.nullif(""), text.nullif(""), NOT_RECORDED)


def in_order(names: Iterable[str]) -> list[str]:
    """Nursery, Reception, then by number; all else last.

    >>> in_order(["10", "R", "not recorded", "9"])
    ['R', '9', '10', 'not recorded']
    """
    early = list(BEFORE_YEAR_1)
    return sorted(
        names,
        key=lambda name: (
            early.index(name) - 9 if name in early else int(name) if name.isdigit() else 99,
            name,
        ),
    )


def in_words(name: str) -> str:
    """A year group for people.

    >>> in_words("8"), in_words("R")
    ('Year 8', 'Reception')
    """
    if name == NOT_RECORDED:
        return "Year not recorded"
    return f"Year {name}" if re.fullmatch(r"\d+", name) else BEFORE_YEAR_1.get(name, name)
