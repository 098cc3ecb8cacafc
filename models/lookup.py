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


class Paired(Protocol):
    """A step function of two features: `models.scorecard.Pair`."""

    @property
    def features(self) -> tuple[str, str]:
        """The two features' names."""

    @property
    def edges(self) -> tuple[np.ndarray, np.ndarray]:
        """The upper ends of all bins but the last, of either."""

    def at(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """The points of either feature in each cell of other edges."""


class Card(Protocol):
    """What is looked up: `models.scorecard.Scorecard`."""

    @property
    def curves(self) -> Sequence[Stepped]:
        """A curve a feature."""

    @property
    def pairs(self) -> Sequence[Paired]:
        """What pairs of features say together."""


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
    """The grid's cell of each value, which never falls as the value grows: from 1; 0 where it is empty."""
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


@dataclass(frozen=True, eq=False)
class Together:
    """Two features' places and the points of each on every card: `points` has shape (2, cards, cells), a cell being the
    first feature's bin times `width` and the second's."""

    places: tuple[int, int]
    width: int
    points: np.ndarray


class Lookup:
    """The curves of one card or several over the same features, so that a value's bin is found once for all."""

    def __init__(self, cards: Sequence[Card]) -> None:
        pairs = [pair for card in cards for pair in card.pairs]
        by_feature = zip(*(card.curves for card in cards), strict=True)
        self.columns = tuple(column_of(curves, pairs) for curves in by_feature)
        places = {column.feature: place for place, column in enumerate(self.columns)}
        self.pairs = tuple(
            self._together(cards, names, (places[names[0]], places[names[1]]))
            for names in dict.fromkeys(pair.features for pair in pairs)
        )
        self.paired = {place for pair in self.pairs for place in pair.places}

    @property
    def wanted(self) -> set[str]:
        """The features whose values make any difference."""
        return {
            column.feature
            for place, column in enumerate(self.columns)
            if column.moves or place in self.paired
        }

    def margins(self, values: Sequence[np.ndarray], bases: Sequence[float]) -> np.ndarray:
        """Each card's base and points, added up in the order of the features: shape (cards, n).

        `values` holds a column of float64 for each feature, in order, NaN where it is empty.
        """
        totals = np.repeat(np.asarray(bases, dtype="float64")[:, None], len(values[0]), axis=1)
        for rows, _, tables, codes in self.codes(values):
            for card, points in enumerate(tables):
                totals[card, rows] += points.take(codes, mode="clip")
        return totals

    def points(self, values: Sequence[np.ndarray]) -> np.ndarray:
        """The first card's points of each feature and row: shape (features, n)."""
        found = np.empty((len(self.columns), len(values[0])))
        for rows, place, tables, codes in self.codes(values):
            if tables is self.columns[place].points:
                np.take(tables[0], codes, out=found[place, rows], mode="clip")
            else:
                found[place, rows] += tables[0].take(codes, mode="clip")
        return found

    def codes(self, values: Sequence[np.ndarray]) -> Iterator[tuple[slice, int, np.ndarray, np.ndarray]]:
        """A few thousand rows after another, feature by feature and then pair by pair: which rows, the feature's place,
        the tables of points (cards, bins), and each row's place in them. A pair comes twice, for either feature."""
        for start in range(0, len(values[0]), ROWS_AT_ONCE):
            rows, found = slice(start, start + ROWS_AT_ONCE), {}
            for place, column in enumerate(self.columns):
                codes = column.bins.find(values[place][rows])
                if place in self.paired:
                    found[place] = codes
                yield rows, place, column.points, codes
            for pair in self.pairs:
                cells = found[pair.places[0]] * pair.width + found[pair.places[1]]
                for place, points in zip(pair.places, pair.points, strict=True):
                    yield rows, place, points, cells

    def _together(self, cards: Sequence[Card], names: tuple[str, str], places: tuple[int, int]) -> Together:
        first, second = (self.columns[place].bins.edges[:-2] for place in places)
        points = np.zeros((2, len(cards), (len(first) + 2) * (len(second) + 2)))
        for number, card in enumerate(cards):
            for pair in card.pairs:
                if pair.features == names:
                    points[:, number] = pair.at(first, second).reshape(2, -1)
        return Together(places, len(second) + 2, points)


def column_of(curves: Sequence[Stepped], pairs: Sequence[Paired] = ()) -> Column:
    """One feature's curves on bins that hold the edges of all of them, and those that pairs part it by."""
    name = curves[0].feature
    parts = [
        edges for pair in pairs for of, edges in zip(pair.features, pair.edges, strict=True) if of == name
    ]
    edges = np.unique(np.concatenate([*(curve.edges for curve in curves), *parts]))
    return Column(name, Bins.of(edges), np.stack([curve.at(edges) for curve in curves]))
