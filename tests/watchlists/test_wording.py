"""The lint finds what it is there to find."""

import pytest

from watchlists.phrases import beside, counted, nth, ordinal, times
from watchlists.wording import lint


@pytest.mark.parametrize(
    "wrong",
    [
        "Pupil at high-risk of exclusion.",
        "Will be excluded.",
        "A persistent truant.",
        "Score of 7.",
        "In the red.",
        "Has an EHCP.",
        "Missed 1 sessions.",
        "Missed 3 session.",
        "Missed 0 sessions.",
        "Missed None sessions.",
        "Missed 40 % of sessions.",
        "missed 3 sessions.",
        "Missed 3 sessions",
        "Missed 3  sessions.",
        "Missed " + "very " * 20 + "much.",
        "Arrived late to {n} mornings.",
    ],
)
def test_each_fault_is_found(wrong: str) -> None:
    assert lint(wrong) != []


@pytest.mark.parametrize(
    "right",
    [
        "Arrived late to 5 of the last 15 mornings; none in September.",
        "Recorded on 1 morning.",
        "Came back on 17 November after a 2-day suspension, the first this year.",
        "10 of the last 30 sessions.",
    ],
)
def test_sound_sentences_pass(right: str) -> None:
    assert lint(right) == []


def test_every_form_of_number() -> None:
    assert [counted(n, "session") for n in (0, 0.5, 1, 2)] == [
        "0 sessions",
        "0.5 sessions",
        "1 session",
        "2 sessions",
    ]
    assert [nth(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 101, 111)] == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "12th",
        "13th",
        "21st",
        "22nd",
        "23rd",
        "101st",
        "111th",
    ]
    assert [ordinal(1), ordinal(10), ordinal(12)] == ["first", "tenth", "12th"]
    assert [times(n) for n in (1, 2, 3)] == ["once", "twice", "3 times"]


def test_up_and_down_only_beside_a_period_of_the_same_length() -> None:
    assert beside(3, 6, "in the first 30") == ", down from 6 in the first 30"
    assert beside(3, 3, "in the first 30") == ", as many as in the first 30"
    assert beside(3, 6, "in September", like_for_like=False) == "; 6 in all of September"
    assert beside(3, 0, "in September", like_for_like=False) == "; none in September"
