"""The calibrated risk at the start: the chance of escalation, given what was on record the day before."""

import numpy as np

from reports.support.effect import Codes, Flags, Reals, standard

FOLDS = 2
LEAST = 50  # escalations without which there is nothing to learn from


def risk(columns: Reals, escalated: Reals, unsupported: Flags, pupils: Codes) -> Reals:
    """The log odds of escalation of each row, learned on other pupils than its own and only on those not supported; 0
    where too few escalated."""
    from sklearn.linear_model import LogisticRegression

    asked, found = standard(columns), np.zeros(len(columns))
    for fold in range(FOLDS):
        learned = unsupported & (pupils % FOLDS != fold) & ~np.isnan(escalated)
        if not LEAST <= escalated[learned].sum() < learned.sum():
            return np.zeros(len(columns))
        fitted = LogisticRegression(max_iter=1000).fit(asked[learned], escalated[learned].astype(int))
        found[pupils % FOLDS == fold] = fitted.decision_function(asked[pupils % FOLDS == fold])
    return found
