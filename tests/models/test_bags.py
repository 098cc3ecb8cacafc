"""How sure a curve is: planted shapes are found, and lie within the intervals."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from features.catalogue import CATALOGUE
from models import shelf
from models.bags import Bags, around, draw_bags
from models.scorecard import columns
from models.scoring import score
from models.training import Binned, scorecard
from tests.models.test_scorecard import NAMES, pupils

SHAPES = {
    "incidents_20": lambda x: 0.9 * np.minimum(x, 3),  # more counts for more, up to three
    "absent_rate_20": lambda x: 4 * x,
    "belonging": lambda x: -1.5 * np.nan_to_num(x),
    "days_here": lambda x: 0.8 * np.cos(x / 380 * 2 * np.pi),  # first high, then low, then high again
}
FEW = tuple(feature for feature in CATALOGUE if feature.name in SHAPES)
ROUNDS, DATES = 80, 3


def world(seed: int, people: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Pupils of four schools on three dates, whose log-odds are the planted shapes added up."""
    rng = np.random.default_rng(seed)

    def each(values: np.ndarray) -> np.ndarray:
        return np.repeat(values, DATES)

    rows = pd.DataFrame({
        "pupil_id": each(np.array([f"p{n:05}" for n in range(people)])),
        "school_id": each(np.array([f"s{n % 4}" for n in range(people)])),
        "as_of": np.tile([f"2025-0{month}-06" for month in range(1, DATES + 1)], people),
        "incidents_20": rng.poisson(each(rng.gamma(1, 1, people))).astype("float64"),
        "absent_rate_20": np.clip(each(rng.beta(1, 9, people)) + rng.normal(0, 0.02, people * DATES), 0, 1),
        "belonging": each(np.where(rng.random(people) < 0.2, np.nan, rng.random(people))),
        "days_here": each(rng.integers(0, 380, people)).astype("float64"),
    })  # fmt: skip
    margin = -3 + sum(shape(rows[name].to_numpy()) for name, shape in SHAPES.items())
    return rows, (rng.random(len(rows)) < 1 / (1 + np.exp(-margin))).astype("float64")


def bagged(rows: pd.DataFrame, y: np.ndarray, seed: int, count: int = 8) -> Bags:
    binned = Binned(rows, y, seed, FEW)
    card = scorecard(binned.fit(ROUNDS), rows, "escalation", ROUNDS)
    return around(card, card, draw_bags(binned, rows, ROUNDS, seed, count), rows)


def against_the_truth(bags: Bags, rows: pd.DataFrame) -> pd.DataFrame:
    """Each row and feature: the planted points, and the point found with the two ends of its interval."""
    table, parts = bags.intervals(), []
    for name, shape in SHAPES.items():
        bins, values = table[table["feature"] == name], rows[name].to_numpy()
        place = np.where(
            np.isnan(values), len(bins) - 1, np.searchsorted(bins["upper"].to_numpy()[:-2], values)
        )
        planted = shape(values)
        planted = pd.Series(planted - planted.mean()).groupby(place).transform("mean")
        found = bins.iloc[place][["points", "low", "high"]].reset_index(drop=True)
        parts.append(found.assign(feature=name, planted=planted))
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def one() -> tuple[Bags, pd.DataFrame, np.ndarray]:
    rows, y = world(1, 2000)
    return bagged(rows, y, 1), rows, y


def test_planted_shapes_are_found(one: tuple[Bags, pd.DataFrame, np.ndarray]) -> None:
    bags, rows, _ = one
    for name, part in against_the_truth(bags, rows).groupby("feature"):
        assert np.corrcoef(part["points"], part["planted"])[0, 1] > 0.9, name


def test_the_card_among_its_bags_is_the_card_and_every_curve_has_a_mean_of_nothing(
    one: tuple[Bags, pd.DataFrame, np.ndarray],
) -> None:
    bags, rows, _ = one
    np.testing.assert_allclose(bags.cards[0].margin(rows), bags.card.margin(rows), rtol=0, atol=1e-9)
    for card in bags.cards:
        np.testing.assert_allclose(card.contributions(rows).mean(), 0, atol=1e-9)


def test_each_point_lies_within_its_interval_and_fewer_pupils_make_it_wider(
    one: tuple[Bags, pd.DataFrame, np.ndarray],
) -> None:
    wide = bagged(*world(1, 500), 1).intervals()
    narrow = one[0].intervals()
    for table in (wide, narrow):
        assert ((table["low"] <= table["points"]) & (table["points"] <= table["high"])).all()

    def width(table: pd.DataFrame) -> float:
        return float(np.average(table["high"] - table["low"], weights=table["weight"]))

    assert width(wide) > 1.4 * width(narrow)


def test_a_pupil_is_drawn_with_all_their_dates() -> None:
    """A hundred copies of each row tell no more than one does: the intervals must not shrink."""
    rows, y = world(2, 300)
    copies = pd.concat([rows.assign(as_of=rows["as_of"] + f"-{n}") for n in range(4)], ignore_index=True)
    once, often = bagged(rows, y, 2).intervals(), bagged(copies, np.tile(y, 4), 2).intervals()
    spread = [float(np.average(t["high"] - t["low"], weights=t["weight"])) for t in (once, often)]
    assert spread[1] > 0.8 * spread[0]


@pytest.mark.slow
def test_intervals_cover_the_planted_shapes_about_nine_times_in_ten() -> None:
    within = []
    for seed in range(24):
        rows, y = world(100 + seed, 2000)
        told = against_the_truth(bagged(rows, y, seed), rows)
        inside = (told["low"] <= told["planted"]) & (told["planted"] <= told["high"])
        within.append(inside.groupby(told["feature"]).mean())
    covered = pd.concat(within, axis=1).mean(axis=1)
    assert (covered > 0.8).all(), covered
    assert 0.87 < covered.mean() < 0.99, covered


def test_bags_are_shelved_with_the_model_and_give_each_place_a_range(tmp_path: Path) -> None:
    rows, y = pupils(1, 1500)
    binned = Binned(rows, y, 1)
    card = scorecard(binned.fit(40), rows, "escalation", 40)
    card = dataclasses.replace(card, slope=0.9, intercept=-0.2)
    bags = around(card, card, draw_bags(binned, rows, 40, 1, 4), rows)
    saved = shelf.save(tmp_path, {"escalation": bags.card}, {}, {"outcomes": {}}, {"escalation": bags})
    model = shelf.load(tmp_path, saved.id)
    unseen, _ = pupils(2, 400)
    values = columns(unseen, NAMES)
    assert (model.bags["escalation"].margins(values) == bags.margins(values)).all()
    standing = pd.DataFrame({"level_school": 0, "level_self": 0}, index=unseen.index)
    told = score(model, unseen, standing)
    assert ((told["rank_low"] <= told["rank"]) & (told["rank"] <= told["rank_high"])).all()
    assert (told["rank_low"] < told["rank_high"]).mean() > 0.9
    assert told["rank_low"].min() == 1
    assert told["rank_high"].max() == len(unseen)
