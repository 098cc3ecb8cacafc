"""The catalogue keeps the lines Handrail does not cross, and its page is never stale."""

import re
from datetime import date
from pathlib import Path

from features.catalogue import CATALOGUE, FAMILIES
from features.document import page
from features.engine import feature_expression
from features.measures import MEASURES
from features.reads import Around
from tests.features.a_school import days, opened
from tests.small_tables import tables_of
from watchlists.concerns import CONCERNS

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


def test_nothing_about_who_a_pupil_is_or_where_they_live_is_read() -> None:
    tables = tables_of({"calendar": opened("Ash", days("2026-01-12", 5))})
    held = {name: table for name, table in tables.items() if name not in ("pupils", "communities")}
    assert set(feature_expression(held, [date(2026, 1, 16)]).columns) >= {
        feature.name for feature in CATALOGUE
    }


def test_the_environment_is_only_what_is_around() -> None:
    own = [f.name for f in CATALOGUE if f.family == "environment" and type(f.read) is not Around]
    assert own == []


def test_every_fact_told_to_staff_can_be_said_in_a_sentence() -> None:
    assert {f.family for f in CATALOGUE if f.shown and f.direction != "lowers"} <= {*CONCERNS, "recognitions"}


def test_needs_and_surroundings_are_never_given_as_a_reason() -> None:
    assert set(NEVER_CONCERNS) <= set(FAMILIES)
    assert not [feature.name for feature in CATALOGUE if feature.family in NEVER_CONCERNS and feature.shown]
