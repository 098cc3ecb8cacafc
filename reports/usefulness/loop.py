"""The loop: whether acting on the list has begun to change the outcomes that the next model would learn from."""

from dataclasses import dataclass
from datetime import date

import ibis
import numpy as np
import pandas as pd

from configs.settings import Settings
from features.calendar import SchoolDays
from models.outcomes import outcomes
from reports.asked import Known
from reports.disclosure import FEWEST_PUPILS, rounded
from reports.harm.cut import near_the_cut
from reports.support.effect import UNSAID, Effect, times_as_many


@dataclass(frozen=True)
class Loop:
    """Escalations within the horizon of those who came on a list, times those of pupils just below its cut at the same
    chance."""

    entries: int | None = None
    times: Effect = UNSAID

    @property
    def begun(self) -> bool:
        """Whether the whole interval lies below “as many”: a model trained on them would learn that such pupils need no
        help."""
        return self.times.high is not None and self.times.high < 1


def loop(
    known: Known, nights: pd.DataFrame, homes: pd.DataFrame, days: SchoolDays, settings: Settings, by: date
) -> Loop:  # fmt: skip
    """The loop, of all lists whose horizon has closed."""
    rows = near_the_cut(nights, homes, days)
    if rows.empty:
        return Loop()
    return weighed(rows, _escalated(known, rows, homes, days, settings, by))


def weighed(rows: pd.DataFrame, seen: np.ndarray) -> Loop:
    """The loop of rows about the cut (margin, entered, code) and the label of each, NaN where it is not known."""
    kept = ~np.isnan(seen)
    rows, seen = rows[kept], seen[kept]
    entered = rows["entered"].to_numpy()
    if min(entered.sum(), (~entered).sum()) < FEWEST_PUPILS:
        return Loop()
    times = times_as_many(seen, rows[["margin"]].to_numpy(), entered, rows["code"].to_numpy())
    return Loop(rounded(int(entered.sum())), times)


def _escalated(
    known: Known, rows: pd.DataFrame, homes: pd.DataFrame, days: SchoolDays, settings: Settings, by: date
) -> np.ndarray:  # fmt: skip
    """The label of each row, as a model would learn it; NaN where it is not known."""
    who = homes[["pupil_id", "school_id"]].iloc[rows["code"]].reset_index(drop=True)
    nights = zip(rows["school_id"], rows["number"], strict=True)
    who["as_of"] = [days.day(school, number - 1) for school, number in nights]
    settled = {
        name: table.mutate(known_on=ibis.date("1900-01-01"), known_until=ibis.null("date"))
        for name, table in known.items()
    }
    return outcomes(settled, who, settings.horizon, settings.ladder, by)["escalation"].to_numpy()
