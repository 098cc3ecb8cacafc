"""The lists as published, and what staff answered: the one input of this report that is no canonical table."""

from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd

NIGHT = {"school_id": "str", "as_of": "datetime64[s]", "pupil_id": "str", "rank": "int64", "chance": "float64",
         "listed": "bool"}  # fmt: skip
ANSWER = ("pupil_id", "school_id", "answer", "at")


@dataclass(frozen=True)
class Lists:
    """`nights`: of each school and published date those listed and those near the cut (school_id, as_of, pupil_id, rank
    by chance, chance, listed); `answers`: what staff said of listed pupils (pupil_id, school_id, answer, at);
    `looked`: the date up to which a named person has looked at what followed, by school; `ways`: of every 100 who
    stepped up on held-out dates, how many each way of choosing would have listed."""

    nights: pd.DataFrame
    answers: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(ANSWER)))
    looked: dict[str, str] = field(default_factory=dict)
    ways: tuple[tuple[str, float], ...] = ()

    def until(self, day: date) -> "Lists":
        """The lists as they were by that day."""
        nights, answers = self.nights, self.answers
        by = pd.Timestamp(day)
        return replace(
            self, nights=nights[nights["as_of"] <= by],
            answers=answers[pd.to_datetime(answers["at"], utc=True).dt.tz_localize(None) < by + pd.Timedelta(days=1)],
        )  # fmt: skip


def no_nights() -> pd.DataFrame:
    """The nights before the first list."""
    return pd.DataFrame(columns=list(NIGHT)).astype(NIGHT)


def no_lists() -> Lists:
    """What there is before the first list."""
    return Lists(no_nights())
