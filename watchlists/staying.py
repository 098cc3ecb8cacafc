"""How a list turned over since the last one; the rule by which names stay is `models.staying`."""

import pandas as pd

from watchlists.standing import Earlier


def turnover(table: pd.DataFrame, earlier: Earlier, off: list[dict[str, str]]) -> dict[str, dict[str, int]]:
    """Of each school's list beside the last one: how many stayed, came on and left."""
    schools = sorted({*table["school_id"], *(row["school_id"] for row in off)})
    told = {}
    for school in schools:
        here = table[table["school_id"] == school]
        stayed = int(here["pupil_id"].isin(list(earlier.last)).sum())
        left = sum(row["school_id"] == school for row in off)
        told[school] = {"stayed": stayed, "came_on": len(here) - stayed, "left": left}
    return told
