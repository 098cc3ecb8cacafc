"""What designs find: each analysis on draws whose truth is known, and on records as a school keeps them."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from reports.lists import NIGHT
from reports.planning.evidence import closed, evidence, found
from reports.planning.plan import CUT, STAGGERED, TIED_BAND
from reports.planning.reading import Found, begun_apart, drawn_apart
from sources.as_known import as_known
from tests.reports.small_trust import open_days, small_trust
from tests.small_tables import tables_of

DAYS = open_days()
STARTS, ENDS = 70, 90  # places of the plan's first and last day among the open days


def plan(kind: str, outcome: str = "incidents", order: tuple[str, ...] = ()) -> dict[str, Any]:
    days = {"starts": str(DAYS[STARTS]), "ends": str(DAYS[ENDS])}
    return {"kind": kind, "outcome": outcome, "order": list(order), **days}


# --- the analyses ------------------------------------------------------------------------------------------------


def lots(seed: int, effect: float) -> Found:
    """A band of 12 at each of 20 nights, 4 places each; nights differ, and so do pupils' own pasts."""
    chance = np.random.default_rng(seed)
    block = np.repeat(np.arange(20), 12)
    drawn = np.concatenate([chance.permutation(12) < 4 for _ in range(20)])
    past = chance.gamma(2, 1, 240)
    outcome = chance.normal(size=20)[block] + past + effect * drawn + chance.normal(size=240)
    return drawn_apart(pd.DataFrame({"block": block, "drawn": drawn, "outcome": outcome}), past[:, None])


def test_a_lot_finds_what_was_planted_as_often_as_its_interval_says() -> None:
    held = [found.effect for found in (lots(seed, -0.6) for seed in range(200))]
    covered = np.mean([(each.low or 0) < -0.6 < (each.high or 0) for each in held])
    assert 0.9 <= covered <= 0.99
    assert np.mean([each.estimate for each in held]) == pytest.approx(-0.6, abs=0.03)


def test_only_much_more_of_the_outcome_stops_a_design() -> None:
    assert lots(1, 1.5).harmful
    assert not any(lots(seed, 0.0).harmful for seed in range(20))
    assert not lots(1, -1.5).harmful


def test_of_a_handful_a_lot_tells_nothing() -> None:
    rows = pd.DataFrame({"block": 0, "drawn": [True] * 5 + [False] * 30, "outcome": range(35)})
    assert drawn_apart(rows, np.zeros((35, 1))).effect.estimate is None


def terms(seed: int, effect: float) -> tuple[pd.DataFrame, list[str]]:
    """Six schools over seven terms; what a school began stays."""
    chance = np.random.default_rng(seed)
    order = [f"s{place}" for place in chance.permutation(6)]
    level = chance.normal(3, 1, (6, 1)) + chance.normal(0, 0.5, (1, 7)) + chance.normal(0, 0.2, (6, 7))
    for place, school in enumerate(order):
        level[int(school[1]), place + 1 :] += effect
    return pd.DataFrame(level, index=[f"s{place}" for place in range(6)]), order


def test_schools_that_begin_in_turn_find_what_was_planted() -> None:
    held = [begun_apart(*terms(seed, -1.0)).effect for seed in range(100)]
    assert all(each.low is not None for each in held)
    covered = np.mean([(each.low or 0) <= -1.0 <= (each.high or 0) for each in held])
    assert covered >= 0.9
    assert np.mean([each.estimate for each in held]) == pytest.approx(-1.0, abs=0.05)
    assert np.mean([(each.high or 0) < 0 for each in held]) > 0.9


def test_of_two_schools_nothing_can_be_told() -> None:
    two = pd.DataFrame(np.arange(6.0).reshape(2, 3), index=["a", "b"])
    assert begun_apart(two, ["a", "b"]).effect.estimate is None
    assert begun_apart(two.iloc[:1], ["a"]).effect.estimate is None


# --- the records -------------------------------------------------------------------------------------------------


def incidents(pupils: list[str], school: str, days: list[date]) -> list[dict[str, Any]]:
    return [
        {"incident_id": f"{pupil} {day}", "pupil_id": pupil, "school_id": school, "date": day,
         "category": "disruption", "severity": 1}
        for pupil in pupils for day in days
    ]  # fmt: skip


