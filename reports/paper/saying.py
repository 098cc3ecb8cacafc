"""Cells and dates in words, one way for every form of a paper."""

from datetime import date

from reports.disclosure import FEWEST_TOUCHED

ONE_OR_TWO = "1 or 2"


def day(moment: date) -> str:
    """A date in full: "1 September 2025"."""
    return f"{moment.day} {moment:%B} {moment.year}"


def said(cell: str | int | float | None, places: int = 1) -> str:
    """A cell as it is read: "1,502", "5.3", "–" where there is none.

    >>> said(1502), said(5.25, 1), said(-0.01, 1), said(-2), said(None), said("Oak")
    ('1,502', '5.2', '0.0', '−2', '–', 'Oak')
    """
    if cell is None:
        return "–"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, str):
        return cell
    number = f"{cell:,}" if isinstance(cell, int) else f"{cell:,.{places}f}"
    nothing = not number.strip("-0.,")
    return number.lstrip("-") if nothing else number.replace("-", "−")


def owned(name: str) -> str:
    """A name with its apostrophe.

    >>> owned("Oak"), owned("Thorns")
    ('Oak’s', 'Thorns’')
    """
    return name + ("’" if name.endswith("s") else "’s")


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun, thousands marked.

    >>> counted(1, "pupil"), counted(1200, "pupil")
    ('1 pupil', '1,200 pupils')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def few(count: int) -> int | str:
    """A count that does not single anyone out.

    >>> few(0), few(2), few(7)
    (0, '1 or 2', 7)
    """
    return ONE_OR_TWO if 0 < count < FEWEST_TOUCHED else count
