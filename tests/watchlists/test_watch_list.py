"""The list: exact to capacity, the same on any day it is made, and told in words for everyone on it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pytest

from configs.refusals import BadSettings
from configs.settings import Capacity, Settings, settings_from
from tests.watchlists.a_school import AS_OF
from watchlists.build import COLUMNS, Built, build, build_facts_only, facts_only_list, steps_up, watch_list
from watchlists.cards import write_cards
from watchlists.concerns import CONCERNS

SETTINGS = Settings()


def test_the_list_is_cut_to_the_capacity_of_each_school(built: Built, scores: pd.DataFrame) -> None:
    table = built.watch_list
    assert tuple(table.columns) == COLUMNS
    assert table["school_id"].value_counts().to_dict() == {"s1": 6, "s2": 1}  # ⌈0.03 × 200⌉ and ⌈0.03 × 30⌉
    assert table.loc[table["school_id"] == "s1", "rank"].tolist() == [1, 2, 3, 4, 5, 6]
    best = scores[scores["school_id"] == "s1"].nlargest(6, "p_escalation")["pupil_id"].tolist()
    assert table.loc[table["school_id"] == "s1", "pupil_id"].tolist() == best


def test_a_year_group_never_holds_more_than_its_team_can_meet(
    scores: pd.DataFrame, reasons: pd.DataFrame, known: Mapping[str, ir.Table]
) -> None:
    crowded = scores.assign(
        p_escalation=np.where(scores["year_group"] == "9", 0.9, scores["p_escalation"] / 2)
    )
    roomy = Settings(capacity=SETTINGS.capacity.__class__(share_of_roll=0.2, per_year_group=15))
    table = watch_list(crowded, reasons, known, roomy, AS_OF, None)
    here = table[table["school_id"] == "s1"]
    assert (len(here), (here["year_group"] == "9").sum()) == (40, 15)


def test_ties_do_not_depend_on_the_order_of_the_rows(
    scores: pd.DataFrame, reasons: pd.DataFrame, known: Mapping[str, ir.Table]
) -> None:
    tied = scores.assign(p_escalation=0.5)
    lists = [
        watch_list(tied.loc[order], reasons.loc[order], known, SETTINGS, AS_OF, None)
        for order in (tied.index, tied.index[::-1], tied.sample(frac=1, random_state=3).index)
    ]
    for other in lists[1:]:
        pd.testing.assert_frame_equal(lists[0], other)
    assert lists[0]["pupil_id"].tolist() != sorted(lists[0]["pupil_id"])


def test_a_missing_chance_is_refused(
    scores: pd.DataFrame, reasons: pd.DataFrame, known: Mapping[str, ir.Table]
) -> None:
    broken = scores.assign(p_escalation=scores["p_escalation"].where(scores.index != 3))
    with pytest.raises(ValueError, match="missing"):
        watch_list(broken, reasons, known, SETTINGS, AS_OF, None)


def test_everyone_has_a_strength_and_at_most_three_concerns(built: Built) -> None:
    assert built.watch_list["strengths"].map(len).min() >= 1
    assert built.watch_list["concerns"].map(len).between(1, 3).all()
    assert set(built.watch_list["support"]) == {"None recorded"}


def test_concerns_follow_the_reasons_and_never_the_hidden_families(
    scores: pd.DataFrame, reasons: pd.DataFrame, known: Mapping[str, ir.Table]
) -> None:
    hidden = reasons.assign(**dict.fromkeys(CONCERNS, -1.0), needs=9.0, environment=9.0)
    table = watch_list(scores, hidden, known, SETTINGS, AS_OF, None)
    assert {text for held in table["concerns"] for text in held} == {
        "Small changes across several records; no single one stands out."
    }


def test_bands_are_sized_by_the_teams_time(built: Built) -> None:
    here = built.watch_list[built.watch_list["school_id"] == "s1"]
    assert here["band"].tolist()[:3] == ["Talk this week"] * 3  # ⌈0.35 × 6⌉
    assert set(here["band"].tolist()[3:]) <= {"Keep an eye", "New information"}


def test_new_still_and_back(
    scores: pd.DataFrame, reasons: pd.DataFrame, known: Mapping[str, ir.Table], built: Built
) -> None:
    assert set(built.watch_list["changed"]) == {"New"}
    first, second = AS_OF - timedelta(days=14), AS_OF - timedelta(days=7)
    rows = built.watch_list
    older = rows.head(2).assign(as_of=first, since=first)
    last = rows.iloc[1:4].assign(as_of=second, since=[first, second, second])
    table = watch_list(scores, reasons, known, SETTINGS, AS_OF, pd.concat([older, last]))
    words = dict(zip(table["pupil_id"], table["changed"], strict=True))
    ids = rows["pupil_id"].tolist()
    assert words[ids[0]] == "Back, after 2 weeks"
    assert words[ids[1]].endswith("3rd week")
    assert words[ids[2]].endswith("2nd week")
    assert words[ids[4]] == "New"


def test_the_same_day_run_again_marks_nobody_as_old(
    scores: pd.DataFrame, reasons: pd.DataFrame, known: Mapping[str, ir.Table], built: Built
) -> None:
    again = watch_list(scores, reasons, known, SETTINGS, AS_OF, built.watch_list)
    pd.testing.assert_frame_equal(again, built.watch_list)


def test_whoever_leaves_the_list_is_given_a_reason(
    scores: pd.DataFrame, reasons: pd.DataFrame, known: Mapping[str, ir.Table], built: Built
) -> None:
    others = scores.nsmallest(2, "p_escalation")["pupil_id"].tolist()
    week, long_ago = AS_OF - timedelta(days=7), AS_OF - timedelta(days=28)
    last = built.watch_list.head(3).assign(pupil_id=[*others, "gone"], as_of=week, since=long_ago)
    off = build(scores, reasons, known, SETTINGS, AS_OF, last).off_list
    assert {row["pupil_id"] for row in off} == {*others, "gone"}
    assert next(row["why"] for row in off if row["pupil_id"] == "gone") == "no longer on roll here."


def test_facts_only_lists_steps_up_and_asks_no_model(
    scores: pd.DataFrame, known: Mapping[str, ir.Table]
) -> None:
    climbed = scores.assign(
        level_school=np.where(scores["pupil_id"].isin(["p003", "p007"]), 3, 0), p_escalation=np.nan
    )
    table = facts_only_list(climbed, scores, known, SETTINGS, AS_OF, None)
    assert set(table["pupil_id"]) == {"p003", "p007"}
    assert set(table["band"]) == {"New information"}
    assert facts_only_list(climbed, None, known, SETTINGS, AS_OF, None).empty
    assert steps_up(climbed, scores.head(3)).sum() == 0  # a pupil who was not there before has not climbed


def test_cards_are_the_same_bytes_and_hold_the_rows_behind_each_sentence(
    built: Built, scores: pd.DataFrame, reasons: pd.DataFrame, known: Mapping[str, ir.Table], tmp_path: Any
) -> None:
    first = write_cards(tmp_path, built.cards).read_bytes()
    again = build(scores.iloc[::-1], reasons.iloc[::-1], known, SETTINGS, AS_OF, None)
    assert write_cards(tmp_path, again.cards).read_bytes() == first
    assert set(built.cards["pupils"]) == set(built.watch_list["pupil_id"])
    for card in built.cards["pupils"].values():
        for concern in card["concerns"]:
            assert len(concern["rows"]) == concern["facts"].get("count", len(concern["rows"]))
    assert built.cards["schools"]["s1"]["stale"] == []
    assert built.cards["schools"]["s1"]["year_groups"] == ["10", "11", "7", "8", "9"]


def test_a_register_that_stopped_is_stale(
    scores: pd.DataFrame, reasons: pd.DataFrame, known: Mapping[str, ir.Table]
) -> None:
    later = AS_OF + timedelta(days=7)
    built = build(scores.assign(as_of=later), reasons, known, SETTINGS, later, None)
    assert built.cards["schools"]["s1"]["stale"] == ["attendance"]


def test_an_empty_facts_only_list_can_be_written(
    scores: pd.DataFrame, known: Mapping[str, ir.Table], tmp_path: Any
) -> None:
    built = build_facts_only(scores, None, known, SETTINGS, AS_OF, None)
    built.watch_list.to_parquet(tmp_path / "watchlist.parquet")
    assert tuple(pd.read_parquet(tmp_path / "watchlist.parquet").columns) == COLUMNS


def test_a_team_that_said_how_many_it_can_meet_gets_that_many(
    scores: pd.DataFrame, reasons: pd.DataFrame, known: Mapping[str, ir.Table]
) -> None:
    capacity = Capacity(share_of_roll=0.05, per_year_group=15, teams={"9": 20, "s1/11": 0, "s2/11": 9})
    rows = build(scores, reasons, known, Settings(capacity=capacity), AS_OF, None).watch_list
    by_year = rows[rows["school_id"] == "s1"].groupby("year_group").size()
    assert by_year["9"] == 20  # more than any team gets unless it says so
    assert "11" not in by_year
    assert by_year.drop("9").sum() == 6  # ⌈0.05 × the 120 of years 7, 8 and 10⌉
    of_nine = rows[rows["year_group"] == "9"].sort_values("rank")
    assert (of_nine["band"] == "Talk this week").tolist() == [True] * 7 + [False] * 13  # ⌈0.35 × 20⌉, its own
    best = scores[(scores["school_id"] == "s1") & (scores["year_group"] == "9")].nlargest(20, "p_escalation")
    assert set(of_nine["pupil_id"]) == set(best["pupil_id"])


@pytest.mark.parametrize("names", ["12", -1, True, 2.5])
def test_a_capacity_that_is_no_number_of_names_is_refused(names: object) -> None:
    with pytest.raises(BadSettings, match="capacity, teams, 9"):
        settings_from({"capacity": {"teams": {"9": names}}}, "handrail.yaml")
