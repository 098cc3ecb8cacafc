"""Did support help: the match, the checks and the verdict, on cohorts whose truth is known."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from configs.settings import load_settings
from features.calendar import SchoolDays, days_of
from reports.asked import Asked
from reports.run import Report, report
from reports.steps import homes_of
from reports.support.effect import UNSAID, Effect, match, standard
from reports.support.fidelity import fidelity_found, shares_held
from reports.support.moments import NEVER, Moments, moments
from reports.support.regression import Regression, plain
from reports.support.trails import trails
from reports.support.values import CANNOT_TELL, LESS, NO_DIFFERENCE, Check
from reports.support.verdict import TOGETHER, against, e_value, shared_strain, verdict
from sources.as_known import as_known
from tests.reports.small_trust import made, open_days, small_trust
from tests.reports.support_cohort import HELPS, NOTHING, UNSEEN, Cohort, cohort
from tests.small_tables import marks, tables_of

DAYS = open_days()


def asked_on(day: date) -> Asked:
    return Asked(day, load_settings())


# --- the match and the difference --------------------------------------------------------------------------------


def regressing(seed: int, effect: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pupils whose records show their strain with noise; support follows the record; strain is what counts later."""
    chance = np.random.default_rng(seed)
    strain = chance.normal(size=4000)
    record = strain + chance.normal(size=4000)
    supported = chance.random(4000) < 1 / (1 + np.exp(4 - 1.5 * record))
    return record[:, None], supported, strain + effect * supported + chance.normal(size=4000)


@pytest.mark.parametrize("effect", [0.0, -0.6])
def test_regression_to_the_mean_is_no_effect_and_an_effect_is_found(effect: float) -> None:
    record, supported, later = regressing(3, effect)
    pupils, season = np.arange(4000), np.zeros(4000, dtype="int64")
    weights = match(record, supported, season).weights
    found = Regression(record, supported, weights, pupils).effect(later)
    before_and_after = (later - record[:, 0])[supported].mean()
    assert plain(later, supported, pupils).estimate > 0
    assert before_and_after < -0.5, "they fall back by themselves"
    assert found.low < effect < found.high
    assert (found.high < 0) == (effect < 0)


def test_many_outcomes_at_once_are_statsmodels_one_by_one() -> None:
    from statsmodels.regression.linear_model import WLS

    chance = np.random.default_rng(5)
    columns, pupils = chance.normal(size=(400, 6)), chance.integers(150, size=400)
    supported, weights = chance.random(400) < 0.3, chance.random(400) * (chance.random(400) < 0.9)
    outcomes = chance.normal(size=(3, 400)) + supported + columns[:, 0]
    outcomes[2, :25] = np.nan
    asked = Regression(columns, supported, weights, pupils)
    for outcome in outcomes:
        held = (weights > 0) & ~np.isnan(outcome)
        design = np.column_stack([np.ones(held.sum()), supported[held], columns[held]])
        slow = WLS(outcome[held], design, weights=weights[held]).fit(
            cov_type="cluster", cov_kwds={"groups": pupils[held]}
        )
        found, given = asked.effect(outcome), supported[held].sum()
        assert found.estimate == pytest.approx(slow.params[1], rel=1e-9)
        reach = t.ppf(0.975, given - 1) * slow.bse[1] * np.sqrt(given / (given - design.shape[1]))
        assert found.high - found.estimate == pytest.approx(reach, rel=1e-9)


def test_levels_and_changes_are_one_difference_once_the_past_is_held_alike() -> None:
    record, supported, later = regressing(4, -0.6)
    weights = match(record, supported, np.zeros(4000, dtype="int64")).weights
    levels = Regression(record, supported, weights, np.arange(4000)).effect(later)
    changes = Regression(record, supported, weights, np.arange(4000)).effect(later - record[:, 0])
    assert levels.estimate == pytest.approx(changes.estimate)


def test_each_season_is_compared_within_itself_and_nobody_is_weighed_who_has_nobody_beside() -> None:
    supported = np.array([True, False, False, True, True])
    season = np.array([0, 0, 0, 1, 2])
    held = match(np.array([[0.0], [1.0], [-1.0], [0.0], [0.5]]), supported, season)
    assert held.weights[[3, 4]].tolist() == [0.0, 0.0]
    assert held.unlike == 2
    assert held.weights[1:3].sum() == pytest.approx(1.0)


def test_rows_of_one_pupil_are_not_so_many_pupils() -> None:
    chance = np.random.default_rng(5)
    later, supported = chance.normal(size=300), np.arange(300) < 150
    once = plain(later, supported, np.arange(300))
    again = plain(np.tile(later, 4), np.tile(supported, 4), np.tile(np.arange(300), 4))
    assert again.high - again.low == pytest.approx(once.high - once.low, rel=0.02)


