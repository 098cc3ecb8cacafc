"""A training study: rows as they were known, what happened next, rehearsal on later dates, and the final tables."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from configs.settings import Settings, Training
from models.bags import Bags, around, draw_bags
from models.calibration import platt
from models.challengers import CHALLENGERS
from models.edits import Edit, edited
from models.matrices import Rows
from models.rehearsal import Fold, Rehearsal, folds, rehearse
from models.scorecard import Scorecard
from models.training import Binned, as_text, scorecard

JUDGED_BESIDE_CHALLENGERS = 2  # the first so many outcomes of the settings; the others are evaluated alone
Say = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Study:
    """What training found: a scorecard (with its bags, and the LightGBM text it was compiled from) and a rehearsal for
    each outcome that could be learnt, and why others could not."""

    rows: Rows
    scorecards: Mapping[str, Scorecard]
    bags: Mapping[str, Bags]
    sources: Mapping[str, str]
    rehearsals: Mapping[str, Rehearsal]
    without_model: Mapping[str, str]


def study(rows: Rows, settings: Settings, say: Say, edits: Sequence[Edit] = ()) -> Study:
    """Rehearses, calibrates and fits every outcome of the settings that has outcomes enough; with edits made by hand,
    in every rehearsal as in the final tables."""
    cards, bags, sources, rehearsals, without = {}, {}, {}, {}, {}
    blocks = folds(rows.dates, settings.training.folds)
    for outcome in settings.outcomes:
        say(f"learning {outcome.replace('_', ' ')}")
        why = _cannot_learn(rows, outcome, settings.training.least_outcomes)
        rehearsal = None if why else _rehearsed(rows, outcome, blocks, settings, edits)
        if rehearsal is None:
            without[outcome] = why or "no fold had outcomes enough to be tested on later dates"
            continue
        bags[outcome], sources[outcome] = _final(rows, outcome, rehearsal, settings.training, edits)
        cards[outcome], rehearsals[outcome] = bags[outcome].card, rehearsal
    return Study(rows, cards, bags, sources, rehearsals, without)


def _cannot_learn(rows: Rows, outcome: str, least: int) -> str | None:
    found = int(rows.labels[outcome].sum())
    return f"{found} outcomes on record; {least} are needed" if found < least else None


def _rehearsed(
    rows: Rows, outcome: str, blocks: Sequence[Fold], settings: Settings, edits: Sequence[Edit]
) -> Rehearsal | None:
    training = settings.training
    methods = CHALLENGERS if outcome in settings.outcomes[:JUDGED_BESIDE_CHALLENGERS] else ()
    return rehearse(rows.matrix, rows.labels, outcome, blocks, methods, training, edits)


def _final(
    rows: Rows, outcome: str, rehearsal: Rehearsal, training: Training, edits: Sequence[Edit]
) -> tuple[Bags, str]:
    """The table fitted on every closed window, edited, with its bags and the LightGBM text it was compiled from;
    calibrated on what rehearsal predicted for later time than it was trained on."""
    known = rows.labels[outcome].notna()
    matrix, y = rows.matrix[known], rows.labels.loc[known, outcome].to_numpy()
    binned = Binned(matrix, y, training.seed)
    booster = binned.fit(rehearsal.rounds_alone)
    curves_alone = scorecard(booster, matrix, outcome, rehearsal.rounds_alone)
    bags = draw_bags(binned, matrix, rehearsal.rounds_alone, training.seed, training.bags)
    if rehearsal.pairs.earned:
        booster = binned.fit(rehearsal.rounds, binned.find_pairs(booster, training.pairs))
    held_out = rehearsal.held_out.dropna(subset=["y"])
    slope, intercept = platt(held_out["margin"].to_numpy(), held_out["y"].to_numpy())
    card = scorecard(booster, matrix, outcome, rehearsal.rounds)
    card = edited(dataclasses.replace(card, slope=slope, intercept=intercept), edits)
    curves_alone, *bags = (edited(one, edits) for one in (curves_alone, *bags))
    return around(card, curves_alone, bags, matrix), as_text(booster, rehearsal.rounds)
