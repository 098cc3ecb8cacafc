"""Time in internal exclusion."""

from watchlists.concerns.counting import over_days
from watchlists.language import marked, said
from watchlists.phrases import beside, counted, times
from watchlists.records import Record, Removal
from watchlists.sentences import Row, Sentence

TIMES = marked("Was in internal exclusion {much} in the last {days}{beside}.")
LENGTH = marked("Spent {much} in internal exclusion in the last {days}{beside}.")


def removals(record: Record) -> Sentence | None:
    """ "Spent 3 sessions in internal exclusion in the last 20 school days; none in September.";
    how many times, where the school did not record how long."""
    count = over_days(record, record.removals)
    if count is None:
        return None
    sessions = length(count.found)
    if sessions is None:
        words, much, comparison = TIMES, times(len(count.found)), count.comparison
    else:
        words, much, comparison = LENGTH, counted(sessions, "session"), ""
    earlier = count.period
    before = None
    if sessions is not None and earlier is not None:
        before = length([row for row in record.removals if earlier.start <= row.date <= earlier.end])
        comparison = beside(sessions, before, earlier.words, like_for_like=earlier.like_for_like)
    return Sentence(
        said(words, much=much, days=counted(count.out_of, "school day"), beside=comparison), "removals",
        "removals" if sessions is None else "removed_sessions",
        {**count.facts, "sessions": sessions, "sessions_before": before},
        tuple(Row(row.date, _in_words(row), "removals") for row in count.found),
        new_on=count.found[0].date if len(record.removals) == len(count.found) else None, weekly="removals",
        eased=count.eased,
    )  # fmt: skip


def length(rows: list[Removal] | tuple[Removal, ...]) -> float | None:
    """The sessions that these stays took together; none where one of them has no length on record."""
    if any(not row.sessions for row in rows):
        return None
    return round(sum(row.sessions or 0 for row in rows), 2)


def _in_words(row: Removal) -> str:
    if not row.sessions:
        return said("Internal exclusion")
    return said("Internal exclusion for {sessions}", sessions=counted(row.sessions, "session"))
