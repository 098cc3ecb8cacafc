"""Judged with and without those helped: whoever was supported after a date may be an outcome that did not happen."""

from collections.abc import Mapping

import ibis.expr.types as ir
import numpy as np
import pandas as pd

HELPED, NOT_HELPED = "supported within the horizon", "not supported within the horizon"
A_TERM = pd.Timedelta(days=90)  # about sixty open days with their weekends


def supported_strata(held_out: pd.DataFrame, known: Mapping[str, ir.Table]) -> dict[str, np.ndarray]:
    """Masks over held-out rows: those with support running or begun in the 90 days after the date, and others."""
    rows = known["support"].select("pupil_id", "start_date", "end_date").to_pandas()
    at = pd.DataFrame({"pupil_id": held_out["pupil_id"].to_numpy(), "place": np.arange(len(held_out)),
                       "day": pd.to_datetime(held_out["as_of"]).to_numpy()})  # fmt: skip
    both = at.merge(rows, on="pupil_id")
    start, end = pd.to_datetime(both["start_date"]), pd.to_datetime(both["end_date"])
    runs = (start <= both["day"] + A_TERM) & (end.isna() | (end > both["day"]))
    helped = np.zeros(len(held_out), dtype=bool)
    helped[both.loc[runs, "place"]] = True
    return {HELPED: helped, NOT_HELPED: ~helped}
