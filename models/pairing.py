"""Whether pairs of features earn their place: a card is easier to read without them, so they must show what they add.

The rule stands in the settings before any result: rehearsed on later dates, with pairs chosen and fitted on earlier
rows only, average precision with them over without must be at least `pairs_gain`, and its 95 % interval over pupils
must lie above 1. Each is rehearsed with the number of trees that does best for it.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.bootstrap import Interval, interval, ratio, resample
from models.metrics import ranking

ORDER = ["school_id", "as_of", "pupil_id"]


@dataclass(frozen=True)
class Gain:
    """Average precision with pairs over without, on held-out rows, and whether pairs are kept for it."""

    figure: float
    low: float
    high: float
    earned: bool


NOT_ASKED = Gain(np.nan, np.nan, np.nan, False)


def gain_of_pairs(held_out: pd.DataFrame, least: float, seed: int) -> Gain:
    """The gain over held-out rows that have pupil_id, school_id, as_of, y and the raw scores of each: `with_pairs` and
    `without`."""
    rows = held_out.dropna(subset=["y"]).sort_values(ORDER, kind="stable")
    drawn, y = resample(rows, seed), rows["y"].to_numpy(dtype="float64")
    everyone = np.ones(len(rows), dtype=bool)
    told = [ranking(drawn, y, rows[name].to_numpy(), everyone)[1] for name in ("with_pairs", "without")]
    found: Interval = interval(ratio(*told))
    return Gain(*found, earned=bool(found.figure >= least and found.low > 1))
