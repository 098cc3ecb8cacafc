"""Pictures of a model: its curves, whether its chances are true, and what its list trades off.

The same table gives the same bytes: the typeface ships with matplotlib, and nothing is stamped into the file.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from models.bootstrap import interval, resample, share
from models.capacity import listed, roll
from models.challengers import HANDRAIL, METHOD_WORDS, METHODS
from models.evaluation import ORDER
from models.metrics import BINS, equal_bins

INK, TEAL, MIST, PAPER = "#1b2427", "#0b5a63", "#b9c4c6", "#ffffff"
MOST_CURVES, ACROSS = 12, 3
EVERY_POINTS = 400  # precision–recall curves are thinned to so many points
LEAST_RECALL = 0.02  # before this a curve is a few names, and says nothing of how high to draw
LEADER = {"arrowstyle": "-", "color": MIST, "linewidth": 0.6, "relpos": (0.0, 0.5)}
STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans", "font.size": 9, "text.color": INK, "axes.labelcolor": INK,
    "axes.edgecolor": MIST, "axes.titlesize": 9, "axes.titlelocation": "left", "axes.spines.top": False,
    "axes.spines.right": False, "xtick.color": INK, "ytick.color": INK, "legend.frameon": False,
    "figure.facecolor": PAPER, "svg.hashsalt": "handrail",
}  # fmt: skip


def draw(
    folder: Path, scorecard: pd.DataFrame, held_out: Mapping[str, pd.DataFrame], capacity_share: float,
    per_year_group: int, seed: int, phrases: Mapping[str, str] | None = None,
) -> list[Path]:  # fmt: skip
    """Every picture of a model: for each outcome its curves, its reliability and its precision–recall, as PNG
    files in `folder`, in the order of `held_out` (outcome → held-out rows)."""
    made = []
    for outcome, rows in held_out.items():
        made.append(curves(scorecard, outcome, folder / f"curves_{outcome}.png", phrases))
        made.append(reliability(rows, folder / f"reliability_{outcome}.png", seed))
        cut = folder / f"precision_recall_{outcome}.png"
        made.append(precision_recall(rows, cut, capacity_share, per_year_group))
    return made


def curves(
    scorecard: pd.DataFrame, outcome: str, to: Path, phrases: Mapping[str, str] | None = None,
    most: int = MOST_CURVES,
) -> Path:  # fmt: skip
    """A PNG of the curves of the features that move one outcome most: points over value, with how many
    training rows lie where, and the points of a missing value as a dot.

    `scorecard` has outcome, feature, lower, upper, missing, points, weight, and low and high where points have
    intervals; `phrases` names features for people.
    """
    table = scorecard[scorecard["outcome"] == outcome]
    names = most_important(table, most)
    down = max(1, -(-len(names) // ACROSS))
    with on_paper(3.4 * ACROSS, 2.3 * down + 0.4, to) as figure:
        axes = figure.subplots(down, ACROSS, squeeze=False).ravel()
        for name, axis in zip(names, axes, strict=False):
            _curve(axis, table[table["feature"] == name], (phrases or {}).get(name, name))
        for axis in axes[len(names) :]:
            axis.set_visible(False)
        said = f"What moves {outcome.replace('_', ' ')}: points added to the log odds, most telling first"
        figure.suptitle(said, x=0.01, ha="left", fontsize=11)
    return to


def most_important(table: pd.DataFrame, most: int = MOST_CURVES) -> list[str]:
    """Features by how far their points spread over the training rows (weighted standard deviation), most
    first; those that move nothing are left out."""
    spread: dict[str, float] = {}
    for name, bins in table.groupby("feature", sort=True):
        weight, points = bins["weight"].to_numpy(dtype=float), bins["points"].to_numpy(dtype=float)
        share_of_rows = weight / max(weight.sum(), 1.0)
        centre = float((share_of_rows * points).sum())
        spread[str(name)] = float(np.sqrt((share_of_rows * (points - centre) ** 2).sum()))
    moving = (name for name in spread if spread[name] > 0)
    return sorted(moving, key=lambda name: (-spread[name], name))[:most]


def reliability(held_out: pd.DataFrame, to: Path, seed: int, method: str = HANDRAIL) -> Path:
    """A PNG of predicted against observed in ten bins of equal size, each with a 95 % interval over
    pupils."""
    rows = held_out.dropna(subset=["y"]).sort_values(ORDER, kind="stable")
    chance, y = rows[method].to_numpy(dtype=float), rows["y"].to_numpy(dtype=float)
    drawn, bins = resample(rows, seed), equal_bins(chance)
    outcomes = drawn.sums_by(bins, drawn.pupil, y, BINS)
    there = drawn.sums_by(bins, drawn.pupil, np.ones(len(y)), BINS)
    observed = [interval(line) for line in share(outcomes, there)]
    predicted = pd.Series(chance).groupby(bins).mean()
    kept = np.asarray(predicted.index, dtype=int)
    figure_of = np.array([observed[place] for place in kept]).reshape(-1, 3)
    with on_paper(4.6, 4.4, to) as figure:
        axis = figure.subplots()
        top = 1.08 * max(0.01, float(np.nanmax(figure_of, initial=0.0)), float(predicted.max() or 0.0))
        axis.plot([0, top], [0, top], color=MIST, linewidth=1)
        axis.vlines(predicted, figure_of[:, 1], figure_of[:, 2], color=TEAL, linewidth=1.5)
        axis.plot(predicted, figure_of[:, 0], "o", color=TEAL, markersize=5)
        axis.set(xlim=(0, top), ylim=(0, top), xlabel="chance given", ylabel="share that followed",
                 title="Do the chances come true? On the line, they do.")  # fmt: skip
    return to


def precision_recall(held_out: pd.DataFrame, to: Path, capacity_share: float, per_year_group: int) -> Path:
    """A PNG of precision over recall for every method, with the point where each school's own list is cut."""
    rows = held_out.sort_values(ORDER, kind="stable").reset_index(drop=True)
    y, on_roll = rows["y"].to_numpy(dtype=float), roll(rows, capacity_share, per_year_group)
    known, cuts, highest = ~np.isnan(y), {}, 0.0
    with on_paper(6.2, 4.4, to) as figure:
        axis = figure.subplots()
        for method in (name for name in reversed(METHODS) if name in rows):
            score = rows[method].to_numpy(dtype=float)
            recall, precision = _trade_off(score[known], y[known])
            colour, width = (TEAL, 2.2) if method == HANDRAIL else (MIST, 1.0)
            axis.plot(recall, precision, color=colour, linewidth=width, zorder=2)
            on_list = listed(on_roll, score) & known
            right = float(y[on_list].sum())
            cuts[method] = right / max(float(y[known].sum()), 1.0), right / max(int(on_list.sum()), 1)
            highest = max(highest, cuts[method][1], float(precision[recall >= LEAST_RECALL].max(initial=0.0)))
        top = min(1.0, 1.2 * highest) or 1.0
        _named_cuts(axis, cuts, top)
        axis.set(xlim=(0, 1), ylim=(0, top), title="Dots: where each school's own list is cut")
        axis.set(xlabel="of those it followed, share reached", ylabel="of those named, share it followed")
    return to


