"""The report in a terminal: one table of the schools, and the groups that lost more."""

from collections.abc import Iterator

from reports.disclosure import hidden_schools
from reports.lost_learning.values import LostLearning, Part
from reports.lost_learning.wording import SHORT_NAMES, day, group_name, tenths, unheard_in_words, whole
from reports.year_groups import in_words

ORDER = tuple(SHORT_NAMES)
TOO_FEW = "too few pupils to show"


def in_words_of(report: LostLearning) -> str:
    """The report as plain text: days lost for every 100 pupils, by what took them."""
    period = report.period
    lines = [
        f"Learning lost, {day(period.start)} to {day(period.end)}",
        "Days lost for every 100 pupils. A session is counted once. For support, never for sanction.",
        *(unheard_in_words(part.name, part.unheard) for part in report.schools if part.unheard),
        "",
        *_schools(report),
        "",
        *_years(report.subject),
        "",
        *_groups(report.subject),
    ]
    return "\n".join(lines)


def _heads() -> list[str]:
    return [*SHORT_NAMES.values(), "All", "Lost %", "Out a day"]


def _schools(report: LostLearning) -> Iterator[str]:
    """The schools, then the trust where there is more than one: a school of a handful is not set beside others."""
    several = len(report.schools) > 1
    parts = [*report.schools, report.together] if several else [*report.schools]
    hidden = (
        hidden_schools({part.school_id: part.totals.pupils for part in report.schools}) if several else set()
    )
    wide = max(len(part.name) for part in parts)
    yield " " * wide + "  " + "  ".join(_heads())
    for part in parts:
        said = TOO_FEW if part.school_id in hidden else _right(_cells(part), _heads())
        yield f"{part.name.ljust(wide)}  {said}"


def _cells(part: Part) -> list[str]:
    totals = part.totals
    rate = None if totals.rate is None else 100 * totals.rate
    days = [*(totals.days_per_100(column) for column in ORDER), totals.days_per_100()]
    return [*map(whole, days), tenths(rate), tenths(totals.children_out)]


def _years(part: Part) -> Iterator[str]:
    heads = [*SHORT_NAMES.values(), "All"]
    names = [in_words(year.name) for year in part.year_groups]
    wide = max(map(len, [part.name, *names]))
    yield part.name.ljust(wide) + "  " + "  ".join(heads)
    for name, year in zip(names, part.year_groups, strict=True):
        if year.totals is None:
            yield f"{name.ljust(wide)}  {TOO_FEW}"
        else:
            cells = [whole(year.totals.days_per_100(column)) for column in ORDER]
            yield name.ljust(wide) + "  " + _right([*cells, whole(year.totals.days_per_100())], heads)


def _groups(part: Part) -> Iterator[str]:
    yield f"{part.name}: sessions lost, times as many as everyone else (19 times in 20 between)"
    for group in part.groups:
        name = group_name(group.characteristic, group.group)
        found = group.ratio
        if group.suppressed:
            said = TOO_FEW
        elif found.ratio is None or found.low is None or found.high is None:
            said = "not enough lost to compare"
        else:
            said = f"{found.ratio:.1f}  ({found.low:.1f} to {found.high:.1f})"
        yield f"  {name:<34} {said}"


def _right(cells: list[str], heads: list[str]) -> str:
    return "  ".join(cell.rjust(len(head)) for cell, head in zip(cells, heads, strict=True))