def test_columns_that_others_hold_are_left_out() -> None:
    one = np.arange(10.0)
    assert standard(np.column_stack([one, 2 * one + 1, np.ones(10), one**2])).shape == (10, 2)
    assert standard(np.empty((10, 0))).shape == (10, 0)


def test_nothing_is_said_where_nothing_differs() -> None:
    flat = np.zeros(20)
    assert plain(flat, np.arange(20) < 10, np.arange(20)) == UNSAID


# --- the rows ----------------------------------------------------------------------------------------------------


def test_a_trail_counts_the_open_days_of_a_stretch_and_a_saturday_counts_on_monday() -> None:
    rows = small_trust({"oak": 1})
    saturday = date(2025, 9, 6)
    rows["incidents"] = [
        {"incident_id": f"i{n}", "pupil_id": "oak0", "school_id": "oak", "date": day, "category": "disruption",
         "severity": severity}
        for n, (day, severity) in enumerate([(DAYS[0], 1), (DAYS[2], 3), (saturday, 1)])
    ]  # fmt: skip
    rows["attendance"] = marks("oak0", "oak", DAYS[:3], "/O II EE")
    known = as_known(tables_of(rows), DAYS[30])
    homes = pd.DataFrame({"pupil_id": ["oak0"], "school_id": ["oak"]})
    held = trails(known, homes, SchoolDays({"oak": np.array(DAYS, dtype="datetime64[D]")}))
    zero = np.zeros(1, dtype="int64")

    def counted(name: str, after: int, until: int) -> float:
        return float(held[name].between(zero, zero + after, zero + until)[0])

    assert [counted("incidents", 0, 5), counted("incidents", 5, 6), counted("incidents", 1, 6)] == [2, 1, 2]
    assert [counted("serious", 0, 60), counted("lost_marks", 0, 2), counted("lost_marks", 0, 3)] == [1, 3, 5]
    assert [counted("absent", 0, 3), counted("unauthorised", 0, 3), counted("removals", 0, 60)] == [3, 1, 0]


def test_a_start_needs_sixty_days_before_it_and_a_term_after_it() -> None:
    rows = small_trust({"oak": 3})
    for row in rows["enrolments"]:
        row["start_date"] = DAYS[0]
    for pupil, day in (("oak0", DAYS[59]), ("oak1", DAYS[60]), ("oak2", DAYS[-59])):
        rows["support"].append(
            {"pupil_id": pupil, "school_id": "oak", "kind": "mentoring", "start_date": day}
        )
    found = _moments(rows, DAYS[-1])
    starts = found.rows[(found.rows["start"] == 0) & found.rows["closed"]]
    assert starts["number"].tolist() == [61]
    assert found.left_out.tolist() == [2]
    assert starts["as_of"].tolist() == [pd.Timestamp(DAYS[59])]


def test_nobody_who_has_started_stands_beside_those_who_start() -> None:
    rows = small_trust({"oak": 2})
    for row in rows["enrolments"]:
        row["start_date"] = DAYS[0]
    rows["support"] = [{"pupil_id": "oak1", "school_id": "oak", "kind": "mentoring", "start_date": DAYS[80]}]
    found = _moments(rows, DAYS[-1])
    waiting = found.rows[found.of(0) & (found.rows["start"] < 0) & (found.rows["code"] == 1)]
    assert waiting["number"].max() < 81 - 4


def _moments(rows: dict[str, list[dict[str, Any]]], as_of: date) -> Moments:
    known = as_known(tables_of(rows), as_of)
    days = days_of(known)
    return moments(known, asked_on(as_of), homes_of(known, days), days)


def test_those_who_begin_within_the_term_are_counted_by_those_like_them_who_do_not() -> None:
    """The obvious slow way: walk each pupil's later weeks and multiply the chances of not beginning."""
    chance = np.random.default_rng(6)
    numbers = np.arange(61, 161, 5)
    rows = pd.DataFrame(
        {"code": np.repeat([0, 1, 2], len(numbers)), "number": np.tile(numbers, 3), "start": -1}
    )
    first = np.array([[NEVER], [101], [NEVER]])
    found = Moments(rows, first, ("mentoring",), np.zeros(1, dtype="int64"), 1.0, 60)
    held = found.of(0)
    begins_in_week = chance.random(int(held.sum())) / 8
    got = found.staying(0, held, begins_in_week)
    kept = rows[held].assign(chance=begins_in_week).reset_index(drop=True)
    for place, row in kept.iterrows():
        later = kept[(kept.code == row.code) & (kept.number > row.number) & (kept.number < row.number + 60)]
        begins = first[int(row.code), 0] < row.number + 60
        assert got[place] == pytest.approx(0.0 if begins else 1 / (1 - later["chance"]).prod())


