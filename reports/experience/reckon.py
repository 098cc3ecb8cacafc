"""The report reckoned from the tables as known on its day."""

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtrit

from reports.asked import Asked, Known, schools_of
from reports.characteristics import CHARACTERISTICS
from reports.disclosure import EVERYONE, FEWEST_PUPILS, Cell, rounded, suppressed, too_small
from reports.experience.asked_and_answered import ABSENCE, INCIDENTS, answers, asked_pupils
from reports.experience.values import Experience, Part, Scale, Told
from reports.whole import whole

CHANCE = 0.95
BANDS = {"absence": [name for _, name in ABSENCE], "incidents": [name for _, name in INCIDENTS]}
Scores = npt.NDArray[np.float64]
Split = dict[str, dict[str, tuple[Told, ...]]]  # by what → school → lines


def experience(known: Known, asked: Asked) -> Experience:
    """Belonging and safety by group, beside who answered; how they move with absence and incidents."""
    schools = schools_of(known, asked)
    told = answers(known, asked)
    pupils = asked_pupils(known, asked, told)
    scales = {str(scale): _scale(pupils, held) for scale, held in told.groupby("scale")}

    def part(school: str, name: str) -> Part:
        return Part(school, name, tuple(_of(scale, school, held) for scale, held in scales.items()))

    return whole(asked, schools, part)


def _scale(pupils: pd.DataFrame, told: pd.DataFrame) -> tuple[Split, dict[str, float | None]]:
    """One scale, split in every way, and its weighted means."""
    told = _of_rounds(told)
    each = told.groupby(["pupil_id", "half_term"], as_index=False).agg(score=("score", "mean"))
    own = each.groupby("pupil_id")["score"].agg(score="mean", rounds="count").reset_index()
    rows = pupils.merge(own, on="pupil_id", how="left").assign(every="all")
    held = rows["school_id"].map(told.groupby("school_id")["half_term"].nunique())
    rows["share"] = (rows["rounds"].fillna(0) / held).fillna(0.0)
    both = pd.concat([rows, rows.assign(school_id=EVERYONE)], ignore_index=True)
    split = {by: _lines(both, by) for by in ("every", *CHARACTERISTICS, "absence", "incidents")}
    halves = _by_half_term(rows, each)
    split["half_term"] = _lines(pd.concat([halves, halves.assign(school_id=EVERYONE)]), "half_term")
    return split, {str(school): _weighted(part) for school, part in both.groupby("school_id")}


def _of_rounds(told: pd.DataFrame) -> pd.DataFrame:
    """Answers of half terms in which the school asked: ten or more of its pupils answered. The few others came with
    pupils who changed school."""
    answered = told.groupby(["school_id", "half_term"])["pupil_id"].transform("nunique")
    kept: pd.DataFrame = told[answered >= FEWEST_PUPILS]
    return kept


def _by_half_term(rows: pd.DataFrame, each: pd.DataFrame) -> pd.DataFrame:
    """Everyone asked, once for each half term in which anyone answered, with what they said in it."""
    names = pd.DataFrame({"half_term": sorted(set(each["half_term"]) - {""})})
    asked = rows.drop(columns=["score", "share"]).merge(names, how="cross")
    told = asked.merge(each, on=["pupil_id", "half_term"], how="left")
    return told.assign(share=told["score"].notna().astype("float64"))


def _of(scale: str, school: str, held: tuple[Split, dict[str, float | None]]) -> Scale:
    split, weighted = held
    every = split["every"].get(school, ())
    shown = every[0] if every else Told("all")
    groups = tuple((by, line) for by in CHARACTERISTICS for line in split[by].get(school, ()))
    return Scale(
        scale, shown, None if shown.suppressed else weighted.get(school), groups, split["absence"].get(school, ()),
        split["incidents"].get(school, ()), split["half_term"].get(school, ()),
    )  # fmt: skip


def _lines(rows: pd.DataFrame, by: str) -> dict[str, tuple[Told, ...]]:
    """A line for each group of each school, where it may be shown: ten asked, and three or more who answered."""
    counts = rows.groupby(["school_id", by])["score"].agg(asked="size", answered="count").reset_index()
    cells: dict[Cell, tuple[int, int]] = {
        (str(row["school_id"]), str(row[by])): (int(row["asked"]), int(row["answered"]))
        for row in counts.to_dict("records")
    }
    small = {
        cell
        for cell, (size, answered) in cells.items()
        if too_small(size, answered) or too_small(answered, 0)
    }
    hidden = suppressed({cell: size for cell, (size, _) in cells.items()}, small)
    found: dict[str, tuple[Told, ...]] = {}
    for school, held in rows.groupby("school_id"):
        names = held[by].astype(str).to_numpy()
        scores, shares = (held[column].to_numpy(dtype="float64") for column in ("score", "share"))
        found[str(school)] = tuple(
            Told(name) if (str(school), name) in hidden else _told(name, scores, shares, names == name)
            for name in _in_order(set(names), by)
        )
    return found


def _in_order(names: Iterable[str], by: str) -> list[str]:
    order = BANDS.get(by, [])
    return sorted(names, key=lambda name: (order.index(name) if name in order else len(order), name))


def _told(name: str, scores: Scores, shares: Scores, inside: npt.NDArray[np.bool_]) -> Told:
    mine, others = scores[inside], scores[~inside]
    asked, answered = len(mine), int((~np.isnan(mine)).sum())
    own, rest = _mean(mine), _mean(others)
    between = _interval(own[0], own[1], own[2])
    gap: tuple[float, float, float] | tuple[None, None, None] = (None, None, None)
    if own[0] is not None and rest[0] is not None and min(own[2], rest[2]) > 0:
        variance = own[1] + rest[1]
        free = variance**2 / (own[1] ** 2 / own[2] + rest[1] ** 2 / rest[2]) if variance else 1.0
        low, high = _interval(own[0] - rest[0], variance, free)
        gap = (own[0] - rest[0], low or 0.0, high or 0.0)
    return Told(name, rounded(asked), rounded(answered), float(shares[inside].mean()), own[0], *between, *gap)


def _mean(scores: Scores) -> tuple[float | None, float, float]:
    """The mean of those who answered, its variance, and its degrees of freedom."""
    held = scores[~np.isnan(scores)]
    if not len(held):
        return None, 0.0, 0.0
    variance = float(held.var(ddof=1)) / len(held) if len(held) > 1 else 0.0
    return float(held.mean()), variance, float(len(held) - 1)


def _interval(middle: float | None, variance: float, free: float) -> tuple[float | None, float | None]:
    if middle is None or free <= 0:
        return None, None
    half = float(stdtrit(free, (1 + CHANCE) / 2)) * math.sqrt(variance)
    return middle - half, middle + half


def _weighted(rows: pd.DataFrame) -> float | None:
    """The mean were those who answered like all who were asked, in absence and year group.

    Cells in which nobody answered are left out, as nothing is known of them.
    """
    cells = rows.groupby(["absence", "year_group"])["score"].agg(["size", "count", "mean"])
    cells = cells[cells["count"] > 0]
    return float((cells["mean"] * cells["size"]).sum() / cells["size"].sum()) if len(cells) else None
