"""Judged as it would be used: lists that stay, days in time, strangers, leavers, other truths, and leaks."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.settings import Capacity, load_settings
from features.calendar import SchoolDays
from models.bootstrap import interval, resample
from models.capacity import listed, roll
from models.challengers import HANDRAIL, METHODS, TEN_FEATURES
from models.evaluation import ORDER, evaluate
from models.gate import judge
from models.judging.censoring import censoring_table, staying_weights
from models.judging.churn import churn
from models.judging.judgement import no_small_groups
from models.judging.label_bias import without_discretion
from models.judging.lead_time import MISSED, Warnings, lead_table, warnings
from models.judging.leaks import suspect
from models.judging.published import as_published, published
from models.judging.strata import strata_of, stratified, term_of
from models.judging.unseen import school_groups
from models.judging.usefulness import EVERYONE, NOBODY, THRESHOLDS, decision_curve
from models.staying import order_of_claims
from tests.models.planted import held_out, logistic

MONDAY = date(2025, 9, 8)
OPEN = [MONDAY + timedelta(days=day) for day in range(120) if (MONDAY + timedelta(days=day)).weekday() < 5]
DAYS = SchoolDays({"oak": np.array(OPEN, dtype="datetime64[D]")})
NO_GROUPS = pd.DataFrame()
KEYS = ["pupil_id", "school_id", "as_of"]


def in_order(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values(ORDER, kind="stable").reset_index(drop=True)


def week_by_week(listings: Mapping[str, str]) -> pd.DataFrame:
    """Weekly lists of Oak from short marks: "x" listed, "." on roll and not, " " not on roll."""
    rows = [
        ("oak", OPEN[5 * week], pupil, mark == "x")
        for pupil, marks in listings.items() for week, mark in enumerate(marks) if mark != " "
    ]  # fmt: skip
    weeks = pd.DataFrame(rows, columns=["school_id", "as_of", "pupil_id", f"on_{HANDRAIL}"])
    return weeks.sort_values(["as_of", "pupil_id"], ignore_index=True)


def stepped(**numbers: int) -> pd.DataFrame:
    rows = [(pupil, "oak", number, True) for pupil, number in numbers.items()]
    return pd.DataFrame(rows, columns=["pupil_id", "school_id", "number", "first_ever"])


def lead(listings: Mapping[str, str], steps: pd.DataFrame, horizon: int = 60) -> dict[str, float]:
    found = warnings(week_by_week(listings), steps, DAYS, horizon)
    return dict(zip(found.steps["pupil_id"], found.lead[HANDRAIL], strict=True))


# A list of week w is made on open day 5 w + 1. Days count from the second of two listings in three weeks to the step.
LISTS = {
    "steady": "..xxxxxxxxxx", "once": "..x.........", "twice in three": "..x.x.......", "too late": ".........xxx",
    "never": "............", "from long before": "xxxxxxxxxxxx",
}  # fmt: skip


def test_lead_is_counted_in_school_days_from_the_second_of_two_listings_in_three_weeks() -> None:
    said = lead(LISTS, stepped(**dict.fromkeys(LISTS, 45)))
    assert said == {
        "steady": 45 - 16, "once": MISSED, "twice in three": 45 - 21, "too late": MISSED, "never": MISSED,
        "from long before": 45 - 6,
    }  # fmt: skip


def test_a_listing_on_the_day_or_after_it_or_a_horizon_before_is_no_warning() -> None:
    steps = stepped(steady=46)
    assert lead({"steady": "........xx.."}, steps) == {"steady": MISSED}  # second listing on day 46 itself
    assert lead({"steady": "xx.........."}, steps, horizon=30) == {"steady": MISSED}
    assert lead({"steady": "xx.........."}, steps, horizon=40) == {"steady": 40}


def test_steps_that_no_list_could_have_seen_coming_do_not_count() -> None:
    assert lead({"early": "xxxxxxxxxxxx"}, stepped(early=21)) == {}
    assert list(lead({"then": "xxxxxxxxxxxx"}, stepped(then=22))) == ["then"]
    assert lead({"late": "xxxxxxxxxxxx"}, stepped(late=62)) == {}


def test_the_table_of_leads_is_what_a_person_would_count() -> None:
    steps = stepped(**{f"p{number}": 40 for number in range(8)}).assign(first_ever=[True] * 6 + [False] * 2)
    found = Warnings(steps, {HANDRAIL: np.array([5.0, 12, 25, 40, MISSED, MISSED, 10, MISSED])})
    table = lead_table(found, seed=1, draws=50).set_index("who")
    every = table.loc["every first step"]
    assert every["reached"] == 5 / 8
    assert (every["lower_quarter"], every["median"], every["upper_quarter"]) == (10, 12, 25)
    assert (every["at_least_10"], every["at_least_20"], every["at_least_30"]) == (4 / 8, 2 / 8, 1 / 8)
    assert every["reached_low"] < every["reached"] < every["reached_high"]
    assert table.loc["first ever", "reached"] == 4 / 6
    assert table.loc["after an earlier one", "reached"] == 1 / 2


def test_a_list_that_keeps_its_names_turns_over_less() -> None:
    said = churn(week_by_week({"a": "xxxx", "b": "xx..", "c": "..xx", "d": "...."}), seed=1).iloc[0]
    assert said["stayed"] == pytest.approx((1 + 1 / 3 + 1) / 3)  # {a, b}, {a, b}, {a, c}, {a, c}
    assert said["new_per_100"] == pytest.approx(100 * 1 / 12)
    assert said["names_per_100"] == pytest.approx(100 * 6 / 12)


def test_how_sure_churn_is_follows_the_pupils_drawn() -> None:
    """The oracle counts each drawn pupil as often as they came up, list by list."""
    weeks = week_by_week({"a": "xxx.", "b": "xx..", "c": "..xx", "d": ".x.x", "e": "...."})
    on = {(row.pupil_id, row.as_of): row[f"on_{HANDRAIL}"] for _, row in weeks.iterrows()}
    drawn, ids, mondays = resample(weeks, 5, 40), sorted("abcde"), sorted(weeks["as_of"].unique())

    def stayed(often: np.ndarray) -> float:
        overlaps = []
        for before, now in pairwise(mondays):
            both, either = (
                sum(
                    n for pupil, n in zip(ids, often, strict=True) if way((on[pupil, before], on[pupil, now]))
                )
                for way in (all, any)
            )
            overlaps += [both / either] if either else []
        return float(np.mean(overlaps)) if overlaps else np.nan

    told = interval(np.array([stayed(often) for often in drawn.weights.T]))
    said = churn(weeks, seed=5, draws=40).iloc[0]
    assert said[["stayed", "stayed_low", "stayed_high"]].tolist() == pytest.approx(list(told))
    assert said["stayed_low"] < said["stayed"] < said["stayed_high"]


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.sampled_from([1.0, 1.5, 3.0]), st.integers(0, 3))
def test_rehearsed_lists_are_those_the_night_would_have_made_one_after_another(
    seed: int, keep_within: float, least_weeks: int
) -> None:
    """The oracle is the night's own rule, given each list before by hand."""
    rows = held_out(seed, pupils=60, dates=5, schools=2, years=2).sort_values(
        ["as_of", "pupil_id"], ignore_index=True
    )
    capacity = Capacity(0.1, 4, 0.35, keep_within, least_weeks)
    since: dict[str, date] = {}
    names = set()
    for as_of, day in rows.groupby("as_of"):
        there, today = day.reset_index(drop=True), as_of.date()
        places = roll(there, capacity.share_of_roll, capacity.per_year_group)
        on = listed(
            places, order_of_claims(there, there[HANDRAIL].to_numpy(), places, since, capacity, today)
        )
        since = {pupil: since.get(pupil, today) for pupil in there.loc[on, "pupil_id"]}
        names |= {(pupil, as_of) for pupil in since}
    chosen = rows[published(rows, HANDRAIL, capacity)]
    assert set(zip(chosen["pupil_id"], chosen["as_of"], strict=True)) == names


