"""The catalogue keeps the lines Handrail does not cross, and its page is never stale."""

import re
from pathlib import Path

from features.catalogue import CATALOGUE, FAMILIES
from features.document import page
from features.measures import MEASURES

FORBIDDEN = (
    "ethnic",
    "relig",
    "language",
    "sex",
    "gender",
    "fsm",
    "free_school",
    "postcode",
    "police",
    "disab",
)
NEVER_CONCERNS = ("needs", "support", "meetings", "environment", "year", "joining", "standing")


def test_the_page_of_features_is_fresh() -> None:
    held = (Path(__file__).parent.parent.parent / "docs" / "features.md").read_text(encoding="utf-8")
    assert held == page(), "run `make docs`"


def test_names_are_one_each_and_every_feature_says_what_it_is() -> None:
    assert len({feature.name for feature in CATALOGUE}) == len(CATALOGUE)
    for feature in CATALOGUE:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", feature.name)
        assert feature.phrase
        assert feature.unit
        assert feature.missing


def test_no_feature_is_made_from_what_may_never_drive_a_score() -> None:
    told = [f"{feature.name} {feature.phrase} {feature.read!r}".lower() for feature in CATALOGUE]
    assert not [line for line in told for word in FORBIDDEN if word in line]
    assert not {measure.table for measure in MEASURES.values()} & {"pupils", "communities"}


def test_needs_and_surroundings_are_never_given_as_a_reason() -> None:
    assert set(NEVER_CONCERNS) <= set(FAMILIES)
    assert not [feature.name for feature in CATALOGUE if feature.family in NEVER_CONCERNS and feature.shown]
