"""The report reckoned from the tables as known on its day."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from reports.asked import Asked, Known, schools_of
from reports.characteristics import CHARACTERISTICS, NOT_RECORDED, characteristics
from reports.disclosure import EVERYONE, rounded, suppressed, too_small
from reports.practice.incidents import HOURS, WEEKDAYS, incidents
from reports.practice.values import Line, Part, Practice
from reports.ratios import ratio
from reports.whole import whole

FINE = 1000  # expected sanctions are held in thousandths, as whole numbers
ORDER = {"time": [name for _, name in HOURS], "weekday": list(WEEKDAYS)}
Lines = dict[str, tuple[Line, ...]]


def practice(known: Known, asked: Asked) -> Practice:
    """Sanctions per recorded incident of the same severity: by school, group, reason and time."""
    schools = schools_of(known, asked)
    rows = incidents(known, asked)
    own = _beside_others(rows)
    both = pd.concat([rows, rows.assign(school_id=EVERYONE)], ignore_index=True)
    both["expected"] = _expected(both, ["school_id", "severity"])
    named = both.merge(characteristics(known), on="pupil_id", how="left")
    named = named.fillna(dict.fromkeys(CHARACTERISTICS, NOT_RECORDED))
    named["pupil_id"] = pd.factorize(named["pupil_id"])[0]
    groups = {characteristic: _lines(named, characteristic) for characteristic in CHARACTERISTICS}
    split = {by: _lines(named, by) for by in ("severity", "reason", "time", "weekday", "half_term")}

    def part(school: str, name: str) -> Part:
        lines = tuple(
            (characteristic, line) for characteristic, held in groups.items() for line in held.get(school, ())
        )
        severity, *others = (held.get(school, ()) for held in split.values())
        return Part(school, name, own.get(school, Line(name)), severity, lines, *others)

    return whole(asked, schools, part)


def _expected(rows: pd.DataFrame, by: list[str]) -> "pd.Series[float]":
    """Of each incident, the share of incidents like it that led out of learning."""
    share: pd.Series[float] = rows.groupby(by)["out"].transform("mean")
    return share


def _beside_others(rows: pd.DataFrame) -> dict[str, Line]:
    """Each school beside all others, at the same severity over all schools; and all together."""
    rows = rows.assign(expected=_expected(rows, ["severity"]), line=EVERYONE)
    rows["pupil_id"] = pd.factorize(rows["pupil_id"])[0]
    found = _lines(rows.assign(place=rows["school_id"]), "place", "line").get(EVERYONE, ())
    return {line.name: line for line in (*found, *_lines(rows, "line", "line").get(EVERYONE, ()))}


def _lines(rows: pd.DataFrame, by: str, line: str = "school_id") -> Lines:
    """The incidents of each school and of all together, by one thing, each beside the others of that school."""
    each = rows.groupby([line, by, "pupil_id"], as_index=False, observed=True).agg(
        out=("out", "sum"), any=("any", "sum"), expected=("expected", "sum"), incidents=("out", "size")
    )
    each["touched"] = each["out"] > 0
    cells = each.groupby([line, by], as_index=False).agg(
        pupils=("out", "size"), touched=("touched", "sum"), out=("out", "sum"), any=("any", "sum"),
        incidents=("incidents", "sum"),
    )  # fmt: skip
    sums = {(str(row[line]), str(row[by])): row for row in cells.to_dict("records")}
    small = {cell for cell, row in sums.items() if too_small(row["pupils"], row["touched"])}
    pupils, touched = ({cell: int(row[name]) for cell, row in sums.items()} for name in ("pupils", "touched"))
    hidden = suppressed(pupils, small, touched)
    found: dict[str, list[Line]] = {}
    for school, held in each.groupby(line):
        names = held[by].astype(str).to_numpy()
        for name in _in_order(set(names), by):
            cell = (str(school), name)
            made = Line(name) if cell in hidden else _line(name, sums[cell], held, names == name)
            found.setdefault(str(school), []).append(made)
    return {school: tuple(held) for school, held in found.items()}


def _in_order(names: set[str], by: str) -> list[str]:
    order = ORDER.get(by, [])
    return sorted(names, key=lambda name: (order.index(name) if name in order else len(order), name))


def _line(name: str, sums: Mapping[Any, Any], pupils: pd.DataFrame, inside: np.ndarray) -> Line:
    expected = (pupils["expected"] * FINE).round().to_numpy(dtype="int64")
    count = sums["incidents"]
    return Line(
        name, rounded(sums["pupils"]), rounded(count), 100 * float(sums["any"]) / count,
        100 * float(sums["out"]) / count, ratio(pupils["out"].to_numpy(dtype="int64"), expected, inside),
    )  # fmt: skip
