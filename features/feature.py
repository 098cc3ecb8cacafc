"""A feature as a value, and the ways its kin are named and phrased alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from features.reads import Change, Read, Share, Since, Slope, Total

Direction = Literal["raises", "lowers", "either"]
WEEK, FORTNIGHT, MONTH, TERM, YEAR = 5, 10, 20, 60, 190  # open days
LONG_AGO = 380  # two school years: further back is "long ago", and never counts the same
A_TERM_OF_SESSIONS = 120


@dataclass(frozen=True)
class Feature:
    """One fact as known on a day.

    `direction`: more of it can only raise concern, only lower it, or either. `shown`: whether staff may be told
    of it as a reason. `missing` says what an empty value means.
    """

    name: str
    family: str
    read: Read
    phrase: str
    unit: str
    direction: Direction = "raises"
    shown: bool = True
    missing: str = "never empty"


NO_SESSIONS = "no possible sessions in the window"


def over(words: str, window: int) -> str:
    """The words with their window of school days."""
    return f"{words} in the last {window} school days"


def shares(prefix: str, family: str, measure: str, words: str, windows: Iterable[int]) -> tuple[Feature, ...]:
    """A feature for each window: a measure over the possible sessions in it."""
    return tuple(
        Feature(f"{prefix}_rate_{w}", family, Share(measure, "possible", w), over(words, w), "share of sessions",
                missing=NO_SESSIONS)
        for w in windows
    )  # fmt: skip


def totals(
    measure: str, family: str, words: str, windows: Iterable[int], direction: Direction = "raises",
    shown: bool = True,
) -> tuple[Feature, ...]:  # fmt: skip
    """A feature for each window: how often a measure was counted in it."""
    return tuple(
        Feature(f"{measure}_{w}", family, Total(measure, w), over(words, w), "count", direction, shown)
        for w in windows
    )


def change(measure: str, family: str, words: str, unit: str) -> Feature:
    """The share in the last 20 school days less the pupil's own in the 40 before."""
    return Feature(f"{measure}_change_20", family, Change(measure, "possible", MONTH, TERM),
                   f"{words} in the last 20 school days against the 40 before", unit,
                   missing="no possible sessions in one of the two periods")  # fmt: skip


def slope(measure: str, family: str, words: str, unit: str) -> Feature:
    """The straight line through the last 60 school days."""
    return Feature(f"{measure}_slope_60", family, Slope(measure, "possible", MONTH),
                   f"how fast {words} rose, every 20 school days, along the best straight line through the last 60",
                   unit, missing="possible sessions in fewer than two of the three stretches of 20 days")  # fmt: skip


def since(measure: str, family: str, words: str, direction: Direction = "lowers") -> Feature:
    """School days since a measure was last counted."""
    return Feature(f"days_since_{measure}", family, Since(measure, LONG_AGO), f"school days since {words}",
                   "school days", direction)  # fmt: skip


def steady(measure: str, family: str, words: str, direction: Direction = "raises") -> Feature:
    """A count over the whole record, drawn towards nothing while the record is short."""
    return Feature(f"{measure}_steady", family, Share(measure, "possible", None, A_TERM_OF_SESSIONS),
                   f"{words} for each session on record, read cautiously while the record is short",
                   "count per session", direction)  # fmt: skip
