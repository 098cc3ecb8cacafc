"""Two pages for governors: the term, what changed, who is affected, what was done, what to decide."""

from reports.lost_learning.wording import group_name
from reports.paper.charts import Interval, Intervals
from reports.paper.saying import few, said
from reports.paper.values import TOO_FEW, Cell, Figure, Paper, Section, Table
from reports.strategy.values import Change, Part, Strategy
from reports.strategy.wording import DECISIONS, DEFINITIONS, FIGURES

BLANKS = 3
SPACE = "\u00a0"  # a row to write in is as tall as any other
COUNTED_EXITS = ("exits", "unexplained_exits")


def paper(report: Strategy) -> Paper:
    """The whole report as a paper."""
    part = report.subject
    sections = [_changed(part)]
    if len(report.schools) > 1:
        sections.append(_schools(report))
    sections += [_affected(part), _done(part), _decide(part)]
    return Paper(
        "strategy", "The continuum this term", part.name, report.period.start, report.period.end, _lead(part),
        _figures(part), tuple(sections),
        ("Time out of lessons that nobody recorded, and why families chose as they did.",), DEFINITIONS,
    )  # fmt: skip


def _of(part: Part, key: str) -> Change:
    every = (*part.lost, *part.moved, *part.exits)
    return next((each for each in every if each.key == key), Change(key, "", None))


def _lead(part: Part) -> str:
    days = _of(part, "all")
    if days.now is None:
        return "Too few pupils to show."
    than = "" if days.before is None else (
        f", {'up' if days.now > days.before else 'down'} from {days.before:.0f} a year ago"
    )  # fmt: skip
    return f"Pupils lost {days.now:.0f} days for every 100 pupils this term{than}."


def _figures(part: Part) -> tuple[Figure, ...]:
    days, up, silent = _of(part, "school_led"), _of(part, "moved_up"), _of(part, "unexplained_exits")
    before = "no records a year ago" if days.before is None else f"{said(days.before, 0)} a year ago"
    return (
        Figure("Days lost to adults’ decisions, per 100 pupils", said(days.now, 0), before),
        Figure("Moved up a step", _count(up), f"{_count(_of(part, 'came_down'))} came back down"),
        Figure("Left unexplained", _count(silent), f"of {_count(_of(part, 'exits'))} exits"),
    )


def _count(each: Change) -> str:
    return said(_now(each), 0)


def _now(each: Change) -> Cell:
    """A figure of now: one exit or two are said as such."""
    return few(int(each.now)) if each.now is not None and each.key in COUNTED_EXITS else each.now


def _changed(part: Part) -> Section:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (FIGURES[each.key], _now(each), each.before, each.report) for each in (*part.lost, *part.moved, *part.exits)
        if each.now is not None
    )  # fmt: skip
    table = Table(
        "Days are for every 100 pupils", ("Figure", "This term", "A year ago", "Report"), rows, places=0
    )
    return Section("What changed", "Each figure comes from the report named beside it.", (table,))


def _schools(report: Strategy) -> Section:
    keys = ("all", "school_led", "moved_up", "came_down", "exits", "unexplained_exits")
    rows = tuple(
        (part.name, *(_whole(_now(_of(part, key))) for key in keys)) if part.lost else (part.name, TOO_FEW)
        for part in report.schools
    )
    heads = ("School", "Days lost", "By adults’ decision", "Moved up", "Came down", "Exits", "Unexplained")
    return Section("School by school", "", (Table("Days are for every 100 pupils", heads, rows),))


def _whole(cell: Cell) -> Cell:
    return int(cell + 0.5) if isinstance(cell, float) else cell


def _affected(part: Part) -> Section:
    rows = tuple(
        Interval(group_name(each.characteristic, each.group), None, each.ratio, each.low, each.high)
        for each in part.affected[:6]
    )
    text = (
        "Groups that lost more to adults’ decisions than all other pupils, by more than chance "
        "(lost-learning, practice)."
    )
    chart = Intervals(
        "Times as many sessions lost as all other pupils", "Group", "Times as many", rows, times=True
    )
    nothing = Table("Groups", ("Group",), (), nothing="No group stands out by more than chance.")
    return Section("Who is affected", text, (chart,) if rows else (nothing,))


def _done(part: Part) -> Section:
    rows = tuple(
        (each.kind[0].upper() + each.kind[1:], TOO_FEW) if each.pupils is None
        else (each.kind[0].upper() + each.kind[1:], each.pupils, each.came_down, each.rose) for each in part.done
    )  # fmt: skip
    heads = ("Kind", "Pupils", "Came back down", "Rose")
    table = Table("Pupils with each kind of support or meeting this term", heads, rows)
    text = (
        "Work with families and the community is support. Support goes to those who struggle most, so these counts do "
        "not show whether it helped: `handrail report support` asks that."
    )
    return Section("What was done", text, (table,))


def _decide(part: Part) -> Section:
    rows = (*((DECISIONS[key], "", "") for key in part.decide), *((SPACE,) * 3 for _ in range(BLANKS)))
    table = Table("To fill in", ("What will be done", "Who", "By when"), rows, words=3)
    return Section(
        "What will be done", "Questions that these figures ask. The answers are the school’s.", (table,)
    )
