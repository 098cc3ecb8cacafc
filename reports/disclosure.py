"""Small numbers: what must not be shown, and what must not be shown beside it so that it cannot be worked out."""

from collections.abc import Iterator, Mapping

FEWEST_PUPILS = 10
FEWEST_TOUCHED = 3
NEAREST = 5
EVERYONE = ""  # the line that all the others sum to
Cell = tuple[str, str]  # (line, group): a school, or EVERYONE, and one of its groups


def too_small(pupils: int, touched: int) -> bool:
    """Whether a group is too small to show: under ten pupils, or one or two to whom all of it happened."""
    return 0 < pupils < FEWEST_PUPILS or 0 < touched < FEWEST_TOUCHED


def suppressed(
    pupils: Mapping[Cell, int], small: set[Cell], touched: Mapping[Cell, int] | None = None
) -> set[Cell]:
    """The cells that may not be shown: the small ones, and enough others that none is had by subtraction.

    In each school's groups, and in each group's schools with the total over schools, the cells left out are never
    just one, never hold fewer than ten pupils in all, and are never together those in which it happened to only one
    or two (`touched`): the next smallest goes too, until that is so. What is asked for plays no part, so that two
    reports of one period leave out the same cells.
    """
    hidden = {cell for cell in small if pupils.get(cell)}
    while added := {cell for line in _lines(pupils) for cell in _one_more(line, hidden, touched or {})}:
        hidden |= added
    return hidden


def hidden_schools(pupils: Mapping[str, int]) -> set[str]:
    """The schools that may not stand beside one another: those of fewer than ten pupils, and one more if need be."""
    cells = {("schools", school): count for school, count in pupils.items()}
    return {
        school
        for _, school in suppressed(cells, {cell for cell, count in cells.items() if too_small(count, 0)})
    }


def _lines(pupils: Mapping[Cell, int]) -> Iterator[dict[Cell, int]]:
    for place in (0, 1):
        for name in sorted({cell[place] for cell in pupils}):
            yield {cell: count for cell, count in pupils.items() if cell[place] == name and count}


def _one_more(line: Mapping[Cell, int], hidden: set[Cell], touched: Mapping[Cell, int]) -> set[Cell]:
    """The cell that must go too, where what is left out of one line could be worked out."""
    out = [cell for cell in line if cell in hidden]
    shown = [cell for cell in line if cell not in hidden]
    pupils, happened = (sum(counts.get(cell, 0) for cell in out) for counts in (line, touched))
    enough = len(out) > 1 and not too_small(pupils, happened)
    if not out or enough or not shown:
        return set()
    return {min(shown, key=lambda cell: (cell[0] == EVERYONE, line[cell], cell))}


def rounded(count: float, to: int = NEAREST) -> int:
    """A count to the nearest five.

    >>> rounded(12), rounded(13)
    (10, 15)
    """
    return int(count / to + 0.5) * to
