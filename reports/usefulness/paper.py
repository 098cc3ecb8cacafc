"""The report for people: whom the list reached before a step up, and whom it missed."""

from reports.paper.charts import Bars, Interval, Intervals
from reports.paper.saying import said
from reports.paper.values import TOO_FEW, Figure, Paper, Section, Table
from reports.usefulness.loop import Loop
from reports.usefulness.values import Reached, Usefulness
from reports.usefulness.wording import ANSWERS, DEFINITIONS, WAYS

CANNOT_SEE = (
    "Steps that did not happen because somebody acted on the list: they are what the list is for, and count as nothing "
    "here. `handrail report support` asks whether acting helped.",
    "Conversations that nobody wrote down.",
)


def paper(report: Usefulness) -> Paper:
    """The whole report as a paper."""
    part = report.subject
    return Paper(
        "usefulness", "Did the list come in time?", part.name, report.period.start, report.period.end, _lead(part),
        (
            Figure("Listed before the step", said(part.listed, 0), f"of every 100 of {said(part.stepped)} pupils"),
            Figure("School days ahead", said(part.days_ahead, 0), "or more, of half of them"),
            Figure("Supported in time", said(part.supported, 0), "of every 100 who stepped up"),
            Figure("Answered by staff", said(part.answered, 0), f"of every 100 of {said(part.on_lists)} listed"),
        ),
        (
            Section("School by school", "Of every 100 pupils who stepped up, those who had been listed.",
                    (_chart(report), _table(report))),
            Section("What other ways would have done", "As many names, chosen otherwise, on dates not trained on. "
                    "If the environment alone did as well, whole year groups would be better helped than names.",
                    (Bars("Listed of every 100 who stepped up", "Way", "Of every 100", ("Listed",),
                          tuple((WAYS.get(way, way), (share,)) for way, share in report.ways), places=0),)
                    if report.ways else (), "" if report.ways else "No model has been evaluated yet."),
            _loop(report.loop),
            Section("What staff answered", "The latest answer about each listed pupil.",
                    (Table("Answers", ("Answer", "Pupils"), tuple((ANSWERS.get(name, name), pupils)
                                                                  for name, pupils in report.answers)),)),
        ),
        CANNOT_SEE, DEFINITIONS,
    )  # fmt: skip


def _lead(part: Reached) -> str:
    if part.listed is None:
        return "Too few pupils have stepped up since the first list to say whether it came in time."
    return f"Of every 100 pupils who stepped up, {part.listed:.0f} had been listed before."


def _loop(held: Loop) -> Section:
    text = "Whoever is helped may not step up, and the next model learns from that. "
    if held.times.estimate is None:
        text += "Too few lists have their term behind them to say whether it has begun."
    elif held.begun:
        text += "It has begun: those who came on the list stepped up less than others at the same chance."
    else:
        text += (
            "It cannot be seen yet: those who came on the list stepped up as others at the same chance did."
        )
    chart = Intervals("Stepped up, times as many as pupils just below the cut", "Of", "Times as many", (
        Interval("Came on a list", held.entries, held.times.estimate, held.times.low, held.times.high,
                 TOO_FEW if held.entries is None else ""),
    ), times=True)  # fmt: skip
    return Section("Has the list begun to change what it learns from?", text, (chart,))


def _chart(report: Usefulness) -> Intervals:
    rows = tuple(
        Interval(
            each.name, each.stepped, each.listed, each.low, each.high, TOO_FEW if each.stepped is None else ""
        )
        for each in report.schools
    )
    return Intervals("Listed before stepping up", "School", "Of every 100", rows, places=0)


def _table(report: Usefulness) -> Table:
    rows = tuple(
        (each.name, TOO_FEW) if each.stepped is None
        else (each.name, each.stepped, each.listed, each.days_ahead, each.supported, each.answered)
        for each in report.schools
    )  # fmt: skip
    heads = (
        "School",
        "Stepped up",
        "Listed before",
        "School days ahead",
        "Supported in time",
        "Answered by staff",
    )
    return Table("Before stepping up", heads, rows, places=0, folded=True)
