"""Intake: by hand, on a trust with one school unlike its community, and on every real school of England."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from configs.refusals import BadData
from pipelines.cli import handrail
from reports.disclosure import EVERYONE, FEWEST_PUPILS, suppressed
from reports.intake.england import discoveries, of_england
from reports.intake.reckon import _small, _with_total
from tests.reports.conftest import Planted
from tests.reports.small_trust import FIRST, change, made, open_days, small_trust

REAL = Path(__file__).parents[3] / "shared" / "data" / "dfe" / "school_fsm.csv"
DAYS = open_days()


def group(part: dict[str, Any], characteristic: str, name: str, where: str = "groups") -> dict[str, Any]:
    return next(
        each for each in part[where] if (each["characteristic"], each["group"]) == (characteristic, name)
    )


@pytest.fixture(scope="module")
def oak() -> dict[str, Any]:
    """Oak has 200 pupils, 20 with free meals, where 30 in 100 have them; 20 with meals joined, and 15 left again."""
    rows = small_trust({"oak": 200, "elm": 200})
    rows["communities"] += [
        {"area_code": "801", "characteristic": "fsm", "group": "eligible", "share": 0.3},
        {"area_code": "801", "characteristic": "fsm", "group": "not eligible", "share": 0.7},
        {"area_code": "801", "characteristic": "language", "group": "other", "share": 0.2},
    ]
    for number in range(35):
        rows["needs"].append({"pupil_id": f"oak{number}", "kind": "fsm", "code": "FSM", "start_date": FIRST})
    for number in range(60):
        rows["needs"].append({"pupil_id": f"elm{number}", "kind": "fsm", "code": "FSM", "start_date": FIRST})
    for number in range(15):
        change(rows, f"oak{number}", end_date=DAYS[50 + number], destination="Ash")
    for number in range(15, 35):
        change(rows, f"oak{number}", start_date=FIRST)
    for pupil in rows["pupils"]:
        pupil["first_language"] = "POL" if int(pupil["pupil_id"][3:]) % 5 == 0 else "ENG"
    said = made("intake", rows, DAYS[-1]).as_json()
    return next(each for each in said["schools"] if each["school_id"] == "oak")


def test_a_share_beside_its_community_with_exact_limits(oak: dict[str, Any]) -> None:
    found = group(oak, "fsm", "yes")
    assert (found["pupils"], found["share"], found["community"]) == (20, 0.108, 0.3)
    assert found["low"] < found["difference"] < found["high"] < 0
    tail = 0.05 / 6 / 2  # six comparisons: three of each school
    assert found["lower_limit"] == pytest.approx(binom.ppf(tail, 185, 0.3) / 185, abs=0.001)
    assert found["upper_limit"] == pytest.approx(binom.ppf(1 - tail, 185, 0.3) / 185, abs=0.001)
    assert (found["outside_limits"], oak["unlike_community"]) == ("below", True)
    assert group(oak, "language", "other")["outside_limits"] is None
    assert group(oak, "language", "other")["share"] == 0.2


def test_who_joins_who_leaves_and_what_leaving_changes(oak: dict[str, Any]) -> None:
    found = group(oak, "fsm", "yes", "turnover")
    assert (found["joined_share"], found["left_share"]) == (1.0, 1.0)
    assert (found["share"], found["share_had_they_stayed"]) == (round(20 / 185, 3), round(35 / 200, 3))
    assert found["change"] == pytest.approx(20 / 185 - 35 / 200, abs=0.001)


def test_what_leaving_changed_gives_no_single_leaver_away() -> None:
    """One pupil with free meals left, of sixty: the share had they stayed would say so."""
    rows = small_trust({"oak": 60, "elm": 60})
    free = {f"oak{number}" for number in range(20)}
    rows["needs"] = [{"pupil_id": pupil, "kind": "fsm", "code": "fsm", "start_date": FIRST} for pupil in free]
    change(rows, "oak3", end_date=date(2025, 10, 6))
    said = made("intake", rows, open_days()[90]).as_json()["schools"]
    oak = next(school for school in said if school["school_id"] == "oak")
    assert {group(oak, "fsm", each, "turnover")["change"] for each in ("yes", "no")} == {None}
    assert {group(oak, "fsm", each, "turnover")["left_share"] for each in ("yes", "no")} == {None}


def test_the_school_unlike_its_community_is_the_furthest_in_free_meals(planted: Planted) -> None:
    schools = planted.report("intake").as_json()["schools"]
    apart = {each["school_id"]: group(each, "fsm", "yes")["difference"] or 0.0 for each in schools}
    assert min(apart, key=lambda school: apart[school]) == planted.unlike
    mine = next(each for each in schools if each["school_id"] == planted.unlike)
    assert group(mine, "fsm", "yes")["outside_limits"] == "below"


@given(st.dictionaries(st.tuples(st.sampled_from("abcd"), st.sampled_from("uvwxyz")), st.integers(0, 60)))
def test_no_line_leaves_out_one_cell_alone_or_fewer_than_ten(counts: dict[tuple[str, str], int]) -> None:
    whole = _with_total(counts)
    hidden = suppressed(whole, _small(counts))
    for place in (0, 1):
        for name in {cell[place] for cell in whole}:
            line = {cell: count for cell, count in whole.items() if cell[place] == name and count}
            out = [count for cell, count in line.items() if cell in hidden]
            assert not out or len(out) == len(line) or (len(out) > 1 and sum(out) >= FEWEST_PUPILS)
    assert all(whole[cell] >= FEWEST_PUPILS or cell in hidden for cell in counts if counts[cell])
    assert EVERYONE == ""


@pytest.mark.skipif(not REAL.is_file(), reason="the department's file is not beside this checkout")
def test_every_real_school_of_england_stands_beside_its_authority() -> None:
    found = of_england(REAL)
    assert (found.held, found.not_given, len(found.schools)) == (24442, 2408, 22034)
    rutland = [each for each in found.schools if each.authority == "Rutland"]
    assert rutland[0].community == pytest.approx(sum(each.share for each in rutland) / len(rutland))
    assert all(
        each.outside == ("above" if each.share > each.community else "below") for each in found.outside[:50]
    )
    asked = CliRunner().invoke(handrail, ["report", "intake", "--beside", str(REAL), "--json"])
    assert json.loads(asked.output)["schools_held"] == 24442
    assert (
        "furthest"
        in CliRunner().invoke(handrail, ["report", "intake", "--beside", str(REAL), "--html"]).output
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [("a,b\n1,2\n", "no column"), ("urn,school_name,la_name,fsm_prop\n1,A,B,12\n2,C,B,many\n", "row 3")],
)
def test_a_file_that_is_not_the_department_s_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "school_fsm.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadData, match=words):
        of_england(path)


def test_the_rule_of_benjamini_and_hochberg() -> None:
    chances = [
        0.001,
        0.008,
        0.039,
        0.041,
        0.042,
        0.06,
        0.074,
        0.205,
        0.212,
        0.216,
        0.222,
        0.251,
        0.269,
        0.275,
        0.34,
    ]
    assert discoveries(chances) == 0.001  # 0.008 is more than 0.05 × 2 / 15
    assert discoveries([0.2, 0.9]) < 0
