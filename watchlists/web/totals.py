"""A school's list in totals, for leaders and governors: no name, no small number, nothing to subtract."""

from collections import Counter
from dataclasses import dataclass

from watchlists.language import marked, said
from watchlists.standing import BACK, EASING, NEW, STILL
from watchlists.support import NONE_RECORDED
from watchlists.suppression import shown, total
from watchlists.web.runs import Run

SUPPORTED = marked("Support or a meeting recorded")


@dataclass(frozen=True)
class Totals:
    """Counts of one school's list. None where a number is too small to show."""

    listed: int | None
    on_roll: int
    years: list[tuple[str, int, int | None]]
    changes: list[tuple[str, int | None]]
    support: list[tuple[str, int | None]]


def totals(run: Run, school_id: str, up_to: int) -> Totals:
    """The totals of the school's list in that run, numbers up to `up_to` left out."""
    rows, roll = run.of_school(school_id), run.roll_of(school_id)
    on_roll, here = Counter(row.year_group for row in roll), Counter(row.year_group for row in rows)
    listed = {year: here[year] for year in sorted(on_roll, key=_by_age)}
    by_year = shown(listed, up_to)
    words = Counter(row.changed.partition(",")[0] for row in rows)
    changes = shown({word: words[word] for word in (NEW, STILL, EASING, BACK)}, up_to)
    none = sum(row.support == NONE_RECORDED for row in rows)
    support = shown({SUPPORTED: len(rows) - none, NONE_RECORDED: none}, up_to)
    return Totals(
        total(listed, up_to), len(roll),
        [(year, on_roll[year], by_year[year]) for year in listed], list(changes.items()), list(support.items()),
    )  # fmt: skip


def _by_age(year: str) -> tuple[bool, int, str]:
    return (year.isdigit(), int(year) if year.isdigit() else 0, year)


def number(count: int | None) -> str:
    """A count, or that it is too small to show."""
    return said("too few to show") if count is None else str(count)
