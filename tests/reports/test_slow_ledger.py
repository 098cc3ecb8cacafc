"""The ledger against the slow one, and against itself: nothing is counted twice and nothing goes missing."""

from datetime import timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from reports.lost_learning.ledger import COLUMNS
from tests.features.random_school import MONDAY
from tests.reports.awkward_school import awkward_school
from tests.reports.reading import ledger_of
from tests.reports.slow_ledger import slow_ledger


@pytest.mark.parametrize("seed", range(12))
def test_the_ledger_agrees_with_one_written_session_by_session(seed: int) -> None:
    rows = awkward_school(seed)
    start, as_of = MONDAY + timedelta(days=seed % 3 * 6), MONDAY + timedelta(days=20 + seed)
    slow = slow_ledger(rows, start, as_of)
    fast = ledger_of(rows, start, as_of)
    assert {who for who, columns in slow.items() if columns.get("possible")} == set(fast)
    for who, columns in fast.items():
        for name, sessions in columns.items():
            assert sessions == pytest.approx(float(slow[who].get(name, 0)), abs=1e-6), (who, name)


@settings(max_examples=8, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.integers(0, 10**6), st.integers(1, 40))
def test_every_possible_session_is_counted_once_and_the_parts_never_exceed_it(seed: int, days: int) -> None:
    rows = awkward_school(seed, pupils=2, weeks=4)
    as_of = MONDAY + timedelta(days=days)
    found = ledger_of(rows, MONDAY, as_of)
    expected = slow_ledger(rows, MONDAY, as_of)
    assert sum(each["possible"] for each in found.values()) == sum(
        each.get("possible", 0) for each in expected.values()
    )
    for each in found.values():
        assert all(each[name] >= 0 for name in COLUMNS)
        assert sum(each[name] for name in COLUMNS) <= each["possible"] + 1e-9
