"""Everything one model is judged by, found in one go from a study: tables only, of which the card is made."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from configs.settings import Settings
from features.calendar import days_of
from features.catalogue import CATALOGUE
from models.challengers import HANDRAIL
from models.evaluation import ORDER, evaluate
from models.fairness import fairness
from models.groups import audit_groups, with_pairs
from models.judging.censoring import censoring_table, staying_weights
from models.judging.churn import churn
from models.judging.label_bias import bias_tables, other_truths
from models.judging.lead_time import Warnings, lead_table, warnings
from models.judging.leaks import DECIDED, Suspect, suspect
from models.judging.onsets import first_steps
from models.judging.published import as_published, rehearsed_weeks
from models.judging.stability import stability
from models.judging.strata import LEAST_POSITIVES, strata_of, stratified
from models.judging.supported import supported_strata
from models.judging.unseen import unseen_schools
from models.judging.usefulness import decision_curve
from models.rehearsal import Rehearsal
from models.scoring import RANKED_BY
from models.study import Study
from sources.as_known import as_known

Tables = Mapping[str, ir.Table]
Say = Callable[[str], None]
KEYS = ["pupil_id", "school_id", "as_of"]


@dataclass(frozen=True, eq=False)
class Judgement:
    """What was found. `held_out` has the rows of each outcome as they were judged; `evaluations` a table an outcome.
    All else is of the outcome that the list is ranked by, and empty where it has no model."""

    held_out: Mapping[str, pd.DataFrame]
    evaluations: Mapping[str, pd.DataFrame]
    fairness: pd.DataFrame = field(default_factory=pd.DataFrame)  # the characteristics the gate judges
    pairs: pd.DataFrame = field(
        default_factory=pd.DataFrame
    )  # their pairs, and schools: shown, and blocking nothing
    published: pd.DataFrame = field(default_factory=pd.DataFrame)
    warnings: Warnings | None = None
    lead: pd.DataFrame = field(default_factory=pd.DataFrame)
    churn: pd.DataFrame = field(default_factory=pd.DataFrame)
    unseen: pd.DataFrame = field(default_factory=pd.DataFrame)
    strata: pd.DataFrame = field(default_factory=pd.DataFrame)
    censoring: pd.DataFrame = field(default_factory=pd.DataFrame)
    usefulness: pd.DataFrame = field(default_factory=pd.DataFrame)
    stability: pd.DataFrame = field(default_factory=pd.DataFrame)
    bias: pd.DataFrame = field(default_factory=pd.DataFrame)
    bias_groups: pd.DataFrame = field(default_factory=pd.DataFrame)
    suspects: tuple[Suspect, ...] = ()

    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by name, but those of single pupils, and no figure of a group too small to judge."""
        names = ("fairness", "pairs", "published", "lead", "churn", "unseen", "strata", "censoring", "usefulness",
                 "stability", "bias", "bias_groups")  # fmt: skip
        return {name: no_small_groups(getattr(self, name)) for name in names}

    def to_be_shown(self) -> "Judgement":
        """The same with its tables as `tables` has them."""
        shown: dict[str, Any] = dict(self.tables())
        return replace(self, **shown)


def no_small_groups(table: pd.DataFrame) -> pd.DataFrame:
    """A table of groups, strata or first steps without the figures and counts of those with too few pupils in need, or
    whose rest has."""
    if not {"verdict", "stratum", "steps"} & set(table):
        return table
    counts = table[[name for name in ("pupils_positive", "pupils_positive_rest", "steps") if name in table]]
    small = (counts < LEAST_POSITIVES).any(axis=1)
    numbers = table.select_dtypes("number").columns
    return table.assign(**{name: table[name].astype(float).mask(small) for name in numbers})


def judged(found: Study, tables: Tables, settings: Settings, by: date, say: Say) -> Judgement:
    """The judgement on a study, from the tables it was made from and what was known by `by`."""
    capacity = settings.capacity.share_of_roll, settings.capacity.per_year_group
    held_out = {name: rehearsal.held_out for name, rehearsal in found.rehearsals.items()}
    if RANKED_BY in held_out:
        held_out[RANKED_BY] = as_the_night_would(found.rehearsals)
    evaluations = {
        name: evaluate(rows, name, *capacity, settings.training.seed) for name, rows in held_out.items()
    }
    if RANKED_BY not in held_out:
        return Judgement(held_out, evaluations)
    return _Bench(found, tables, settings, by, held_out, evaluations, say).judgement()


