"""Every school of England beside its authority: as JSON, and for people."""

from itertools import pairwise
from typing import Any

from reports.intake.england import SOURCE, YEAR, Beside, OfEngland
from reports.paper.charts import Bars
from reports.paper.values import Figure, Paper, Section, Table

LISTED = 100
EDGES = (-0.3, -0.2, -0.1, -0.05, 0.05, 0.1, 0.2, 0.3)
DEFINITIONS = {
    "share": "The school's share of pupils with free school meals, as the Department gives it.",
    "community": "The mean of the shares of all schools of the authority in the file, each counted once: "
                 "the file has no "
                 "rolls.",
    "difference": "Share less community.",
    "limits": "On log odds, each school's distance from the middle school of its authority, over the spread of such "
              "distances in England (median absolute deviation). Outside by Benjamini and Hochberg's rule: of the "
              "schools called outside, one in twenty would be by chance alone, were distances normal.",
    "source": SOURCE,
}  # fmt: skip


def as_json(report: OfEngland) -> dict[str, Any]:
    """Keys: report, schools_held, share_not_given, outside, spread, schools, definitions."""
    return {
        "report": "intake", "schools_held": report.held, "share_not_given": report.not_given,
        "outside": len(report.outside), "spread_of_log_odds": round(report.spread, 4),
        "schools": [_school(school) for school in report.schools], "definitions": DEFINITIONS,
    }  # fmt: skip


def _school(school: Beside) -> dict[str, Any]:
    return {
        "urn": school.urn, "name": school.name, "authority": school.authority, "share": round(school.share, 4),
        "community": round(school.community, 4), "difference": round(school.difference, 4),
        "outside_limits": school.outside or None,
    }  # fmt: skip


def paper(report: OfEngland) -> Paper:
    """How far England's schools lie from their authorities, and the furthest of them."""
    far = report.outside
    heads = ("School", "Authority", "Side", "Here", "Authority’s schools", "Difference")
    rows = tuple(
        (
            each.name,
            each.authority,
            each.outside,
            100 * each.share,
            100 * each.community,
            100 * each.difference,
        )
        for each in far
    )
    caption = "Free school meals, of every 100 pupils: schools outside the limits, furthest first"
    return Paper(
        "intake", "Schools of England beside their authority", "England", *YEAR,
        f"{len(far):,} of {len(report.schools):,} schools are further from their authority than schools mostly are.",
        (Figure("Schools in the file", f"{report.held:,}", f"{report.not_given:,} with no share given"),
         Figure("Fewer than around", f"{sum(each.outside == 'below' for each in far):,}", "outside the limits"),
         Figure("More than around", f"{sum(each.outside == 'above' for each in far):,}", "outside the limits")),
        (Section("How far from the authority", "Points of difference in every 100 pupils.", (_spread(report),)),
         Section(f"The {LISTED} furthest", SOURCE,
                 (Table(caption, heads, rows[:LISTED], words=3),
                  Table(f"{caption}, all", heads, rows, words=3, only_in_workbook=True)))),
        ("Nursery, special, selective and very small schools are in it: the file says neither phase nor size.",),
        DEFINITIONS,
    )  # fmt: skip


def _spread(report: OfEngland) -> Bars:
    edges = (-1.0, *EDGES, 1.01)
    rows = []
    for low, high in pairwise(edges):
        count = sum(low <= school.difference < high for school in report.schools)
        rows.append((_between(low, high), (float(count),)))
    return Bars("Schools by difference", "Difference", "Schools", ("Schools",), tuple(rows), places=0)


def _between(low: float, high: float) -> str:
    if low == -1.0:
        return f"More than {-100 * high:.0f} fewer"
    if high > 1.0:
        return f"{100 * low:.0f} more, or over"
    side = "fewer" if high <= 0 else "more" if low >= 0 else "either way"
    ends = sorted((abs(100 * low), abs(100 * high)))
    return (
        f"Within {ends[1]:.0f} either way"
        if side == "either way"
        else f"{ends[0]:.0f} to {ends[1]:.0f} {side}"
    )
