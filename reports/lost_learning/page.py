"""The report as a page of its own, fit to print."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reports.disclosure import FEWEST_PUPILS, hidden_schools
from reports.lost_learning.drawing import (
    OUTLINE,
    TOO_FEW,
    Bar,
    Line,
    axis_and_whiskers,
    bar,
    days,
    line,
    of_1000,
)
from reports.lost_learning.england import COUNTED, SOURCE
from reports.lost_learning.values import SCHOOL_LED, SELF_LED, Group, HalfTerm, LostLearning, Part, Totals
from reports.lost_learning.wording import (
    COLUMN_NAMES,
    DEFINITIONS,
    OTHER_HALF,
    SHORT_NAMES,
    day,
    half_term_name,
    tenths,
    unheard_in_words,
    whole,
)
from reports.paper.page import Page, written_by
from reports.paper.saying import owned
from reports.year_groups import in_words
from watchlists.phrases import listed_in_words

HERE = Path(__file__).parent
ALL = (*SCHOOL_LED, *SELF_LED)


@dataclass(frozen=True)
class Row:
    """One row of a chart and of the table under it."""

    name: str
    amounts: dict[str, float] | None
    bar: Bar | None = None
    before: str = "–"
    line: Line | None = None
    first: bool = False


@dataclass(frozen=True)
class Figure:
    """One of the page's first figures."""

    name: str
    value: str
    before: str


def page_of(report: LostLearning) -> Page:
    """The page of the one school asked for, or of the trust with its schools side by side."""
    part = report.subject
    dates = f"{day(report.period.start)} to {day(report.period.end)}"
    shown = [group for group in part.groups if (group.characteristic, group.group) not in OTHER_HALF]
    led = [group for group in part.groups_school_led if (group.characteristic, group.group) not in OTHER_HALF]
    main = written_by([HERE / "templates"]).get_template("lost_learning.html").render(
        report=report, part=part, whose=owned(part.name), dates=dates, lead=lead(part), figures=_figures(part),
        schools=[] if part.school_id else _school_rows(report), years=_year_rows(part),
        led=_year_rows(part, SCHOOL_LED), half_terms=_half_term_rows(part.half_terms),
        ratios=_chart(shown), ratios_led=_chart(led), official=_official(part), source=SOURCE,
        columns=COLUMN_NAMES, short=SHORT_NAMES, school_led=SCHOOL_LED, self_led=SELF_LED,
        counted=tuple(COUNTED), definitions=DEFINITIONS, whole=whole, tenths=tenths, not_shown=TOO_FEW,
        outline=OUTLINE, unheard=[unheard_in_words(each.name, each.unheard) for each in report.schools if each.unheard],
    )  # fmt: skip
    strap = "shows where learning is lost, does not judge who"
    return Page("Learning lost", part.name, dates, day(report.period.end), strap, main)


def lead(part: Part) -> str:
    """The page's first sentences: how much was lost, beside a year ago, and what took most of it."""
    totals = part.totals
    if not totals.lost_in_all:
        return "No learning lost is recorded in these dates."
    most = max(ALL, key=lambda column: totals.lost[column])
    share = 100 * totals.lost[most] / totals.lost_in_all
    return (
        f"Pupils lost about {whole(totals.days_per_100())} days for every 100 pupils{_than_a_year_ago(part)}. "
        f"{COLUMN_NAMES[most]} took {share:.0f} of every 100 of those days."
    )


def _than_a_year_ago(part: Part) -> str:
    now, before = (totals.days_per_100() if totals else None for totals in (part.totals, part.year_ago))
    if now is None or before is None:
        return ""
    if whole(now) == whole(before):
        return ", as many as a year ago"
    return f", {'up' if now > before else 'down'} from {whole(before)} a year ago"


