"""Yesterday's totals with today's marks and amendments are what a rebuild from nothing would find."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from features.calendar import school_days
from features.carried import Nights, carried_totals
from features.catalogue import wanted
from features.cohort import PUPIL
from features.engine import spine_of
from features.facts import DATED
from features.kept import cohort_of
from features.totals import last_name, total_name, window_totals
from tests.features.random_school import MONDAY, random_school
from tests.small_tables import Rows, tables_of

Row = dict[str, Any]
NAMES = [total_name(*total) for total in wanted().totals] + [last_name(name) for name in wanted().last]

KINDS = {name: "Int32" if name.endswith("_last") else "int64" for name in NAMES}


def totals_at(rows: Rows, as_of: date) -> pd.DataFrame:
    tables = tables_of(rows)
    days = school_days(tables["calendar"].to_pandas())
    cohort = cohort_of(spine_of(tables, days, [as_of]))
    return in_order(window_totals(tables, cohort, days, [as_of], wanted()).select(*PUPIL, *NAMES).to_pandas())


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[[*PUPIL, *NAMES]].sort_values(list(PUPIL), ignore_index=True).astype(KINDS)


@given(st.integers(0, 10_000), st.integers(5, 55), st.integers(0, 9), st.integers(0, 3))
@settings(max_examples=5, deadline=None, phases=(Phase.explicit, Phase.generate))
def test_yesterday_and_what_is_new_make_today(seed: int, gap: int, later: int, seen_after: int) -> None:
    rows, since = random_school(seed), MONDAY + timedelta(days=gap)
    as_of, seen = since + timedelta(days=later), since + timedelta(days=seen_after)
    then = {name: [as_held(r, seen) for r in held_rows if name not in DATED or known_on(r, name) <= seen]
            for name, held_rows in rows.items()}  # fmt: skip
    tables, was = tables_of(rows), tables_of(then)
    days = school_days(tables["calendar"].to_pandas())
    spine = spine_of(tables, days, [as_of])
    touched = {name: pairs(rows[name], then[name], name, since) for name in DATED}
    touched["lessons"] = pd.concat([touched["lessons"], touched["attendance"]]).drop_duplicates()
    nights = Nights(since, as_of, days)
    moved = carried_totals(totals_at(then, since), spine.to_pandas(), was, tables, touched, nights, wanted())
    whole = totals_at(rows, as_of)
    carried = whole.merge(moved[list(PUPIL)], on=list(PUPIL))
    pd.testing.assert_frame_equal(in_order(moved), in_order(carried))


def known_on(row: Row, table: str) -> date:
    known: date = row.get("known_on") or row[DATED[table]]
    return known


def as_held(row: Row, seen: date) -> Row:
    """The row as it stood that day: a correction that had not come yet supersedes nothing."""
    return {**row, "known_until": None} if row.get("known_until") and row["known_until"] > seen else row


def pairs(now: list[Row], then: list[Row], table: str, since: date) -> pd.DataFrame:
    """The pupil and day of each row that was not held so then, or had not happened, was not known or not withdrawn."""
    day = DATED[table]
    found = [
        (row["pupil_id"], row[day]) for row in now
        if row not in then or row[day] > since or known_on(row, table) > since
        or (row.get("known_until") or since) > since
    ]  # fmt: skip
    frame = pd.DataFrame(found, columns=["pupil_id", "date"]).drop_duplicates()
    return frame.astype({"date": "datetime64[s]"})
