"""The report for people: how long pupils wait for help, and what happens meanwhile."""

from reports.paper.charts import Curve, Curves
from reports.paper.saying import said
from reports.paper.values import TOO_FEW, Cell, Figure, Paper, Section, Table
from reports.services.values import Part, Services, Wait
from reports.services.wording import DEFINITIONS

HEADS = (
    "Referrals", "Pupils", "Still waiting", "Half began by (weeks)", "In 4 weeks", "In 12", "In 18", "Rose meanwhile"
)  # fmt: skip


def paper(report: Services) -> Paper:
    """The whole report as a paper."""
    part = report.subject
    return Paper(
        "services", "Waiting for help", part.name, report.period.start, report.period.end, _lead(part), _figures(part),
        (_waits(part), _schools(report)),
        ("Help that was asked for without a referral, and referrals that a family made.",
         "Whether the help worked. Those who are helped first may be those in most need."), DEFINITIONS,
    )  # fmt: skip


def _lead(part: Part) -> str:
    every = part.every
    if every.rose is None:
        return "No referrals in these dates, or too few to show."
    half = "Fewer than half have begun."
    if every.median_weeks is not None:
        half = f"Half began within {every.median_weeks:.0f} weeks."
    return f"{half} While waiting, {100 * every.rose:.0f} of every 100 pupils moved up a step."


def _figures(part: Part) -> tuple[Figure, ...]:
    every = part.every
    rose = "–" if every.rose is None else f"{100 * every.rose:.0f}"
    return (
        Figure("Referrals", said(every.referrals), f"of {said(every.pupils)} pupils"),
        Figure("Still waiting", said(every.waiting), "to the nearest five"),
        Figure("Rose while waiting", rose, "of every 100 referrals"),
    )


def _waits(part: Part) -> Section:
    lines = tuple(Curve(_name(each.service), each.curve) for each in part.waits if each.curve)
    chart = Curves("The share of referrals that had not begun", "Weeks after the referral", "", lines,
                   (0.0, 4.0, 12.0, 18.0, 26.0, 40.0))  # fmt: skip
    rows = tuple((_name(each.service), *_cells(each)) for each in (*part.waits, part.every))
    table = Table(
        "Waits from referral to start, by service; shares of every 100", ("Service", *HEADS), rows, places=0
    )
    text = "A line that stays high is a service that keeps pupils waiting."
    return Section("How long is the wait?", text, (chart, table) if lines else (table,))


def _name(service: str) -> str:
    return "All services" if service == "all" else service[0].upper() + service[1:]


def _cells(each: Wait) -> tuple[Cell, ...]:
    if each.suppressed:
        return (TOO_FEW,)
    within = [None if share is None else 100 * share for share in each.within or (None, None, None)]
    rose = None if each.rose is None else 100 * each.rose
    return (each.referrals, each.pupils, each.waiting, each.median_weeks, *within, rose)


def _schools(report: Services) -> Section:
    rows = tuple((part.name, *_cells(part.every)) for part in report.lines)
    table = Table("All services, by school", ("School", *HEADS), rows, places=0)
    return Section("School by school", "", (table,))