def _figures(part: Part) -> tuple[Figure, ...]:
    now, before = part.totals, part.year_ago

    def figure(name: str, say: Callable[[Totals], str]) -> Figure:
        return Figure(name, say(now), f"{say(before)} a year ago" if before else "No records a year ago")

    return (
        figure("Days lost per 100 pupils", lambda totals: whole(totals.days_per_100())),
        figure("Sessions lost in every 100", _percent),
        figure("Children out on an average day", lambda totals: whole(totals.children_out)),
    )


def _percent(totals: Totals) -> str:
    return "–" if totals.rate is None else f"{100 * totals.rate:.1f}"


def _school_rows(report: LostLearning) -> tuple[Row, ...]:
    hidden = hidden_schools({part.school_id: part.totals.pupils for part in report.schools})
    rows = [
        (report.together.name, report.together.totals, report.together.year_ago, report.together.half_terms)
    ]
    rows += [(part.name, part.totals, part.year_ago, part.half_terms) for part in report.schools
             if part.school_id not in hidden]  # fmt: skip
    return _rows(rows, [part.name for part in report.schools if part.school_id in hidden], ALL)


def _year_rows(part: Part, columns: Sequence[str] = ALL) -> tuple[Row, ...]:
    rows = [("All years", part.totals, part.year_ago, part.half_terms)]
    rows += [
        (in_words(year.name), year.totals, year.year_ago,
         tuple(half for half in year.half_terms if half.totals.pupils >= FEWEST_PUPILS))
        for year in part.year_groups if year.totals
    ]  # fmt: skip
    return _rows(rows, [in_words(year.name) for year in part.year_groups if not year.totals], columns)


def _rows(
    shown: Sequence[tuple[str, Totals, Totals | None, tuple[HalfTerm, ...]]], hidden: Iterable[str],
    columns: Sequence[str],
) -> tuple[Row, ...]:  # fmt: skip
    """Rows of days lost for every 100 pupils, all on one scale; the first stands for all the others."""
    amounts = [days(totals, columns) for _, totals, _, _ in shown]
    most = max(sum(each.values()) for each in amounts)
    highest = max([half.totals.rate or 0.0 for _, _, _, halves in shown for half in halves], default=0.0)
    drawn = tuple(
        Row(name, each, bar(each, most), whole(before.days_per_100(*columns)) if before else "–",
            line(halves, highest), first=number == 0)
        for number, ((name, _, before, halves), each) in enumerate(zip(shown, amounts, strict=True))
    )  # fmt: skip
    return drawn + tuple(Row(name, None) for name in hidden)


def _half_term_rows(half_terms: Sequence[HalfTerm]) -> tuple[Row, ...]:
    amounts = [of_1000(half.totals) for half in half_terms]
    most = max((sum(each.values()) for each in amounts), default=0.0)
    return tuple(
        Row(half_term_name(half.name), each, bar(each, most))
        for half, each in zip(half_terms, amounts, strict=True)
    )


def _chart(groups: Sequence[Group]) -> dict[str, object]:
    axis, whiskers = axis_and_whiskers(groups)
    small = listed_in_words([row.name for row in whiskers if row.between == TOO_FEW])
    return {"axis": axis, "rows": [row for row in whiskers if row.between != TOO_FEW], "small": small}


def _official(part: Part) -> tuple[tuple[str, dict[str, str]], ...]:
    """Sessions lost of every 1,000 in the columns that marks alone decide: here, the authority, England."""
    if not part.official or not part.totals.possible:
        return ()
    own = {column: part.totals.sessions(column) / part.totals.possible for column in COUNTED}
    rows = [(part.name, own)] + [
        (
            f"{row.where}, {row.phase.lower() if row.phase != 'Total' else 'all'} schools, {row.period}",
            dict(row.rates),
        )
        for row in sorted(part.official, key=lambda row: row.level == "England")
    ]
    return tuple(
        (name, {column: f"{1000 * rate:.1f}" for column, rate in rates.items()}) for name, rates in rows
    )
