"""A school's list in totals, for leaders and governors: no name, no small number, nothing to subtract."""

from dataclasses import dataclass

from watchlists.standing import BACK, EASING, NEW, STILL
from watchlists.support import NONE_RECORDED
from watchlists.suppression import shown, total
from watchlists.web.runs import Run


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
    on_roll = {str(year): int(count) for year, count in roll["year_group"].value_counts().items()}
    listed = {year: int((rows["year_group"] == year).sum()) for year in sorted(on_roll, key=_by_age)}
    by_year = shown(listed, up_to)
    words = rows["changed"].str.partition(",")[0]
    changes = shown({word: int((words == word).sum()) for word in (NEW, STILL, EASING, BACK)}, up_to)
    none = int((rows["support"] == NONE_RECORDED).sum())
    support = shown({"Support or a meeting recorded": len(rows) - none, NONE_RECORDED: none}, up_to)
    return Totals(
        total(listed, up_to), len(roll),
        [(year, on_roll[year], by_year[year]) for year in listed], list(changes.items()), list(support.items()),
    )  # fmt: skip


def _by_age(year: str) -> tuple[bool, int, str]:
    return (year.isdigit(), int(year) if year.isdigit() else 0, year)


def number(count: int | None) -> str:
    """A count, or that it is too small to show."""
    return "too few to show" if count is None else str(count)
