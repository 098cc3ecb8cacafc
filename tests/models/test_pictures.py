"""Pictures are the same bytes from the same tables, and the card says what a governor must know."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from configs.settings import load_settings
from models.card import CardFacts, model_card
from models.evaluation import evaluate
from models.fairness import fairness
from models.gate import judge
from models.pictures import curves, draw, most_important
from tests.models.planted import held_out

PNG = b"\x89PNG\r\n\x1a\n"
CHUNKS_THAT_STAMP = (b"tEXt", b"iTXt", b"zTXt", b"tIME")


def scorecard(features: int = 15) -> pd.DataFrame:
    """A table of curves, each steeper than the one before; the first does not move at all."""
    rows: list[tuple[object, ...]] = [("escalation", "", np.nan, np.nan, False, -2.5, 0)]
    for number in range(features):
        name, edges = f"f{number:02d}", [-np.inf, *range(number % 4 + 1), np.inf]
        for place, (lower, upper) in enumerate(pairwise(edges)):
            rows.append(("escalation", name, lower, upper, False, 0.1 * number * place, 100 - place))
        rows.append(("escalation", name, np.nan, np.nan, True, -0.05 * number, 10 * (number % 2)))
    return pd.DataFrame(rows, columns=["outcome", "feature", "lower", "upper", "missing", "points", "weight"])


def test_every_picture_is_drawn_and_drawn_the_same_again(tmp_path: Path) -> None:
    rows = {"escalation": held_out(1, pupils=300)}
    made = [draw(tmp_path / name, scorecard(), rows, 0.03, 15, seed=1) for name in ("once", "again")]
    assert [picture.name for picture in made[0]] == [
        "curves_escalation.png", "reliability_escalation.png", "precision_recall_escalation.png",
    ]  # fmt: skip
    for first, second in zip(*made, strict=True):
        content = first.read_bytes()
        assert content.startswith(PNG)
        assert len(content) > 5_000
        assert content == second.read_bytes()
        assert not any(stamp in content for stamp in CHUNKS_THAT_STAMP)


def test_a_picture_changes_with_what_it_shows(tmp_path: Path) -> None:
    table = scorecard()
    one = curves(table, "escalation", tmp_path / "one.png").read_bytes()
    table.loc[table["feature"] == "f14", "points"] += np.arange(4 + 1)[: (table["feature"] == "f14").sum()]
    assert curves(table, "escalation", tmp_path / "two.png").read_bytes() != one
    named = curves(scorecard(), "escalation", tmp_path / "three.png", {"f14": "sessions missed"}).read_bytes()
    assert named != one


def test_a_curves_intervals_are_drawn_where_it_has_them(tmp_path: Path) -> None:
    table = scorecard()
    sure = table.assign(low=table["points"], high=table["points"])
    unsure = table.assign(low=table["points"] - 1, high=table["points"] + 1)
    drawn = [curves(each, "escalation", tmp_path / f"{name}.png").read_bytes()
             for name, each in (("sure", sure), ("unsure", unsure))]  # fmt: skip
    assert drawn[0] != drawn[1]


def test_the_curves_that_move_most_come_first_and_flat_ones_not_at_all() -> None:
    names = most_important(scorecard(), most=50)
    assert "f00" not in names
    assert names[0] in {"f11", "f14"}
    assert len(most_important(scorecard(), most=12)) == 12
    assert most_important(scorecard(1)) == []


@pytest.mark.parametrize("every", [0.0, 1.0])
def test_a_model_with_nothing_to_show_is_still_drawn(every: float, tmp_path: Path) -> None:
    rows = held_out(2, pupils=40).assign(y=every, handrail=0.25)
    assert len(draw(tmp_path, scorecard(1), {"escalation": rows}, 0.03, 15, seed=1)) == 3


def card(seed: int = 3, fsm_pupils: int = 0) -> str:
    """A card of a model with two outcomes, one of which has no model; `fsm_pupils` makes one group small."""
    rows, gate = held_out(seed, pupils=1500), load_settings().gate
    ids = rows["pupil_id"].unique()
    groups = pd.DataFrame({"pupil_id": ids, "sex": np.where(np.arange(len(ids)) % 2, "F", "M")})
    groups["fsm"] = np.where(np.arange(len(ids)) < fsm_pupils, "yes", "no")
    fair = fairness(rows, groups, 0.03, 15, gate["fairness"], seed=1, draws=50)
    table = evaluate(rows, "escalation", 0.03, 15, seed=1, draws=50)
    return model_card(CardFacts(
        model_id="abc123", horizon=60, trained_from="2023-09-04", trained_to="2025-03-14", schools=6,
        pupils=1503, pupil_dates=4509, data_hash="d1", settings_hash="s1", catalogue_hash="c1",
        evaluations={"escalation": table}, verdict=judge(table, fair, gate), fairness=fair,
        without_model={"exit": "12 outcomes on record; 30 are needed"}, versions={"lightgbm": "4.7.0"},
    ))  # fmt: skip


def test_the_card_says_what_it_is_for_and_never_for_and_on_what_evidence() -> None:
    text = card()
    for part in (
        "**Never for** a sanction", "60 open days", "2023-09-04 to 2025-03-14", "`d1`", "`s1`", "`c1`",
        "lightgbm 4.7.0", "**exit** has no model: 12 outcomes", "| Handrail |", "| environment only |",
        "It may publish names.", "What it cannot know", "| sex F |",
    ):  # fmt: skip
        assert part in text, part
    assert "nan" not in text
    assert "None" not in text


def test_counts_on_the_card_are_rounded_and_small_groups_have_no_figures() -> None:
    text = card(fsm_pupils=12)
    assert "1,500" in text
    assert "1503" not in text.replace(",", "")
    line = next(line for line in text.splitlines() if line.startswith("| fsm yes |"))
    assert line == "| fsm yes | too few | too few | not enough evidence |"
    mirror = next(line for line in text.splitlines() if line.startswith("| fsm no |"))
    assert "too few" in mirror  # or the small group could be worked out from the rest


def test_the_same_facts_make_the_same_card() -> None:
    assert card() == card()


def test_every_table_on_the_card_has_as_many_cells_in_every_line() -> None:
    lines = card().splitlines()
    for above, line in pairwise(lines):
        if above.startswith("|") and line.startswith("|"):
            assert above.count("|") == line.count("|"), line
