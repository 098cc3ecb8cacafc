"""What several reports of one night work out of the same tables, worked out for the first of them alone."""

from collections.abc import Callable
from typing import Any, TypeVar

import ibis.expr.types as ir

from reports.asked import Known

Made = TypeVar("Made")


class Shared(dict[str, ir.Table]):
    """Tables as known on one day, with what was worked out of them. Nobody changes what they share."""

    def __init__(self, tables: Known) -> None:
        super().__init__(tables)
        self.made: dict[str, Any] = {}


def once(known: Known, name: str, make: Callable[[], Made]) -> Made:
    """What `make` returns, made of these tables and settings alone; what it returned before, where they are shared."""
    made = known.made if isinstance(known, Shared) else {}
    if name not in made:
        made[name] = make()
    found: Made = made[name]
    return found
