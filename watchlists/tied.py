"""The order of the list while a lot is drawn in the tied band at its cut."""

import hashlib
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from models.capacity import roll

BAND = 0.25  # log odds either side of the cut within which chances are not told apart


def by_lot(scores: pd.DataFrame, seed: str, share_of_roll: float, per_year_group: int) -> "pd.Series[float]":
    """Each row's strength for the list: its chance of escalation, but in the tied band of each school an order drawn by
    lot, within the band's own chances. The same seed, school and pupil give the same lot every night."""
    strength = scores["p_escalation"].astype(float).copy()
    for _, band, _ in _bands(scores, share_of_roll, per_year_group):
        order = band[np.argsort([_lot(seed, pupil) for pupil in scores.loc[band, "pupil_id"]])]
        strength.loc[order] = np.sort(strength.loc[band].to_numpy())[::-1]
    return strength


def _bands(
    scores: pd.DataFrame, share_of_roll: float, per_year_group: int
) -> "Iterator[tuple[str, pd.Index[int], int]]":
    """Each school, the rows of its tied band, and how many places those above the band leave over for it."""
    places = roll(scores, share_of_roll, per_year_group).places
    chances = scores["p_escalation"].astype(float)
    for school, rows in scores.groupby("school_id"):
        own, held = chances.loc[rows.index], int(places[scores.index.get_loc(rows.index[0])])
        band = _band(own, held)
        yield str(school), band, held - int((own > own[band].max()).sum())


def _band(chances: "pd.Series[float]", places: int) -> "pd.Index[int]":
    """The rows whose chance lies within BAND log odds of the last place's."""
    cut = np.sort(chances.to_numpy())[::-1][min(places, len(chances)) - 1]
    tied = np.abs(_log_odds(chances.to_numpy()) - _log_odds(np.array([cut]))) <= BAND
    rows: pd.Index[int] = chances.index[tied]
    return rows


def _log_odds(chances: np.ndarray) -> np.ndarray:
    held = np.clip(chances, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(held / (1 - held)))


def _lot(seed: str, pupil: object) -> str:
    return hashlib.sha256(f"{seed}:{pupil}".encode()).hexdigest()


def draws(scores: pd.DataFrame, seed: str, share_of_roll: float, per_year_group: int) -> pd.DataFrame:
    """A row for each pupil of a tied band: pupil_id, school_id, and `drawn`, whether the lot gives them one of the
    places that those above the band leave over."""
    parts = []
    for _, band, left in _bands(scores, share_of_roll, per_year_group):
        lots = scores.loc[band, "pupil_id"].map(lambda pupil: _lot(seed, pupil))
        parts.append(scores.loc[band, ["pupil_id", "school_id"]].assign(drawn=lots.rank() <= left))
    return pd.concat(parts, ignore_index=True)


def band_sizes(scores: pd.DataFrame, share_of_roll: float, per_year_group: int) -> Iterable[tuple[str, int]]:
    """Of each school, how many pupils lie in its tied band."""
    for school, band, _ in _bands(scores, share_of_roll, per_year_group):
        yield school, len(band)
