"""The report for people: who is here beside who lives around, who joins, who leaves."""

from collections.abc import Iterator

from reports.disclosure import hidden_schools
from reports.intake.values import Comparison, Intake, Part
from reports.intake.wording import DEFINITIONS, OTHER_HALF, named
from reports.paper.charts import Interval, Intervals
from reports.paper.saying import counted
from reports.paper.values import TOO_FEW, Cell, Figure, Paper, Section, Table
from watchlists.phrases import listed_in_words

HEADS = ("Group", "Here", "Community", "Difference", "By chance at least", "At most")
SIDE = {"below": "fewer than chance", "above": "more than chance", "": "no"}
KEY_GROUPS = (
    ("fsm", "yes"),
    ("sen", "SEN support"),
    ("sen", "EHC plan"),
    ("language", "other"),
    ("social_care", "yes"),
)


def paper(report: Intake) -> Paper:
    """The whole report as a paper."""
    alone = len(report.schools) == 1
    sections = [
        _unlike(report),
        *([_school(report.schools[0])] if alone else _by_group(report)),
        _turnover(report),
    ]
    whose = report.schools[0].name if alone else report.together
    return Paper(
        "intake", "Pupils here, and the community around", whose, report.period.start, report.period.end,
        _lead(report), _figures(report), tuple(sections),
        ("Special schools are for pupils with a plan, and are set beside everyone around all the same.",
         "Where pupils live is not always where the school draws from; faith, selection and distance play a part.",
         "Families who never applied, and why."), DEFINITIONS,
    )  # fmt: skip


def _lead(report: Intake) -> str:
    unlike = [part.name for part in report.schools if part.unlike]
    if not any(part.area_code for part in report.schools):
        return "No community is recorded for these schools, so none can stand beside them."
    if not unlike:
        return "No group is further from its community than chance would bring."
    if len(report.schools) == 1:
        groups = [named(each.characteristic, each.group) for each in report.schools[0].unlike]
        return f"Further from the community than chance would bring: {listed_in_words(groups)}."
    return f"Unlike their community in one group or more: {listed_in_words(unlike)}."


def _figures(report: Intake) -> tuple[Figure, ...]:
    parts = report.schools
    pupils, joined, left = (
        sum(getattr(part, name) for part in parts) for name in ("pupils", "joined", "left")
    )
    return (
        Figure("Pupils on roll", f"{pupils:,}", f"at {counted(len(parts), 'school')}"),
        Figure("Joined in these dates", f"{joined:,}", "first enrolment at the school"),
        Figure("Left early in these dates", f"{left:,}", "before the end of the year, however explained"),
    )


def _per_100(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _unlike(report: Intake) -> Section:
    hidden = hidden_schools({part.school_id: part.pupils for part in report.schools})
    rows = tuple(_unlike_rows(report, hidden))
    heads = ("School", "Group", "Here", "Community", "Difference", "By chance at least", "At most", "Outside")
    nothing = "No group is further from its community than chance would bring."
    table = Table("Groups outside the limits, of every 100 pupils", heads, rows, words=2, nothing=nothing)
    text = f"The limits allow for all {report.compared:,} comparisons, so that hardly any lies outside by chance alone."
    note = ""
    if report.without_community:
        note = f"No community recorded: {listed_in_words(list(report.without_community))}."
    return Section("Where the school is unlike its community", text, (table,), note)


def _unlike_rows(report: Intake, hidden: set[str]) -> Iterator[tuple[Cell, ...]]:
    for part in report.schools:
        for each in part.unlike if part.school_id not in hidden else ():
            yield (part.name, named(each.characteristic, each.group), *_cells(each), SIDE[each.outside])


def _cells(each: Comparison) -> tuple[float | None, ...]:
    shown = (each.share, each.community, each.difference, each.low_limit, each.high_limit)
    return tuple(_per_100(value) for value in shown)


def _chart(caption: str, first: str, rows: list[tuple[str, Comparison]]) -> Intervals:
    return Intervals(
        caption, first, "Difference",
        tuple(
            Interval(name, each.pupils, _per_100(each.difference), _per_100(each.low), _per_100(each.high),
                     TOO_FEW if each.suppressed else "No community recorded" if each.community is None else "")
            for name, each in rows
        ),
        0.0, "as around",
    )  # fmt: skip


def _school(part: Part) -> Section:
    rows = [(named(each.characteristic, each.group), each) for each in part.comparisons
            if (each.characteristic, each.group) not in OTHER_HALF]  # fmt: skip
    rows = [row for row in rows if row[1].community is not None or row[1].share]
    chart = _chart("Of every 100 pupils, how many more or fewer than in the community", "Group", rows)
    table = Table(
        "The same in numbers, of every 100", HEADS,
        tuple((name, TOO_FEW) if each.suppressed else (name, *_cells(each)) for name, each in rows), folded=True,
    )  # fmt: skip
    return Section("Group by group", "Left of “as around” are groups of which fewer are here than live around.",
                   (chart, table), "The line holds the true difference 19 times in 20.")  # fmt: skip


def _by_group(report: Intake) -> Iterator[Section]:
    for characteristic, group in KEY_GROUPS:
        rows = [
            (part.name, each) for part in report.schools for each in part.comparisons
            if (each.characteristic, each.group) == (characteristic, group)
        ]  # fmt: skip
        if any(each.community is not None for _, each in rows):
            name = named(characteristic, group)
            table = Table(
                f"{name}, of every 100 pupils",
                ("School", *HEADS[1:]),
                tuple((who, TOO_FEW) if each.suppressed else (who, *_cells(each)) for who, each in rows),
                folded=True,
            )
            caption = f"{name}: of every 100 pupils, more or fewer than in the community"
            yield Section(name, "", (_chart(caption, "School", rows), table))


def _turnover(report: Intake) -> Section:
    rows = tuple(
        (part.name, named(each.characteristic, each.group), *map(_per_100, (each.joined, each.left, each.cohort,
                                                                          each.had_they_stayed, each.change)))
        for part in report.schools for each in part.turnover
        if (each.characteristic, each.group) not in OTHER_HALF and (each.joined or each.left)
    )  # fmt: skip
    heads = ("School", "Group", "Of joiners", "Of leavers", "On roll now", "Had they stayed", "Change")
    table = Table(
        "Of every 100 pupils: who joined, who left early, and what leaving changed", heads, rows, words=2
    )
    return Section("Who joins, who leaves", "Shares of those who joined and of those who left early in "
                                            "these dates. “–” "
                   "is where there are too few to show.", (table,))  # fmt: skip
