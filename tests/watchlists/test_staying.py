"""The list does not change hands for nothing, and never grows for it."""

from collections.abc import Mapping
from datetime import date, timedelta

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from configs.settings import Capacity, Settings
from models.capacity import listed, roll
from models.staying import order_of_claims, talk_places
from tests.watchlists.a_school import AS_OF
from watchlists.build import Built, build
from watchlists.wording import lint

WEEK = timedelta(days=7)
CAPACITY = Capacity(share_of_roll=0.1, per_year_group=50, least_weeks=2)


def school(chances: list[float]) -> pd.DataFrame:
    """One year group, the pupil's number their place in the list of chances."""
    pupils = [f"p{number:02}" for number in range(len(chances))]
    return pd.DataFrame(
        {"pupil_id": pupils, "school_id": "s", "as_of": AS_OF, "year_group": "9", "p": chances}
    )


def on_list(scores: pd.DataFrame, last: Mapping[str, date], capacity: Capacity = CAPACITY) -> set[str]:
    places = roll(scores, capacity.share_of_roll, capacity.per_year_group)
    claims = order_of_claims(scores, scores["p"].to_numpy(), places, last, capacity, AS_OF)
    return set(scores["pupil_id"][listed(places, claims)])


FALLING = school([1 - number / 100 for number in range(40)])  # four places, two of them to talk this week
LONG_AGO = AS_OF - 5 * WEEK


def test_without_a_list_before_the_highest_are_listed() -> None:
    assert on_list(FALLING, {}) == {"p00", "p01", "p02", "p03"}


def test_whoever_was_on_stays_while_near() -> None:
    assert on_list(FALLING, {"p05": LONG_AGO}) == {"p00", "p01", "p02", "p05"}
    assert on_list(FALLING, {"p06": LONG_AGO}) == {"p00", "p01", "p02", "p03"}  # seventh: beyond 1.5 × 4


def test_whoever_came_on_last_week_stays_one_more() -> None:
    assert "p30" in on_list(FALLING, {"p30": AS_OF - WEEK})
    assert "p30" not in on_list(FALLING, {"p30": AS_OF - 2 * WEEK})


def test_whoever_opens_the_page_comes_on_whatever_the_others_claim() -> None:
    stayers = {f"p{number}": AS_OF - WEEK for number in range(20, 24)}
    assert on_list(FALLING, stayers) == {"p00", "p01", "p20", "p21"}


def test_a_school_may_do_without() -> None:
    plain = Capacity(share_of_roll=0.1, per_year_group=50, keep_within=1, least_weeks=0)
    assert on_list(FALLING, {"p05": AS_OF - WEEK, "p30": AS_OF - WEEK}, plain) == {"p00", "p01", "p02", "p03"}


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=60),
    st.sets(st.integers(0, 59)),
    st.integers(0, 8),
)
def test_the_list_is_as_long_as_ever_and_its_head_is_the_highest(
    chances: list[float], before: set[int], weeks: int
) -> None:
    scores = school(chances)
    last = {f"p{number:02}": AS_OF - weeks * WEEK for number in before if number < len(chances)}
    found = on_list(scores, last)
    places = int(np.ceil(round(0.1 * len(chances), 9)))
    assert len(found) == places
    head = on_list(
        scores, {}, Capacity(share_of_roll=talk_places(places, 0.35) / len(chances), per_year_group=60)
    )
    assert head <= found


def test_the_run_says_how_many_stayed_came_on_and_left(
    scores: pd.DataFrame, reasons: pd.DataFrame, known: Mapping[str, ir.Table], built: Built
) -> None:
    settings, later = Settings(capacity=Capacity(least_weeks=2)), AS_OF + WEEK
    turned = scores.assign(p_escalation=1 - scores["p_escalation"], as_of=later)
    now = build(turned, reasons, known, settings, later, built.watch_list)
    assert built.turnover == {
        "s1": {"stayed": 0, "came_on": 6, "left": 0},
        "s2": {"stayed": 0, "came_on": 1, "left": 0},
    }
    assert now.turnover["s1"] == {
        "stayed": 3,
        "came_on": 3,
        "left": 3,
    }  # three to talk about, three in their first weeks
    assert {row["pupil_id"] for row in now.off_list if row["school_id"] == "s1"} < set(
        built.watch_list["pupil_id"]
    )
    assert all(row["why"] for row in now.off_list)
    for row in now.watch_list.itertuples():
        words = now.cards["pupils"][row.pupil_id]["came_on"]
        assert (words == "") == (row.pupil_id in set(built.watch_list["pupil_id"]))
        assert words == "" or lint(words) == []
    assert {card["came_on"] for card in built.cards["pupils"].values()} == {""}
