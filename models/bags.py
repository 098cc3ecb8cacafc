"""How sure each curve is, and each place on a list: the same training over again on other draws of the pupils.

A bag draws as many pupils, with replacement, within each school (`models.bootstrap`): a child on forty dates is one
child. What the bags disagree about, a year with other children would have told otherwise. The bags never score: the
card fitted on everyone does. Where a card has pairs they are the same in every bag.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.bootstrap import resample
from models.compiling import rows_in
from models.lookup import Column, Lookup
from models.scorecard import Curve, Scorecard, from_table
from models.training import Binned, scorecard

LIKELY = 0.95


@dataclass(frozen=True, eq=False)
class Bags:
    """One outcome's card, and it and its bags on the same bins: `cards` holds the card itself, then the bags; all of
    their curves have the same edges and weights, and are centred on the same rows."""

    card: Scorecard
    cards: tuple[Scorecard, ...]

    @classmethod
    def from_table(cls, rows: pd.DataFrame, card: Scorecard) -> "Bags":
        """The bags of a card from the rows of their `table`."""
        told = ["points", *(name for name in rows.columns if name.startswith("bag_"))]
        cards = (from_table(rows, card.slope, card.intercept, column) for column in told)
        return cls(card, tuple(dataclasses.replace(one, pairs=card.pairs) for one in cards))

    @property
    def count(self) -> int:
        """How many bags there are."""
        return len(self.cards) - 1

    def intervals(self) -> pd.DataFrame:
        """Every point of every curve with its 95 % interval: outcome, feature, lower, upper, missing, points, low,
        high, weight.

        The interval is the point and as many standard deviations of the bags to each side as Student's t asks of so
        few; it tells of chance, and not of what smoothing leaves out.
        """
        from scipy.stats import t

        rows = self.table()
        spread = rows[[f"bag_{number}" for number in range(1, self.count + 1)]].std(axis=1, ddof=1)
        reach = spread * float(t.ppf((1 + LIKELY) / 2, self.count - 1))
        rows = rows.assign(low=rows["points"] - reach, high=rows["points"] + reach)
        held = ["outcome", "feature", "lower", "upper", "missing", "points", "low", "high", "weight"]
        return rows.loc[rows["feature"] != "", held].reset_index(drop=True)

    def table(self) -> pd.DataFrame:
        """The card's own table (`Scorecard.table`) on the bags' bins, with a column of points a bag: bag_1, bag_2, …"""
        rows = self.cards[0].table()
        points = {f"bag_{n}": card.table()["points"] for n, card in enumerate(self.cards[1:], start=1)}
        return rows.assign(**points)

    def margins(self, values: Sequence[np.ndarray]) -> np.ndarray:
        """Each bag's raw scores: shape (bags, n). `values` as `Lookup.margins` takes them."""
        bags = self.cards[1:]
        return Lookup(bags).margins(values, [one.base for one in bags])


def draw_bags(binned: Binned, matrix: pd.DataFrame, rounds: int, seed: int, count: int) -> list[Scorecard]:
    """`count` cards fitted on other draws of the pupils of `matrix`, from which `binned` was made."""
    drawn = resample(matrix, seed, count)
    fits = (binned.fit_drawn(rounds, drawn.weights[drawn.pupil, n]) for n in range(1, count + 1))
    return [scorecard(booster, matrix.head(0), "", rounds) for booster in fits]


def around(card: Scorecard, curves_alone: Scorecard, bags: Sequence[Scorecard], matrix: pd.DataFrame) -> Bags:
    """The bags of a card on shared bins, weighed by the rows of `matrix`.

    `curves_alone` is the card as it was before any pairs, as the bags are: what the pairs added, to the curves too, is
    added to every bag, so that the bags differ by their own curves alone.
    """
    columns = Lookup([card, curves_alone, *bags]).columns
    weights = [rows_in(column.bins.edges[:-2], matrix[column.feature]) for column in columns]
    added = card.base - curves_alone.base
    cards = [_centred(card, columns, weights, 0, card.base)]
    for number, one in enumerate(bags, start=2):
        cards.append(_centred(card, columns, weights, number, one.base + added))
    return Bags(card, tuple(cards))


def _centred(
    card: Scorecard, columns: Sequence[Column], weights: Sequence[np.ndarray], number: int, base: float
) -> Scorecard:
    """One card's curves on the shared bins, each with a mean of nothing over the rows."""
    curves = []
    for column, weight in zip(columns, weights, strict=True):
        points = column.points[number]
        if number:
            points = points + column.points[0] - column.points[1]
        mean = float(points @ weight / weight.sum())
        base += mean
        points = points - mean
        curves.append(Curve(column.feature, column.bins.edges[:-2], points[:-1], float(points[-1]), weight[:-1],
                            int(weight[-1])))  # fmt: skip
    return dataclasses.replace(card, base=base, curves=tuple(curves))
