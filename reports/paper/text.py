"""A paper in a terminal: its first figures, then its tables, in plain text."""

from collections.abc import Iterator

from reports.paper.charts import Bars, Chart, Course, Interval, Intervals
from reports.paper.saying import day, said
from reports.paper.values import TOO_FEW, Cell, Paper, Section, Table

WIDEST = 34


def in_words_of(paper: Paper) -> str:
    """The paper as plain text: what a chart draws is said as its table."""
    lines = [f"{paper.title}, {paper.whose}, {day(paper.start)} to {day(paper.end)}", paper.lead,
             "For support, never for sanction.", "",
             *(f"{figure.name}: {figure.value} ({figure.beside})" for figure in paper.figures)]  # fmt: skip
    for section in paper.sections:
        lines += ["", *_section(section)]
    return "\n".join(line.rstrip() for line in lines)


def _section(section: Section) -> Iterator[str]:
    yield section.heading
    for block in section.blocks:
        yield from _block(block)


def _block(block: Table | Chart) -> Iterator[str]:
    if isinstance(block, Table) and not block.only_in_workbook:
        yield from _table(block)
    elif isinstance(block, Intervals):
        yield from _table(intervals_table(block))
    elif isinstance(block, Bars):
        yield from _table(bars_table(block))
    elif isinstance(block, Course):
        yield from _table(course_table(block))


def course_table(chart: Course) -> Table:
    """The numbers of a course."""
    rows = tuple((int(mark.day), mark.middle, mark.low, mark.high) for mark in chart.marks)
    return Table(chart.caption, (chart.across, chart.unit, "At least", "At most"), rows, places=2)


def intervals_table(chart: Intervals) -> Table:
    """The numbers of a chart of intervals."""
    rows = tuple(_interval_cells(row) for row in chart.rows)
    heads = (chart.first, "Pupils", chart.unit, "At least", "At most")
    return Table(chart.caption, heads, rows, places=chart.places)


def _interval_cells(row: Interval) -> tuple[Cell, ...]:
    return (
        (row.name, row.instead)
        if row.instead == TOO_FEW
        else (row.name, row.pupils, row.middle, row.low, row.high)
    )


def bars_table(chart: Bars) -> Table:
    """The numbers of a chart of bars."""
    rows = tuple(_bar_cells(name, amounts) for name, amounts in chart.rows)
    return Table(chart.caption, (chart.first, *(chart.keys if len(chart.keys) > 1 else (chart.unit,))), rows,
                 places=chart.places)  # fmt: skip


def _bar_cells(name: str, amounts: tuple[float, ...] | None) -> tuple[Cell, ...]:
    return (name, TOO_FEW) if amounts is None else (name, *amounts)


def _table(table: Table) -> Iterator[str]:
    if not table.rows:
        yield f"  {table.caption}: {table.nothing[0].lower()}{table.nothing[1:]}"
        return
    rows = [table.heads, *(tuple(said(cell, table.places)[:WIDEST] for cell in row) for row in table.rows)]
    wide = [max(len(row[place]) for row in rows if len(row) > place and row[place] != TOO_FEW)
            for place in range(len(table.heads))]  # fmt: skip
    yield f"  {table.caption}"
    for row in rows:
        cells = [cell.ljust(size) if place < table.words or cell == TOO_FEW else cell.rjust(size)
                 for place, (cell, size) in enumerate(zip(row, wide, strict=False))]  # fmt: skip
        yield "  " + "  ".join(cells)