def test_pupils_count_as_drawn_from_their_first_night_in_the_band_over_the_term_after() -> None:
    rows = small_trust({"oak": 40})
    pupils = [f"oak{n}" for n in range(40)]
    after = DAYS[STARTS + 1 :]
    rows["incidents"] += incidents(pupils[:20], "oak", after[:2]) + incidents(pupils[20:], "oak", after[:3])
    rows["incidents"] += incidents(pupils[:1], "oak", after[3:4]) + incidents(
        pupils[20:21], "oak", after[4:5]
    )
    rows["incidents"] += incidents(pupils[:20], "oak", after[60:80])  # after the term: not of the outcome
    once = pd.DataFrame({"pupil_id": pupils, "school_id": "oak", "drawn": [True] * 20 + [False] * 20})
    nights = pd.concat([once.assign(as_of=pd.Timestamp(DAYS[STARTS + later])) for later in (0, 2)])
    held = evidence(as_known(tables_of(rows), DAYS[-1]), ())
    told = found(held, plan(TIED_BAND), nights)
    assert told.arms == (20, 20)
    assert told.effect.estimate == pytest.approx(-1.0)
    without = evidence(as_known(tables_of(rows), DAYS[-1]), ["oak0", "oak39"])
    assert found(without, plan(TIED_BAND), nights).arms == (19, 19), "who objected is not counted"


def test_a_suspension_is_counted_once_a_pupil() -> None:
    rows = small_trust({"oak": 40})
    rows["suspensions"] = [
        {"pupil_id": f"oak{n}", "school_id": "oak", "start_date": day, "category": "SUSP", "sessions": 2.0}
        for n in (*range(5), *range(20, 35)) for day in DAYS[STARTS + 5 : STARTS + 8]
    ]  # fmt: skip
    nights = pd.DataFrame({"pupil_id": [f"oak{n}" for n in range(40)], "school_id": "oak",
                           "drawn": [True] * 20 + [False] * 20, "as_of": pd.Timestamp(DAYS[STARTS])})  # fmt: skip
    held = evidence(as_known(tables_of(rows), DAYS[-1]), ())
    assert found(held, plan(TIED_BAND, "suspension"), nights).effect.estimate == pytest.approx(-0.5)


def test_a_plan_is_closed_when_a_term_has_passed_after_its_last_day() -> None:
    rows = small_trust({"oak": 2})
    last = DAYS[ENDS + 60]
    assert closed(evidence(as_known(tables_of(rows), last), ()), plan(TIED_BAND))
    eve = DAYS[ENDS + 59]
    assert not closed(evidence(as_known(tables_of(rows), eve), ()), plan(TIED_BAND))
    assert closed(evidence(as_known(tables_of(rows), DAYS[ENDS + 20]), ()), plan(CUT))


def test_schools_begin_a_term_apart_in_the_order_drawn() -> None:
    rows = small_trust({"oak": 3, "elm": 3})
    begins = DAYS[60:120]
    rows["incidents"] += incidents(["elm0", "elm1", "elm2"], "elm", begins[:6])
    held = evidence(as_known(tables_of(rows), DAYS[-1]), ())
    asked = {**plan(STAGGERED, order=("elm", "oak")), "starts": str(DAYS[60])}
    assert closed(held, asked)
    assert not closed(held, {**asked, "starts": str(DAYS[61])}) or len(DAYS) >= 182
    told = found(held, asked, pd.DataFrame())
    assert told.arms == (1, 1)
    assert told.effect.estimate is None, "two schools have two orders"


def test_about_the_cut_entries_stand_beside_those_just_below_it() -> None:
    rows = small_trust({"oak": 80})
    pupils = [f"oak{n}" for n in range(80)]
    chance = np.random.default_rng(2)
    nights = [
        pd.DataFrame({"school_id": "oak", "as_of": pd.Timestamp(DAYS[STARTS + 5 * week]),
                      "pupil_id": [pupils[n] for n in order], "rank": np.arange(1, 81),
                      "chance": np.linspace(0.5, 0.1, 80), "listed": np.arange(80) < 20})
        for week in range(4) for order in [chance.permutation(80)]
    ]  # fmt: skip
    rows["incidents"] += [
        each for pupil in pupils for n in [chance.poisson(3)]
        for each in incidents([pupil], "oak", sorted(chance.choice(np.array(DAYS[40:140]), n, replace=False)))
    ]  # fmt: skip
    held = evidence(as_known(tables_of(rows), DAYS[-1]), ())
    asked = plan(CUT)
    told = found(held, asked, pd.concat(nights, ignore_index=True)[list(NIGHT)])
    assert min(told.arms) > 10
    assert (told.effect.low or 9) < 1 < (told.effect.high or 0)
