"""How well each method would have served: one table, the same held-out dates, the same lists, the same draws.

`held_out` holds predictions on later dates than trained on: pupil_id, school_id, as_of, year_group, y (1.0,
0.0, or NaN where the outcome cannot be known), ever_school_3, and a column for each method. A pupil whose
outcome cannot be known still takes a place on a list, as on the night itself, and then counts neither way.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.bootstrap import (
    RESAMPLES,
    Interval,
    Resamples,
    inflated_interval,
    interval,
    ratio,
    resample,
    share,
)
from models.capacity import Roll, listed, listed_totals, roll, tie_order
from models.challengers import METHOD_WORDS, METHODS, RANKS_ONLY, SIMPLE_BASELINES
from models.metrics import chances, ranking

ORDER = ["school_id", "as_of", "pupil_id"]
METRICS = (
    "auroc", "average_precision", "precision_at_capacity", "recall_at_capacity", "ceiling", "recall_first",
    "auroc_first", "auroc_repeat", "lift", "gain", "calibration", "brier", "ece",
)  # fmt: skip
TIE_ORDERS = 20
LEGEND = (
    "Right: of the names listed, the share the outcome followed. Reached: of those it followed, the share",
    "listed; first: only pupils with nothing at suspension or above before. In brackets: 95 % intervals.",
)
UNSAID = Interval(np.nan, np.nan, np.nan)


@dataclass(frozen=True)
class Estimates:
    """Every metric of every method, each as 1 + draws values: the figure, then its draws, the same for
    all."""

    values: Mapping[str, Mapping[str, np.ndarray]]
    best_baseline: str | None

    def of(self, method: str, metric: str) -> Interval:
        """One figure with its 95 % interval."""
        values = self.values[method][metric]
        return inflated_interval(values) if metric == "ece" else interval(values)

    def over(self, metric: str, method: str, other: str) -> Interval:
        """One method's figure over another's, paired: both are read from the same draws."""
        return interval(ratio(self.values[method][metric], self.values[other][metric]))


def evaluate(
    held_out: pd.DataFrame, outcome: str, capacity_share: float, per_year_group: int, seed: int,
    draws: int = RESAMPLES,
) -> pd.DataFrame:  # fmt: skip
    """A row for each method: outcome, method, rows, pupils, positives, pupils_positive, pupils_first,
    base_rate, places, best_baseline, precision over ties (expected, worst, best), and each metric with `_low`
    and `_high`.

    `lift` is precision at capacity over the base rate; `gain` is precision at capacity over the best simple
    baseline's. Metrics of a chance are NaN for methods that only rank.
    """
    rows = held_out.sort_values(ORDER, kind="stable").reset_index(drop=True)
    found = estimate(rows, capacity_share, per_year_group, seed, draws)
    on_roll = roll(rows, capacity_share, per_year_group)
    counts = {"outcome": outcome, **_counts(rows)}
    table = []
    for method, values in found.values.items():
        figures = {name: found.of(method, name) if name in values else UNSAID for name in METRICS}
        record: dict[str, object] = {"method": method, **counts, "best_baseline": found.best_baseline}
        score, y = rows[method].to_numpy(dtype=float), rows["y"].to_numpy(dtype=float)
        record.update(_over_ties(on_roll, score, y))
        for name, said in figures.items():
            record.update(said.columns(name))
        table.append(record)
    return pd.DataFrame(table)


def estimate(
    held_out: pd.DataFrame, capacity_share: float, per_year_group: int, seed: int, draws: int = RESAMPLES
) -> Estimates:
    """Every metric of every method in `held_out`, on the data as they are and on `draws` draws of the
    pupils."""
    rows = held_out.sort_values(ORDER, kind="stable").reset_index(drop=True)
    drawn, on_roll = resample(rows, seed, draws), roll(rows, capacity_share, per_year_group)
    said = _Said.of(rows)
    everyone = drawn.totals(said.columns)
    ceiling = share(*_listed(on_roll, drawn, said, np.where(said.known, said.y, -1.0))[[1, 0]])
    values: dict[str, dict[str, np.ndarray]] = {}
    for method in (name for name in METHODS if name in rows):
        score = rows[method].to_numpy(dtype=float)
        values[method] = {
            **_rankings(drawn, said, score),
            **_at_capacity(_listed(on_roll, drawn, said, score), everyone),
            "ceiling": ceiling,
            **({} if method in RANKS_ONLY else chances(drawn, said.y, score, said.known)),
        }
    best = _best_baseline(values)
    for figures in values.values():
        at_best = values[best]["precision_at_capacity"] if best else np.full(1 + draws, np.nan)
        figures["gain"] = ratio(figures["precision_at_capacity"], at_best)
    return Estimates(values, best)


def precision_at(held_out: pd.DataFrame, method: str, top: float) -> float:
    """Of the top share of everyone scored on a date, whatever their school, the share with the outcome; the
    mean over dates. Equal scores fall in the order of the salted hash."""
    rows = held_out.dropna(subset=["y"]).assign(_tie=lambda frame: tie_order(frame["pupil_id"]))
    rows = rows.sort_values(["as_of", method, "_tie"], ascending=[True, False, True], kind="stable")
    by_date = rows.groupby("as_of", sort=True)
    places = np.ceil(np.round(top * by_date["y"].transform("size"), 9))
    return float(rows[by_date.cumcount() < places].groupby("as_of")["y"].mean().mean())


def table_for_people(evaluation: pd.DataFrame) -> str:
    """The evaluation as plain text, at most 110 columns wide: what is counted, then a line for each
    method."""
    first = evaluation.iloc[0]
    lines = [
        f"{first['outcome']}: {first['rows']:,} pupil-dates of {first['pupils']:,} pupils; "
        f"the outcome followed {first['positives']:,} ({first['base_rate']:.1%}).",
        f"Lists hold {first['places']:,} names; "
        f"a perfect list would be right for {first['ceiling']:.0%} of them.",
        "",
        f"{'':24}{'AUROC':17}{'avg precision':17}{'right at capacity':18}{'reached':9}{'reached, first':17}"
        f"{'calib.':>6}",
    ]
    for _, row in evaluation.iterrows():
        lines.append(
            f"{METHOD_WORDS[row['method']]:24}{_cell(row, 'auroc'):17}{_cell(row, 'average_precision'):17}"
            f"{_cell(row, 'precision_at_capacity'):18}{_number(row['recall_at_capacity']):9}"
            f"{_cell(row, 'recall_first'):17}{_number(row['calibration']):>6}"
        )
    return "\n".join([*(line.rstrip() for line in lines), "", *LEGEND])


@dataclass(frozen=True)
class _Said:
    """What is known of each row: whether its outcome is, the outcome (NaN kept), and whether it is a
    first."""

    known: np.ndarray
    y: np.ndarray
    first: np.ndarray
    columns: np.ndarray  # known, with the outcome, with a first outcome: whole numbers to be summed

    @classmethod
    def of(cls, rows: pd.DataFrame) -> "_Said":
        y = rows["y"].to_numpy(dtype=float)
        known, first = ~np.isnan(y), ~rows["ever_school_3"].to_numpy(dtype=bool)
        yes = known & (y == 1)
        return cls(known, y, first, np.column_stack([known, yes, yes & first]).astype(np.int64))


def _listed(on_roll: Roll, drawn: Resamples, said: _Said, score: np.ndarray) -> np.ndarray:
    """Of those listed by a score, on every draw: with a known outcome, with the outcome, with a first one."""
    return listed_totals(on_roll, score, drawn, said.columns)


def _at_capacity(on_list: np.ndarray, everyone: np.ndarray) -> dict[str, np.ndarray]:
    precision = share(on_list[1], on_list[0])
    return {
        "precision_at_capacity": precision,
        "recall_at_capacity": share(on_list[1], everyone[1]),
        "recall_first": share(on_list[2], everyone[2]),
        "lift": share(precision, share(everyone[1], everyone[0])),
    }


def _rankings(drawn: Resamples, said: _Said, score: np.ndarray) -> dict[str, np.ndarray]:
    auroc, average_precision = ranking(drawn, said.y, score, said.known)
    return {
        "auroc": auroc,
        "average_precision": average_precision,
        "auroc_first": ranking(drawn, said.y, score, said.known & said.first)[0],
        "auroc_repeat": ranking(drawn, said.y, score, said.known & ~said.first)[0],
    }


def _best_baseline(values: Mapping[str, Mapping[str, np.ndarray]]) -> str | None:
    """The simple baseline that is right most often at capacity, the first named on a tie."""
    there = [name for name in SIMPLE_BASELINES if name in values]
    precision = {name: float(values[name]["precision_at_capacity"][0]) for name in there}
    return max((n for n in there if not np.isnan(precision[n])), key=precision.__getitem__, default=None)


def _counts(rows: pd.DataFrame) -> dict[str, int | float]:
    known = rows.dropna(subset=["y"])
    outcome = known[known["y"] == 1]
    return {
        "rows": len(known),
        "pupils": known["pupil_id"].nunique(),
        "positives": len(outcome),
        "pupils_positive": outcome["pupil_id"].nunique(),
        "pupils_first": outcome.loc[~outcome["ever_school_3"].astype(bool), "pupil_id"].nunique(),
        "base_rate": len(outcome) / len(known) if len(known) else np.nan,
    }


def _over_ties(on_roll: Roll, score: np.ndarray, y: np.ndarray) -> dict[str, int | float]:
    """Precision at capacity if ties fell at their worst, at their best, and on average over twenty orders."""

    def right(tie: np.ndarray) -> float:
        on_list = listed(on_roll, score, tie) & ~np.isnan(y)
        return float(y[on_list].mean()) if on_list.any() else np.nan

    fill = np.nan_to_num(y, nan=0.5)
    worst, best = right(fill), right(-fill)
    expected = best
    if worst != best:
        ids, orders = on_roll.tie, np.random.default_rng(0)
        expected = float(np.mean([right(orders.permutation(ids.max() + 1)[ids]) for _ in range(TIE_ORDERS)]))
    return {"places": int(listed(on_roll, score).sum()), "precision_ties_expected": expected,
            "precision_ties_worst": worst, "precision_ties_best": best}  # fmt: skip


def _cell(row: pd.Series, name: str) -> str:
    if np.isnan(row[name]):
        return "–"
    return f"{row[name]:.2f} ({_number(row[f'{name}_low'])}–{_number(row[f'{name}_high'])})"


def _number(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.2f}"
