"""Which bin a value lies in, and the points of that bin, for many pupils at once.

A binary search costs 15 to 80 nanoseconds a value, since the processor cannot guess which way it will turn. Here a
value's place on an even grid names the first bin it could lie in, and one comparison, as a rule, says whether it is
that one or the next: 5 nanoseconds, whatever the number of bins. Rows are taken a few thousand at a time, so that a
column, its codes and its points stay in the processor's nearest memory.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

ROWS_AT_ONCE = 16_384
FINEST_GRID = 4_096
NARROWEST, WIDEST = 1e-290, 1e290  # between edges: beyond these a place on the grid would be no number


class Stepped(Protocol):
    """A step function of one feature: `models.scorecard.Curve`."""

    @property
    def feature(self) -> str:
        """The feature's name."""

    @property
    def edges(self) -> np.ndarray:
        """The upper ends of all bins but the last."""

    def at(self, edges: np.ndarray) -> np.ndarray:
        """Its points in each bin of other edges, which hold all of its own; at the end those of an empty value."""


@dataclass(frozen=True, eq=False)
class Bins:
    """Bins of one feature: (-inf, e0], (e0, e1], … (ek, inf), and one more for an empty value.

    `first` holds, for each cell of the grid, the first bin that a value in it could lie in; from there at most `steps`
    edges lie in the same cell. Cell 0 is for the empty value. The cell grows with the value, however it is rounded, so
    an edge in a lower cell is below and one in a higher cell above: the bin is exact.
    """

    edges: np.ndarray
    low: float
    scale: float
    first: np.ndarray
    steps: int

    @classmethod
    def of(cls, edges: np.ndarray) -> "Bins":
        """The bins with these edges, in rising order, on the coarsest grid that keeps any two edges apart."""
        ended = np.concatenate([edges, [np.inf, np.inf]])
        if len(edges) == 0:
            return cls(ended, 0.0, 1.0, np.array([1, 0]), 0)
        low, width = float(edges[0]), float(edges[-1] - edges[0]) or 1.0
        width = min(max(width, NARROWEST), WIDEST)
        cells = 64
        while True:
            scale = (cells - 4) / width
            there = _cells(edges, low, scale, cells, np.empty(len(edges)))
            steps = int(np.bincount(there).max())
            if steps <= 1 or cells >= FINEST_GRID:
                break
            cells *= 4
        first = np.searchsorted(there, np.arange(cells))
        first[0] = len(edges) + 1
        return cls(ended, low, scale, first, steps)

    def find(self, values: np.ndarray) -> np.ndarray:
        """The bin of each value, 0 to k + 1; an empty value (NaN) is in the last. Shape (n,)."""
        cell = _cells(values, self.low, self.scale, len(self.first), np.empty(len(values)))
        codes = self.first.take(cell, mode="clip")
        for _ in range(self.steps):
            codes += self.edges.take(codes, mode="clip") < values
        return np.asarray(codes)


def _cells(values: np.ndarray, low: float, scale: float, cells: int, room: np.ndarray) -> np.ndarray:
    """The grid's cell of each value, which never falls as the value grows: 1 to `cells` - 1, and 0 where it is empty."""
    np.subtract(values, low, out=room)
    np.multiply(room, scale, out=room)
    np.add(room, 2.0, out=room)
    np.maximum(room, 1.0, out=room)
    np.minimum(room, cells - 1.0, out=room)
    np.fmax(room, 0.0, out=room)  # an empty value has come so far
    return room.astype(np.intp)


@dataclass(frozen=True, eq=False)
class Column:
    """One feature's bins, and its points in each bin on every card: shape (cards, bins + 1)."""

    feature: str
    bins: Bins
    points: np.ndarray

    @property
    def moves(self) -> bool:
        """Whether the value makes any difference on any card."""
        return bool((self.points != self.points[:, :1]).any())


class Lookup:
    """The curves of one card or several over the same features, so that a value's bin is found once for all."""

    def __init__(self, cards: Sequence[Sequence[Stepped]]) -> None:
        self.columns = tuple(_column(curves) for curves in zip(*cards, strict=True))
        self.cards = len(cards)

    def margins(self, values: Sequence[np.ndarray], bases: Sequence[float]) -> np.ndarray:
        """Each card's base and points, added up in the order of the features: shape (cards, n).

        `values` holds a column of float64 for each feature, in order, NaN where it is empty.
        """
        totals = np.repeat(np.asarray(bases, dtype="float64")[:, None], len(values[0]), axis=1)
        for rows, place, codes in self.codes(values):
            for card, points in enumerate(self.columns[place].points):
                totals[card, rows] += points.take(codes, mode="clip")
        return totals

    def points(self, values: Sequence[np.ndarray]) -> np.ndarray:
        """The first card's points of each feature and row: shape (features, n)."""
        found = np.empty((len(self.columns), len(values[0])))
        for rows, place, codes in self.codes(values):
            np.take(self.columns[place].points[0], codes, out=found[place, rows], mode="clip")
        return found

    def codes(self, values: Sequence[np.ndarray]) -> Iterator[tuple[slice, int, np.ndarray]]:
        """The bins of a few thousand rows after another, feature by feature: which rows, the feature's place, and the
        bin of each row."""
        for start in range(0, len(values[0]), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            for place, column in enumerate(self.columns):
                yield rows, place, column.bins.find(values[place][rows])


def _column(curves: Sequence[Stepped]) -> Column:
    edges = np.unique(np.concatenate([curve.edges for curve in curves]))
    return Column(curves[0].feature, Bins.of(edges), np.stack([curve.at(edges) for curve in curves]))
