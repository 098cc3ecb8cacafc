"""The report for people: how soon steps come again, who came back down, and the ladder as a flow."""

from reports.lost_learning.wording import OTHER_HALF, group_name
from reports.paper.charts import Curve, Curves, Flow, Interval, Intervals
from reports.paper.saying import said
from reports.paper.values import TOO_FEW, Cell, Figure, Paper, Section, Table
from reports.repeats.values import KINDS, Again, Part, Repeats
from reports.repeats.wording import DEFINITIONS, LADDERS, STEPS

HEADS = ("Steps", "Pupils", "Again in 20", "Again in 60", "At least", "At most", "Came back down", "Half by")
NAMES = {kind.key: kind.name for kind in KINDS}


def paper(report: Repeats) -> Paper:
    """The whole report as a paper."""
    part = report.subject
    return Paper(
        "repeats", "After each step", part.name, report.period.start, report.period.end, _lead(part), _figures(part),
        (_curves(part), _schools(report), _groups(part), _meetings(report), _returns(report), _flow(part)),
        ("What happened after a pupil left these schools, and steps that nobody recorded.",
         "Pupils with a meeting and pupils without one differ in other ways: the difference is not what a "
         "meeting does."),
        DEFINITIONS,
    )  # fmt: skip


def _of(part: Part, key: str) -> Again:
    return next(each for each in part.again if each.key == key)


def _lead(part: Part) -> str:
    found = _of(part, "suspension")
    if found.within_60 is None:
        return "Too few pupils were suspended in these dates to say how many were suspended again."
    return (
        f"After {100 * found.within_60:.0f} of every 100 suspensions another step as high came within 60 open days, "
        f"about a term; after {100 - 100 * found.within_60:.0f} none did."
    )


def _figures(part: Part) -> tuple[Figure, ...]:
    suspended, inside = _of(part, "suspension"), _of(part, "internal_exclusion")
    of = "of every 100, {} in all"
    return (
        Figure(
            "Suspended again within a term", _share(suspended.within_60), of.format(said(suspended.steps))
        ),
        Figure("Internal exclusion again", _share(inside.within_60), of.format(said(inside.steps))),
        Figure(
            "Reintegration meeting recorded", _share(part.meetings.share), "of every 100 suspensions over"
        ),
    )


def _share(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f}"


def _per_100(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _cells(each: Again) -> tuple[Cell, ...]:
    if each.suppressed:
        return (TOO_FEW,)
    shares = (each.within_20, each.within_60, each.low_60, each.high_60, each.came_back_down)
    half = None if each.median is None else int(each.median)
    return (each.steps, each.pupils, *map(_per_100, shares), half)


def _curves(part: Part) -> Section:
    lines = tuple(
        Curve(NAMES[each.key], tuple((float(day), still) for day, still in each.curve))
        for each in part.again if each.curve and each.key != "off_site"
    )  # fmt: skip
    table = Table("Of every 100 steps, another at that level or above, by kind of step", ("Step", *HEADS),
                  tuple((NAMES[each.key], *_cells(each)) for each in part.again), places=0)  # fmt: skip
    chart = Curves("The share of steps after which none had come again", "Open days after", "", lines,
                   (0.0, 20.0, 40.0, 60.0, 90.0, 120.0, 190.0))  # fmt: skip
    text = (
        "A line that falls fast is a step soon followed by another. Open days are days the school is "
        "open; 60 are about a term."
    )
    return Section("How soon does it come again?", text, (chart, table) if lines else (table,))


def _schools(report: Repeats) -> Section:
    rows = tuple((part.name, *_cells(_of(part, "suspension"))) for part in report.lines)
    inside = tuple((part.name, *_cells(_of(part, "internal_exclusion"))) for part in report.lines)
    return Section(
        "School by school", "Of every 100 steps, after how many another came, at that school.",
        (Table("After suspensions", ("School", *HEADS), rows, places=0),
         Table("After internal exclusions", ("School", *HEADS), inside, places=0)),
    )  # fmt: skip


def _groups(part: Part) -> Section:
    rows = tuple(
        Interval(group_name(each.characteristic, each.group), each.again.pupils, _per_100(each.again.within_60),
                 _per_100(each.again.low_60), _per_100(each.again.high_60), TOO_FEW if each.again.suppressed else "")
        for each in part.groups if (each.characteristic, each.group) not in OTHER_HALF
    )  # fmt: skip
    centre = _per_100(_of(part, "suspension").within_60)
    chart = Intervals("Of every 100 suspensions, another step as high within 60 open days", "Group", "Of every 100",
                      rows, centre, "all", places=0)  # fmt: skip
    return Section("Who is suspended again?", "It compares what adults decided and recorded, not how pupils behaved.",
                   (chart,), "The line holds the true share 19 times in 20, each pupil counted as one.")  # fmt: skip


def _meetings(report: Repeats) -> Section:
    rows: list[tuple[Cell, ...]] = []
    for part in report.lines:
        held = part.meetings
        if held.suspensions is None or held.with_meeting is None or held.without is None:
            rows.append((part.name, TOO_FEW))
        else:
            rows.append((part.name, held.suspensions, held.recorded, _per_100(held.share),
                         _per_100(held.with_meeting.within_60), _per_100(held.without.within_60)))  # fmt: skip
    heads = ("School", "Suspensions over", "Meeting recorded", "Of every 100", "Again in 60, with", "Without")
    table = Table("Reintegration meetings, and suspensions that came again", heads, tuple(rows), places=0)
    return Section("Was there a reintegration meeting?", "A meeting is due after every suspension.", (table,))


def _returns(report: Repeats) -> Section:
    rows = tuple(
        (part.name, TOO_FEW) if part.returns.suppressed
        else (part.name, part.returns.steps, _per_100(part.returns.within_20), _per_100(part.returns.within_60))
        for part in report.lines
    )  # fmt: skip
    heads = ("School", "Moves", "20 open days", "60 open days")
    table = Table("Of every 100 moves off site, ended within", heads, rows, places=0)
    text = "Off-site directions and alternative provision that began in these dates."
    return Section("Coming back from off site", text, (table,))


def _flow(part: Part) -> Section:
    blocks: list[Flow | Table] = []
    for ladder, bands in part.flows:
        shown = tuple(band for band in bands if (band[0], band[1]) != (0, 0))
        caption = f"{LADDERS[ladder]}: each pupil’s highest step, the term before and the last term"
        if any(band[2] for band in shown):
            blocks.append(
                Flow(caption, "The 60 open days before", "The last 60 open days", STEPS[ladder], shown)
            )
        names = STEPS[ladder]
        rows = tuple(
            (names[before], names[after], pupils or "fewer than 10") for before, after, pupils in shown
        )
        blocks.append(Table(f"{caption}, pupils", ("From", "To", "Pupils"), rows, words=2, folded=True))
    return Section("From each step to the next", "Pupils on no step in either term are left out.", tuple(blocks),
                   "Pupils to the nearest five. Bands of fewer than ten are not drawn.")  # fmt: skip
