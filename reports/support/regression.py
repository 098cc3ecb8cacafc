"""Many outcomes of the same rows, compared by one weighted regression.

What the columns tell of support is worked out once; each outcome then costs a few products (Frisch and Waugh, 1933;
Lovell, 1963). The figures are those of statsmodels' WLS with errors clustered by pupil, which worked all of it out anew
for each of the forty outcomes of a kind; a test holds the two together.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from reports.support.effect import SAME, UNSAID, Codes, Effect, Flags, Reals, interval, standard

Compare = Callable[[Reals], Effect]


@dataclass(frozen=True)
class Regression:
    """The supported beside those weighted to be like them, once `columns` are held alike."""

    columns: Reals
    supported: Flags
    weights: Reals
    pupils: Codes
    _ready: dict[bytes, Compare] = field(default_factory=dict)

    def effect(self, outcome: Reals) -> Effect:
        """The difference in one outcome. All rows of one pupil stand or fall together: the interval is clustered by
        pupil. Rows without an outcome (NaN) are left out."""
        held = (self.weights > 0) & ~np.isnan(outcome)
        given = self.supported[held]
        if min(given.sum(), (~given).sum()) < 2 or np.ptp(outcome[held]) == 0:
            return UNSAID
        rows = held.tobytes()
        if rows not in self._ready:
            self._ready[rows] = self._of(held)
        return self._ready[rows](outcome[held])

    def _of(self, held: Flags) -> Compare:
        """What compares any outcome of these rows."""
        beside, given = standard(self.columns[held]), self.supported[held]
        root = np.sqrt(self.weights[held])
        told, _ = np.linalg.qr(root[:, None] * np.column_stack([np.ones(len(given)), beside]))
        own = _left_of(root * given, told)  # what of support the columns do not tell
        supported, columns, rows = int(given.sum()), beside.shape[1] + 2, len(given)
        names, pupil = np.unique(self.pupils[held], return_inverse=True)
        few = len(names) / max(len(names) - 1, 1) * (rows - 1) / (rows - columns)
        size = float(own @ own)

        def compare(outcome: Reals) -> Effect:
            if size < SAME:  # the columns tell who was supported: nobody is left to compare with
                return UNSAID
            left = _left_of(root * outcome, told)
            estimate = float(own @ left / size)
            moments = np.bincount(pupil, own * (left - estimate * own))
            error = float(np.sqrt(few * (moments @ moments)) / size)
            return interval(estimate, error * _spent(supported, columns), supported)

        return compare


def _left_of(values: Reals, told: Reals) -> Reals:
    return np.asarray(values - told @ (told.T @ values))


def _spent(supported: int, columns: int) -> float:
    """How much wider the interval is for what the regression has spent on its columns, of the supported's rows."""
    return float(np.sqrt(supported / max(supported - columns, supported / 2)))


def plain(outcome: Reals, supported: Flags, pupils: Codes) -> Effect:
    """The difference between the supported and all others, nothing held alike."""
    nothing, alike = np.empty((len(outcome), 0)), np.ones(len(outcome))
    return Regression(nothing, supported, alike, pupils).effect(outcome)