def as_the_night_would(rehearsals: Mapping[str, Rehearsal]) -> pd.DataFrame:
    """The held-out rows of the outcome that the list is ranked by, in order, its chance never below those of the
    outcomes within it: as the night gives it (`models.scoring`)."""
    rows = rehearsals[RANKED_BY].held_out.sort_values(ORDER, kind="stable").reset_index(drop=True)
    chances = [rows[HANDRAIL].to_numpy()]
    for name in (name for name in rehearsals if name != RANKED_BY):
        other = rehearsals[name].held_out[[*KEYS, HANDRAIL]]
        chances.append(rows[KEYS].merge(other, on=KEYS, how="left")[HANDRAIL].to_numpy())
    return rows.assign(**{HANDRAIL: np.fmax.reduce(chances)})


class _Bench:
    """One study on the bench: each part of the judgement in turn, all on the same rows and the same seed."""

    def __init__(
        self, found: Study, tables: Tables, settings: Settings, by: date, held_out: Mapping[str, pd.DataFrame],
        evaluations: Mapping[str, pd.DataFrame], say: Say,
    ) -> None:  # fmt: skip
        self.found, self.tables, self.settings, self.by, self.say = found, tables, settings, by, say
        self.held_out, self.evaluations = held_out, evaluations
        self.rows, self.seed = held_out[RANKED_BY], settings.training.seed
        self.capacity = settings.capacity.share_of_roll, settings.capacity.per_year_group
        self.known = as_known(dict(tables), by)
        at = found.rows.matrix[KEYS].reset_index(names="_row")
        place = self.rows[KEYS].merge(at, on=KEYS, how="left", validate="one_to_one")["_row"]
        self.matrix, self.labels = (
            frame.loc[place].reset_index(drop=True) for frame in (found.rows.matrix, found.rows.labels)
        )

    def judgement(self) -> Judgement:
        """All of it."""
        self.say("rehearsing the lists week by week")
        weeks = rehearsed_weeks(
            self.tables, self.settings, self.found.rows.matrix, self.found.rehearsals, RANKED_BY
        )
        warned = self._warnings(weeks)
        groups, rule = with_pairs(audit_groups(self.known)).replace("", None), self.settings.gate["fairness"]
        pairs = {**rule, "groups": [str(name) for name in groups if " and " in str(name)] + ["school"]}
        self.say("judging groups, strangers and luck")
        bias, bias_groups = self._bias(groups)
        return Judgement(
            self.held_out, self.evaluations,
            fairness=fairness(self.rows, groups, *self.capacity, rule, self.seed),
            pairs=fairness(self.rows, groups, *self.capacity, pairs, self.seed),
            published=as_published(self.rows, weeks, self.seed), warnings=warned,
            lead=lead_table(warned, self.seed), churn=churn(weeks, self.seed), unseen=self._again(unseen_schools),
            strata=self._strata(), censoring=self._censoring(),
            usefulness=decision_curve(self.rows, self.seed), stability=self._again(stability), bias=bias,
            bias_groups=bias_groups, suspects=tuple(self._suspects()),
        )  # fmt: skip

    def _warnings(self, weeks: pd.DataFrame) -> Warnings:
        days = days_of(self.tables)
        standing = self.found.rows.labels[[*KEYS, "level_self"]]
        steps = first_steps(self.tables, weeks, standing, self.settings.ladder, self.by)
        return warnings(weeks, steps, days, self.settings.horizon)

    def _again(self, fit_again: Callable[..., pd.DataFrame]) -> pd.DataFrame:
        rows = self.found.rows
        rehearsal = self.found.rehearsals[RANKED_BY]
        return fit_again(rows.matrix, rows.labels, RANKED_BY, rehearsal, self.capacity, self.seed)

    def _strata(self) -> pd.DataFrame:
        schools = self.known["schools"].select("school_id", "phase").to_pandas()
        phase = dict(zip(schools["school_id"].astype(str), schools["phase"], strict=True))
        masks = strata_of(self.rows, self.matrix["days_here"].to_numpy(dtype=float), phase)
        helped = supported_strata(self.rows, self.known)
        return stratified(self.rows, *self.capacity, self.seed, {**masks, **helped})

    def _censoring(self) -> pd.DataFrame:
        weight = staying_weights(self.rows, self.matrix)
        return censoring_table(self.rows, weight, *self.capacity, self.seed)

    def _bias(self, groups: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        absence = self.labels["absence"].to_numpy()
        truths = other_truths(self.tables, self.rows, absence, self.settings, self.by)
        return bias_tables(truths, groups, self.capacity, self.settings.gate["fairness"], self.seed)

    def _suspects(self) -> Iterator[Suspect]:
        names = [feature.name for feature in CATALOGUE]
        for outcome in (name for name in DECIDED if name in self.held_out):
            rows = self.held_out[outcome]
            yield suspect(outcome, rows, self._facts_of(rows), names, self.seed)

    def _facts_of(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The features of held-out rows, in their order."""
        return rows[KEYS].merge(self.found.rows.matrix, on=KEYS, how="left", validate="one_to_one")
