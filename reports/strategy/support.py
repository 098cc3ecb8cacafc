"""What was done in the term, family and community work among it, and where those supported stood before and after."""

import numpy as np
import pandas as pd

from configs.ladder import LADDERS
from reports.asked import Asked, Known, frame
from reports.disclosure import EVERYONE, Cell, rounded, suppressed, too_small
from reports.on_roll import OWN
from reports.repeats.values import TERM
from reports.steps import Climbs
from reports.strategy.values import Done

MEETINGS = {"family": "meeting with the family", "pastoral_contact": "pastoral contact", "review": "review",
            "reintegration": "reintegration meeting"}  # fmt: skip
FEWEST = 3


def highest(found: Climbs) -> tuple[np.ndarray, np.ndarray]:
    """Each home's highest step of either ladder in the 60 open days before the last 60, and in the last 60."""
    now, codes = found.homes["now"].to_numpy(), np.arange(len(found.homes))
    before = [found.record.highest(codes, ladder, now - 2 * TERM, now - TERM) for ladder in LADDERS]
    after = [found.record.highest(codes, ladder, now - TERM, now) for ladder in LADDERS]
    return np.maximum(*before), np.maximum(*after)


def done(known: Known, asked: Asked, found: Climbs) -> dict[str, tuple[Done, ...]]:
    """Of each school and of all together: pupils by kind of support that ran, or meeting held, in the period."""
    before, after = highest(found)
    homes = found.homes[OWN].assign(down=(after < before) & (before > 0), rose=after > before)
    rows = _given(known, asked).drop_duplicates().merge(homes, on=OWN)
    both = pd.concat([rows, rows.assign(school_id=EVERYONE).drop_duplicates(["pupil_id", "kind"])])
    counts = both.groupby(["school_id", "kind"]).agg(
        pupils=("rose", "size"), down=("down", "sum"), rose=("rose", "sum")
    )
    cells: dict[Cell, dict[str, int]] = {
        (str(row["school_id"]), str(row["kind"])): {
            name: int(row[name]) for name in ("pupils", "down", "rose")
        }
        for row in counts.reset_index().to_dict("records")
    }
    pupils = {cell: held["pupils"] for cell, held in cells.items()}
    hidden = suppressed(pupils, {cell for cell, count in pupils.items() if too_small(count, 0)})
    lines: dict[str, list[Done]] = {}
    for cell, held in sorted(cells.items()):
        line = Done(cell[1], None) if cell in hidden else _line(cell[1], held)
        lines.setdefault(cell[0], []).append(line)
    return {school: tuple(held) for school, held in lines.items()}


def _line(kind: str, held: dict[str, int]) -> Done:
    shown = [None if 0 < held[name] < FEWEST else rounded(held[name]) for name in ("down", "rose")]
    return Done(kind, rounded(held["pupils"]), *shown)


def _given(known: Known, asked: Asked) -> pd.DataFrame:
    """A row for each pupil, school and kind of support or meeting of the period."""
    period, support, meetings = asked.period, known["support"], known["meetings"]
    running = support.filter(
        support.start_date <= period.end, support.end_date.isnull() | (support.end_date >= period.start)
    )
    held = meetings.filter(
        meetings.date.between(period.start, period.end), meetings.kind.isin(list(MEETINGS))
    )
    met = frame(held, *OWN, "kind")
    met["kind"] = met["kind"].map(MEETINGS)
    given = frame(running, *OWN, "kind")
    given["kind"] = given["kind"].str.replace("_", " ")
    return pd.concat([given, met], ignore_index=True)
