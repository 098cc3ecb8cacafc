"""The report for people: what pupils said, who answered, and how it goes with absence and incidents."""

from reports.experience.values import Experience, Part, Scale, Told
from reports.experience.wording import DEFINITIONS, SCALES
from reports.lost_learning.wording import OTHER_HALF, group_name, half_term_name
from reports.paper.charts import Interval, Intervals
from reports.paper.saying import said
from reports.paper.values import TOO_FEW, Cell, Figure, Paper, Section, Table

HEADS = ("Asked", "Answered", "Of every 100", "Mean out of 10", "Beside others")
Named = list[tuple[str, Told]]


def paper(report: Experience) -> Paper:
    """The whole report as a paper."""
    part = report.subject
    sections = [_schools(report)]
    for scale in part.scales:
        name = _name(scale)
        groups = [
            (group_name(by, line.name), line)
            for by, line in scale.groups
            if (by, line.name) not in OTHER_HALF
        ]
        halves = [(half_term_name(line.name), line) for line in scale.half_terms if line.name]
        sections += [
            _section(f"{name}, group by group", "Group", groups, scale),
            _section(f"{name} and absence", "Sessions missed", _bands(scale.absence), scale),
            _section(f"{name} and recorded incidents", "Incidents", _bands(scale.incidents), scale),
            Section(f"{name}, half term by half term", "", (_table("Half term", halves),)),
        ]
    return Paper(
        "experience", "Belonging and safety, as pupils said them", part.name, report.period.start, report.period.end,
        _lead(part), _figures(part), tuple(sections),
        ("What those who did not answer would have said. Those who miss most school answer least.",
         "Whether school made the difference, or the difference made school hard."), DEFINITIONS,
    )  # fmt: skip


def _name(scale: Scale) -> str:
    return SCALES.get(scale.scale, scale.scale.capitalize())


def _out_of_10(score: float | None) -> float | None:
    return None if score is None else 10 * score


def _lead(part: Part) -> str:
    told = [
        f"{_name(scale).lower()} at {10 * scale.every.mean:.1f} out of 10" for scale in part.scales
        if scale.every.mean is not None
    ]  # fmt: skip
    return f"Pupils put {' and '.join(told)}." if told else "No answers in these dates, or too few to show."


def _figures(part: Part) -> tuple[Figure, ...]:
    found = []
    for scale in part.scales[:3]:
        share = "–" if scale.every.response is None else f"{100 * scale.every.response:.0f}"
        found.append(Figure(f"{_name(scale)}, out of 10", said(_out_of_10(scale.every.mean)),
                            f"{share} of every 100 asked answered"))  # fmt: skip
    if part.scales and part.scales[0].weighted is not None:
        found.append(Figure("Were all like those asked", said(_out_of_10(part.scales[0].weighted)),
                            f"{_name(part.scales[0]).lower()}, weighted by absence and year group"))  # fmt: skip
    return tuple(found)


def _bands(lines: tuple[Told, ...]) -> Named:
    return [(line.name[0].upper() + line.name[1:], line) for line in lines]


def _schools(report: Experience) -> Section:
    tables = []
    for place, scale in enumerate(report.together.scales):
        lines = [(part.name, part.scales[place].every) for part in report.lines]
        rows = tuple(
            (name, TOO_FEW) if line.suppressed else (name, *_cells(line)[:4], _out_of_10(weighted))
            for (name, line), weighted in zip(
                lines, [part.scales[place].weighted for part in report.lines], strict=True
            )
        )  # fmt: skip
        tables.append(
            Table(f"{_name(scale)}, by school", ("School", *HEADS[:4], "Weighted to all asked"), rows)
        )
    return Section("School by school", "Weighted: the mean were those who answered like all who were asked, in absence "
                   "and year group.", tuple(tables))  # fmt: skip


def _section(heading: str, first: str, lines: Named, scale: Scale) -> Section:
    rows = tuple(
        Interval(name, line.answered, _out_of_10(line.mean), _out_of_10(line.low), _out_of_10(line.high),
                 TOO_FEW if line.suppressed else "") for name, line in lines
    )  # fmt: skip
    chart = Intervals(f"{_name(scale)}, mean out of 10 of those who answered", first, "Mean", rows,
                      _out_of_10(scale.every.mean), "all")  # fmt: skip
    return Section(heading, "", (chart, _table(first, lines, True)),
                   "The line holds the mean 19 times in 20. “Pupils” are those who answered.")  # fmt: skip


def _table(first: str, lines: Named, folded: bool = False) -> Table:
    rows = tuple((name, TOO_FEW) if line.suppressed else (name, *_cells(line)) for name, line in lines)
    return Table("Who answered, and what they said", (first, *HEADS), rows, folded=folded)


def _cells(line: Told) -> tuple[Cell, ...]:
    response = None if line.response is None else int(100 * line.response + 0.5)
    return (line.asked, line.answered, response, _out_of_10(line.mean), _out_of_10(line.gap))