def test_published_lists_are_judged_on_the_dates_whose_outcome_is_known() -> None:
    rows = in_order(held_out(2))
    weeks = rows[["pupil_id", "school_id", "as_of"]].assign(on_handrail=rows["y"] == 1)
    said = as_published(rows, weeks, seed=1, draws=20).iloc[0]
    assert (said["precision"], said["recall"], said["recall_first"]) == (1.0, 1.0, 1.0)
    assert said["names"] == rows["y"].sum()


def test_net_benefit_of_everyone_and_of_nobody_is_known_by_hand() -> None:
    rows = in_order(held_out(3))
    curve = decision_curve(rows, seed=1, draws=20).set_index(["way", "threshold"])["net_benefit"]
    rate = rows["y"].mean()
    for threshold in (0.1, 0.2, 0.5):
        assert curve[EVERYONE, threshold] == pytest.approx(rate - (1 - rate) * threshold / (1 - threshold))
        assert curve[NOBODY, threshold] == 0
        named = rows[HANDRAIL] >= threshold
        right, wrong = (named & (rows["y"] == 1)).mean(), (named & (rows["y"] == 0)).mean()
        assert curve[HANDRAIL, threshold] == pytest.approx(right - wrong * threshold / (1 - threshold))
    # True chances do no worse than either, at any threshold, but for the luck of the draw.
    assert min(curve[HANDRAIL, t] - max(curve[EVERYONE, t], 0) for t in map(float, THRESHOLDS)) > -0.01


