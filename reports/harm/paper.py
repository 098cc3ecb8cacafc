"""The report for people: what followed being listed, and for whom."""

from reports.harm.following import STRETCH
from reports.harm.values import Followed, Harm, Share
from reports.harm.wording import DEFINITIONS
from reports.lost_learning.wording import group_name
from reports.paper.charts import Course, Interval, Intervals, Mark
from reports.paper.saying import said
from reports.paper.values import TOO_FEW, Figure, Paper, Section, Table
from reports.support.effect import Effect
from watchlists.phrases import listed_in_words

CANNOT_SEE = (
    "Sanctions that nobody wrote down.",
    "Why an adult decided as they did: only a person can ask.",
)


def paper(report: Harm) -> Paper:
    """The whole report as a paper."""
    return Paper(
        "harm", "Did being listed do harm?", report.subject.name, report.period.start, report.period.end, _lead(report),
        (
            Figure("Entries compared", said(report.together.followed.entries), "all schools, the last 60 school days"),
            Figure("Sanctions after an entry", _in_words(report.together.followed.sanctions),
                   "as many as of like pupils"),
            Figure("Contact after an entry", _in_words(report.together.followed.contacts), "as much as of like pupils"),
        ),
        (
            *_course(report),
            _times("Sanctions, school by school", "The month after coming on a list, beside pupils just below the cut.",
                   [(each.followed.name, each.followed) for each in report.schools], "sanctions"),
            _times("Contact, school by school", "Listing ought to bring a conversation, not replace one.",
                   [(each.followed.name, each.followed) for each in report.schools], "contacts"),
            _times("Sanctions, group by group", "All entries held.",
                   [(group_name(what, each.name), each) for what, each in report.groups], "sanctions"),
            _shares("Listed and never supported", "No support begun and no meeting since the first listing.",
                    report.never_supported),
            _shares("Where staff set the list aside", "Their knowledge comes first; groups ought not to differ.",
                    report.overruled),
        ),
        CANNOT_SEE, DEFINITIONS,
    )  # fmt: skip


def _course(report: Harm) -> tuple[Section, ...]:
    if not report.course:
        return ()
    caption = "Sanctions a pupil in five school days, of those who came on less those just below"
    marks = tuple(
        Mark(each.day + STRETCH / 2, each.difference.estimate, each.difference.low, each.difference.high)
        for each in report.course
    )
    text = (
        "Those who come on a list have had more sanctions just before: that is why they come on. Unless listing does "
        "harm, the difference falls away after it."
    )
    chart = Course(caption, "School days from the list", "Difference", marks, event="listed")
    return (Section("Before and after, all schools", text, (chart,)),)


def _lead(report: Harm) -> str:
    alarmed = [each.followed.name for each in report.schools if each.followed.alert]
    if alarmed:
        return (
            f"At {listed_in_words(alarmed)} more sanctions followed being listed than chance explains. "
            "The list stops there until a named person has looked."
        )
    if report.together.followed.sanctions.estimate is None:
        return "Too few pupils have come on a list with a month after it to say what followed."
    return "Sanctions after being listed were no more than chance explains beside pupils just below the cut."


def _in_words(effect: Effect) -> str:
    return "–" if effect.estimate is None else f"{effect.estimate:.1f} times"


def _times(heading: str, text: str, lines: list[tuple[str, Followed]], what: str) -> Section:
    rows = tuple(_interval(name, each, getattr(each, what)) for name, each in lines)
    return Section(heading, text, (Intervals(heading, "Of", "Times as many", rows, times=True),))


def _interval(name: str, each: Followed, effect: Effect) -> Interval:
    instead = (
        TOO_FEW if each.entries is None else "" if effect.estimate is not None else "Not enough to compare"
    )
    return Interval(name, each.entries, effect.estimate, effect.low, effect.high, instead)


def _shares(heading: str, text: str, shares: tuple[Share, ...]) -> Section:
    rows = tuple(
        (group_name(each.characteristic, each.group), TOO_FEW) if each.pupils is None
        else (group_name(each.characteristic, each.group), each.pupils,
              *(None if end is None else 100 * end for end in (each.share, each.low, each.high)))
        for each in shares
    )  # fmt: skip
    heads = ("Group", "Pupils", "Of every 100", "At least", "At most")
    return Section(heading, text, (Table(heading, heads, rows, places=0),))
