"""A random small school with every way in which a session can be claimed twice."""

import random
from datetime import date, timedelta
from typing import Any

from tests.features.random_school import random_school

Rows = dict[str, list[dict[str, Any]]]


def awkward_school(seed: int, pupils: int = 4, weeks: int = 6) -> Rows:
    """Rows of two schools: overlapping records, long lateness, lunchtime exclusions, pupils marked at both schools."""
    rng = random.Random(seed)
    rows = random_school(seed, pupils, weeks)
    for mark in rows["attendance"]:
        if mark["code"] in "/L" and rng.random() < 0.5:
            mark["minutes_late"] = rng.choice([7.0, 45.0, 180.0, 400.0, 12.5])
        if mark["code"] == "/" and rng.random() < 0.1:
            mark["code"] = rng.choice(["K", "P", "E", "C2", "U"])
    for row in list(rows["removals"]):
        if rng.random() < 0.3:
            rows["removals"].append({**row, "sessions": 0.25})
    for row in rows["suspensions"]:
        row["category"] = rng.choice(["SUSP", "SUSP", "FIXD", "PERM", "LNCH"])
    for row in rows["moves"]:
        row["kind"] = rng.choice([row["kind"], "alternative_provision", "offsite_direction"])
        row["end_date"] = rng.choice([None, row["start_date"] + timedelta(days=rng.choice([0, 3, 12]))])
    _registered_twice(rng, rows)
    return rows


def _registered_twice(rng: random.Random, rows: Rows) -> None:
    """One pupil also stands on the roll, and in some registers, of the other school."""
    pupil = rows["pupils"][0]["pupil_id"]
    own = [row for row in rows["enrolments"] if row["pupil_id"] == pupil]
    other = "Elm" if own[0]["school_id"] == "Ash" else "Ash"
    if len(own) > 1:
        return
    status, start = rng.choice([None, "S", "M"]), own[0]["start_date"] + timedelta(days=rng.choice([-1, 1]))
    rows["enrolments"].append({**own[0], "school_id": other, "start_date": start, "status": status,
                               "known_on": date(2020, 1, 1)})  # fmt: skip
    for mark in [row for row in rows["attendance"] if row["pupil_id"] == pupil]:
        if rng.random() < 0.3:
            rows["attendance"].append({**mark, "school_id": other, "code": rng.choice(["/", "B", "I", "D"])})
