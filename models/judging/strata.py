"""Whether the list serves some pupils better than others: never suspended or again, each phase, year, term, joiners.

The list is each school's own, cut over everyone; a stratum then counts only its own pupils on it.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from models.bootstrap import RESAMPLES, Interval, interval, resample, share
from models.capacity import listed_totals, roll
from models.challengers import HANDRAIL
from models.evaluation import ORDER
from models.metrics import ranking

JOINER_DAYS = 30  # calendar days since first joining the school
AUTUMN, SPRING, SUMMER = "autumn term", "spring term", "summer term"
LEAST_POSITIVES = 30  # pupils the outcome followed: fewer and a stratum has no figures
FIGURES = ("auroc", "precision_at_capacity", "recall_at_capacity", "calibration")


def stratified(
    held_out: pd.DataFrame, capacity_share: float, per_year_group: int, seed: int,
    strata: Mapping[str, np.ndarray], draws: int = RESAMPLES, method: str = HANDRAIL,
) -> pd.DataFrame:  # fmt: skip
    """A row for each stratum: stratum, pupils_positive, and each of FIGURES with `_low` and `_high`; no figures where
    fewer than LEAST_POSITIVES pupils had the outcome.

    `held_out` must be in the order of `models.evaluation.ORDER`; `strata` names a mask over its rows. Recall is of
    the stratum's own outcomes, precision of the stratum's own names.
    """
    if not held_out.index.equals(held_out.sort_values(ORDER, kind="stable").index):
        raise ValueError("strata are masks over rows in order: sort the held-out rows first")
    drawn, on_roll = resample(held_out, seed, draws), roll(held_out, capacity_share, per_year_group)
    y, score = held_out["y"].to_numpy(dtype=float), held_out[method].to_numpy(dtype=float)
    known, names = ~np.isnan(y), list(strata)
    masks = [strata[name] & known for name in names]
    columns = np.column_stack([part for mask in masks for part in (mask, mask & (y == 1))]).astype(np.int64)
    on_list, everyone = listed_totals(on_roll, score, drawn, columns), drawn.totals(columns)
    rows = []
    for place, name in enumerate(names):
        mask = masks[place]
        positive = held_out.loc[mask & (y == 1), "pupil_id"].nunique()
        record: dict[str, object] = {"stratum": name, "pupils_positive": positive}
        enough = positive >= LEAST_POSITIVES
        said = {
            "auroc": ranking(drawn, y, score, mask)[0],
            "precision_at_capacity": share(on_list[2 * place + 1], on_list[2 * place]),
            "recall_at_capacity": share(on_list[2 * place + 1], everyone[2 * place + 1]),
            "calibration": share(drawn.totals(score[:, None], mask)[0], everyone[2 * place + 1]),
        }
        for figure in FIGURES:
            found = interval(said[figure]) if enough else Interval(np.nan, np.nan, np.nan)
            record |= found.columns(figure)
        rows.append(record)
    return pd.DataFrame(rows)


def strata_of(
    held_out: pd.DataFrame, days_here: np.ndarray, phase_of: Mapping[str, str]
) -> dict[str, np.ndarray]:
    """Masks over held-out rows: first-ever and again, joiners, each phase, year group and term that is there."""
    first = ~held_out["ever_school_3"].to_numpy(dtype=bool)
    phase = held_out["school_id"].map(phase_of).fillna("").to_numpy()
    year = held_out["year_group"].astype(str).to_numpy()
    term = pd.to_datetime(held_out["as_of"]).dt.month.map(term_of).to_numpy()
    found = {
        "nothing at suspension or above before": first,
        "something at suspension or above before": ~first,
        "joined under 30 days ago": days_here < JOINER_DAYS,
        "joined longer ago": ~(days_here < JOINER_DAYS),
    }
    found |= {str(name): phase == name for name in sorted({*phase} - {""})}
    found |= {f"year {name}": year == name for name in sorted({*year}, key=lambda name: (len(name), name))}
    found |= {name: term == name for name in (AUTUMN, SPRING, SUMMER) if (term == name).any()}
    return found


def term_of(month: int) -> str:
    """The term of a month: September to December, January to Easter's end, and after."""
    return AUTUMN if month >= 9 else SPRING if month <= 3 else SUMMER
