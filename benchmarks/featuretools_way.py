"""The same counts with featuretools, on as many pupils as it can bear: run on its own, since it needs an older pandas.

Open days are numbered, and a number is told as a date, so that a window of days is a window of open days. When a row
was known is not read: featuretools has one time for each row.
"""

import sys
import time
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")

import featuretools as ft  # noqa: E402
import pandas as pd  # noqa: E402

WINDOWS = (5, 10, 20, 60, 190)


def seconds(folder: Path) -> float:
    """How long the counts of marks and incidents over five windows take at every cutoff of `cutoffs.parquet`."""
    marks, incidents, pupils, cutoffs = (
        pd.read_parquet(folder / f"{name}.parquet") for name in ("marks", "incidents", "pupils", "cutoffs")
    )
    held = ft.EntitySet("school")
    held.add_dataframe(pupils, "pupils", index="pupil_id")
    for name, rows in (("marks", marks), ("incidents", incidents)):
        held.add_dataframe(rows, name, index="row", make_index=True, time_index="day")
        held.add_relationship("pupils", "pupil_id", name, "pupil_id")
    asked = ft.dfs(entityset=held, target_dataframe_name="pupils", agg_primitives=["sum"], features_only=True)
    began = time.perf_counter()
    for window in WINDOWS:
        ft.calculate_feature_matrix(asked, held, cutoff_time=cutoffs, training_window=f"{window} days")
    return time.perf_counter() - began


if __name__ == "__main__":
    print(seconds(Path(sys.argv[1])))
