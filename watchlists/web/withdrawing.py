"""A run as the pages may show it on a day: nobody of a school whose list is too old by then, only the reason."""

import dataclasses
from datetime import date
from functools import lru_cache

from watchlists.too_old import TOO_OLD, too_old
from watchlists.web.runs import Run

NAMING = ("off_list", "alerts")  # what a receipt says of single pupils


@lru_cache(maxsize=2)
def as_shown(run: Run, today: date) -> Run:
    """The same run; of the schools whose list is too old on that day nobody is listed, left the list or passed a limit,
    and everyone on roll has that reason for not being on it."""
    gone = frozenset(too_old(run.schools, run.facts, today))
    if not gone:
        return run
    told = {name: [row for row in run.facts.get(name, []) if row["school_id"] not in gone] for name in NAMING}
    return dataclasses.replace(
        run,
        facts={**run.facts, **told},
        listed={school: rows for school, rows in run.listed.items() if school not in gone},
        roll={
            school: tuple(row._replace(why=TOO_OLD) for row in rows) if school in gone else rows
            for school, rows in run.roll.items()
        },
        pupils={pupil: card for pupil, card in run.pupils.items() if card["school_id"] not in gone},
        withdrawn=gone,
    )
