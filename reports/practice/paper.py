"""The report for people: who is moved out of learning after equal incidents, for what, and when."""

from collections.abc import Iterable

from reports.lost_learning.wording import OTHER_HALF, group_name, half_term_name
from reports.paper.charts import Interval, Intervals
from reports.paper.saying import said
from reports.paper.values import TOO_FEW, Figure, Paper, Section, Table
from reports.practice.values import Line, Part, Practice
from reports.practice.wording import DEFINITIONS

HEADS = ("Pupils", "Incidents", "Any sanction", "Out of learning")
SEVERITIES = {"1": "Least severe (1)", "2": "Severity 2", "3": "Most severe (3)"}
Named = list[tuple[str, Line]]


def paper(report: Practice) -> Paper:
    """The whole report as a paper."""
    part = report.subject
    groups = [
        (group_name(what, line.name), line)
        for what, line in part.groups
        if (what, line.name) not in OTHER_HALF
    ]
    schools = [(each.name, each.own) for each in report.schools]
    severities = [(SEVERITIES.get(each.name, each.name), each) for each in part.severities]
    half_terms = [(half_term_name(each.name), each) for each in part.half_terms if each.name]
    return Paper(
        "practice", "What adults decide after an incident", part.name, report.period.start,
        report.period.end, _lead(part), _figures(part),
        (
            _section("School by school", "Each beside all other schools, at the same severity.", "School", schools),
            _table_only("By severity", "Recorded severity", severities),
            _section("Group by group", "Each beside all other pupils here, after incidents recorded as "
                                       "equally severe. It "
                     "points at decisions, not at pupils.", "Group", groups),
            _section("For what", "Each reason beside all others of the same severity.", "Reason", _named(part.reasons)),
            _section("At what hour", "Each hour beside all others.", "Hour", _named(part.times)),
            _section("On which day", "Each day beside all others.", "Day", _named(part.weekdays)),
            _table_only("Half term by half term", "Half term", half_terms),
        ),
        ("What was never written down: schools and adults differ in what they record, and in how severe they call it.",
         "What else was known of the pupil when the decision was made."), DEFINITIONS,
    )  # fmt: skip


def _named(lines: Iterable[Line]) -> Named:
    return [(line.name[0].upper() + line.name[1:], line) for line in lines]


def _lead(part: Part) -> str:
    if part.own.out_per_100 is None:
        return "Too few incidents are recorded in these dates to say what followed."
    told = f"After {part.own.out_per_100:.0f} of every 100 recorded incidents the pupil was moved out of learning."
    if part.school_id and part.own.ratio.ratio is not None:
        told += f" That is {part.own.ratio.ratio:.1f} times as many as elsewhere after incidents as severe."
    return told


def _figures(part: Part) -> tuple[Figure, ...]:
    return (
        Figure(
            "Recorded incidents", said(part.own.incidents), f"with {said(part.own.pupils)} pupils in them"
        ),
        Figure("Any sanction", said(part.own.any_per_100, 0), "of every 100 incidents"),
        Figure("Moved out of learning", said(part.own.out_per_100, 0), "of every 100 incidents"),
    )


def _section(heading: str, text: str, first: str, lines: Named) -> Section:
    rows = tuple(
        Interval(name, line.pupils, line.ratio.ratio, line.ratio.low, line.ratio.high,
                 TOO_FEW if line.suppressed else "" if line.ratio.low is not None else "Not enough to compare")
        for name, line in lines
    )  # fmt: skip
    chart = Intervals("Moved out of learning after incidents as severe, times as many as for all others", first,
                      "Times as many", rows, times=True)  # fmt: skip
    return Section(heading, text, (chart, _table(first, lines, True)))


def _table_only(heading: str, first: str, lines: Named) -> Section:
    return Section(heading, "", (_table(first, lines, False),))


def _table(first: str, lines: Named, folded: bool) -> Table:
    rows = tuple(
        (name, TOO_FEW) if line.suppressed
        else (name, line.pupils, line.incidents, line.any_per_100, line.out_per_100) for name, line in lines
    )  # fmt: skip
    return Table("Of every 100 recorded incidents", (first, *HEADS), rows, places=0, folded=folded)
