"""The report for people: the exits, the alerts, the moves by kind, and who left unexplained."""

from collections import Counter
from collections.abc import Iterator, Mapping

from reports.by_group import group_intervals
from reports.disclosure import hidden_schools
from reports.limits import Expected
from reports.movements.values import Movements, SchoolExits
from reports.movements.wording import ALERTS, DEFINITIONS, KINDS, SHORT_ALERTS, SHORT_KINDS
from reports.paper.charts import Funnel, Point
from reports.paper.saying import ONE_OR_TWO, counted, few, said
from reports.paper.values import TOO_FEW, Figure, Paper, Section, Table
from watchlists.phrases import listed_in_words

MARKS = "b_or_d_marks_without_provider"


def paper(report: Movements) -> Paper:
    """The whole report as a paper."""
    subject = report.subject
    return Paper(
        "movements", "Moves off site and off roll", subject.name, report.period.start, report.period.end,
        _lead(report, subject), _figures(report, subject),
        (_exits(report), _alerts(report), _kinds(report), _groups(subject), _register(report)),
        ("Why a family chose to leave, and whether they were asked to. Where a pupil went, if no one wrote it down.",
         "Being outside the limits is a question to ask, not an answer: records may be late, or a destination not yet "
         "entered."), DEFINITIONS,
    )  # fmt: skip


def _lead(report: Movements, subject: SchoolExits) -> str:
    outside = [each.name for each in report.schools if each.outside]
    told = f"{said(few(subject.unexplained))} of {subject.pupils:,} pupils left with no explanation recorded."
    if len(report.schools) == 1 and subject.limits.upper is not None and _limits_may_be_said(report):
        low, high = subject.limits.lower, subject.limits.upper
        told += f" A school of this size would see between {low} and {high} by chance alone."
    elif outside:
        told += f" More than chance would bring: {listed_in_words(outside)}."
    return told


def _figures(report: Movements, subject: SchoolExits) -> tuple[Figure, ...]:
    off_site = sum(
        count
        for (_, kind), count in report.kinds.items()
        if kind in ("off_site_direction", "alternative_provision")
    )
    alerts = len({(alert.case, alert.alert) for alert in report.alerts if alert.alert != MARKS})
    return (
        Figure("Exits from the roll", said(few(subject.exits)), f"of {subject.pupils:,} pupils on roll in these dates"),
        Figure("Unexplained", said(few(subject.unexplained)),
               f"{said(few(subject.not_yet_known))} more too recent to say"),
        Figure("Moves off site", str(few(off_site)), f"{few(alerts)} alerts, apart from marks B and D"),
    )  # fmt: skip


def _exits(report: Movements) -> Section:
    every = [*report.schools, *report.others]
    hidden = hidden_schools({each.school_id: each.pupils for each in every})
    shown = [each for each in report.schools if each.school_id not in hidden]
    alone = len(report.schools) == 1
    points = [
        Point(each.name, each.pupils, _drawn(each), each.outside and each in shown)
        for each in every
        if each.school_id not in hidden and each.pupils
    ]
    centre = 100 * report.together.unexplained / max(report.together.pupils, 1)
    funnel = Funnel("Unexplained exits for every 100 pupils on roll, each school a dot", "Pupils on roll", "per 100",
                    centre, tuple(points), report.funnel)  # fmt: skip
    said = _limits_may_be_said(report)
    rows = [_exit_row(each, said) if each in shown else (each.name, TOO_FEW) for each in report.schools]
    heads = (
        "School",
        "Pupils",
        "Exits",
        "Unexplained",
        "Per 100",
        "Expected",
        "By chance at least",
        "At most",
        "Outside",
    )
    table = Table("Exits and unexplained exits by school", heads, tuple(rows))
    blocks = (funnel, table) if len(points) > 1 and said else (table,)
    text = "Permanent exclusions, managed moves, home education, and pupils who left with no explanation recorded."
    if alone and len(points) > 1:
        text += " Other schools are not named."
    return Section("Exits from the roll", text, blocks)


def _limits_may_be_said(report: Movements) -> bool:
    """Whether what chance would bring does not itself say if one or two left unexplained in all."""
    return few(report.together.unexplained) != ONE_OR_TWO


