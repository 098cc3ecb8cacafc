"""Time travel holds: nothing that had not both happened and been known by `as_of` can move a single byte."""

import random
from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from features.catalogue import CATALOGUE
from features.days import COLUMNS
from features.engine import feature_matrix
from tests.features.oracle import HAPPENED
from tests.features.random_school import MONDAY, random_school
from tests.small_tables import Rows, tables_of

DATED = ("attendance", "lessons", "incidents", "achievements", "removals", "suspensions", "moves", "needs",
         "support", "meetings", "surveys")  # fmt: skip
seeds = st.integers(0, 10_000)
days_in = st.integers(2, 60)
few = settings(max_examples=4, deadline=None, phases=(Phase.explicit, Phase.generate))


def frozen(matrix: pd.DataFrame) -> bytes:
    return matrix.to_csv(index=False).encode()


def at(rows: Rows, gap: int, *more: int) -> bytes:
    as_of = MONDAY + timedelta(days=gap)
    matrix = feature_matrix(tables_of(rows), [as_of, *(MONDAY + timedelta(days=g) for g in more)])
    return frozen(matrix[matrix["as_of"] == as_of].reset_index(drop=True))


def alike(rows: Rows, others: Rows, gap: int, *more: int) -> bool:
    """Whether two versions of a school's rows are told the same to the last byte, read side by side in one run."""
    moments = [MONDAY + timedelta(days=g) for g in (gap, *more)]
    matrix = feature_matrix(tables_of(_beside(_named(rows, "one "), _named(others, "two "))), moments)
    one, two = (matrix[matrix["pupil_id"].str.startswith(name)] for name in ("one ", "two "))
    return frozen(_unnamed(one)) == frozen(_unnamed(two))


def _named(rows: Rows, name: str) -> Rows:
    ids = ("pupil_id", "school_id", "incident_id")
    return {
        table: [{**row, **{key: name + row[key] for key in ids if key in row}} for row in held]
        for table, held in rows.items()
    }


def _beside(rows: Rows, others: Rows) -> Rows:
    return {table: [*held, *others[table]] for table, held in rows.items()}


def _unnamed(matrix: pd.DataFrame) -> pd.DataFrame:
    ids = {key: matrix[key].str.slice(4) for key in ("pupil_id", "school_id")}
    return matrix.assign(**ids).reset_index(drop=True)


@given(seeds, days_in)
@few
def test_deleting_all_that_came_later_changes_nothing(seed: int, gap: int) -> None:
    rows, as_of = random_school(seed), MONDAY + timedelta(days=gap)
    before = {
        name: [r for r in held if name not in DATED
               or (r[HAPPENED.get(name, "date")] <= as_of and r["known_on"] <= as_of)]
        for name, held in rows.items()
    }  # fmt: skip
    assert alike(rows, before, gap)


@given(seeds, days_in, st.integers(1, 30))
@few
def test_rows_that_happened_before_but_were_known_later_are_ignored(seed: int, gap: int, late: int) -> None:
    rows, as_of = random_school(seed), MONDAY + timedelta(days=gap)
    added = {name: list(held) for name, held in rows.items()}
    for name in DATED:
        for row in [r for r in rows[name] if r[HAPPENED.get(name, "date")] <= as_of][:5]:
            more = {"incident_id": "late", "period": "late", "known_on": as_of + timedelta(days=late)}
            added[name].append({**row, **{key: value for key, value in more.items() if key in row}})
    for row in rows["enrolments"]:
        earlier = row["start_date"] - timedelta(days=30)
        added["enrolments"].append({**row, "start_date": earlier, "known_on": as_of + timedelta(days=late)})
    assert alike(rows, added, gap)


@pytest.mark.slow
@given(seeds, days_in)
@few
def test_the_order_of_rows_is_nothing(seed: int, gap: int) -> None:
    rows = random_school(seed)
    shuffled = {name: random.Random(seed).sample(held, len(held)) for name, held in rows.items()}
    assert alike(rows, shuffled, gap)


@pytest.mark.slow
@given(seeds, days_in, st.lists(days_in, max_size=6))
@few
def test_one_date_among_many_is_the_same_as_alone(seed: int, gap: int, others: list[int]) -> None:
    rows = random_school(seed)
    assert at(rows, gap) == at(rows, gap, *others)


@pytest.mark.slow
@given(seeds)
@settings(max_examples=3, deadline=None, phases=(Phase.explicit, Phase.generate))
def test_threads_change_nothing(seed: int) -> None:
    rows, as_of = random_school(seed), [MONDAY + timedelta(days=40)]
    one, four = (feature_matrix(tables_of(rows, threads=threads), as_of) for threads in (1, 4))
    assert frozen(one) == frozen(four)


@pytest.mark.slow
@given(seeds, days_in, days_in)
@few
def test_a_correction_that_mends_nothing_changes_nothing(seed: int, gap: int, mended: int) -> None:
    rows, on = random_school(seed), MONDAY + timedelta(days=mended)
    again = {
        name: [new for row in held for new in (
            ({**row, "known_until": on}, {**row, "known_on": on})
            if name in DATED and row["known_on"] < on and not row.get("known_until") else (row,)
        )]
        for name, held in rows.items()
    }  # fmt: skip
    assert alike(rows, again, gap, 12, 33)


@given(seeds, days_in)
@few
def test_a_day_is_told_once_however_many_rows_it_has(seed: int, gap: int) -> None:
    rows = random_school(seed)
    twice = {**rows, "attendance": 2 * rows["attendance"], "incidents": 2 * rows["incidents"]}
    by_day = [f for f in CATALOGUE if {*f.read.states()} & {*COLUMNS}]
    as_of = [MONDAY + timedelta(days=gap)]
    once, again = (feature_matrix(tables_of(held), as_of, [*by_day]) for held in (rows, twice))
    alike = [
        name for name in once.columns if name != "incident_days_rate_60"
    ]  # its mornings are counted twice
    assert frozen(once[alike]) == frozen(again[alike])


@pytest.mark.slow
@given(seeds, days_in)
@few
def test_an_end_that_has_not_passed_is_not_known(seed: int, gap: int) -> None:
    rows, as_of = random_school(seed), MONDAY + timedelta(days=gap)
    unended = {
        name: [{**r, "end_date": None} if r.get("end_date") and r["end_date"] > as_of else r for r in held]
        for name, held in rows.items()
    }
    assert alike(rows, unended, gap)
