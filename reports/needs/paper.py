"""The report for people: learning lost by need, needs seen late, and where training would meet most."""

from reports.needs.values import NO_NEED, Late, Need, Needs, Part
from reports.needs.wording import DEFINITIONS, NEEDS, PATTERNS, WHAT_TO_ASK
from reports.paper.charts import Interval, Intervals
from reports.paper.saying import said
from reports.paper.values import TOO_FEW, Cell, Figure, Paper, Section, Table


def paper(report: Needs) -> Paper:
    """The whole report as a paper."""
    part = report.subject
    return Paper(
        "needs", "Learning lost, by need", part.name, report.period.start, report.period.end, _lead(part),
        _figures(part), (_lost(part), _training(report), _late(report), _rising(report)),
        ("Needs that nobody has looked for. A need on record may be wrong, and its kind is recorded once a year.",
         "Whether training changed what adults do."), DEFINITIONS,
    )  # fmt: skip


def named(need: str) -> str:
    """A need for people."""
    return NEEDS.get(need, need)


def _first(part: Part) -> Need | None:
    return next((each for each in part.needs if each.days_beyond and each.need != NO_NEED), None)


def _lead(part: Part) -> str:
    most = _first(part)
    if most is None or most.ratio.ratio is None or (most.days_beyond or 0) <= 0:
        return "No kind of need on record stands out in learning lost, or too few pupils have one."
    return (
        f"Most learning beyond others’ is lost by pupils with this need on record: "
        f"{named(most.need).lower()}. They lost "
        f"{most.ratio.ratio:.1f} times as much, {said(int(most.days_beyond or 0))} days in all beyond others’ rate."
    )


def _figures(part: Part) -> tuple[Figure, ...]:
    late = part.late[0] if part.late else None
    rising = [each.pupils for each in part.rising if each.pupils is not None]
    most = _first(part)
    return (
        Figure("Need recorded only after suspension", said(late.only_after if late else None),
               f"of {said(late.pupils if late else None)} pupils suspended, with a need now"),
        Figure("Rising with no need on record", said(sum(rising)) if rising else "–", "pupils, in the last term"),
        Figure("Staff trained for that need", said(most.staff_trained if most else None),
               named(most.need) if most else "no need stands out"),
    )  # fmt: skip


def _lost(part: Part) -> Section:
    rows = tuple(
        Interval(named(each.need), each.pupils, each.ratio.ratio, each.ratio.low, each.ratio.high,
                 TOO_FEW if each.suppressed else "" if each.ratio.low is not None else "Not enough to compare")
        for each in part.needs
    )  # fmt: skip
    chart = Intervals(
        "Sessions lost, times as many as by all other pupils here", "Need", "Times as many", rows, times=True
    )
    heads = ("Need", "Pupils", "Days lost per 100 pupils", "Days beyond others’ rate", "Staff trained")
    table = Table(
        "Days lost by need", heads,
        tuple(_row(each) for each in part.needs), places=0,
    )  # fmt: skip
    text = "All that was lost along the continuum, absence and illness included, compared with all other pupils here."
    return Section(
        "Where learning is lost", text, (chart, table), "A pupil with two kinds of need counts under both."
    )


def _row(each: Need) -> tuple[Cell, ...]:
    if each.suppressed:
        return (named(each.need), TOO_FEW)
    return (named(each.need), each.pupils, each.days_per_100, each.days_beyond, each.staff_trained)


def _training(report: Needs) -> Section:
    rows: list[tuple[Cell, ...]] = []
    for part in report.schools:
        for each in [each for each in part.needs if each.need != NO_NEED and (each.days_beyond or 0) > 0][:3]:
            rows.append((part.name, named(each.need), each.pupils, each.days_beyond, each.staff_trained))
    heads = ("School", "Need", "Pupils", "Days beyond others’ rate", "Staff trained in a year")
    table = Table(
        "The three needs with most days beyond, school by school", heads, tuple(rows), words=2, places=0
    )
    text = "Where many days are lost beyond others’ and few staff were trained, training may meet most need."
    return Section("Where training would meet most need", text, (table,))


def _late(report: Needs) -> Section:
    by_school = tuple((part.name, *_late_cells(part.late[0] if part.late else None)) for part in report.lines)
    kinds = tuple((named(each.need), *_late_cells(each)) for each in report.subject.late[1:])
    heads = ("Suspended, with it on record", "First recorded only after")
    return Section(
        "Needs seen only after a suspension", "Could it have been seen before?",
        (Table("Pupils ever suspended, by kind of need", ("Need", *heads), kinds),
         Table("Pupils ever suspended, any need, by school", ("School", *heads), by_school)),
        "A pupil with two kinds of need counts under both.",
    )  # fmt: skip


def _late_cells(late: Late | None) -> tuple[Cell, ...]:
    return (TOO_FEW,) if late is None or late.pupils is None else (late.pupils, late.only_after)


def _rising(report: Needs) -> Section:
    rows = tuple(
        (part.name, *(each.pupils if each.pupils is not None else "too few" for each in part.rising))
        for part in report.lines if part.rising
    )  # fmt: skip
    heads = ("School", *PATTERNS.values())
    ask = Table("What to ask, by someone trained to assess", ("What rose", "Has anyone looked?"),
                tuple((PATTERNS[pattern], words) for pattern, words in WHAT_TO_ASK.items()), words=2)  # fmt: skip
    text = "Pupils who climbed in the last term and of whom no need is known. A question for assessment, not a finding."
    return Section("Rising with no need on record", text, (Table("Pupils, by what rose", heads, rows), ask))
