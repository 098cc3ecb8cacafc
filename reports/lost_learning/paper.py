"""The report as tables for a workbook: what the page draws, in numbers."""

from reports.disclosure import FEWEST_PUPILS, hidden_schools, rounded
from reports.lost_learning.england import COUNTED, SOURCE
from reports.lost_learning.page import lead
from reports.lost_learning.values import Group, LostLearning, Part, Totals
from reports.lost_learning.wording import (
    DEFINITIONS,
    SHORT_NAMES,
    group_name,
    half_term_name,
    tenths,
    unheard_in_words,
    whole,
)
from reports.paper.values import TOO_FEW, Cell, Figure, Paper, Section, Table
from reports.year_groups import in_words

COLUMNS = tuple(SHORT_NAMES)
HEADS = (*SHORT_NAMES.values(), "All")


def paper(report: LostLearning) -> Paper:
    """The report's tables, of the one school asked for, or of the trust with its schools side by side."""
    part = report.subject
    totals = part.totals
    figures = (
        Figure("Days lost per 100 pupils", whole(totals.days_per_100()), f"of {totals.pupils:,} pupils"),
        Figure(
            "Sessions lost of every 100",
            tenths(100 * (totals.rate or 0.0)),
            f"of {totals.possible:,} possible",
        ),
        Figure(
            "Children out on an average day", tenths(totals.children_out), "sessions lost over sessions open"
        ),
    )
    sections = (
        Section("Schools", "", tuple(_schools(report))),
        Section("Year groups", "", (_year_groups(part),)),
        Section("Half terms", "", (_half_terms(part),)),
        Section("Groups", "", (_groups("All learning lost", part.groups),
                               _groups("School-led alone", part.groups_school_led))),
        Section("Beside England", SOURCE, (_official(part),)),
    )  # fmt: skip
    return Paper(
        "lost-learning", "Learning lost along the continuum", part.name, report.period.start, report.period.end,
        lead(part), figures, sections,
        ("Time out of lessons that nobody recorded, and what pupils missed after they left the roll.",
         *(unheard_in_words(each.name, each.unheard) for each in report.schools if each.unheard)), DEFINITIONS,
    )  # fmt: skip


def _days(totals: Totals) -> tuple[Cell, ...]:
    return (*(totals.days_per_100(column) for column in COLUMNS), totals.days_per_100())


def _schools(report: LostLearning) -> tuple[Table, Table]:
    parts = (*report.schools, report.together) if len(report.schools) > 1 else report.schools
    pupils = {part.school_id: part.totals.pupils for part in report.schools}
    hidden = hidden_schools(pupils) if len(report.schools) > 1 else set()
    shown = [(part, part.school_id in hidden) for part in parts]
    days = tuple((part.name, TOO_FEW) if out else (part.name, *_days(part.totals)) for part, out in shown)
    sessions: tuple[tuple[Cell, ...], ...] = tuple(
        (part.name, TOO_FEW) if out
        else (part.name, part.totals.pupils, part.totals.possible,
              *(part.totals.sessions(column) for column in COLUMNS), part.totals.attended)
        for part, out in shown
    )  # fmt: skip
    heads = ("School", "Pupils", "Sessions possible", *SHORT_NAMES.values(), "Attended")
    return (Table("Days lost per 100 pupils by school", ("School", *HEADS), days),
            Table("Sessions lost by school", heads, sessions))  # fmt: skip


def _year_groups(part: Part) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (in_words(year.name), TOO_FEW) if year.totals is None
        else (in_words(year.name), rounded(year.totals.pupils), *(_whole(days) for days in _days(year.totals)))
        for year in part.year_groups
    ]  # fmt: skip
    return Table(
        "Days lost per 100 pupils by year group", ("Year group", "Pupils", *HEADS), tuple(rows), places=0
    )


def _whole(days: Cell) -> Cell:
    return round(days) if isinstance(days, float) else days


def _half_terms(part: Part) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (half_term_name(half.name), *(_of_1000(half.totals, half.totals.sessions(column)) for column in COLUMNS),
         1000 * (half.totals.rate or 0.0))
        for half in part.half_terms if half.totals.pupils >= FEWEST_PUPILS
    )  # fmt: skip
    return Table("Sessions lost of every 1000 possible by half term", ("Half term", *HEADS), rows)


def _of_1000(totals: Totals, sessions: float) -> float:
    return 1000 * sessions / totals.possible if totals.possible else 0.0


def _groups(caption: str, groups: tuple[Group, ...]) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (group_name(each.characteristic, each.group), TOO_FEW) if each.suppressed
        else (group_name(each.characteristic, each.group), each.pupils,
              None if each.rate is None else 1000 * round(each.rate, 3),
              each.ratio.ratio, each.ratio.low, each.ratio.high)
        for each in groups
    )  # fmt: skip
    heads = (
        "Group",
        "Pupils",
        "Sessions lost of every 1,000",
        "Times as many as others",
        "At least",
        "At most",
    )
    return Table(f"{caption} by group", heads, rows)


def _official(part: Part) -> Table:
    own = {column: _of_1000(part.totals, part.totals.sessions(column)) for column in COUNTED}
    rows: list[tuple[Cell, ...]] = [(part.name, *own.values())]
    rows += [
        (f"{row.where}, {row.phase}, {row.period}", *(1000 * row.rates[column] for column in COUNTED))
        for row in part.official
    ]
    return Table("Sessions lost of every 1000 beside England", ("Where", *(SHORT_NAMES[column] for column in COUNTED)),
                 tuple(rows))  # fmt: skip