def test_a_stratum_counts_its_own_pupils_on_the_whole_schools_list() -> None:
    rows = in_order(held_out(4, pupils=900))
    masks = strata_of(
        rows, np.arange(len(rows)) % 60, {"s0": "primary", "s1": "secondary", "s2": "secondary"}
    )
    table = stratified(rows, 0.05, 4, 1, masks, draws=20).set_index("stratum")
    on_list = listed(roll(rows, 0.05, 4), rows[HANDRAIL].to_numpy())
    here = (rows["school_id"] == "s0").to_numpy()
    assert table.loc["primary", "precision_at_capacity"] == pytest.approx(rows["y"][on_list & here].mean())
    assert table.loc["primary", "calibration"] == pytest.approx(
        rows[HANDRAIL][here].sum() / rows["y"][here].sum()
    )
    both = ["nothing at suspension or above before", "something at suspension or above before"]
    assert table.loc[both, "pupils_positive"].sum() >= rows.loc[rows["y"] == 1, "pupil_id"].nunique()
    alone = stratified(rows, 0.05, 4, 1, {"one": np.arange(len(rows)) < 20}, draws=5)
    assert np.isnan(alone.loc[0, "auroc"])
    assert np.isnan(no_small_groups(alone).loc[0, "pupils_positive"])
    assert [term_of(month) for month in (9, 12, 1, 3, 4, 7)] == 2 * ["autumn term"] + 2 * [
        "spring term"
    ] + 2 * ["summer term"]


def test_schools_are_left_out_in_groups_that_hold_each_once() -> None:
    for count in range(1, 9):
        groups = school_groups([f"s{number}" for number in range(count)])
        assert sorted(school for group in groups for school in group) == sorted(f"s{n}" for n in range(count))
        assert len(groups) == min(3, count)


