"""The gate: whether a model deserves to be used at all, each criterion with its figure and its reason.

Written down in `configs/gate.yaml` before a result is seen. A refusal is a result like any other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from configs.refusals import BadSettings, nearest
from features.catalogue import CATALOGUE
from models.bootstrap import Interval
from models.challengers import HANDRAIL, METHOD_WORDS
from models.fairness import Word
from models.judging.leaks import Suspect

FAIRNESS, LEAK = "fairness", "leak"
FIGURES = ("lift", "gain", "calibration", "recall_first")
NOTHING = Interval(float("nan"), float("nan"), float("nan"))
UNTESTED = "Too few outcomes are on record for a model to be learnt and tested on later dates; facts only."


@dataclass(frozen=True)
class Criterion:
    """One criterion judged: its verdict, the figure with its 95 % interval, and one plain sentence."""

    name: str
    verdict: Word
    figure: float
    low: float
    high: float
    words: str

    @property
    def blocks(self) -> bool:
        """Whether this keeps the model from publishing names."""
        return self.verdict == "fail" or (self.verdict != "pass" and not self.name.startswith(FAIRNESS))


@dataclass(frozen=True)
class Verdict:
    """Every criterion judged, in the order of the gate."""

    criteria: tuple[Criterion, ...]

    @property
    def passed(self) -> bool:
        """Whether the model may publish names."""
        return not any(criterion.blocks for criterion in self.criteria)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why not, one sentence a criterion; empty when it may."""
        return tuple(criterion.words for criterion in self.criteria if criterion.blocks)


def judge(
    evaluation: pd.DataFrame | None, fairness: pd.DataFrame, gate: Mapping[str, Any],
    suspects: Sequence[Suspect] = (),
) -> Verdict:  # fmt: skip
    """The verdict on Handrail's own row of the evaluation of one outcome, on its fairness table (may be empty), and on
    the facts most like a leak. Without an evaluation there was nothing to learn or to test on, and that blocks."""
    for name in (*FIGURES, FAIRNESS, LEAK, "least_outcomes"):
        if name not in gate:
            raise BadSettings(f"gate: '{name}' is missing{nearest(name, gate)}. Add it as in gate.yaml.")
    if evaluation is None:
        return Verdict((Criterion("outcomes", "not enough evidence", *NOTHING, UNTESTED),))
    row = evaluation[evaluation["method"] == HANDRAIL].iloc[0]
    figures = [_criterion(name, row, gate) for name in FIGURES]
    leaks = [_leak(suspects, gate[LEAK])] if suspects else []
    groups = [_group(line, gate[FAIRNESS]) for _, line in fairness.iterrows()]
    return Verdict((*figures, *leaks, *groups))


def _criterion(name: str, row: pd.Series, gate: Mapping[str, Any]) -> Criterion:
    by_lot = row["places"] / row["rows"] if name == "recall_first" else 1.0
    found = Interval(*(row[end] / by_lot for end in (name, f"{name}_low", f"{name}_high")))
    outcomes = int(row["pupils_first" if name == "recall_first" else "pupils_positive"])
    words = SENTENCES[name](row, found, gate[name])
    if outcomes < gate["least_outcomes"]:
        words = f"{words} Only {outcomes} pupils had it; {gate['least_outcomes']} are needed to judge."
        return Criterion(name, "not enough evidence", *found, words)
    return Criterion(name, _judged(found, gate[name]), *found, words)


def _judged(found: Interval, rule: Mapping[str, Any]) -> Word:
    """Pass where the figure is good and its interval close enough; fail where the whole interval is not
    good."""
    least, most = rule["between"] if "between" in rule else (rule["at_least"], float("inf"))
    lowest, highest = rule["ends_between"] if "ends_between" in rule else (rule["lower_end"], float("inf"))
    if found.high < least or found.low > most:
        return "fail"
    if least <= found.figure <= most and found.low >= lowest and found.high <= highest:
        return "pass"
    return "not enough evidence"