def test_the_share_of_sessions_held_is_that_of_the_first_start() -> None:
    rows = small_trust({"oak": 3})
    for row in rows["enrolments"]:
        row["start_date"] = DAYS[0]
    given = (("oak0", 70, 10, 4), ("oak0", 90, 10, 10), ("oak1", 70, 8, 12), ("oak2", 70, 8, None))
    for pupil, day, planned, held in given:
        rows["support"].append({"pupil_id": pupil, "school_id": "oak", "kind": "mentoring", "start_date": DAYS[day],
                                "sessions_planned": planned, "sessions_held": held})  # fmt: skip
    found, known = _moments(rows, DAYS[-1]), as_known(tables_of(rows), DAYS[-1])
    shares = shares_held(known, found, homes_of(known, days_of(known)))
    starts = found.rows["start"].to_numpy() == 0
    assert shares[starts].tolist() == pytest.approx([0.4, 1.0, np.nan], nan_ok=True)
    assert np.isnan(shares[~starts]).all()


def test_where_only_sessions_held_help_it_is_seen_beside_the_same_like_pupils() -> None:
    record, supported, later = regressing(7, 0.0)
    shares = np.where(supported, np.random.default_rng(1).choice([0.3, 0.9], len(supported)), np.nan)
    later = later - 1.0 * (supported & (shares > 0.8))
    weights = match(record, supported, np.zeros(4000, dtype="int64")).weights
    alike = Regression(record, supported, weights, np.arange(4000))
    given = fidelity_found(shares, {"incidents": later}, alike)
    assert given is not None
    assert given.starts == (supported & (weights > 0)).sum()
    most, rest = given.effects["incidents"]
    assert (most.low or 0) < -1.0 < (most.high or 0) < 0
    assert (rest.low or 0) < 0.0 < (rest.high or 0)
    assert fidelity_found(np.full(4000, np.nan), {"incidents": later}, alike) is None


# --- what may be said --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("effect", "doubts", "said"),
    [
        (Effect(-1.0, -1.5, -0.5, 0.001), (), LESS),
        (Effect(-1.0, -1.5, -0.5, 0.001), ("before",), CANNOT_TELL),
        (Effect(0.0, -0.1, 0.1, 0.9), (), NO_DIFFERENCE),
        (Effect(0.0, -0.9, 0.9, 0.9), (), CANNOT_TELL),
        (Effect(1.0, 0.5, 1.5, 0.001), (), CANNOT_TELL),
        (UNSAID, (), CANNOT_TELL),
    ],
)  # fmt: skip
def test_a_verdict_needs_an_interval_and_every_check(
    effect: Effect, doubts: tuple[str, ...], said: str
) -> None:
    assert verdict(effect, 1.0, 1.6, doubts)[0] == said


def test_an_effect_that_a_slight_hidden_cause_would_explain_is_none() -> None:
    assert verdict(Effect(-0.1, -0.2, -0.01, 0.03), 1.0, 1.05, ()) == (CANNOT_TELL, ("weak",))


def test_more_in_the_first_days_is_a_strain_that_no_record_showed() -> None:
    more, less = Effect(0.5, 0.2, 0.8, 0.001), Effect(-0.5, -0.8, -0.2, 0.001)
    assert against(100, 0, 0.5, (Check("first_days", TOGETHER, 0, more),), 0.0) == ("first_days",)
    assert against(100, 0, 0.5, (Check("first_days", TOGETHER, 0, less),), 0.0) == ()


def test_help_that_a_missed_strain_might_hide_is_not_no_difference() -> None:
    assert verdict(Effect(0.0, -0.1, 0.1, 0.9), 1.0, 1.0, (), hidden=0.5) == (CANNOT_TELL, ("wide",))


def test_what_all_kinds_show_together_is_doubted_where_none_shows_it_alone() -> None:
    assert shared_strain([1.5, 1.5, 1.5])
    assert not shared_strain([1.5])
    assert not shared_strain([1.5, -1.5, 0.0])
    assert not shared_strain([])


@pytest.mark.parametrize(
    ("given", "key"), [((9, 0, 0.5, (), 0.0), "few"), ((100, 20, 0.5, (), 0.0), "unlike"),
                       ((100, 0, 0.01, (), 0.0), "before"), ((100, 0, None, (), 0.0), "before"),
                       ((100, 0, 0.5, (), 0.9), "unbalanced")],
)  # fmt: skip
def test_what_stands_in_the_way_is_named(given: tuple[Any, ...], key: str) -> None:
    assert against(*given) == (key,)


