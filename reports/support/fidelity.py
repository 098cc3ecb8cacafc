"""Whether support was given as it was planned, where sessions planned and held are on record."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from reports.asked import Known, frame
from reports.support.effect import Flags, Reals
from reports.support.moments import Moments
from reports.support.regression import Regression
from reports.support.values import Fidelity

AS_PLANNED = 0.8  # of the sessions planned
LEAST = 10  # starts on either side, without which nothing is shown


def shares_held(known: Known, found: Moments, homes: pd.DataFrame) -> Reals:
    """Of each moment that is a start, the share of planned sessions that were held; NaN elsewhere and where that is
    not on record. Shape (moments,)."""
    table = known["support"]
    rows = frame(
        table.filter(table.sessions_planned > 0, table.sessions_held.notnull()),
        "pupil_id", "school_id", "kind", "start_date", "sessions_planned", "sessions_held",
    )  # fmt: skip
    first = rows.sort_values("start_date").drop_duplicates(["pupil_id", "school_id", "kind"])
    shares = first.assign(share=(first["sessions_held"] / first["sessions_planned"]).clip(upper=1.0))
    starts = found.rows.loc[found.rows["start"] >= 0, ["code", "start"]]
    own = homes[["pupil_id", "school_id"]].iloc[starts["code"]].reset_index(drop=True)
    named = own.assign(place=starts.index, kind=[found.kinds[each] for each in starts["start"]])
    both = named.merge(shares, on=["pupil_id", "school_id", "kind"])
    held = np.full(len(found.rows), np.nan)
    held[both["place"]] = both["share"]
    return held


def fidelity_found(shares: Reals, after: Mapping[str, Reals], alike: Regression) -> Fidelity | None:
    """How support was given, and the difference where it was given as planned and where it was not; None where too few
    starts are on record with both numbers. Rows are those that `alike` compares."""
    told = alike.supported & (alike.weights > 0) & ~np.isnan(shares)
    most = told & (shares >= AS_PLANNED)
    if told.sum() < LEAST:
        return None
    both = min(most.sum(), (told & ~most).sum()) >= LEAST
    apart = _beside(alike, most), _beside(alike, told & ~most)
    effects = (
        {name: (apart[0].effect(each), apart[1].effect(each)) for name, each in after.items()} if both else {}
    )
    return Fidelity(int(told.sum()), float(np.median(shares[told])), int(most.sum()), effects)


def _beside(alike: Regression, some: Flags) -> Regression:
    """Some of the supported beside everyone that the others are compared with."""
    return replace(alike, weights=alike.weights * (some | ~alike.supported), _ready={})