def _leak(suspects: Sequence[Suspect], rule: Mapping[str, Any]) -> Criterion:
    """Fails where one fact alone tells an outcome: by its ranking, or by a value nearly all of whose pupils had it."""

    def tells(found: Suspect) -> bool:
        return bool(found.auroc.low > rule["auroc_at_most"] or found.purest > rule["purest_at_most"])

    most = max(suspects, key=lambda found: (tells(found), found.auroc.figure))
    outcome = most.outcome.replace("_", " ")
    if not tells(most):
        said = f"“{_phrase(most.feature)}” of {outcome}, AUROC {_said(most.auroc)}"
        words = (
            f"No single fact tells an outcome by itself. Most: {said}; {rule['auroc_at_most']:g} is allowed."
        )
        return Criterion(LEAK, "pass", *most.auroc, words)
    pure = most.purest > rule["purest_at_most"]
    said = (
        f"“{_phrase(most.purest_feature)}”: {most.purest:.0%} of those with one value had it"
        if pure else f"“{_phrase(most.feature)}”: AUROC {_said(most.auroc)}"
    )  # fmt: skip
    words = (
        f"One fact alone tells {outcome} ({said}), so it was most likely written down afterwards. Look for records "
        "entered late with an early date."
    )
    return Criterion(LEAK, "fail", *most.auroc, words)


def _phrase(name: str) -> str:
    return next((feature.phrase for feature in CATALOGUE if feature.name == name), name)


def _group(line: pd.Series, rule: Mapping[str, Any]) -> Criterion:
    name = f"{FAIRNESS}: {line['characteristic']} {line['group']}"
    found = Interval(line["recall_ratio"], line["recall_ratio_low"], line["recall_ratio_high"])
    who = f"Pupils in need with {line['characteristic']} '{line['group']}'"
    too_few = min(line["pupils_positive"], line["pupils_positive_rest"]) < rule["least_positives"]
    if too_few:
        # No figure is kept: a rate over so few would say something of single pupils.
        words = f"{who}, or others, are fewer than {rule['least_positives']}: too few to judge."
        return Criterion(name, "not enough evidence", *NOTHING, words)
    said = {
        "fail": "are missed more than others, and less need does not explain it",
        "pass": "are not missed more than others of like need",
        "not enough evidence": "may or may not be missed more than others",
    }[line["verdict"]]
    words = f"{who} {said}: listed {_said(found)} times as often as the rest."
    return Criterion(name, line["verdict"], *found, words)


def _lift(row: pd.Series, found: Interval, rule: Mapping[str, Any]) -> str:
    return (f"Of the names listed, {row['precision_at_capacity']:.0%} had the outcome, {_said(found)} times "
            f"the rate on roll; at least {rule['at_least']:g} is asked.")  # fmt: skip


def _gain(row: pd.Series, found: Interval, rule: Mapping[str, Any]) -> str:
    if not isinstance(row["best_baseline"], str):
        return "No simple baseline was evaluated, so the gain over one cannot be said."
    return (f"The list is right {_said(found)} times as often as the best simple one "
            f"({METHOD_WORDS[row['best_baseline']]}); at least {rule['at_least']:g} is asked, and no lower "
            f"end below {rule['lower_end']:g}.")  # fmt: skip


def _calibration(_: pd.Series, found: Interval, rule: Mapping[str, Any]) -> str:
    least, most = rule["between"]
    return (f"The chances given add up to {_said(found)} times the outcomes that followed; "
            f"between {least:g} and {most:g} is asked.")  # fmt: skip


def _recall_first(row: pd.Series, found: Interval, rule: Mapping[str, Any]) -> str:
    return (f"Before a first step up, {row['recall_first']:.0%} were listed, {_said(found)} times what a list drawn "
            f"by lot would reach; at least {rule['at_least']:g} is asked.")  # fmt: skip


SENTENCES: dict[str, Callable[[pd.Series, Interval, Mapping[str, Any]], str]] = {
    "lift": _lift, "gain": _gain, "calibration": _calibration, "recall_first": _recall_first,
}  # fmt: skip


def _said(found: Interval) -> str:
    """A figure with its interval in words: "1.12 (1.02 to 1.24)"."""
    if found.figure != found.figure:
        return "an unknown number of"
    if found.low != found.low:
        return f"{found.figure:.2f}"
    return f"{found.figure:.2f} ({found.low:.2f} to {found.high:.2f})"