def test_the_e_value_is_one_where_there_is_nothing_and_alike_either_way() -> None:
    assert e_value("incidents", 0.0, 1.0, 1.0) == 1.0
    assert e_value("incidents", 0.5, 1.0, 1.0) == pytest.approx(e_value("incidents", -0.5, 1.0, 1.0))


# --- the report --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small() -> tuple[Cohort, Report]:
    """A small cohort, for the shape of the report."""
    held = cohort(1, pupils=300, schools=2, weeks=50)
    return held, report("support", held.tables, load_settings(), held.as_of)


def test_the_json_has_exactly_the_keys_asked_for(small: tuple[Cohort, Report]) -> None:
    said = small[1].as_json()
    assert len(said["kinds"]) == 8
    for each in said["kinds"]:
        assert set(each) == {"kind", "outcome", "n_supported", "naive", "adjusted", "pre_trend_p", "verdict"}
        assert set(each["naive"]) == set(each["adjusted"]) == {"estimate", "low", "high"}
        assert each["outcome"] in ("incidents", "sessions_lost", "suspension", "escalation")
        assert each["verdict"] in (LESS, NO_DIFFERENCE, CANNOT_TELL)


def test_the_same_records_give_the_same_report(small: tuple[Cohort, Report]) -> None:
    held, first = small
    assert report("support", held.tables, load_settings(), held.as_of).as_json() == first.as_json()


def test_the_page_draws_each_course_and_says_one_sentence_of_it(small: tuple[Cohort, Report]) -> None:
    page = small[1].as_html()
    assert page.count("before the start") >= 4
    assert "less those of like pupils" in page
    assert "Mentoring" in small[1].in_words()
    assert small[1].as_xlsx()


def test_without_support_on_record_nothing_is_said_of_it() -> None:
    said = made("support", small_trust(), DAYS[60])
    assert said.as_json()["kinds"] == []
    assert "No support is recorded" in said.in_words()


def test_of_a_handful_nothing_is_shown() -> None:
    rows = small_trust()
    rows["support"] = [
        {"pupil_id": f"oak{n}", "school_id": "oak", "kind": "mentoring", "start_date": DAYS[70]}
        for n in range(4)
    ]
    for each in made("support", rows, DAYS[-1]).as_json()["kinds"]:
        assert each["n_supported"] is None
        assert each["adjusted"] == {"estimate": None, "low": None, "high": None}
        assert each["verdict"] == CANNOT_TELL


# --- the judges --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_lalonde_training_is_found_where_the_plain_comparison_has_the_wrong_sign() -> None:
    """The National Supported Work trial found +1,794 dollars; beside survey rows the plain difference is −8,498."""
    import causaldata

    trial = causaldata.nsw_mixtape.load_pandas().data
    rows = pd.concat([trial[trial.treat == 1], causaldata.cps_mixtape.load_pandas().data], ignore_index=True)
    columns = ["age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75"]
    past = np.column_stack([rows[columns], rows.re74 == 0, rows.re75 == 0, rows.age**2, rows.educ**2]).astype(
        float
    )
    earned, trained, people = rows.re78.to_numpy(float), (rows.treat == 1).to_numpy(), np.arange(len(rows))
    assert plain(earned, trained, people).estimate == pytest.approx(-8498, abs=1)
    matched = match(past, trained, np.zeros(len(rows), dtype="int64"))
    found = Regression(past, trained, matched.weights, people).effect(earned)
    assert found.estimate == pytest.approx(1794, abs=600)
    assert 0 < found.low < 1794 < found.high


@pytest.mark.slow
@pytest.mark.parametrize("seed", [41, 42])
def test_the_kind_that_helps_is_found_and_the_one_that_does_nothing_is_not(seed: int) -> None:
    held = cohort(seed, (HELPS, NOTHING), pupils=1000)
    said = {(each["kind"], each["outcome"]): each for each in _report(held).as_json()["kinds"]}
    for outcome in ("incidents", "sessions_lost"):
        helps, nothing = said["mentoring", outcome], said["report_card", outcome]
        assert helps["adjusted"]["high"] < 0
        assert nothing["naive"]["estimate"] > 0
        assert nothing["verdict"] != LESS


@pytest.mark.slow
@pytest.mark.parametrize("seed", [51, 52])
def test_where_support_follows_a_strain_that_no_record_shows_the_records_cannot_tell(seed: int) -> None:
    assert {each["verdict"] for each in _report(cohort(seed, UNSEEN, pupils=1000)).as_json()["kinds"]} == {
        CANNOT_TELL
    }


def _report(held: Cohort) -> Report:
    return report("support", held.tables, load_settings(), held.as_of)
