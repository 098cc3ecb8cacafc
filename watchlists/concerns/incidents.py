"""Recorded incidents, and lessons sent out of. A record is what was written down, not what a pupil is."""

from collections.abc import Sequence

from features.measures import OUT_OF_LESSON
from watchlists.concerns.counting import over_days
from watchlists.language import marked, marked_of, said, said_of
from watchlists.phrases import counted, long_day, school_year
from watchlists.records import Incident, Record
from watchlists.sentences import Row, Sentence

ALL_SENT_OUT = marked_of(
    "Sent out of {number} lesson in the last {days}{beside}.",
    "Sent out of {number} lessons in the last {days}{beside}.",
)
RECORDED = marked_of(
    "{number} incident was recorded in the last {days}{beside}.",
    "{number} incidents were recorded in the last {days}{beside}.",
)
SENT_OUT = tuple(action for action in OUT_OF_LESSON if action != "detention")


def incidents(record: Record) -> Sentence | None:
    """ "Sent out of 5 lessons …" where most were so, else "3 incidents were recorded …"; one is dated."""
    out = [row for row in record.incidents if is_sent_out(row)]
    count = over_days(record, record.incidents)
    if count is None:
        return None
    if len(count.found) == 1:
        return _single(record, count.found[0])
    sent = over_days(record, out)
    if sent and len(sent.found) >= max(2, len(count.found) / 2):
        forms, kind, count = ALL_SENT_OUT, "sent_out", sent
    else:
        forms, kind = RECORDED, "incidents"
    days = counted(count.out_of, "school day")
    told = said_of(len(count.found), *forms, days=days, beside=count.comparison)
    return Sentence(
        told, "incidents", kind, count.facts,
        incident_rows(count.found), weekly=kind, eased=count.eased,
    )  # fmt: skip


def is_sent_out(row: Incident) -> bool:
    """Whether the recorded action was being sent out of a lesson."""
    return (row.action or "").lower() in SENT_OUT


def incident_rows(rows: Sequence[Incident]) -> tuple[Row, ...]:
    """Incidents as dated records, in the school's own words for them."""
    return tuple(
        Row(
            row.date,
            said("Incident recorded as {words}", words=", ".join(filter(None, (row.category, row.action)))),
            "incidents",
        )
        for row in rows
    )


def _single(record: Record, row: Incident) -> Sentence:
    year = [held for held in record.incidents if school_year(held.date) == school_year(record.as_of)]
    first = year[:1] == [row]
    words = (
        marked("One incident was recorded on {day}, the first this year.")
        if first
        else marked("One incident was recorded on {day}.")
    )
    return Sentence(
        said(words, day=long_day(row.date, record.as_of)),
        "incidents",
        "one_incident",
        {"count": 1, "on": row.date, "this_year": len(year)},
        incident_rows([row]),
        new_on=row.date if first else None,
        weekly="incidents",
    )
