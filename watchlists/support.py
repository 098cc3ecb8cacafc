"""What support is recorded now, in the few words of a table cell."""

from watchlists.entered import KINDS
from watchlists.language import marked, said
from watchlists.phrases import long_day, short_day
from watchlists.records import Meeting, Record

NONE_RECORDED = marked("None recorded")
RECENT_MEETING = 15  # open days
TALKED_LATELY = 60  # open days
MOST_TALKS = 4
FEW_DAYS = 20  # open days: a month of school
MEETINGS = {"reintegration": marked("Return meeting"), "review": marked("Review meeting"),
            "family": marked("Family meeting"), "pastoral_contact": marked("Talk with pastoral staff")}  # fmt: skip


def support_now(record: Record) -> list[str]:
    """Each kind of support in place ("Mentoring since 15 Sep"), latest first; else a meeting; else none."""
    held = [row for row in record.support if row.end_date is None or row.end_date > record.as_of]
    if held:
        return [
            said("{kind} since {day}", kind=in_words(row.kind), day=short_day(row.start_date, record.as_of))
            for row in held[::-1]
        ]
    met = [row for row in record.meetings if record.time.within_last(row.date, RECENT_MEETING)]
    return [_met(record, met[-1])] if met else [NONE_RECORDED]


def talks(record: Record) -> list[str]:
    """Who has talked with the pupil lately: the meetings of the last sixty school days, newest first, at most four."""
    met = [row for row in record.meetings if record.time.within_last(row.date, TALKED_LATELY)]
    return [_met(record, row) for row in met[: -MOST_TALKS - 1 : -1]]


def joined_lately(record: Record) -> str:
    """ "Joined on 3 November, so few records here yet.", of a pupil of less than a school month; else ""."""
    if not record.time.open_days or record.time.days_between(record.joined, record.as_of) > FEW_DAYS:
        return ""
    if record.joined <= record.time.open_days[0]:
        return ""
    day = long_day(record.joined, record.as_of)
    return said("Joined on {day}, so few records here yet.", day=day)


def _met(record: Record, row: Meeting) -> str:
    kind = said(MEETINGS[row.kind]) if row.kind in MEETINGS else in_words(row.kind)
    return said("{meeting} {day}", meeting=kind, day=short_day(row.date, record.as_of))


def in_words(kind: str) -> str:
    """A kind in the words of the page, or as recorded, with a capital and without underscores.

    >>> in_words("check_in"), in_words("lunchtime_club")
    ('Check-in with an adult', 'Lunchtime club')
    """
    if kind in KINDS:
        return said(KINDS[kind])
    words = " ".join(kind.replace("_", " ").split())
    return words[:1].upper() + words[1:]
