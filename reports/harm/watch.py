"""The watch: of each school, whether being listed was followed by more sanctions than chance explains."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from reports.disclosure import FEWEST_PUPILS, rounded
from reports.harm.following import Near, at_the_cut, followed
from reports.harm.values import Followed
from reports.support.effect import Effect, Flags

TERM = 60  # open days
ALERT = 0.005  # one chance in two hundred, each night, were listing followed by no more


def within_a_term(near: Near, now: Mapping[str, int], looked: Mapping[str, int]) -> Flags:
    """The rows of the last term, and after the day up to which a named person has looked. Both by school, as the
    number of an open day."""
    school, number = near.rows["school_id"], near.rows["number"]
    since = np.maximum(_of(school, now) - TERM, _of(school, looked))
    return np.asarray(number > since)


def _of(school: "pd.Series[str]", numbers: Mapping[str, int]) -> "pd.Series[float]":
    return school.map(dict(numbers)).astype("float64").fillna(0)


def what_followed(name: str, near: Near, which: Flags) -> Followed:
    """What followed entries among some rows; nothing is shown of fewer than ten."""
    entered = near.rows["entered"].to_numpy()
    entries, below = int((which & entered).sum()), int((which & ~entered).sum())
    if min(entries, below) < FEWEST_PUPILS:
        return Followed(name, None)
    sanctions, contacts = followed(near, near.sanctions, which), followed(near, near.contacts, which)
    at_cut = at_the_cut(near, near.sanctions, which)
    return Followed(name, rounded(entries), rounded(below), sanctions, contacts, alarming(sanctions), at_cut)


def alarming(effect: Effect) -> bool:
    """Whether more followed than chance explains."""
    more = effect.estimate is not None and effect.estimate > 1
    return bool(more and effect.p is not None and effect.p / 2 < ALERT)