def _named_cuts(axis: Any, cuts: Mapping[str, tuple[float, float]], top: float) -> None:
    """A dot for each method's cut, named in a column at the right, where no curve runs."""
    ranked = sorted(cuts, key=lambda name: (-cuts[name][1], name))
    for place, method in enumerate(ranked):
        colour, size, face = (TEAL, 7, "bold") if method == HANDRAIL else (INK, 3.5, "normal")
        axis.plot(*cuts[method], "o", color=colour, markersize=size, zorder=4)
        axis.annotate(
            f"{METHOD_WORDS[method]}  {cuts[method][1]:.2f}", cuts[method],
            xytext=(0.62, top * (0.95 - 0.06 * place)), va="center", fontsize=8, color=colour, zorder=5,
            fontweight=face, arrowprops=LEADER,
        )  # fmt: skip


def _trade_off(score: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Recall and precision at each distinct score, thinned evenly."""
    order = np.argsort(-score, kind="stable")
    ends = np.flatnonzero(np.r_[score[order][1:] != score[order][:-1], True])
    right, named = np.cumsum(y[order])[ends], ends + 1.0
    kept = np.unique(np.linspace(0, len(ends) - 1, min(len(ends), EVERY_POINTS)).astype(int))
    return right[kept] / max(float(y.sum()), 1.0), right[kept] / named[kept]


def _curve(axis: Any, bins: pd.DataFrame, title: str) -> None:
    bounded = bins[~bins["missing"].astype(bool)].sort_values("lower")
    edges = _edges(bounded)
    points, weight = bounded["points"].to_numpy(dtype=float), bounded["weight"].to_numpy(dtype=float)
    drawn = bins[[name for name in ("points", "low", "high") if name in bins]].to_numpy(dtype=float)
    low, high = float(np.nanmin(drawn)), float(np.nanmax(drawn))
    reach = (high - low) or 1.0
    if len(points) and weight.sum():
        floor = low - 0.35 * reach
        tall = 0.25 * reach * weight / weight.max()
        axis.bar(edges[:-1], tall, np.diff(edges), bottom=floor, align="edge", color=MIST, linewidth=0)
    if "low" in bounded and len(points):
        below, above = (bounded[end].to_numpy(dtype=float) for end in ("low", "high"))
        axis.stairs(above, edges, baseline=below, fill=True, color=TEAL, alpha=0.15, linewidth=0)
    if len(points):
        axis.stairs(points, edges, baseline=None, color=TEAL, linewidth=1.8)
    empty = bins[bins["missing"].astype(bool) & (bins["weight"] > 0)]
    if len(empty):
        axis.plot(edges[-1] + 0.06 * (edges[-1] - edges[0]), float(empty["points"].iloc[0]), "o", color=INK,
                  markersize=4)  # fmt: skip
    axis.axhline(0, color=MIST, linewidth=0.8, zorder=0)
    axis.set_title(_folded(title))


def _edges(bounded: pd.DataFrame) -> np.ndarray:
    """Bin edges to draw: the open ends are drawn a little beyond the outermost finite edges."""
    lower, upper = bounded["lower"].to_numpy(dtype=float), bounded["upper"].to_numpy(dtype=float)
    inner = lower[1:] if len(lower) else lower
    if len(inner) == 0:
        return np.array([0.0, 1.0])
    beyond = 0.12 * float(inner[-1] - inner[0]) or 0.5
    first = lower[0] if np.isfinite(lower[0]) else inner[0] - beyond
    last = upper[-1] if np.isfinite(upper[-1]) else inner[-1] + beyond
    return np.concatenate([[first], inner, [last]])


def _folded(title: str, width: int = 42) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(title, width)[:2])


@contextmanager
def on_paper(width: float, height: float, to: Path) -> Iterator[Any]:
    """A figure in the house style, written to `to` as PNG when the drawing is done."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        yield figure
        to.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(to, dpi=110, format="png", metadata={"Software": None})
