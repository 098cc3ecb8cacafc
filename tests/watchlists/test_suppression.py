"""Small numbers in totals: none shown, none to be had by subtraction."""

from hypothesis import given
from hypothesis import strategies as st

from watchlists.suppression import shown, total

COUNTS = st.dictionaries(st.sampled_from("789ABCDE"), st.integers(0, 40), min_size=1)


@given(COUNTS, st.integers(1, 10))
def test_no_small_number_is_shown_nor_left_to_be_worked_out(parts: dict[str, int], up_to: int) -> None:
    told = shown(parts, up_to)
    assert all(count is None or count == parts[name] for name, count in told.items())
    assert not [name for name, count in told.items() if count is not None and 0 < count <= up_to]
    out = [parts[name] for name, count in told.items() if count is None]
    if out and total(parts, up_to) is not None:
        alone = all(count is None or count == 0 for count in told.values())
        assert len(out) > 1 or alone
        assert sum(out) > up_to


def test_nothing_is_left_out_where_nothing_is_small() -> None:
    assert shown({"7": 8, "8": 0, "9": 30}, 7) == {"7": 8, "8": 0, "9": 30}
    assert total({"7": 3, "8": 4}, 7) is None
    assert total({"7": 0}, 7) == 0
