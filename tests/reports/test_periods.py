"""The dates of a report, and half terms by the school's own calendar."""

from datetime import date, timedelta

import pandas as pd
import pytest

from configs.refusals import BadSettings
from reports.periods import half_term, periods, slots

SEPTEMBER = date(2025, 9, 1)


@pytest.mark.parametrize(
    ("as_of", "start"),
    [(date(2025, 9, 1), SEPTEMBER), (date(2026, 8, 31), SEPTEMBER), (date(2025, 8, 31), date(2024, 9, 1))],
)
def test_the_academic_year_begins_on_1_september(as_of: date, start: date) -> None:
    now, before = periods(as_of)
    assert (now.start, now.end) == (start, as_of)
    assert (before.start, before.end) == (
        start.replace(year=start.year - 1),
        as_of.replace(year=as_of.year - 1),
    )


def test_a_period_longer_than_a_year_has_no_year_ago() -> None:
    assert len(periods(date(2026, 7, 1), date(2025, 3, 1))) == 1
    assert len(periods(date(2024, 2, 29), date(2024, 2, 1))) == 2


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadSettings, match="before it begins"):
        periods(date(2025, 9, 1), date(2025, 9, 2))


def test_a_year_has_six_half_terms_by_their_first_days() -> None:
    firsts = [date(2025, 9, 3), date(2025, 11, 3), date(2026, 1, 5), date(2026, 2, 23), date(2026, 4, 13),
              date(2026, 6, 1)]  # fmt: skip
    assert [half_term(day) for day in firsts] == [
        "2025 Autumn 1", "2025 Autumn 2", "2025 Spring 1", "2025 Spring 2", "2025 Summer 1", "2025 Summer 2"
    ]  # fmt: skip


def test_every_date_has_one_half_term_and_schools_may_differ() -> None:
    oak = [SEPTEMBER + timedelta(days=gap) for gap in (0, 1, 50, 51, 65, 66)]
    elm = [SEPTEMBER + timedelta(days=gap) for gap in (2, 3, 44, 45, 63)]
    calendar = pd.DataFrame(
        [("oak", day) for day in oak] + [("elm", day) for day in elm], columns=["school_id", "date"]
    )
    found = slots(calendar, ["oak", "elm", "new"], periods(SEPTEMBER + timedelta(days=70), SEPTEMBER))
    now = found.held[found.held["period"] == "now"]
    assert not now.duplicated(["school_id", "slot"]).any()
    assert (now.groupby("school_id")["slot"].agg(set).map(len) == now["slot"].nunique()).all()
