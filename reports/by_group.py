"""How many of each group of pupils something happened to, school by school, with nothing small shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from reports.characteristics import CHARACTERISTICS, NOT_RECORDED
from reports.disclosure import EVERYONE, Cell, rounded, suppressed, too_small
from reports.limits import share_interval
from reports.lost_learning.wording import OTHER_HALF, group_name
from reports.paper.charts import Interval, Intervals
from reports.paper.values import TOO_FEW


@dataclass(frozen=True)
class GroupShare:
    """One group: pupils to the nearest five, and how many of every 100 it happened to; None where not shown."""

    characteristic: str
    group: str
    pupils: int | None = None
    per_100: float | None = None
    low: float | None = None
    high: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Stable keys: characteristic, group, pupils, per_100, low, high, suppressed."""
        return {
            "characteristic": self.characteristic, "group": self.group, "pupils": self.pupils,
            "per_100": self.per_100, "low": self.low, "high": self.high, "suppressed": self.pupils is None,
        }  # fmt: skip


def shares_by_group(pupils: pd.DataFrame, people: pd.DataFrame) -> dict[str, tuple[GroupShare, ...]]:
    """The groups of each school and, under EVERYONE, of all together; the same are left out whoever asks.

    `pupils`: pupil_id, school_id, touched (0 or 1); `people`: pupil_id and the characteristics.
    """
    rows = pupils.merge(people, on="pupil_id", how="left").fillna(
        dict.fromkeys(CHARACTERISTICS, NOT_RECORDED)
    )
    every = rows.groupby("pupil_id", as_index=False).agg(
        touched=("touched", "max"), **{name: (name, "first") for name in CHARACTERISTICS}
    )
    both = pd.concat([rows, every.assign(school_id=EVERYONE)], ignore_index=True)
    found: dict[str, list[GroupShare]] = {school: [] for school in sorted(set(both["school_id"]))}
    for characteristic in CHARACTERISTICS:
        counts = both.groupby(["school_id", characteristic])["touched"].agg(["size", "sum"])
        cells: dict[Cell, tuple[int, int]] = {
            (str(row["school_id"]), str(row[characteristic])): (int(row["size"]), int(row["sum"]))
            for row in counts.reset_index().to_dict("records")
        }
        for cell, share in group_shares(characteristic, cells).items():
            found[cell[0]].append(share)
    return {school: tuple(shares) for school, shares in found.items()}


def group_shares(characteristic: str, cells: Mapping[Cell, tuple[int, int]]) -> dict[Cell, GroupShare]:
    """Each cell's pupils and touched as a share that may be shown."""
    pupils = {cell: count for cell, (count, _) in cells.items()}
    touched = {cell: count for cell, (_, count) in cells.items()}
    hidden = suppressed(pupils, {cell for cell, counts in cells.items() if too_small(*counts)}, touched)
    return {
        cell: GroupShare(characteristic, cell[1]) if cell in hidden
        else _share(characteristic, cell[1], *cells[cell]) for cell in sorted(cells)
    }  # fmt: skip


def _share(characteristic: str, group: str, pupils: int, touched: int) -> GroupShare:
    low, high = share_interval(touched, pupils)
    return GroupShare(
        characteristic, group, rounded(pupils), round(100 * touched / pupils, 1), round(100 * low, 1),
        round(100 * high, 1),
    )  # fmt: skip


def group_intervals(
    shares: tuple[GroupShare, ...], caption: str, unit: str, centre: float | None, centre_word: str = ""
) -> Intervals:
    """The groups as a chart, but for those that only mirror another ("no free school meals")."""
    rows = tuple(
        Interval(group_name(share.characteristic, share.group), share.pupils, share.per_100, share.low, share.high,
                 TOO_FEW if share.pupils is None else "")
        for share in shares if (share.characteristic, share.group) not in OTHER_HALF
    )  # fmt: skip
    return Intervals(caption, "Group", unit, rows, centre, centre_word)
