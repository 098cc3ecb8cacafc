"""The model card: what a governor, a data protection officer or an analyst should know of one model.

Made from the run, never by hand. No counts of small groups: a group too small to judge has no figure at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from models.challengers import METHOD_WORDS
from models.gate import FAIRNESS, Verdict

MEASURED = ("recall", "false_omission")
ROUNDED_TO = 10  # counts on the card are rounded: none can be differenced to find one pupil
OUTCOME_WORDS = {
    "escalation": "any step up: a rung of level 2 or more, higher than the pupil's own highest of the last year, on "
    "either ladder; a suspension; persistent or severe absence newly holding; or an exit",
    "suspension": "a suspension or anything above it on the school-led ladder",
    "severe_absence": "half or more of possible sessions missed over the year, newly so",
    "exit": "off roll, home education, a managed move, a permanent exclusion or an unexplained exit",
}  # fmt: skip


@dataclass(frozen=True)
class CardFacts:
    """All that a card is made from; nothing is read from a clock or a disk."""

    model_id: str
    horizon: int
    trained_from: str  # first and last as-of date of training, ISO
    trained_to: str
    schools: int
    pupils: int
    pupil_dates: int
    data_hash: str
    settings_hash: str
    catalogue_hash: str
    evaluations: Mapping[str, pd.DataFrame]  # outcome → `evaluate`
    verdict: Verdict
    fairness: pd.DataFrame
    without_model: Mapping[str, str] = field(default_factory=dict)  # outcome → why it has none
    versions: Mapping[str, str] = field(default_factory=dict)  # library → version


def model_card(facts: CardFacts) -> str:
    """The card in Markdown."""
    parts = (
        f"# Model card: {facts.model_id}", _purpose(), _data(facts), _outcomes(facts), _gate(facts.verdict),
        _evaluation(facts.evaluations), _fairness(facts.fairness, facts.verdict), _limits(facts.horizon),
    )  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _purpose() -> str:
    return """## What it is for

It puts pupils who may be about to climb the exclusions continuum in an order, so that adults in their own
school can offer support early, with the recorded facts behind each name.

**Never for** a sanction, a suspension or exclusion, a move, setting, admission, a reference, a report to
police or insurers, judging a teacher or a school, or any decision made without a person. A name on the list
is a reason to talk with a child, and nothing else."""


def _data(facts: CardFacts) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in sorted(facts.versions.items()))
    return f"""## What it was made from

| | |
|---|---|
| as-of dates | {facts.trained_from} to {facts.trained_to} |
| schools | {facts.schools} |
| pupils, about | {_about(facts.pupils)} |
| pupil-dates, about | {_about(facts.pupil_dates)} |
| data | `{facts.data_hash}` |
| settings | `{facts.settings_hash}` |
| feature catalogue | `{facts.catalogue_hash}` |
| libraries | {versions or "not recorded"} |

Ethnicity, religion, language, sex, free school meals, postcode and disability outside the SEN record are not
features. They are used to audit fairness, below, and nowhere else."""


def _outcomes(facts: CardFacts) -> str:
    lines = [f"- **{_plain(name)}**: {OUTCOME_WORDS.get(name, name)}" for name in facts.evaluations]
    lines += [f"- **{_plain(name)}** has no model: {why}" for name, why in facts.without_model.items()]
    head = f"## What it looks ahead to\n\nWithin {facts.horizon} open days, from the day after the date:\n\n"
    return head + "\n".join(lines)


def _gate(verdict: Verdict) -> str:
    said = "It may publish names." if verdict.passed else "**It may not publish names.**"
    rows = [
        f"| {_plain(one.name)} | {one.verdict}{' (blocks)' if one.blocks else ''} | {one.words} |"
        for one in verdict.criteria
        if not one.name.startswith(FAIRNESS)
    ]
    table = "\n".join(["| criterion | verdict | in words |", "|---|---|---|", *rows])
    return f"## The gate\n\nWritten down before the results. {said}\n\n{table}"


def _evaluation(evaluations: Mapping[str, pd.DataFrame]) -> str:
    parts = [
        "## How well it did, beside simpler ways",
        "On later dates than it was trained on; in brackets, 95 % intervals over pupils within schools.",
    ]
    for outcome, table in evaluations.items():
        first = table.iloc[0]
        parts.append(
            f"### {_plain(outcome).capitalize()}\n\nIt followed {first['base_rate']:.1%} of about "
            f"{_about(int(first['rows']))} pupil-dates. A perfect list of this size would be right for "
            f"{first['ceiling']:.0%} of its names.\n\n{_methods(table)}"
        )
    return "\n\n".join(parts)


COLUMNS = {
    "auroc": "AUROC", "auroc_first": "AUROC, first", "average_precision": "average precision",
    "precision_at_capacity": "right at capacity", "recall_at_capacity": "reached",
    "recall_first": "reached, first", "calibration": "predicted over observed",
}  # fmt: skip


def _methods(table: pd.DataFrame) -> str:
    lines = [f"| method | {' | '.join(COLUMNS.values())} |", "|---" * (len(COLUMNS) + 1) + "|"]
    for _, row in table.iterrows():
        cells = " | ".join(_cell(row, name) for name in COLUMNS)
        lines.append(f"| {METHOD_WORDS[row['method']]} | {cells} |")
    return "\n".join(lines)


def _fairness(table: pd.DataFrame, verdict: Verdict) -> str:
    parts = [
        "## Is any group missed?",
        "Each group against the rest with the same fact recorded: how often those in need are listed, and\n"
        "how often those not listed are in need. 1 is equal. A group is missed when both say so.",
    ]
    criteria = [criterion for criterion in verdict.criteria if criterion.name.startswith(FAIRNESS)]
    if not criteria:
        return "\n\n".join([*parts, "No group is recorded in the data, so this could not be judged."])
    rows = ["| group | listed, in need | in need, not listed | verdict |", "|---|---|---|---|"]
    for criterion, (_, line) in zip(criteria, table.iterrows(), strict=True):
        small = criterion.figure != criterion.figure
        listed, omitted = ("too few" if small else _cell(line, f"{name}_ratio") for name in MEASURED)
        group = criterion.name.removeprefix(f"{FAIRNESS}: ")
        rows.append(f"| {group} | {listed} | {omitted} | {criterion.verdict} |")
    return "\n\n".join([*parts, "\n".join(rows)])


def _limits(horizon: int) -> str:
    return f"""## What it cannot know

- It reads records, and records are made by adults: a suspension is a decision, and an incident is what was
  noticed and written down. Where recording is unequal, so is this.
- It looks {horizon} open days ahead, in schools like those it was made from. Elsewhere, or later, it must be
  evaluated again.
- Most names on a list will not step up, and many who do are on no list. Absence from the list means nothing.
- Support given after a name was listed changes what follows, and so what a later model learns.
- It says what tends to come before a step up, not what causes one, nor which support would help."""


def _about(count: int) -> str:
    return f"{round(count / ROUNDED_TO) * ROUNDED_TO:,}"


def _cell(row: pd.Series, name: str) -> str:
    if row[name] != row[name]:
        return "–"
    if row[f"{name}_low"] != row[f"{name}_low"]:
        return f"{row[name]:.2f}"
    return f"{row[name]:.2f} ({row[f'{name}_low']:.2f}–{row[f'{name}_high']:.2f})"


def _plain(name: str) -> str:
    return name.replace("_", " ")
