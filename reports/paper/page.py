"""A paper as a page: what stands in it, and the page that stands alone, needs nothing else and is fit to print."""

from collections.abc import Sequence
from dataclasses import dataclass
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

HERE = Path(__file__).parent
TEMPLATES, STATIC = HERE / "templates", HERE / "static"


@dataclass(frozen=True)
class Page:
    """What a report's page says of itself, and `main`, all that stands in it: no style and no script in either."""

    title: str
    whose: str
    dates: str
    until: str
    strap: str
    main: str

    def alone(self) -> str:
        """The page that needs nothing else, its style within it."""
        return written_by([TEMPLATES, STATIC]).get_template("alone.html").render(page=self)


def page_of(paper: Paper) -> Page:
    """The whole paper as a page."""
    dates = f"{day(paper.start)} to {day(paper.end)}"
    main = written_by([TEMPLATES]).get_template("paper.html").render(
        paper=paper, dates=dates, since=day(paper.start), until=day(paper.end),
        whose=owned(paper.whose), said=said, too_few=TOO_FEW, listed=lambda names: listed_in_words(list(names)),
        kind_of=_kind_of, drawing_of=_drawing_of, rows_of=_rows_of,
    )  # fmt: skip
    return Page(paper.title, paper.whose, dates, day(paper.end), "a question to ask, not an answer", main)


def written_by(folders: Sequence[Path]) -> Environment:
    """The templates in these folders: everything escaped, an unknown name an error."""
    return _templates(tuple(folders))


@cache
def _templates(folders: tuple[Path, ...]) -> Environment:
    return Environment(
        loader=FileSystemLoader(folders), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
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
