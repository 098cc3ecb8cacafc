"""What if the outcome itself is tilted? A suspension is a decision by adults, so the lists are judged again by others.

Two other truths for the very same lists: the outcome without suspensions for persistent disruptive behaviour alone
(DB, the reason with most discretion), and absence, which no adult decides. Where a group looks fairly reached by the
first and missed by the others, it is the label that is unequal.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from configs.settings import Settings
from models.challengers import HANDRAIL
from models.evaluation import evaluate
from models.fairness import fairness
from models.outcomes import outcomes

AS_IT_IS, WITHOUT_DB, ABSENCE = "as it is", "without DB alone", "absence only"
DISCRETIONARY = ("DB", "LD", "CB")  # persistent disruptive behaviour, and its codes from September 2026
FEW_DRAWS = 50  # each group under each truth is looked at, and judged by none of them
KEPT = ["pupil_id", "school_id", "as_of", "year_group", "y", "ever_school_3", HANDRAIL]


def other_truths(
    tables: Mapping[str, ir.Table], held_out: pd.DataFrame, absence: np.ndarray, settings: Settings, by: date
) -> dict[str, pd.DataFrame]:
    """The held-out rows of escalation with each other truth as `y`; the first is as it is. `absence` is that outcome
    of the same rows."""
    milder = outcomes(without_discretion(tables), held_out, settings.horizon, settings.ladder, by)
    of = {WITHOUT_DB: milder["escalation"].to_numpy(), ABSENCE: absence}
    rows = {name: held_out.assign(y=y)[KEPT] for name, y in of.items()}
    return {AS_IT_IS: held_out[KEPT], **rows}


def without_discretion(tables: Mapping[str, ir.Table]) -> dict[str, ir.Table]:
    """The tables without suspensions whose every recorded reason is a discretionary one."""
    rows = tables["suspensions"]
    reasons = rows.reasons.fill_null("").upper().replace(" ", "")
    only = reasons.split(";").map(lambda code: code.isin(DISCRETIONARY))
    kept = (reasons == "") | ~only.alls()
    return {**tables, "suspensions": rows.filter(kept | (rows.category == "PERM"))}


def bias_tables(
    truths: Mapping[str, pd.DataFrame], groups: pd.DataFrame, capacity: tuple[float, int],
    rule: Mapping[str, Any], seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Handrail's row of the evaluation under each truth, and the fairness table under each, both with `truth`."""
    judged, fair = [], []
    for name, rows in truths.items():
        judged.append(evaluate(rows, "escalation", *capacity, seed).assign(truth=name))
        fair.append(fairness(rows, groups, *capacity, rule, seed, draws=FEW_DRAWS).assign(truth=name))
    return pd.concat(judged, ignore_index=True), pd.concat(fair, ignore_index=True)