def _exit_row(each: SchoolExits, limits_said: bool) -> tuple[str | int | float | None, ...]:
    silent, limits = few(each.unexplained), each.limits if limits_said else Expected(None, None, None)
    outside = "above" if each.outside else "–" if limits.upper is None else "no"
    return (each.name, each.pupils, few(each.exits), silent, None if silent == ONE_OR_TWO else each.per_100,
            limits.expected, limits.lower, limits.upper, outside)  # fmt: skip


def _drawn(each: SchoolExits) -> float:
    """Where a school's dot stands: one exit and two in one place."""
    return 150 / each.pupils if few(each.unexplained) == ONE_OR_TWO else each.per_100 or 0.0


def _alerts(report: Movements) -> Section:
    names = {each.school_id: each.name for each in report.schools}
    cases = {(each.school_id, each.alert, each.case) for each in report.alerts}
    cells = Counter((school, alert) for school, alert, _ in cases)
    table = _by_school("Pupils found, by school", "What was found", ALERTS, SHORT_ALERTS, names, cells)
    listed = Table(
        "Every alert, pupils by opaque id", ("Alert", "Case", "School", "Date", "Amount"),
        tuple(
            (ALERTS[each.alert], each.case, names[each.school_id], str(each.date), each.amount)
            for each in report.alerts
        ),
        words=4, only_in_workbook=True, cases=True,
    )  # fmt: skip
    text = "Limits set by law, and moves that should not happen, or not without a record."
    return Section(
        "What to look into",
        text,
        (table, listed),
        "Each alert with its case and date is in the workbook and in the JSON.",
    )


def _kinds(report: Movements) -> Section:
    names = {each.school_id: each.name for each in report.schools}
    table = _by_school("Moves, by school", "Kind", KINDS, SHORT_KINDS, names, report.kinds)
    return Section("Moves by kind", "Every line of the register, counted.", (table,))


def _by_school(
    caption: str, first: str, words: Mapping[str, str], short: Mapping[str, str], names: Mapping[str, str],
    cells: Mapping[tuple[str, str], int],
) -> Table:  # fmt: skip
    """Counts of one or two said as such: a school's as a list, those of several schools a row each."""
    if len(names) == 1:
        ((school, name),) = names.items()
        return Table(
            caption,
            (first, name),
            tuple((said, few(cells.get((school, key), 0))) for key, said in words.items()),
        )
    rows = tuple(
        (name, *(few(cells.get((school, key), 0)) for key in words)) for school, name in names.items()
    )
    return Table(caption, ("School", *(short[key] for key in words)), rows)


def _groups(subject: SchoolExits) -> Section:
    chart = group_intervals(
        subject.groups,
        "Unexplained exits of every 100 pupils in each group",
        "Of every 100",
        subject.per_100,
        "all",
    )
    return Section("Who leaves unexplained?", "It compares what was recorded. Where a line crosses that of all pupils, "
                   "chance could explain it.", (chart,),
                   "The line holds the true share 19 times in 20. Pupils are to the nearest 5.")  # fmt: skip


def _register(report: Movements) -> Section:
    names = {each.school_id: each.name for each in report.schools}
    heads = ("Case", "School", "Kind", "First day", "Last day", "Days out", "Returned", "Asked for by", "Decided by",
             "Why", "Destination", "Provider", "Registered", "Review")  # fmt: skip
    rows = tuple(_lines(report, names))
    return Section(
        "The register", f"{counted(len(rows), 'line')}: who decided, why, where to, days out, review and return. It is "
        "in the workbook and the JSON, with pupils by opaque id, for those who may see them.",
        (Table("Register of moves", heads, rows, words=5, places=0, only_in_workbook=True, cases=True),),
    )  # fmt: skip


def _lines(report: Movements, names: dict[str, str]) -> Iterator[tuple[str | int | None, ...]]:
    for each in report.register:
        yield (each.case, names[each.school_id], KINDS.get(each.kind, each.kind), str(each.start), str(each.end or ""),
               each.days_out, each.returned, each.initiated_by, each.decided_by, each.reason, each.destination,
               each.provider, each.provider_registered, str(each.review_date or ""))  # fmt: skip
