"""From each step to the next: the highest step of each pupil in the last term, beside that of the term before."""

import numpy as np
import pandas as pd

from configs.ladder import LADDERS
from reports.disclosure import EVERYONE, FEWEST_PUPILS, rounded
from reports.repeats.values import TERM
from reports.steps import Climbs

Band = tuple[int, int, int | None]
Flows = tuple[tuple[str, tuple[Band, ...]], ...]


def flows(found: Climbs) -> dict[str, Flows]:
    """Of each school and of all together, for either ladder: (step before, step after, pupils to the nearest five).

    Of those on roll now and through both stretches of 60 open days. Bands of fewer than ten pupils have None.
    """
    homes = found.homes
    now, codes = homes["now"].to_numpy(), np.arange(len(homes))
    there = (homes["joined"].to_numpy() <= now - 2 * TERM + 1) & (homes["left"].to_numpy() >= now)
    rows = homes[["school_id"]].assign(there=there)
    for ladder in LADDERS:
        rows[f"{ladder}_before"] = found.record.highest(codes, ladder, now - 2 * TERM, now - TERM)
        rows[f"{ladder}_after"] = found.record.highest(codes, ladder, now - TERM, now)
    rows = rows[rows["there"]]
    parts = {str(school): held for school, held in rows.groupby("school_id")}
    return {school: _of(held) for school, held in {**parts, EVERYONE: rows}.items()}


def _of(rows: pd.DataFrame) -> Flows:
    return tuple((ladder, _bands(rows[f"{ladder}_before"], rows[f"{ladder}_after"])) for ladder in LADDERS)


def _bands(before: "pd.Series[int]", after: "pd.Series[int]") -> tuple[Band, ...]:
    counts = pd.DataFrame({"before": before, "after": after}).value_counts(sort=False).reset_index()
    return tuple(
        (
            int(row["before"]),
            int(row["after"]),
            rounded(row["count"]) if row["count"] >= FEWEST_PUPILS else None,
        )
        for row in counts.to_dict("records")
    )
