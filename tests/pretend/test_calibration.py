"""The pretend trust has the rates of official figures: target beside simulated, each within its tolerance."""

import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from pretend_figures import Figures, measure

CONFIG: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "configs" / "pretend.yaml").read_text(encoding="utf-8")
)


@cache
def simulated(trust: Path) -> dict[str, Figures]:
    """Every figure, measured once."""
    return measure(trust, CONFIG["headcount"])


@pytest.mark.parametrize("family", CONFIG["figures"])
def test_figures_are_near_the_official_ones(family: str, trust: Path) -> None:
    wanted, found = CONFIG["figures"][family], simulated(trust)[family]
    lines, far = (
        [f"\n{family}: target, simulated (within {wanted['relative']:.0%} or {wanted['absolute']})"],
        [],
    )
    for group, levels in wanted["targets"].items():
        for level, target in levels.items():
            value = found[group].get(str(level), 0.0)
            holds = abs(value - target) <= max(wanted["relative"] * target, wanted["absolute"])
            lines.append(
                f"  {group:>12} {level!s:>12} {target:9.3f} {value:9.3f} {'' if holds else '  <- too far'}"
            )
            far += [] if holds else [f"{group} {level}: {target} wanted, {value:.3f} found"]
    sys.stdout.write("\n".join(lines) + "\n")
    assert not far, far
