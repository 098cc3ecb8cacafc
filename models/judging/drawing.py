"""Pictures of the judgement: how early, how useful, for whom, and how far tonight has moved."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from models.challengers import HANDRAIL
from models.drift import Shift
from models.judging.judgement import Judgement
from models.judging.lead_time import AT_LEAST_DAYS
from models.judging.strata import LEAST_POSITIVES
from models.pictures import INK, MIST, PAPER, TEAL, on_paper

EVEN = (0.8, 1.25)  # between these a group's figure is like the rest's, by the custom of fairness audits
MEASURED = {"recall": "listed, of those in need", "false_omission": "in need, of those not listed"}


def draw_judgement(folder: Path, found: Judgement, threshold: float) -> list[Path]:
    """The pictures of a judgement as PNG files in `folder`; none where there was nothing to judge."""
    if found.usefulness.empty:
        return []
    made = [usefulness(found.usefulness, threshold, folder / "usefulness.png")]
    if found.warnings is not None and len(found.warnings.steps) >= LEAST_POSITIVES:
        made.append(lead_time(found.warnings.lead[HANDRAIL], folder / "lead_time.png"))
    judged = (
        found.fairness[found.fairness["pupils_positive"].notna()] if len(found.fairness) else found.fairness
    )
    return [*made, *([fairness(judged, folder / "fairness.png")] if len(judged) else [])]


def lead_time(lead: np.ndarray, to: Path) -> Path:
    """A PNG of how many school days of steady listing came before first steps up, and how many had none."""
    warned = lead[lead >= 0]
    with on_paper(6.2, 3.0, to) as drawn:
        axis = drawn.subplots()
        edges = np.arange(0, max(60.0, float(warned.max(initial=0.0))) + 5, 5)
        axis.hist(warned, bins=edges, color=TEAL, edgecolor=PAPER)
        for days in AT_LEAST_DAYS:
            axis.axvline(days, color=MIST, linewidth=1, zorder=0)
        said = f"{len(warned)} of {len(lead)} were on the list steadily before their first step up"
        axis.set(title=said, xlabel="school days of steady listing before it", ylabel="pupils")
    return to


def usefulness(curve: pd.DataFrame, threshold: float, to: Path) -> Path:
    """A PNG of net benefit over the threshold for every way, with the threshold at which lists are cut."""
    with on_paper(6.2, 3.6, to) as drawn:
        axis = drawn.subplots()
        for way, line in curve.groupby("way", sort=False):
            colour, width = (TEAL, 2.2) if way == HANDRAIL else (MIST, 1.2)
            axis.plot(line["threshold"], line["net_benefit"], color=colour, linewidth=width)
        own = curve[curve["way"] == HANDRAIL]
        axis.fill_between(
            own["threshold"],
            own["net_benefit_low"],
            own["net_benefit_high"],
            color=TEAL,
            alpha=0.15,
            linewidth=0,
        )
        axis.axvline(threshold, color=INK, linewidth=0.8, linestyle=":")
        top = float(own["net_benefit_high"].max())
        axis.set(ylim=(-0.25 * top, 1.1 * top), xlabel="chance at which a talk is thought worth having",
                 ylabel="net benefit a pupil",
                 title="Handrail (dark), simpler ways, everyone, nobody. Dotted: where lists are cut")  # fmt: skip
    return to


def fairness(table: pd.DataFrame, to: Path) -> Path:
    """A PNG of both measures for each group big enough, its figure over the rest's with a 95 % interval."""
    rows = table.iloc[::-1].reset_index(drop=True)
    with on_paper(7.4, 0.28 * len(rows) + 1.2, to) as drawn:
        for axis, (name, words) in zip(drawn.subplots(1, 2, sharey=True), MEASURED.items(), strict=True):
            axis.axvspan(*EVEN, color=MIST, alpha=0.3, linewidth=0)
            axis.axvline(1, color=MIST, linewidth=1)
            places = np.arange(len(rows))
            axis.hlines(
                places, rows[f"{name}_ratio_low"], rows[f"{name}_ratio_high"], color=TEAL, linewidth=1.5
            )
            axis.plot(rows[f"{name}_ratio"], places, "o", color=TEAL, markersize=4)
            axis.set(title=words, xlabel="this group over the rest", xlim=(0, 3))
            axis.set_yticks(places, rows["characteristic"] + " " + rows["group"])
    return to


def drift(shifts: Sequence[Shift], most: float, to: Path) -> Path:
    """A PNG of the records that have moved furthest, with the line at which a warning is given."""
    rows = list(reversed(shifts))
    with on_paper(7.4, 0.3 * len(rows) + 1.0, to) as drawn:
        axis = drawn.subplots()
        axis.barh(np.arange(len(rows)), [shift.psi for shift in rows], color=TEAL, height=0.6)
        axis.axvline(most, color=INK, linewidth=0.8, linestyle=":")
        axis.set_yticks(np.arange(len(rows)), [shift.phrase for shift in rows])
        axis.set(xlabel="population stability index", title="How far records have moved since training")
    return to
