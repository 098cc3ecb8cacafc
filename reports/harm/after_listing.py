"""Of those listed, who was never supported, and where staff overruled the list: by group."""

import pandas as pd

from models.groups import audit_groups
from reports.asked import Known, frame
from reports.disclosure import Cell, rounded, suppressed, too_small
from reports.harm.values import Share
from reports.limits import share_interval

CHARACTERISTICS = ("sex", "ethnicity", "fsm", "sen")
OVERRULED = ("wrong", "not_now", "more")
NOT_RECORDED = "not recorded"


def never_supported(known: Known, nights: pd.DataFrame) -> tuple[Share, ...]:
    """Of pupils listed, by group: the share with no support begun and no meeting held since they were first listed."""
    first = nights[nights["listed"]].groupby("pupil_id")["as_of"].min().rename("listed_on").reset_index()
    given = frame(known["support"], "pupil_id", "start_date").rename(columns={"start_date": "date"})
    helped = pd.concat([given, frame(known["meetings"], "pupil_id", "date")])
    latest = helped.groupby("pupil_id")["date"].max().rename("met_on").reset_index()
    both = first.merge(latest, on="pupil_id", how="left")
    met = pd.to_datetime(both["met_on"]) >= pd.to_datetime(both["listed_on"])
    return _by_group(known, both.assign(holds=~met))


def overruled(known: Known, answers: pd.DataFrame) -> tuple[Share, ...]:
    """Of pupils about whom staff answered, by group: the share whose latest answer set the list aside."""
    latest = answers.sort_values("at").drop_duplicates("pupil_id", keep="last")
    return _by_group(known, latest.assign(holds=latest["answer"].isin(OVERRULED))[["pupil_id", "holds"]])


def _by_group(known: Known, rows: pd.DataFrame) -> tuple[Share, ...]:
    """The share of rows (pupil_id, holds) in each group of each characteristic."""
    groups = rows.merge(audit_groups(known), on="pupil_id", how="left")
    found: list[Share] = []
    for what in CHARACTERISTICS:
        named = groups[what].fillna("").replace("", NOT_RECORDED)
        sums = groups.groupby(named)["holds"].agg(["size", "sum"])
        cells: dict[Cell, int] = {(what, str(group)): int(size) for group, size in sums["size"].items()}
        hidden = suppressed(cells, {cell for cell, size in cells.items() if too_small(size, 0)})
        for group, size, held in zip(sums.index.astype(str), sums["size"], sums["sum"], strict=True):
            if (what, group) in hidden:
                found.append(Share(what, group, None))
            else:
                low, high = share_interval(int(held), int(size))
                found.append(Share(what, group, rounded(int(size)), float(held) / float(size), low, high))
    return tuple(found)
