"""Sessions missed, absence without an agreed reason, and a register that has gone quiet."""

from collections import Counter
from collections.abc import Sequence

from watchlists.concerns.counting import Counted, over_marks
from watchlists.language import marked, said
from watchlists.phrases import counted, long_day
from watchlists.records import Mark, Record
from watchlists.sentences import Row, Sentence

SESSION_WINDOWS = (20, 30, 60, 120)
QUIET_DAYS = 3  # open days on which the school took registers and the pupil has no mark
REASONS = {
    "I": marked("illness"), "I01": marked("illness"), "I02": marked("illness"), "M": marked("appointment"),
    "N": marked("not yet known"), "O": marked("no agreed reason"), "G": marked("holiday"),
}  # fmt: skip
NOT_AGREED = ("O", "G")
OTHER = marked("other")
HALVES = {"AM": marked("Morning missed: {reason}"), "PM": marked("Afternoon missed: {reason}")}


def absence(record: Record) -> Sentence | None:
    """ "Missed 6 of the last 30 sessions, up from 1 in the first 30.", and the reasons recorded."""
    count = over_marks(record.expected(), lambda mark: mark.missed, SESSION_WINDOWS, record.as_of)
    if count is None:
        return None
    reasons = reasons_recorded(count.found)
    return Sentence(
        _missed(count, ""), "absence", "sessions_missed", {**count.facts, **reasons}, _rows(count.found),
        note=said("Reasons recorded: {reasons}.", reasons=_listed(reasons)),
        weekly="missed", eased=count.eased,
    )  # fmt: skip


def unauthorised(record: Record) -> Sentence | None:
    """ "Missed 3 of the last 30 sessions without an agreed reason; none in the first 30." """
    count = over_marks(record.expected(), lambda mark: mark.code in NOT_AGREED, SESSION_WINDOWS, record.as_of)
    if count is None:
        return None
    return Sentence(
        _missed(count, said(" without an agreed reason")), "unauthorised", "sessions_not_agreed", count.facts,
        _rows(count.found), weekly="not_agreed", eased=count.eased,
    )  # fmt: skip


def gone_quiet(record: Record) -> Sentence | None:
    """ "No attendance recorded since 14 November.": the school's registers went on, the pupil's did not."""
    until = record.marked_until
    if until is None or not record.attendance:
        return None
    last = record.attendance[-1].date
    days = record.time.days_between(last, until) - 1
    if days < QUIET_DAYS:
        return None
    return Sentence(
        said("No attendance recorded since {day}.", day=long_day(last, record.as_of)),
        "absence",
        "no_attendance",
        {"last_mark": last, "school_days": days},
        (Row(last, said("Last mark in the register"), "attendance"),),
        note=said(
            "{days} without a mark, while the school took its registers.", days=counted(days, "school day")
        ),
        new_on=last,
    )


def reasons_recorded(missed: Sequence[Mark]) -> dict[str, int]:
    """How many sessions were missed for each recorded reason, the most frequent first."""
    reasons = Counter(REASONS.get(mark.code, OTHER) for mark in missed)
    return dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))


def _missed(count: Counted[Mark], reason: str) -> str:
    number = len(count.found)
    every = number == count.out_of
    words = (
        marked("Missed all of the last {sessions}{reason}{beside}.")
        if every
        else marked("Missed {number} of the last {sessions}{reason}{beside}.")
    )
    sessions = counted(count.out_of, "session")
    return said(words, number=number, sessions=sessions, reason=reason, beside=count.comparison)


def _listed(reasons: dict[str, int]) -> str:
    return ", ".join(
        said("{number} {reason}", number=number, reason=said(words)) for words, number in reasons.items()
    )


def _rows(missed: Sequence[Mark]) -> tuple[Row, ...]:
    return tuple(
        Row(
            mark.date,
            said(HALVES[mark.session], reason=said(REASONS.get(mark.code, OTHER))),
            "attendance",
        )
        for mark in missed
    )
