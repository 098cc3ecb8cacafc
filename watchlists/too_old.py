"""A list that is too old to be shown: after four weeks of the school's open days it speaks of other pupils than those
who come in. The night writes down the day beside the list, so that the pages go by their own clock, whether or not a
night ever runs again."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from watchlists.language import marked

WITHDRAWN_AFTER = 20  # open days, four weeks
WITHDRAWN_FROM = "withdrawn_from"  # of a school's card; None where nobody is real
TOO_OLD = marked("Nobody is listed here: the last list is too old to be shown.")
NO_DAYS = np.zeros(0, dtype="datetime64[D]")


def withdrawn_from(list_of: date, open_days: np.ndarray = NO_DAYS) -> date:
    """The first day on which a list is shown no more: the open day after WITHDRAWN_AFTER others. Past the end of the
    calendar every weekday counts, as for registers.

    >>> withdrawn_from(date(2025, 9, 1))
    datetime.date(2025, 9, 30)
    """
    first = np.datetime64(list_of) + 1
    ahead = open_days[open_days >= first]
    if len(ahead) > WITHDRAWN_AFTER:
        return date.fromisoformat(str(ahead[WITHDRAWN_AFTER]))
    beyond = max(first, ahead[-1] + 1) if len(ahead) else first
    return date.fromisoformat(str(np.busday_offset(beyond, WITHDRAWN_AFTER - len(ahead), roll="forward")))


def list_of(school: Mapping[str, Any], facts: Mapping[str, Any]) -> date:
    """The day of a school's list: the run's, or an earlier one where it kept its list, by its card and the receipt."""
    return date.fromisoformat(str(school.get("list_of") or facts["as_of"])[:10])


def too_old(schools: Mapping[str, Mapping[str, Any]], facts: Mapping[str, Any], today: date) -> list[str]:
    """The schools of a run, in order, whose list is not shown any more on that day. A run of before the day was written
    down goes by weekdays."""
    return [school for school, card in sorted(schools.items()) if _passed(card, facts, today)]


def _passed(card: Mapping[str, Any], facts: Mapping[str, Any], today: date) -> bool:
    if WITHDRAWN_FROM not in card:
        return today >= withdrawn_from(list_of(card, facts))
    written = card[WITHDRAWN_FROM]
    return written is not None and today >= date.fromisoformat(written)
