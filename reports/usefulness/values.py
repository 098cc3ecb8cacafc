"""What the report says, as values."""

from dataclasses import dataclass

from reports.usefulness.loop import Loop
from reports.whole import Whole


@dataclass(frozen=True)
class Reached:
    """A school, or all: pupils who stepped up while lists were published; None where too few to show.

    `listed` of every 100 were on a list in the 60 open days before (`low` to `high`, 19 times in 20), half of them
    `days_ahead` open days or more; `supported` of every 100 had support begun or a meeting held in between. Of
    `on_lists` pupils ever listed, `answered` of every 100 have an answer from staff.
    """

    school_id: str
    name: str
    stepped: int | None
    listed: float | None = None
    low: float | None = None
    high: float | None = None
    days_ahead: float | None = None
    supported: float | None = None
    on_lists: int | None = None
    answered: float | None = None


@dataclass(frozen=True)
class Usefulness(Whole[Reached]):
    """The whole report. `ways`: of every 100 pupils who stepped up on held-out dates, how many each way of choosing as
    many names would have listed."""

    schools: tuple[Reached, ...]
    together: Reached
    ways: tuple[tuple[str, float], ...]
    answers: tuple[tuple[str, int], ...]
    loop: Loop
