"""What support is recorded now, in the few words of a table cell."""

from watchlists.phrases import short_day
from watchlists.records import Record

NONE_RECORDED = "None recorded"
RECENT_MEETING = 15  # open days
MEETINGS = {"reintegration": "Return meeting", "review": "Review meeting", "family": "Family meeting"}


def support_now(record: Record) -> list[str]:
    """Each kind of support in place ("Mentoring since 15 Sep"), latest first; else a meeting; else none."""
    held = [row for row in record.support if row.end_date is None or row.end_date > record.as_of]
    if held:
        return [f"{in_words(row.kind)} since {short_day(row.start_date, record.as_of)}" for row in held[::-1]]
    met = [row for row in record.meetings if record.time.within_last(row.date, RECENT_MEETING)]
    if met:
        return [
            f"{MEETINGS.get(met[-1].kind, in_words(met[-1].kind))} {short_day(met[-1].date, record.as_of)}"
        ]
    return [NONE_RECORDED]


def in_words(kind: str) -> str:
    """A kind as recorded, with a capital and without underscores.

    >>> in_words("small_group")
    'Small group'
    """
    words = " ".join(kind.replace("_", " ").split())
    return words[:1].upper() + words[1:]
