"""Who counts as helped after a date, when a model is judged with and without them."""

from datetime import date

import pandas as pd

from models.judging.supported import HELPED, NOT_HELPED, supported_strata
from tests.small_tables import tables_of


def test_support_that_runs_or_begins_in_the_term_after_counts_and_that_which_has_ended_does_not() -> None:
    support = [
        {"pupil_id": pupil, "school_id": "oak", "kind": "mentoring", "start_date": start, "end_date": end}
        for pupil, start, end in (
            ("running", date(2025, 9, 8), None), ("ended", date(2025, 9, 8), date(2025, 10, 1)),
            ("begins", date(2025, 12, 1), None), ("much later", date(2026, 3, 1), None),
        )
    ]  # fmt: skip
    rows = pd.DataFrame(
        {"pupil_id": ["running", "ended", "begins", "much later", "none"], "as_of": date(2025, 11, 3)}
    )
    found = supported_strata(rows, tables_of({"support": support}))
    assert rows["pupil_id"][found[HELPED]].tolist() == ["running", "begins"]
    assert (found[HELPED] != found[NOT_HELPED]).all()
