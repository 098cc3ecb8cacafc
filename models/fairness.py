"""Whether any group of pupils in need is missed more than others, with intervals and three verdicts.

The list offers help, so the harm is in being missed. Recall at a fixed capacity alone cannot show that: where
one group is in need more often, even true chances reach more of it, and the rest looks missed. So a group
counts as missed only when both figures say so: clearly fewer of those in need are listed, and those not
listed are in need more often (the false-omission rate), so that less need does not explain it. True chances
move the two in opposite ways; a score that hides a group's need does not.
"""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from models.bootstrap import RESAMPLES, Interval, Resamples, interval, ratio, resample, share
from models.capacity import listed_totals, roll
from models.challengers import HANDRAIL
from models.evaluation import ORDER

Word = Literal["pass", "fail", "not enough evidence"]
MEASURES = ("recall", "false_omission", "false_listing", "calibration")


def fairness(
    held_out: pd.DataFrame, groups: pd.DataFrame, capacity_share: float, per_year_group: int,
    rule: Mapping[str, Any], seed: int, method: str = HANDRAIL, draws: int = RESAMPLES,
) -> pd.DataFrame:  # fmt: skip
    """A row for each characteristic and group: pupils_positive and pupils_positive_rest (pupils the outcome
    followed), then recall, false_omission and false_listing at capacity and calibration, each with `_rest`
    (everyone else with the characteristic recorded), `_ratio`, `_ratio_low`, `_ratio_high`, and the verdict.

    `groups` has pupil_id and a column for each characteristic; `school` is that of the row; `rule` is the gate's own.
    False listing is the share listed of pupils whom the outcome did not follow; calibration is the chances given,
    added up, over the outcomes that followed.
    """
    rows = held_out.sort_values(ORDER, kind="stable").reset_index(drop=True)
    drawn, on_roll = resample(rows, seed, draws), roll(rows, capacity_share, per_year_group)
    named = rows[["pupil_id"]].merge(groups, on="pupil_id", how="left", validate="many_to_one")
    named = named.assign(school=rows["school_id"])
    score, y = rows[method].to_numpy(dtype=float), rows["y"].to_numpy(dtype=float)
    table = []
    for characteristic in (name for name in rule["groups"] if name in named):
        codes, names = pd.factorize(named[characteristic], sort=True)
        columns = _columns(codes, len(names), y)
        on_list, everyone = listed_totals(on_roll, score, drawn, columns), drawn.totals(columns)
        in_need = _pupils_in_need(drawn, codes, len(names), y)
        given = drawn.totals(
            np.where(np.isnan(y), 0.0, score)[:, None] * (codes[:, None] == np.arange(len(names)))
        )
        figures = _Counts(on_list, everyone, given, len(names))
        for code, group in enumerate(names):
            record = {
                "characteristic": characteristic,
                "group": str(group),
                "pupils_positive": int(in_need[code]),
                "pupils_positive_rest": int(in_need.sum() - in_need[code]),
                **figures.said(code),
            }
            table.append({**record, "verdict": verdict(record, rule)})
    return pd.DataFrame(table)


def verdict(figures: Mapping[str, Any], rule: Mapping[str, Any]) -> Word:
    """Fail when a group is shown to be missed by both measures; pass when it is shown not to be by one of
    them; otherwise, or with too few pupils in need in the group or the rest, not enough evidence."""
    least, most = rule["recall_at_least"], rule["omission_at_most"]
    if min(figures["pupils_positive"], figures["pupils_positive_rest"]) < rule["least_positives"]:
        return "not enough evidence"
    if figures["recall_ratio_high"] < least and figures["false_omission_ratio_low"] > most:
        return "fail"
    if figures["recall_ratio_low"] >= least or figures["false_omission_ratio_high"] <= most:
        return "pass"
    return "not enough evidence"


class _Counts:
    """Known outcomes and outcomes of each group, on roll and listed, and the chances given, on every draw: arrays
    (groups, draws)."""

    def __init__(self, on_list: np.ndarray, everyone: np.ndarray, given: np.ndarray, groups: int) -> None:
        self._given = given
        self._listed, self._listed_yes = on_list[:groups], on_list[groups:]
        self._known, self._yes = everyone[:groups], everyone[groups:]

    def said(self, code: int) -> dict[str, float]:
        """Each measure of one group and of the rest, and their ratio with its interval."""
        here, rest = self._measures(code), self._measures(code, rest=True)
        record: dict[str, float] = {}
        for name in MEASURES:
            over: Interval = interval(ratio(here[name], rest[name]))
            record.update({name: float(here[name][0]), f"{name}_rest": float(rest[name][0]),
                           f"{name}_ratio": over.figure, f"{name}_ratio_low": over.low,
                           f"{name}_ratio_high": over.high})  # fmt: skip
        return record

    def _measures(self, code: int, rest: bool = False) -> dict[str, np.ndarray]:
        def of(counts: np.ndarray) -> np.ndarray:
            return np.asarray(counts.sum(axis=0) - counts[code] if rest else counts[code])

        on_list, on_list_yes = of(self._listed), of(self._listed_yes)
        known, yes = of(self._known), of(self._yes)
        return {
            "recall": share(on_list_yes, yes),
            "false_omission": share(yes - on_list_yes, known - on_list),
            "false_listing": share(on_list - on_list_yes, known - yes),
            "calibration": share(of(self._given), yes),
        }


def _columns(codes: np.ndarray, groups: int, y: np.ndarray) -> np.ndarray:
    """For each group, whether a row is of it with a known outcome; then, whether the outcome followed."""
    member = codes[:, None] == np.arange(groups)
    return np.hstack([member & ~np.isnan(y)[:, None], member & (y == 1)[:, None]]).astype(np.int64)


def _pupils_in_need(drawn: Resamples, codes: np.ndarray, groups: int, y: np.ndarray) -> np.ndarray:
    """How many pupils of each group the outcome followed at least once: a pupil seen on six dates is one."""
    pupils = pd.DataFrame({"pupil": drawn.pupil, "group": codes})[y == 1].drop_duplicates()
    kept = pupils[pupils["group"] >= 0]
    return np.bincount(kept["group"], minlength=groups)