def leavers(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A cohort in which pupils who miss school leave more often, and step up more often; `happened` is the truth."""
    rows = held_out(seed, pupils=4000, schools=4)
    chance = np.random.default_rng(seed)
    gone = chance.random(len(rows)) < logistic(-2.5 + 2.0 * rows["need"].to_numpy())
    features = rows[KEYS].assign(**dict.fromkeys(TEN_FEATURES, 0.0)).assign(absent_rate_190=rows["need"])
    kept = rows.assign(happened=rows["y"], censored=gone, y=rows["y"].mask(gone))
    return kept, features


def test_weights_bring_back_what_leaving_had_tilted() -> None:
    rows, features = leavers(1)
    weight = staying_weights(rows, features)
    table = censoring_table(rows, weight, 0.05, 15, seed=1, draws=20).set_index("figure")
    everyone = rows.assign(y=rows["happened"])
    truth = evaluate(everyone, "escalation", 0.05, 15, seed=1, draws=2).set_index("method").loc[HANDRAIL]
    plain, weighted = (abs(table.loc["recall_at_capacity", kind] - truth["recall_at_capacity"])
                       for kind in ("plain", "weighted"))  # fmt: skip
    assert weighted < 0.5 * plain
    assert weight[rows["need"] > 1].mean() > 1.5 > weight[rows["need"] < 0].mean()


def test_where_nobody_left_weights_change_nothing() -> None:
    rows = held_out(2).assign(censored=False)
    weight = staying_weights(rows, pd.DataFrame())
    table = censoring_table(rows, weight, 0.05, 4, seed=1, draws=10)
    assert (table["plain"] == table["weighted"]).all()


def test_only_suspensions_for_discretionary_reasons_alone_are_set_aside() -> None:
    rows = pd.DataFrame({
        "incident": range(6), "reasons": ["DB", "DB;VA", " db ; cb", None, "PA", "DB"],
        "category": ["SUSP"] * 5 + ["PERM"],
    })  # fmt: skip
    left = without_discretion({"suspensions": ibis.memtable(rows)})["suspensions"].to_pandas()
    assert sorted(left["incident"]) == [1, 3, 4, 5]


def honest(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A cohort with three honest facts: need seen through noise, whole counts of it, and one that says nothing."""
    rows = held_out(seed, pupils=1500)
    chance = np.random.default_rng(seed)
    need = rows["need"].to_numpy()
    features = pd.DataFrame({
        "seen": need + chance.normal(size=len(rows)), "counted": np.clip(np.round(2 * need), 0, 6),
        "nothing": np.where(chance.random(len(rows)) < 0.3, np.nan, chance.normal(size=len(rows))),
    })  # fmt: skip
    return rows, features


def verdict_on(rows: pd.DataFrame, features: pd.DataFrame) -> tuple[str, str]:
    found = suspect("escalation", rows, features, list(features), seed=1, draws=50)
    table = evaluate(rows, "escalation", 0.03, 15, seed=1, draws=50)
    one = next(c for c in judge(table, NO_GROUPS, load_settings().gate, [found]).criteria if c.name == "leak")
    return one.verdict, one.words


def test_honest_facts_are_no_leak() -> None:
    for seed in range(2):
        assert verdict_on(*honest(seed))[0] == "pass"


@pytest.mark.parametrize("share", [1.0, 0.2])
def test_a_fact_written_down_after_the_outcome_is_caught_and_named(share: float) -> None:
    """All of it, or a fifth of it: a need put on record only because of what happened, with an early date."""
    rows, features = honest(5)
    told = (rows["y"] == 1) & (np.random.default_rng(1).random(len(rows)) < share)
    verdict, words = verdict_on(rows, features.assign(need_on_record=np.where(told, 1.0, 0.0)))
    assert verdict == "fail"
    assert "need_on_record" in words
    hidden = np.where(told, np.nan, 1.0)  # or by being empty
    assert verdict_on(rows, features.assign(need_on_record=hidden))[0] == "fail"


def test_every_method_is_in_the_same_table_of_published_lists() -> None:
    rows = held_out(6).sort_values(["as_of", "pupil_id"], ignore_index=True)
    named = {f"on_{name}": published(rows, name, Capacity()) for name in METHODS}
    assert list(as_published(rows, rows.assign(**named), seed=1, draws=5)["method"]) == list(METHODS)
