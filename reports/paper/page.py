"""A paper as one page that needs nothing else: no script, no other file, and fit to print."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports.paper.charts import Bars, Chart, Course, Curves, Flow, Funnel, Intervals
from reports.paper.courses import course
from reports.paper.drawing import Drawing, curves, flow, funnel
from reports.paper.rows import Rows, bar_rows, interval_rows
from reports.paper.saying import day, owned, said
from reports.paper.values import TOO_FEW, Paper, Table
from watchlists.phrases import listed_in_words

TEMPLATES = Path(__file__).parent / "templates"


def as_html(paper: Paper) -> str:
    """The whole page, its style within it."""
    return _templates().get_template("paper.html").render(
        paper=paper, dates=f"{day(paper.start)} to {day(paper.end)}", since=day(paper.start), until=day(paper.end),
        whose=owned(paper.whose), said=said, too_few=TOO_FEW, listed=lambda names: listed_in_words(list(names)),
        kind_of=_kind_of, drawing_of=_drawing_of, rows_of=_rows_of,
    )  # fmt: skip


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip


def _kind_of(block: Table | Chart) -> str:
    return type(block).__name__


def _drawing_of(chart: Funnel | Curves | Flow | Course) -> Drawing:
    if isinstance(chart, Funnel):
        return funnel(chart)
    if isinstance(chart, Course):
        return course(chart)
    return curves(chart) if isinstance(chart, Curves) else flow(chart)


def _rows_of(chart: Intervals | Bars) -> Rows:
    return interval_rows(chart) if isinstance(chart, Intervals) else bar_rows(chart)
