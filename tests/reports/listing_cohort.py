"""Lists and what followed them, made straight as rows: listing may cause sanctions, or not."""

import numpy as np
import pandas as pd

from models.rungs import SPAN
from reports.support.trails import Trail

WEEKS, PER_WEEK = 12, 5
HISTORY = 60  # open days before the first list
KEEP = 0.93


def listing(
    seed: int, caused: float = 0.0, pupils: int = 1000, schools: int = 2, weeks: int = WEEKS, first: int = 0
) -> tuple[pd.DataFrame, Trail]:  # fmt: skip
    """The rows that `near_the_cut` gives, and everyone's sanctions. `caused`: by how much, over all, sanctions grow in
    the month after coming on a list of the first school."""
    chance = np.random.default_rng(seed)
    level, strain = chance.normal(0, 0.7, pupils), chance.normal(0, 1, pupils)
    seen, listed_at, raised = np.zeros(pupils), np.full(pupils, -99), np.zeros(pupils, dtype=int)
    school = np.arange(pupils) % schools
    length = int(np.ceil(0.03 * pupils / schools))
    rows, line = [], []
    before = HISTORY // PER_WEEK
    for week in range(weeks + before + 4):
        number = week * PER_WEEK + 1
        if before <= week < before + weeks:
            score = 0.5 * seen + 0.2 * chance.normal(size=pupils) - 3
            for each in range(schools):
                here = np.flatnonzero(school == each)
                order = here[np.argsort(-score[here])]
                on = order[:length]
                new = on[listed_at[on] < week - 4]
                below = order[length : 2 * length]
                below = below[listed_at[below] < week - 4]
                for who, entered in ((new, True), (below, False)):
                    place = (np.searchsorted(-score[order], -score[who]) + 1 - length) / length
                    rows.append(pd.DataFrame({"code": who, "school_id": f"s{each}", "number": number, "place": place,
                                              "margin": score[who], "season": week // 4 + 10 * each,
                                              "entered": entered}))  # fmt: skip
                if each == first:
                    raised[new] = week + 4
                listed_at[on] = week
        rate = 0.10 * np.exp(0.6 * strain + 0.8 * level) * (1 + caused * (raised > week))
        count = chance.poisson(np.minimum(rate, 3.0))
        pupil = np.repeat(np.arange(pupils), count)
        line.append(pupil * SPAN + number + chance.integers(0, PER_WEEK, len(pupil)))
        seen = 0.9 * seen + count
        strain = KEEP * strain + chance.normal(0, np.sqrt(1 - KEEP**2), pupils)
    places = np.sort(np.concatenate(line))
    sums = np.concatenate([[0], np.cumsum(np.full(len(places), 100))])
    return pd.concat(rows, ignore_index=True), Trail(places, sums)
