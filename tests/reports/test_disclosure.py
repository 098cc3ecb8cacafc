"""Small groups are left out, and so is whatever would give them away."""

import random

import pytest

from reports.disclosure import EVERYONE, FEWEST_PUPILS, Cell, hidden_schools, suppressed, too_small


def small(pupils: dict[Cell, int]) -> set[Cell]:
    return {cell for cell, count in pupils.items() if too_small(count, count)}


def test_of_two_groups_neither_is_shown_where_one_is_small() -> None:
    pupils = {("oak", "girls"): 4, ("oak", "boys"): 96, (EVERYONE, "girls"): 4, (EVERYONE, "boys"): 96}
    assert suppressed(pupils, small(pupils)) == set(pupils)


def test_the_next_smallest_group_goes_with_a_lone_small_one() -> None:
    pupils = {("oak", "a"): 4, ("oak", "b"): 20, ("oak", "c"): 80}
    assert suppressed(pupils, small(pupils)) == {("oak", "a"), ("oak", "b")}


def test_two_small_groups_of_fewer_than_ten_in_all_are_not_enough() -> None:
    pupils = {("oak", "a"): 4, ("oak", "b"): 5, ("oak", "c"): 30, ("oak", "d"): 80}
    assert suppressed(pupils, small(pupils)) == {("oak", "a"), ("oak", "b"), ("oak", "c")}


def test_a_school_s_small_group_is_not_had_from_the_trust_s() -> None:
    schools = {"oak": (4, 6, 90), "elm": (40, 60, 90), "ash": (50, 60, 90)}
    pupils = {(name, group): count for name, counts in schools.items()
              for group, count in zip("abc", counts, strict=True)}  # fmt: skip
    pupils |= {(EVERYONE, group): sum(pupils[name, group] for name in schools) for group in "abc"}
    hidden = suppressed(pupils, small(pupils))
    assert {("oak", "a"), ("oak", "b"), ("elm", "a")} <= hidden
    assert not {cell for cell in hidden if cell[0] == EVERYONE}


def test_a_group_in_which_one_or_two_lost_anything_is_small() -> None:
    assert [too_small(30, touched) for touched in (0, 1, 2, 3)] == [False, True, True, False]
    assert [too_small(pupils, 0) for pupils in (0, 1, 9, 10)] == [False, True, True, False]


@pytest.mark.parametrize("seed", range(20))
def test_no_line_ever_leaves_out_one_cell_alone_or_fewer_than_ten_pupils(seed: int) -> None:
    rng = random.Random(seed)
    schools, groups = "abcd"[: rng.randint(1, 4)], "uvwxyz"[: rng.randint(2, 6)]
    pupils = {(school, group): rng.choice([0, 3, 8, 12, 40, 200]) for school in schools for group in groups}
    pupils |= {(EVERYONE, group): sum(pupils[school, group] for school in schools) for group in groups}
    hidden = suppressed(pupils, small(pupils))
    assert small(pupils) <= hidden
    for place, names in ((0, [*schools, EVERYONE]), (1, groups)):
        for name in names:
            line = {cell: count for cell, count in pupils.items() if cell[place] == name and count}
            out = [count for cell, count in line.items() if cell in hidden]
            assert not out or len(out) == len(line) or (len(out) > 1 and sum(out) >= FEWEST_PUPILS)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_left_out_of_a_line_is_never_together_one_or_two_to_whom_it_happened(seed: int) -> None:
    rng = random.Random(seed)
    schools, groups = "abcd"[: rng.randint(1, 4)], "uvwxyz"[: rng.randint(2, 6)]
    pupils = {(school, group): rng.choice([0, 12, 40, 200]) for school in schools for group in groups}
    touched = {cell: min(count, rng.choice([0, 0, 1, 2, 5])) for cell, count in pupils.items()}
    for counts in (pupils, touched):
        counts |= {(EVERYONE, group): sum(counts[school, group] for school in schools) for group in groups}
    hidden = suppressed(pupils, {cell for cell in pupils if too_small(pupils[cell], touched[cell])}, touched)
    for place, names in ((0, [*schools, EVERYONE]), (1, groups)):
        for name in names:
            line = {cell for cell in pupils if cell[place] == name and pupils[cell]}
            assert line <= hidden or sum(touched[cell] for cell in line & hidden) not in (1, 2)


def test_a_tiny_school_does_not_stand_beside_one_other() -> None:
    assert hidden_schools({"oak": 6, "elm": 200, "ash": 300}) == {"oak", "elm"}
    assert hidden_schools({"oak": 60, "elm": 200}) == set()
