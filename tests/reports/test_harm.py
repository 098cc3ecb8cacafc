"""What followed being listed: a list that brings sanctions is caught, and one that does not is left alone."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from configs.settings import load_settings
from features.calendar import SchoolDays
from reports.harm.cut import near_the_cut
from reports.harm.following import AFTER, course, followed, with_what_followed
from reports.harm.watch import alarming, what_followed, within_a_term
from reports.lists import Lists
from reports.run import report
from reports.support.effect import UNSAID, Effect
from reports.support.trails import Trail
from reports.usefulness.loop import weighed
from tests.reports.listing_cohort import HISTORY, listing
from tests.reports.small_trust import open_days, small_trust
from tests.small_tables import tables_of

DAYS = open_days()
CALENDAR = SchoolDays({"oak": np.array(DAYS, dtype="datetime64[D]")})
HOMES = pd.DataFrame({"pupil_id": [f"oak{n}" for n in range(8)], "school_id": "oak"})
NOBODY = Trail(np.array([], dtype="int64"), np.array([0]))


def night(
    day: date, listed: tuple[int, ...], order: tuple[int, ...] = tuple(range(8))
) -> list[dict[str, Any]]:
    """One published list of Oak: its pupils by chance of escalation, and who of them is on it."""
    return [
        {"school_id": "oak", "as_of": pd.Timestamp(day), "pupil_id": f"oak{pupil}", "rank": place + 1,
         "chance": 0.5 - 0.05 * place, "listed": pupil in listed}
        for place, pupil in enumerate(order)
    ]  # fmt: skip


def near(*nights: list[dict[str, Any]]) -> pd.DataFrame:
    return near_the_cut(pd.DataFrame([row for each in nights for row in each]), HOMES, CALENDAR)


def test_those_who_come_on_stand_beside_those_just_below_the_cut() -> None:
    rows = near(night(DAYS[0], (0, 1)))
    assert rows.loc[rows["entered"], "code"].tolist() == [0, 1]
    assert rows.loc[~rows["entered"], "code"].tolist() == [2, 3], "no further below than the list is long"
    assert set(rows["number"]) == {2}, "what followed begins the day after"


def test_whoever_stays_on_a_list_has_not_come_on_again_until_a_month_has_passed() -> None:
    rows = near(night(DAYS[0], (0, 1)), night(DAYS[1], (0, 1)), night(DAYS[30], (0, 1)))
    assert rows.loc[rows["entered"] & (rows["code"] == 0), "number"].tolist() == [2, 32]


def test_those_below_are_read_once_a_week_and_not_if_they_were_listed_lately() -> None:
    rows = near(night(DAYS[0], (0, 1)), night(DAYS[1], (0, 1)), night(DAYS[5], (0, 3)))
    below = rows[~rows["entered"]]
    assert below.loc[below["code"] == 2, "number"].tolist() == [2, 7]
    assert 1 not in set(below["code"]), "listed in the last month"


def watched(seed: int, caused: float, pupils: int = 2000) -> dict[str, Any]:
    """What the watch sees of both schools at the end of the first term of lists and a month."""
    rows, sanctions = listing(seed, caused, pupils)
    now = dict.fromkeys(("s0", "s1"), HISTORY + 60 + AFTER)
    held = with_what_followed(rows, sanctions, NOBODY, now)
    return {
        school: what_followed(school, held, (held.rows["school_id"] == school).to_numpy()) for school in now
    }


def test_a_list_that_brings_sanctions_is_caught_and_the_other_school_is_left_alone() -> None:
    found = watched(1, caused=2.0)
    assert found["s0"].alert
    assert found["s0"].sanctions.low > 1
    assert not found["s1"].alert


def test_a_list_that_brings_none_is_left_alone() -> None:
    assert not any(each.alert for each in watched(2, caused=0.0).values())


def test_before_the_night_nothing_sets_them_apart_that_a_caused_sanction_does_after_it() -> None:
    rows, sanctions = listing(1, 2.0, 2000)
    held = with_what_followed(rows, sanctions, NOBODY, dict.fromkeys(("s0", "s1"), HISTORY + 60 + AFTER))
    points = course(held, (held.rows["school_id"] == "s0").to_numpy())
    assert [each.day for each in points] == [-20, -15, -10, -5, 0, 5, 10, 15]
    after = [each.difference for each in points if each.day >= 0]
    assert np.mean([each.low or 0 for each in after]) > 0
    quiet = course(held, (held.rows["school_id"] == "s1").to_numpy())
    assert all((each.difference.low or 1) < 0 for each in quiet if each.day >= 5)
    assert course(held, np.zeros(len(held.rows), dtype=bool)) == ()


def test_at_the_cut_itself_the_harm_is_seen_too_and_with_less_to_go_by() -> None:
    found = watched(1, caused=2.0)["s0"]
    assert found.at_the_cut.low > 1
    assert found.at_the_cut.high / found.at_the_cut.low > found.sanctions.high / found.sanctions.low


@pytest.mark.slow
def test_over_many_seeds_harm_is_caught_within_a_term_and_quiet_lists_are_left_alone() -> None:
    harmed = [watched(seed, caused=2.0) for seed in range(100, 120)]
    quiet = [watched(seed, caused=0.0) for seed in range(200, 220)]
    assert np.mean([each["s0"].alert for each in harmed]) >= 0.9
    assert np.mean([found.alert for each in quiet for found in each.values()]) <= 0.05


def test_only_the_last_term_is_looked_at_and_only_what_no_named_person_has_seen() -> None:
    rows, sanctions = listing(3, 0.0, 400)
    held = with_what_followed(rows, sanctions, NOBODY, {"s0": 200, "s1": 200})
    seen = within_a_term(held, {"s0": 100, "s1": 100}, {"s1": 90})
    school, number = held.rows["school_id"], held.rows["number"]
    assert number[seen & (school == "s0")].min() > 40
    assert number[seen & (school == "s1")].min() > 90


def test_less_is_no_alarm_nor_is_what_cannot_be_said() -> None:
    assert not alarming(Effect(0.2, 0.1, 0.4, 1e-9))
    assert not alarming(UNSAID)
    assert alarming(Effect(2.0, 1.5, 2.6, 1e-9))


def test_of_a_handful_nothing_is_shown() -> None:
    rows, sanctions = listing(4, 0.0, 400)
    held = with_what_followed(rows, sanctions, NOBODY, {"s0": 200, "s1": 200})
    few = np.zeros(len(held.rows), dtype=bool)
    few[:5] = True
    assert what_followed("s0", held, few).entries is None
    assert followed(held, held.contacts, np.ones(len(held.rows), dtype=bool)) == UNSAID, (
        "no meeting is on record"
    )


def listed_trust() -> tuple[dict[str, list[dict[str, Any]]], Lists]:
    """Oak lists twelve of its forty pupils from one day on; a few are supported, and some step up."""
    rows = small_trust()
    nights = [
        {"school_id": "oak", "as_of": pd.Timestamp(DAYS[40]), "pupil_id": f"oak{n}", "rank": n + 1,
         "chance": 0.6 - n / 100, "listed": n < 12} for n in range(24)
    ]  # fmt: skip
    rows["support"] = [
        {"pupil_id": f"oak{n}", "school_id": "oak", "kind": "mentoring", "start_date": DAYS[45]}
        for n in range(4)
    ]
    rows["suspensions"] = [
        {
            "pupil_id": f"oak{n}",
            "school_id": "oak",
            "start_date": DAYS[60],
            "category": "SUSP",
            "sessions": 2.0,
        }
        for n in range(20)
    ]
    answers = pd.DataFrame(
        [(f"oak{n}", "oak", "wrong" if n < 3 else "act", DAYS[41] + timedelta(days=n)) for n in range(12)],
        columns=["pupil_id", "school_id", "answer", "at"],
    )
    return rows, Lists(pd.DataFrame(nights), answers)


def test_those_listed_and_never_supported_and_those_set_aside_are_counted_by_group() -> None:
    rows, lists = listed_trust()
    said = report("harm", tables_of(rows), load_settings(), DAYS[80], lists=lists).as_json()
    fsm = [each for each in said["never_supported"] if each["characteristic"] == "fsm"]
    assert [(each["group"], each["pupils"], round(each["share"], 2)) for each in fsm] == [("no", 10, 0.67)]
    assert [round(each["share"], 2) for each in said["overruled"] if each["characteristic"] == "fsm"] == [
        0.25
    ]


def test_the_list_is_told_whom_it_reached_and_how_early() -> None:
    rows, lists = listed_trust()
    said = report("usefulness", tables_of(rows), load_settings(), DAYS[80], lists=lists).as_json()
    oak = next(each for each in said["schools"] if each["school_id"] == "oak")
    assert (oak["stepped"], oak["listed"], oak["days_ahead"], oak["supported"]) == (20, 60.0, 20.0, 20.0)
    assert (oak["on_lists"], oak["answered"]) == (10, 100.0)
    assert said["loop"] == {"entries": None, "times": None, "low": None, "high": None, "begun": False}


@pytest.mark.parametrize(("helped", "begun"), [(True, True), (False, False)])
def test_the_loop_has_begun_where_those_listed_step_up_less_than_others_at_their_chance(
    helped: bool, begun: bool
) -> None:
    chance = np.random.default_rng(7)
    odds = np.linspace(0.6, 0.2, 400)
    rows = pd.DataFrame({"code": np.arange(400), "margin": np.log(odds / (1 - odds)), "entered": odds > 0.4})
    stepped = chance.random(400) < odds * np.where(rows["entered"] & helped, 0.4, 1.0)
    found = weighed(rows, np.where(np.arange(400) % 10 == 0, np.nan, stepped))
    assert found.begun is begun
    assert found.entries == 180


@pytest.mark.parametrize("name", ["harm", "usefulness"])
def test_before_the_first_list_each_report_says_so_in_every_form(name: str) -> None:
    empty = report(name, tables_of(small_trust()), load_settings(), DAYS[60])
    assert "Too few" in empty.in_words()
    assert empty.as_html().count("<h1>") == 1
    assert empty.as_xlsx()
    assert all(words.endswith(".") for words in empty.as_json()["definitions"].values())
