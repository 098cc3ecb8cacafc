"""A model is used only if it deserves to be: what passes, what fails, and what cannot be told."""

import numpy as np
import pandas as pd
import pytest

from configs.refusals import BadSettings
from configs.settings import load_settings
from models.challengers import METHODS
from models.evaluation import evaluate
from models.gate import Verdict, judge
from tests.models.planted import held_out

GATE = load_settings().gate
NO_GROUPS = pd.DataFrame()


def judged(rows: pd.DataFrame, draws: int = 100) -> Verdict:
    return judge(evaluate(rows, "escalation", 0.03, 15, seed=1, draws=draws), NO_GROUPS, GATE)


def said(verdict: Verdict) -> dict[str, str]:
    return {criterion.name: criterion.verdict for criterion in verdict.criteria}


def handrail_row(**changes: object) -> pd.DataFrame:
    """The row of a model that deserves to be used, with some of its figures changed."""
    row: dict[str, object] = {"method": "handrail", "pupils_positive": 400, "pupils_first": 200,
                              "best_baseline": "abc", "precision_at_capacity": 0.35, "places": 300,
                              "rows": 10_000}  # fmt: skip
    for name, figures in {
        "lift": (5.0, 4.5, 5.5), "gain": (1.2, 1.05, 1.4), "calibration": (1.02, 0.95, 1.1),
        "recall_first": (0.12, 0.1, 0.14), **changes,
    }.items():  # fmt: skip
        if isinstance(figures, tuple):
            row |= dict(zip((name, f"{name}_low", f"{name}_high"), figures, strict=True))
        else:
            row[name] = figures
    return pd.DataFrame([row])


def group_row(verdict: str, positives: int = 100) -> pd.DataFrame:
    return pd.DataFrame([{
        "characteristic": "sex", "group": "F", "pupils_positive": positives, "pupils_positive_rest": 100,
        "recall_ratio": 0.5, "recall_ratio_low": 0.4, "recall_ratio_high": 0.6, "verdict": verdict,
    }])  # fmt: skip


def test_a_model_that_knows_the_planted_truth_passes() -> None:
    verdict = judged(held_out(1, pupils=3000))
    assert said(verdict) == dict.fromkeys(("lift", "gain", "calibration", "recall_first"), "pass")
    assert verdict.passed
    assert not verdict.reasons


def test_shuffled_labels_are_refused_whatever_the_shuffle() -> None:
    for seed in range(12):
        rows = held_out(seed, pupils=1500)
        rows["y"] = np.random.default_rng(seed).permutation(rows["y"].to_numpy())
        verdict = judged(rows, draws=60)
        assert not verdict.passed
        assert said(verdict)["lift"] != "pass"


def test_a_model_learnt_from_shuffled_labels_is_refused() -> None:
    rows = held_out(3, pupils=1500)
    rows["handrail"] = np.random.default_rng(1).permutation(rows["handrail"].to_numpy())
    assert said(judged(rows))["gain"] == "fail"


def test_constant_chances_are_refused() -> None:
    rows = held_out(4, pupils=1500)
    assert not judged(rows.assign(handrail=rows["y"].mean())).passed


def test_chances_twice_too_high_are_refused_for_their_calibration_alone() -> None:
    rows = held_out(5, pupils=3000)
    rows["handrail"] *= 2
    verdict = judged(rows)
    assert {name for name, word in said(verdict).items() if word != "pass"} == {"calibration"}
    assert said(verdict)["calibration"] == "fail"


def test_a_list_of_only_the_already_suspended_is_refused() -> None:
    rows = held_out(6, pupils=3000)
    rows["handrail"] *= np.where(rows["ever_school_3"], 1.0, 1e-3)
    assert said(judged(rows))["recall_first"] == "fail"


