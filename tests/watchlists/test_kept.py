"""One school of a trust sends no registers: its list stays as it was, with its date, and the others get theirs."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import ibis.expr.types as ir
import pandas as pd
import pytest

from tests.watchlists.a_school import AS_OF
from tests.watchlists.a_visit import address, publish, visit, words_of
from tests.watchlists.conftest import SETTINGS
from watchlists.build import Built, build
from watchlists.kept import SILENT, Last, keep, read_last
from watchlists.standing import earlier_lists
from watchlists.stopping import without

MONDAY = AS_OF + timedelta(days=3)


@pytest.fixture(scope="module")
def last(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Last:
    """Friday's list."""
    store = publish(tmp_path_factory.mktemp("friday"), built, turnover={"s2": {"stayed": 1}})
    return read_last(store / "runs" / "run-1")


@pytest.fixture(scope="module")
def monday(scores: pd.DataFrame, reasons: pd.DataFrame, known: Mapping[str, ir.Table], built: Built) -> Built:
    """Monday's list of both schools, others having come to the top."""
    turned = scores.assign(as_of=MONDAY, p_escalation=1 - scores["p_escalation"])
    return build(turned, reasons, known, SETTINGS, MONDAY, built.watch_list)


def of(rows: pd.DataFrame, school: str) -> pd.DataFrame:
    return rows[rows["school_id"] == school].reset_index(drop=True)


def test_a_silent_school_keeps_its_last_list_and_the_other_goes_on(
    last: Last, monday: Built, built: Built
) -> None:
    told = keep(monday, last, ["s2"])
    pd.testing.assert_frame_equal(of(told.watch_list, "s1"), of(monday.watch_list, "s1"))
    kept, friday = of(told.watch_list, "s2"), of(built.watch_list, "s2")
    assert (
        kept["pupil_id"].tolist()
        == friday["pupil_id"].tolist()
        != of(monday.watch_list, "s2")["pupil_id"].tolist()
    )
    assert set(pd.to_datetime(kept["as_of"]).dt.date) == {AS_OF}
    assert kept["concerns"].tolist() == friday["concerns"].tolist()
    listed = set(told.watch_list["pupil_id"])
    assert set(told.cards["pupils"]) == listed == set(told.roll.loc[told.roll["why"] == "", "pupil_id"])
    assert (told.cards["schools"]["s2"]["list_of"], told.cards["schools"]["s2"]["stale"]) == (
        str(AS_OF),
        ["attendance"],
    )
    assert "list_of" not in told.cards["schools"]["s1"]
    assert told.turnover["s2"] == {"stayed": 1}
    assert not [row for row in told.off_list if row["school_id"] == "s2"]


def test_a_list_kept_twice_has_the_date_of_its_first_night(last: Last, monday: Built, tmp_path: Path) -> None:
    store = publish(tmp_path, keep(monday, last, ["s2"]), "run-2", as_of=str(MONDAY))
    again = keep(monday, read_last(store / "runs" / "run-2"), ["s2"])
    assert again.cards["schools"]["s2"]["list_of"] == str(AS_OF)
    assert of(again.watch_list, "s2")["pupil_id"].tolist() == of(last.rows, "s2")["pupil_id"].tolist()


def test_whoever_has_left_or_is_held_out_is_not_on_the_list_that_was_kept(last: Last, monday: Built) -> None:
    gone = of(last.rows, "s2")["pupil_id"][0]
    without_one = Built(monday.watch_list, monday.cards, [], monday.roll[monday.roll["pupil_id"] != gone])
    told = keep(without_one, last, ["s2"])
    assert gone not in {*told.watch_list["pupil_id"], *told.cards["pupils"], *told.roll["pupil_id"]}


def test_a_school_that_never_had_a_list_has_nothing_to_keep(last: Last, monday: Built) -> None:
    assert keep(monday, last, ["s3"]) is monday


def test_the_page_and_the_paper_say_whose_list_it_is(last: Last, monday: Built, tmp_path: Path) -> None:
    store = publish(tmp_path, keep(monday, last, ["s2"]), as_of=str(MONDAY))
    with visit(store) as client:
        page = words_of(client.get(address(store, "school", "s2")).text)
        paper = words_of(client.get(f"{address(store, 'school', 's2')}/print?for=support").text)
        other = words_of(client.get(address(store, "school", "s1")).text)
    assert "No attendance has come in since Fri 21 Nov This is still the list of Fri 21 Nov." in page
    assert "This is still the list of Fri 21 Nov." in paper
    assert "21 November 2025" in paper
    assert "still the list of" not in other


def test_when_registers_come_again_whoever_was_kept_is_still_on_the_list(last: Last, monday: Built) -> None:
    rows = keep(monday, last, ["s2"]).watch_list
    earlier = earlier_lists(rows, MONDAY + timedelta(days=1))
    assert set(earlier.last) == set(rows["pupil_id"])
    assert earlier.left == {}


def test_in_time_nobody_is_named(last: Last, monday: Built, tmp_path: Path) -> None:
    told = without(keep(monday, last, ["s2"]), {"s2"}, SILENT)
    assert of(told.watch_list, "s2").empty
    assert set(of(told.roll, "s2")["why"]) == {SILENT}
    store = publish(tmp_path, told, as_of=str(MONDAY))
    with visit(store) as client:
        page = words_of(client.get(address(store, "school", "s2")).text)
    assert "No one is on the list this week The records are too old to say more." in page
