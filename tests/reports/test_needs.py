"""Learning lost by need, needs seen late, and rising with none on record: by hand."""

from datetime import date
from typing import Any

import pytest

from reports.needs.records import topics
from tests.reports.small_trust import made, open_days, small_trust

DAYS = open_days()
NOW = DAYS[119]


@pytest.fixture(scope="module")
def oak() -> dict[str, Any]:
    """Forty pupils, two weeks of marks. Twelve have autism and miss four sessions each, the others one each; 22
    were suspended, of whom 17 had a need only afterwards; fifteen others rose in the last term."""
    rows = small_trust()
    for number in range(40):
        who = {"pupil_id": f"oak{number}", "school_id": "oak"}
        missed = 4 if number < 12 else 1
        codes = ["O"] * missed + ["/"] * (20 - missed)
        for place, code in enumerate(codes):
            session = ("AM", "PM")[place % 2]
            rows["attendance"].append({**who, "date": DAYS[place // 2], "session": session, "code": code})
        pupil = {"pupil_id": who["pupil_id"]}
        if number < 12:
            rows["needs"].append({**pupil, "kind": "sen_type", "code": "ASD", "start_date": date(2024, 9, 2)})
        if number < 22:
            rows["suspensions"].append({**who, "category": "SUSP", "start_date": DAYS[1], "sessions": 1.0})
        if 5 <= number < 22:
            rows["needs"] = [row for row in rows["needs"] if row["pupil_id"] != pupil["pupil_id"]]
            kind = "ASD" if number < 12 else "SEMH"
            rows["needs"].append({**pupil, "kind": "sen_type", "code": kind, "start_date": DAYS[20]})
        if number >= 25:
            rows["removals"].append({**who, "date": DAYS[110], "sessions": 1.0})
    rows["training"] += [
        {"school_id": "oak", "date": DAYS[60], "topic": "Autism in class", "staff_trained": 12},
        {"school_id": "oak", "date": date(2024, 9, 3), "topic": "autism", "staff_trained": 99},
    ]
    return made("needs", rows, NOW).as_json()["schools"][1]


def test_days_beyond_everyone_else_s_rate(oak: dict[str, Any]) -> None:
    autism = next(each for each in oak["needs"] if each["need"] == "ASD")
    # A suspension claims one session marked present of those
    # suspended, the third, unless it was missed anyhow: ten of the others
    others = (28 + 10) / (28 * 20)
    assert autism["ratio"] == pytest.approx(round((48 / 240) / others, 2))
    assert autism["days_per_100_pupils"] == 200
    assert autism["days_beyond"] == 5 * round((48 - others * 240) / 2 / 5)
    assert autism["staff_trained"] == 12


def test_a_need_first_recorded_after_the_suspension_by_kind(oak: dict[str, Any]) -> None:
    """Twelve with autism were suspended, seven of them before anyone recorded it; all ten with SEMH were."""
    late = {row["need"]: (row["pupils"], row["only_after"]) for row in oak["recorded_only_after_suspension"]}
    assert late == {"any": (20, 15), "ASD": (10, 5), "SEMH": (10, 10)}
    assert next(iter(late)) == "any"


def test_rising_with_no_need_on_record(oak: dict[str, Any]) -> None:
    rising = {each["pattern"]: each["pupils"] for each in oak["rising_without_recorded_need"]}
    assert rising == {"school_led": 15, "self_led": 0, "both": 0}


def test_every_topic_s_words_are_in_lower_case_so_that_they_can_be_found() -> None:
    assert all(word == word.lower() for words in topics().values() for word in words)