def test_too_few_outcomes_are_not_enough_evidence_and_block() -> None:
    rows = held_out(7, pupils=200, base=-5.0)
    assert rows.loc[rows["y"] == 1, "pupil_id"].nunique() < GATE["least_outcomes"]
    verdict = judged(rows)
    assert set(said(verdict).values()) == {"not enough evidence"}
    assert not verdict.passed
    assert "are needed to judge" in verdict.reasons[0]


def test_without_an_evaluation_nothing_is_published() -> None:
    verdict = judge(None, NO_GROUPS, GATE)
    assert not verdict.passed
    assert "facts only" in verdict.reasons[0]


@pytest.mark.parametrize(
    ("name", "figures", "word"),
    [
        ("gain", (1.0, 0.9, 1.1), "pass"),
        ("gain", (1.3, 0.89, 1.9), "not enough evidence"),
        ("gain", (0.99, 0.95, 1.03), "not enough evidence"),
        ("gain", (0.9, 0.8, 0.99), "fail"),
        ("gain", (np.nan, np.nan, np.nan), "not enough evidence"),
        ("lift", (1.1, 1.05, 1.15), "fail"),
        ("lift", (1.3, 0.9, 1.7), "not enough evidence"),
        ("calibration", (0.8, 0.7, 0.9), "pass"),
        ("calibration", (1.0, 0.6, 1.4), "not enough evidence"),
        ("calibration", (1.3, 1.2, 1.4), "not enough evidence"),
        ("calibration", (1.4, 1.26, 1.5), "fail"),
        ("calibration", (0.7, 0.6, 0.79), "fail"),
        ("recall_first", (0.015, 0.008, 0.02), "pass"),
        ("recall_first", (0.014, 0.01, 0.02), "not enough evidence"),
        ("recall_first", (0.02, 0.007, 0.03), "not enough evidence"),
        ("recall_first", (0.01, 0.005, 0.014), "fail"),
    ],
)
def test_each_criterion_at_its_edges(name: str, figures: tuple[float, float, float], word: str) -> None:
    verdict = judge(handrail_row(**{name: figures}), NO_GROUPS, GATE)
    assert said(verdict)[name] == word
    assert verdict.passed == (word == "pass")
    assert "nan" not in next(one.words for one in verdict.criteria if one.name == name)


def test_only_a_shown_unfairness_blocks_and_the_rest_is_printed() -> None:
    assert not judge(handrail_row(), group_row("fail"), GATE).passed
    unsure = judge(handrail_row(), group_row("not enough evidence"), GATE)
    assert unsure.passed
    assert unsure.criteria[-1].verdict == "not enough evidence"
    assert "0.50 (0.40 to 0.60)" in unsure.criteria[-1].words


def test_no_figure_is_kept_of_a_group_too_small_to_judge() -> None:
    criterion = judge(handrail_row(), group_row("not enough evidence", positives=3), GATE).criteria[-1]
    assert np.isnan(criterion.figure)
    assert "0.5" not in criterion.words
    assert "too few to judge" in criterion.words


def test_every_criterion_is_one_plain_sentence_with_its_figure() -> None:
    for criterion in judge(handrail_row(), group_row("pass"), GATE).criteria:
        assert criterion.words.endswith(".")
        assert f"{criterion.low:.2f}" in criterion.words or f"{criterion.low:.0%}" in criterion.words


def test_a_gate_without_a_criterion_is_refused_by_name() -> None:
    with pytest.raises(BadSettings, match="'gain' is missing"):
        judge(handrail_row(), NO_GROUPS, {name: rule for name, rule in GATE.items() if name != "gain"})


def test_the_gate_looks_at_handrail_and_at_nobody_else() -> None:
    table = evaluate(held_out(8, pupils=1500), "escalation", 0.03, 15, seed=1, draws=50)
    backwards = table[::-1].reset_index(drop=True)
    assert list(table["method"]) == list(METHODS)
    assert judge(backwards, NO_GROUPS, GATE) == judge(table, NO_GROUPS, GATE)
